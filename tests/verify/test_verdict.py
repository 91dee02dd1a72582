"""Findings and verdicts: exact slack, plain words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from matcher.proposal.verdict import (
    Finding,
    Verdict,
    at_least,
    at_most,
    euros,
    merge,
    must,
    show,
)

GOOD = Finding("r", "s", True)
BAD = Finding("q", "D1", False, None, "", "it is wrong")


@pytest.mark.parametrize(
    ("used", "holds", "slack", "text"),
    [(2, True, 1, ""), (3, True, 0, ""), (4, False, -1, "cases: 4 is above 3"),
     (Fraction(7, 2), False, Fraction(-1, 2), "cases: 3.5 is above 3")],
)  # fmt: skip
def test_at_most(used: int, holds: bool, slack: int, text: str) -> None:
    """What is used up to the limit, the limit itself included."""
    looked_at = f"cases: {show(used)}, at most 3"
    found = at_most("r", "s", used, 3, "cases", "file:2", unit="cases")
    assert found == Finding(
        "r", "s", holds, Fraction(slack), "file:2", text, looked_at, "cases"
    )


@pytest.mark.parametrize(
    ("found", "holds", "slack", "text"),
    [(4, True, 1, ""), (3, True, 0, ""), (2, False, -1, "cases: 2 is below 3"),
     (Fraction(5, 2), False, Fraction(-1, 2), "cases: 2.5 is below 3")],
)  # fmt: skip
def test_at_least(found: int, holds: bool, slack: int, text: str) -> None:
    """What is found from the floor on, the floor itself included."""
    looked_at = f"cases: {show(found)}, at least 3"
    judged = at_least("r", "s", found, 3, "cases", "file:2", unit="cases")
    assert judged == Finding(
        "r", "s", holds, Fraction(slack), "file:2", text, looked_at, "cases"
    )


def test_slack_is_a_fraction() -> None:
    """Slack is exact, also where both sides are whole."""
    assert isinstance(at_most("r", "s", 1, 3, "w", unit="units").slack, Fraction)
    assert isinstance(at_least("r", "s", 1, 3, "w", unit="units").slack, Fraction)
    third = at_least("r", "s", Fraction(1, 3), Fraction(1, 3), "w", unit="FTE")
    assert (third.holds, third.slack, third.source) == (True, 0, "")


def test_money_is_judged_in_cents_and_told_in_eur() -> None:
    """The slack is in cents; words and results say EUR."""
    found = at_most("r", "s", 1_00, Fraction(150), "paid", unit="cents")
    assert (found.slack, found.what) == (50, "paid: EUR 1, at most EUR 1.50")
    assert found.room == (Fraction(1, 2), "EUR")
    broken = at_least("r", "s", 1, 300_000, "borne", unit="cents")
    assert broken.text == "borne: EUR 0.01 is below EUR 3,000"
    assert at_most("r", "s", 1, 3, "leads", unit="cases").room == (2, "cases")
    assert must("r", "s", True, "wrong", what="it").room == (None, "")


def test_must() -> None:
    """A yes or no has no slack, and says what is wrong only where it is."""
    assert must("r", "s", True, "wrong", "a:1") == Finding("r", "s", True, None, "a:1")
    assert must("r", "s", False, "wrong") == Finding("r", "s", False, None, "", "wrong")
    assert must("r", "s", True, "wrong", what="it").what == "it"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (Fraction(6, 2), "3"),
        (Fraction(1, 4), "0.25"),
        (-2, "-2"),
        (12_345_678, "12345678"),
        (Fraction(12_345_678), "12345678"),
    ],
)
def test_numbers_are_shown_plainly(value: Fraction | int, text: str) -> None:
    """Whole where they are whole."""
    assert show(value) == text


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "EUR 0"), (5, "EUR 0.05"), (-5, "EUR -0.05"), (-12_345, "EUR -123.45"),
     (120_000_000, "EUR 1,200,000"), (Fraction(1_150), "EUR 11.50"),
     (Fraction(-100, 3), "EUR -0.3333"), (10**18 + 1, "EUR 10" + 5 * ",000" + ".01"),
     ],
)  # fmt: skip
def test_euros_are_exact(cents: Fraction | int, text: str) -> None:
    """Cents only where there are any, also of amounts that no float holds."""
    assert euros(cents) == text


def test_a_verdict_holds_when_every_finding_does() -> None:
    """One broken finding breaks it."""
    assert Verdict((GOOD, GOOD)).holds
    assert not Verdict((GOOD, BAD, GOOD)).holds
    assert Verdict((GOOD, BAD)).broken == (BAD,)
    assert Verdict(()).holds


def test_a_verdict_shows_its_first_breaches() -> None:
    """At a glance: how many checks, how many broken, and three of them."""
    assert repr(Verdict((GOOD, GOOD))) == "<Verdict: all 2 checks hold>"
    other = Finding("p", "D2", False, None, "", "so is this")
    assert repr(Verdict((GOOD, BAD, other))) == (
        "<Verdict: 2 of 3 checks broken: q D1: it is wrong; p D2: so is this>"
    )
    assert repr(Verdict((BAD, BAD, BAD, other))).count("it is wrong") == 3
    assert "so is this" not in repr(Verdict((BAD, BAD, BAD, other)))


def test_merging_keeps_everything_once() -> None:
    """All findings in order; what is untested is told once."""
    both = merge(iter([Verdict((GOOD,), ("a", "b")), Verdict((BAD,), ("b", "c"))]))
    assert both == Verdict((GOOD, BAD), ("a", "b", "c"))

"""What checks find out beyond the one number of their rule."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import Application
from matcher.rules import all_rules
from tests.tiny import (
    PAID,
    POOLED,
    TRADE,
    grant,
    pay,
    plan,
    proposed,
    scene,
    serve,
    tiny,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.proposal.proposal import CasePlan, Exchange
    from matcher.proposal.verdict import Finding
    from tests.tiny import Scene

FULL = plan("D1", "ABC")


def moved(*exchanges: Exchange) -> CasePlan:
    """One case with these exchanges."""
    return plan("D1", "ABC", exchanges=exchanges)


FUNDED = plan("D1", "ABC", funding=(pay("A", 1000),))
BROKEN: list[tuple[str, Scene, CasePlan, str, str]] = [
    ("asset_capacity", TRADE, moved(serve("AB", 0)), "D1 A-B K",
     "units must be positive"),
    ("asset_capacity", TRADE, moved(serve("CB", 1)), "C/K", "there is no such asset"),
    ("asset_capacity", {**TRADE, "roles": []}, moved(serve("AB", 1)), "D1 A-B K",
     "D1 has no role for K"),
    ("need_once", TRADE, moved(serve("AB", 1, min_level=2)), "B/K from level 2",
     "there is no such need"),
    ("exchange_level", TRADE, moved(serve("AA", 1)), "D1 A-A K", "serves itself"),
    ("observer", TRADE, plan("D1", "AB", observers="C", funding=(pay("C", 1),)), "D1",
     "C paid without being member"),
    ("observer", TRADE, plan("D1", "ABB"), "D1", "B in two roles"),
    ("one_lead", TRADE, replace(FULL, observers=("A",)), "D1", "A leads"),
    ("cost_balance", PAID,
     plan("D1", "AB", funding=(pay("A", 1001), pay("B", -1))), "own D1 B layer 1",
     "a negative amount is paid"),
    ("cost_balance", PAID, replace(FUNDED, cost=99), "D1",
     "cost is stated as EUR 0.99, but is EUR 1,000"),
    ("cost_balance", PAID, replace(FUNDED, gap=1), "D1", "the stated gap is wrong"),
    ("cost_balance", PAID, plan("D1", "AB", funding=(pay("A", 1000, layer="2"),)),
     "D1 layer 2", "cost less payments is EUR -1,000"),
    ("window", PAID, plan("D1", "AB", funding=(pay("A", 1, "q"),)),
     "q D1 A layer 1", "this instrument is not in play"),
    ("single_funding", PAID, plan("D1", "AB", funding=(pay("A", 1, "q"),)),
     "D1 A layer 1", "paid by an instrument that has no rate for it"),
    ("pool_member", {**POOLED, "budgets": POOLED["budgets"][:1]},
     plan("D1", "AB", funding=(pay("B", 1, "p"),)), "p D1 B layer 1",
     "the region put no money into the fund"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "what", "bad", "subject", "text"), BROKEN, ids=lambda v: str(v)[:20]
)
def test_a_plan_broken_by_hand_is_found_out(
    tmp_path: Path, rule: str, what: Scene, bad: CasePlan, subject: str, text: str
) -> None:
    """The finding names the subject and says what is wrong."""
    facts = Facts(tiny(tmp_path, what))
    found = [f for f in all_rules()[rule].check(facts, proposed(bad)) if not f.holds]
    assert (rule, subject, text) in {(f.rule, f.subject, f.text) for f in found}
    assert {f.rule for f in found} == {rule}


def findings(folder: Path, rule: str, what: Scene, *plans: CasePlan) -> list[Finding]:
    """What one rule finds of plans by hand."""
    facts = Facts(tiny(folder, what))
    return list(all_rules()[rule].check(facts, proposed(*plans)))


def test_no_level_is_judged_where_there_is_no_asset(tmp_path: Path) -> None:
    """That the asset does not exist is another rule's business."""
    (found,) = findings(tmp_path, "exchange_level", TRADE, moved(serve("CB", 1)))
    assert (found.holds, found.slack) == (True, None)


def test_unlimited_own_money_is_not_measured(tmp_path: Path) -> None:
    """Who has any amount is judged by no amount; the others are."""
    what = scene(PAID, regions={"A": {"own_budget": "unlimited"}})
    mine = plan("D1", "AB", funding=(pay("A", 900), pay("B", 100)))
    found = findings(tmp_path, "own_money", what, mine)
    assert [(f.subject, f.slack) for f in found] == [("B", 200_00)]


PINS = [
    ({"region": "A", "role": "lead"}, False), ({"region": "A", "role": "lead",
     "forbid": True}, True), ({"forbid": True}, True), ({}, False),
]  # fmt: skip


@pytest.mark.parametrize(("pin", "holds"), PINS)
def test_in_a_closed_case_nobody_has_a_role(
    tmp_path: Path, pin: dict[str, object], holds: bool
) -> None:
    """Pins on it are broken, vetoes are kept."""
    what = scene(PAID, settings={"pins": [{"case": "D1", **pin}]})
    (found,) = findings(tmp_path, "pins", what)
    assert found.holds is holds


def test_slack_tells_how_much_room_is_left(tmp_path: Path) -> None:
    """A rule that holds tells its slack in its own unit, exactly."""
    facts = Facts(tiny(tmp_path, TRADE))
    findings = all_rules()["asset_capacity"].check(
        facts, proposed(moved(serve("AB", 1)))
    )
    assert [f.slack for f in findings if f.slack is not None] == [2]


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_no_case_is_no_breach(tmp_path: Path, rule: str) -> None:
    """The empty plan passes every rule where nothing has to be launched."""
    facts = Facts(tiny(tmp_path, PAID))
    assert all(f.holds for f in all_rules()[rule].check(facts, proposed()))


PAYING = plan("D1", "AB", funding=(pay("A", 600), pay("A", 400, "g")))
MADE = Application("g", ("D1",), 40_000)
FORGED: list[tuple[tuple[Application, ...], str, str]] = [
    ((), "g D1", "is part of 0 applications"),
    ((MADE, MADE), "g D1", "is part of 2 applications"),
    ((MADE, Application("h", ("D1",), 0)), "h D1",
     "is asked for, but nothing is paid"),
    ((replace(MADE, grant=1),), "g D1", "brings EUR 400, not what is stated"),
    ((replace(MADE, success=Fraction(1)),), "g D1", "the chance of g is another one"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "subject", "text"), FORGED)
def test_applications_that_are_none(
    tmp_path: Path, made: tuple[Application, ...], subject: str, text: str
) -> None:
    """Every payment is asked for once, and nothing else is."""
    facts = Facts(tiny(tmp_path, PAID, books={"h": grant()}))
    rule = all_rules()["application"]
    assert all(f.holds for f in rule.check(facts, proposed(PAYING)))
    told = replace(proposed(PAYING), applications=made)
    found = [f for f in rule.check(facts, told) if not f.holds]
    assert (subject, text) in {(f.subject, f.text) for f in found}


def test_a_chance_is_told_as_it_stands(tmp_path: Path) -> None:
    """A third is written with twelve decimals; a blank is no chance at all."""
    success = {"submitted": 3, "funded": 1, "source": "S"}
    facts = Facts(tiny(tmp_path, PAID, books={"g": grant(success=success)}))
    rule = all_rules()["application"]
    for chance, holds in (
        (Fraction(1, 3), True), (Fraction("0.333333333333"), True),
        (Fraction("0.3333"), False), (None, False),
    ):  # fmt: skip
        told = replace(proposed(PAYING), applications=(replace(MADE, success=chance),))
        assert all(f.holds for f in rule.check(facts, told)) is holds


def test_a_bundle_of_any_size_beside_any_money(tmp_path: Path) -> None:
    """No limit on cases is stated, and whoever is excluded does not pay."""
    rules = {"application": {"bundle": {"value": True, "source": "S"}},
             "stacking": {"excludes": [{"of": ["nobody"], "source": "S"}]}}  # fmt: skip
    facts = Facts(tiny(tmp_path, PAID, books={"g": grant(**rules), "h": grant()}))
    both = plan("D1", "AB", funding=(*PAYING.funding, pay("B", 100, "h")))
    for rule in ("application", "exclusion"):
        assert all(f.holds for f in all_rules()[rule].check(facts, proposed(both)))

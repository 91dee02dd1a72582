"""The oracle on plans for a yes and for a no, worked out by hand in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.verify import oracle_both, oracle_fallback
from matcher.verify.oracle_both import Both, Side
from matcher.verify.oracle_facts import Facts
from matcher.verify.oracle_fallback import best_with_fallback
from matcher.verify.oracle_money import Money
from tests.tiny import PLAIN, TRADE, WAIT, cited, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene

LIKELY = {"value": 0.8, "source": "S"}
"""Chance of the grant that is not awaited."""


ALONE = scene(WAIT, regions={name: {"max_cases": 0} for name in "BC"})
"""The same with nobody but A, so that there is little to try."""


def points(folder: Path, what: Scene, **changes: object) -> Fraction | None:
    """Points of the best two plans of a scene."""
    return best_with_fallback(tiny(folder, what, **changes))


def test_one_case_begins_at_once(tmp_path: Path) -> None:
    """Grant g pays one case: 0.5 + 0.5 x 0.8 there, and 0.8 for the other."""
    assert points(tmp_path, ALONE) == Fraction(17, 10)


def test_money_is_reserved_for_either_answer(tmp_path: Path) -> None:
    """Grant h has 540 EUR, enough for one case.

    Paid at once, nothing is left for a no: 0.8 + 0.5. Waiting with both cases, where g
    may pay both, keeps h for one of them: 0.5 x 2 + 0.5 x 0.8.
    """
    short = {"h": grant(0.9, success=LIKELY, envelope=cited(540))}
    assert points(tmp_path / "1", ALONE, books=short) == Fraction(13, 10)
    both = {**short, "g": grant(0.9, success={"value": 0.5, "source": "S"})}
    assert points(tmp_path / "2", ALONE, books=both) == Fraction(14, 10)


def test_people_are_reserved_for_either_answer(tmp_path: Path) -> None:
    """Each region joins one case, and only A can pay: one case, 0.5 + 0.5 x 0.8."""
    regions = {"A": {"max_cases": 1}}
    assert points(tmp_path, ALONE, regions=regions) == Fraction(9, 10)


def test_leads_are_the_same_whatever_the_answer_is(tmp_path: Path) -> None:
    """A leads one case at most: only with B as a lead both cases are launched."""
    regions = {"A": {"max_leads": 1}, "B": {"max_cases": 1, "max_leads": 1}}
    assert points(tmp_path / "1", ALONE, regions=regions) == Fraction(17, 10)
    regions["B"] = {"max_cases": 1, "max_leads": 0}
    assert points(tmp_path / "2", ALONE, regions=regions) == Fraction(9, 10)


def test_money_of_a_case_that_begins_is_the_same(tmp_path: Path) -> None:
    """Own money of 120 EUR is 60 for each case; with 119 only one case can be paid."""
    for own, expected in ((120, Fraction(17, 10)), (119, Fraction(9, 10))):
        regions = {"A": {"own_budget": own}}
        assert points(tmp_path / str(own), ALONE, regions=regions) == expected


def test_two_plans_may_be_paid_only_apart(tmp_path: Path) -> None:
    """D2 takes A's 60 EUR with a yes, B's with a no: then D1 is paid by B, or by A.

    Each plan can be paid, but not so that D1 is paid the same in both.
    """
    regions = {name: {"own_budget": 60} for name in "AB"}
    facts = Facts(tiny(tmp_path, WAIT, regions=regions))
    both = Both(facts, Money(facts, ("g", "h")))

    def side(who: str, instrument: str) -> Side:
        paying = {"D1": frozenset("h"), "D2": frozenset(instrument)}
        return Side({"D1": frozenset("AB"), "D2": frozenset(who)}, (), (), paying)

    for _ in range(2):  # the second time from memory
        assert not both.paid(side("A", "g"), side("B", "h"), {"D1"})
    assert both.paid(side("A", "g"), side("A", "h"), {"D1"})


def test_a_case_at_least_is_asked_for_after_a_no_as_well(tmp_path: Path) -> None:
    """Where both cases must be launched, both are in either plan; without h none is."""
    limits = {"wait_for": "g", "limits": {"min_cases": 2}}
    assert points(tmp_path / "1", ALONE, settings=limits) == Fraction(17, 10)
    assert points(tmp_path / "2", ALONE, settings=limits, books={"h": None}) is None


SERVED = scene(
    TRADE, cases=PLAIN["cases"],
    roles="case,capability,kind,min_amount\nD1,K,exchange,1\nD2,K,exchange,1\n",
    needs="region,capability,amount,min_level\nB,K,2,1\nB,K,2,2\n",
    regions={"A": {"own_budget": 150}, "B": {"own_budget": 150}, "C": {"max_cases": 0}},
    costs="case,layer,amount\nD1,1,600\nD2,1,600\n",
    assets="region,capability,level,capacity,unit_cost\nA,K,2,3,10\n",
    books=WAIT["books"], settings=WAIT["settings"],
    objective={"weights": {"need_coverage": 1}, "parameters": {}, "expected": True},
)  # fmt: skip


def test_units_of_a_case_that_begins_are_the_same(tmp_path: Path) -> None:
    """All three units in a case that waits are worth 3 x (0.5 + 0.5 x 0.8).

    Where both cases must be launched one unit is in the case that begins at once:
    0.8 + 2 x 0.9.
    """
    assert points(tmp_path / "1", SERVED) == Fraction(27, 10)
    limits = {"wait_for": "g", "limits": {"min_cases": 2}}
    assert points(tmp_path / "2", SERVED, settings=limits) == Fraction(26, 10)


def test_those_who_count_do_something_in_both(tmp_path: Path) -> None:
    """One region of A's kind must be named for a role and bear half of the cost."""
    group = {
        "scheme": "worth", "categories": ["one"], "min_regions": cited(1),
        "substantive": {"min_share": cited(0.5)},
    }  # fmt: skip
    what = scene(
        ALONE, capabilities="capability\nK\n",
        roles="case,capability,kind,min_level\nD1,K,best,1\nD2,K,best,1\n",
        assets="region,capability,level\nA,K,2\n",
        books={"club": club(consortium={"required": [group]})},
    )  # fmt: skip
    assert points(tmp_path / "1", what) == Fraction(17, 10)
    idle = scene(what, assets="region,capability,level\nB,K,2\n",
                 regions={"B": {"max_cases": 2}})  # fmt: skip
    assert points(tmp_path / "2", idle) == 0


def test_what_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many pairs, ways to exchange or to pay, and points not by the unit."""
    with pytest.raises(ValueError, match="as a whole"):
        points(tmp_path / "0", SERVED, objective={"weights": {"scope": 1}})
    for module, name, told in (
        (oracle_fallback, "MAX_PAIRS", "to try"),
        (oracle_fallback, "MAX_TRIES", "to look at"),
        (oracle_fallback, "MAX_MOVES", "exchanges"),
        (oracle_both, "MAX_SOLVES", "two plans"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, 0)
            with pytest.raises(ValueError, match=told):
                points(tmp_path / name, SERVED)


def test_an_answer_that_is_surely_no_is_worth_no_wait(tmp_path: Path) -> None:
    """With a chance of 0 the value is that of the plan for a no: 2 x 0.8."""
    worse = {"g": grant(0.9, success={"value": 0, "source": "S"})}
    assert points(tmp_path, ALONE, books=worse) == Fraction(16, 10)

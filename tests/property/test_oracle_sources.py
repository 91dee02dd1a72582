"""The oracle on money beside plain grants, by the answers of hand-made scenarios."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.scenario.load import load
from matcher.verify.oracle import best
from matcher.verify.oracle_applications import Request
from matcher.verify.oracle_facts import Facts
from matcher.verify.oracle_ledger import Payments
from matcher.verify.oracle_lp import Inequalities
from matcher.verify.oracle_money import Money
from tests.rules.bites import points
from tests.rules.bites_sources import (
    ASSOCIATED,
    BORROWED,
    PLEDGED,
    SHARED,
    SOURCES,
    sources,
    voucher,
)
from tests.tiny import cited, pool, scene, tiny, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.rules.bites import Bite

EACH = (
    *(bite for bites in SOURCES for bite in bites.bites),
    *ASSOCIATED, *BORROWED, *PLEDGED, *SHARED,
)  # fmt: skip


@pytest.mark.parametrize("bite", EACH, ids=lambda bite: bite.what)
def test_brute_force_finds_what_each_bite_says(tmp_path: Path, bite: Bite) -> None:
    """Trying every plan ends where the scenario was made to end."""
    setting = load(write_scene(tmp_path, bite.scene)).setting()
    answer = best(setting, funding=True)
    assert answer is not None
    assert float(answer.value) == points(bite.kept)


def test_without_actors_firms_are_not_counted(tmp_path: Path) -> None:
    """The voucher pays the 100 EUR that are missing, whoever has firms."""
    few = voucher(per_firm={"cap": cited(1), "types": ["sme"]})
    answer = best(tiny(tmp_path, sources(1000, {"v": few})), funding=True)
    assert answer is not None
    assert answer.value == 7


def test_who_is_no_associate_bears_the_smallest_share(tmp_path: Path) -> None:
    """Three cannot bear 40% each: C and B do without A."""
    fund = pool(cost_share={"min": cited(0.4)}, associates=cited(value=False))
    rows = "instrument,region,amount\np,B,500\np,C,500\n"
    what = scene(sources(1000, {"p": fund}), budgets=rows)
    answer = best(tiny(tmp_path, what), funding=True)
    assert answer is not None
    assert answer.value == 6


def test_a_given_way_to_pay_may_share_a_euro(tmp_path: Path) -> None:
    """Half and a fifth of the same 1000 EUR; a cent more is refused."""
    what = scene(SHARED[0].scene, costs="case,layer,amount\nD1,1,3000\n")
    money = Money(Facts(tiny(tmp_path, what)))
    launched = {"D1": frozenset("ABC")}
    shares = {(r, "D1", "1"): 1000_00 for r in "ABC"}
    asked = (Request("g", ("D1",)), Request("h", ("D1",)))
    for cents, accepted in ((200_00, True), (200_01, False)):
        grants = {("g", r, "D1", "1"): 500_00 for r in "ABC"}
        grants |= {("h", r, "D1", "1"): cents for r in "ABC"}
        paid = Payments(shares, grants, asked)
        assert money.accepts(launched, (), paid) is accepted


def test_a_part_takes_what_suits() -> None:
    """Half of the whole number is the part, of which there is 10 at most."""
    system = Inequalities()
    whole, part = system.variable(), system.part()
    system.row({whole: Fraction(1, 2), part: -1}, 0, 0)
    system.row({part: 1}, upper=10)
    assert system.holds({whole: 20})
    assert not system.holds({whole: 21})

"""Blank is unknown, never zero: rules ask for the cell, or say they are untested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.engine.run import prepare
from matcher.errors import Faults, InputError
from matcher.rules import asking
from tests.rules.bites_cases import COMMITTED
from tests.rules.bites_engagement import HOLDING, MANDATED, READY, USERS
from tests.rules.bites_money import CHARGED
from tests.rules.bites_years import YEAR, planned
from tests.rules.exact_beneficiaries import UNSTATED
from tests.rules.exact_sources import CAPPED
from tests.tiny import ONE, PAID, PLAIN, cited, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve
    from tests.tiny import Scene

EFFORT = scene(
    ONE, cases={"D1": {"effort_per_partner": 1}},
    regions={"A": {"effort_capacity": 2}, "B": {"effort_capacity": "unlimited"}},
)  # fmt: skip
ONLY_BY_PHASE = scene(
    COMMITTED,
    books={"club": club(commitment=[
        {"role": "lead", "phase": "learn", "level": cited(1)}])},
)  # fmt: skip
FITTING = scene(ONE, books={"club": club(priority_min_fit=cited(0.5))})
STAFFED = scene(
    ONE, staff="region,skill,capacity\nA,legal,1\nB,legal,\nC,legal,unlimited\n",
    skill_effort="case,skill,per_partner\nD1,legal,1\nD1,technical,\n",
)  # fmt: skip
IN_LEARN = {"phase": "learn"}
MISSING = [
    ("lead_users", scene(USERS, cases={"D1": {"phase": ""}}, books={"club": club(
        lead_users=[{**IN_LEARN, "min": cited(1)}])}), "cases.csv:2, column phase"),
    ("mandate", scene(MANDATED, cases={"D1": {"phase": ""}}, books={"club": club(
        mandate=[{**IN_LEARN, "role": "lead", "source": "S"}])}),
     "cases.csv:2, column phase"),
    ("skill_effort", STAFFED, "staff.csv:3, column capacity"),
    ("skill_effort", scene(STAFFED, staff="region,skill,capacity\nA,legal,1\n"
                           "C,legal,0\n"), "staff.csv"),
    ("stakeholders", scene(HOLDING, cases={"D1": {"phase": ""}}, books={"club": club(
        stakeholders=[{**IN_LEARN, "types": ["sme"], "min": cited(1)},
                      {"types": ["rto"], "min": cited(0)}])}),
     "cases.csv:2, column phase"),
    ("commitment", ONLY_BY_PHASE, "cases.csv:2, column phase"),
    ("cost_balance", scene(
        CHARGED, assets="region,capability,level,capacity,unit_cost\n"
        "A,K,2,3,50\nB,K,2,3,\n"), "assets.csv:3, column unit_cost"),
    ("effort", EFFORT, "regions.csv:4, column effort_capacity"),
    ("own_money", scene(PAID, regions={"C": {"own_budget": ""}}),
     "regions.csv:4, column own_budget"),
]  # fmt: skip
UNTESTED = [
    ("co_leads", scene(READY, commitments=None), "co_leads is not tested: there is no"),
    ("lead_users", scene(USERS, assets=None), "no asset is of class lead_user"),
    ("mandate", scene(MANDATED, commitments="region,level\nA,3\n"),
     "no row of commitments states a mandate"),
    ("skill_effort", scene(STAFFED, staff="region,skill,capacity\nA,legal,\n"),
     "skill_effort is not tested for legal: no row"),
    ("stakeholders", scene(HOLDING, actors=None), "there is no actors table"),
    ("commitment", scene(COMMITTED, commitments=None), "no commitments table"),
    ("cost_balance", ONE, "no costs table"),
    ("effort", scene(ONE, cases={"D1": {"effort_base": 1}}), "no region states"),
    ("envelope", PAID, "not tested for g"),
    ("firm_cap", scene(CAPPED, actors=None),
     "firm_cap is not tested for v: there is no actors table"),
    ("grant_years", scene(PAID, costs="case,layer,amount,year\nD1,1,1000,2026\n"),
     "grant_years is not tested: the scenario states no horizon"),
    ("grant_years", planned(300, "case,layer,amount,year\nD1,1,1000,2026\n", {
        "g": YEAR, "h": grant(), "i": grant()}),
     "grant_years is not tested for h, i: no longest project is stated"),
    ("window", scene(PAID, books={"g": grant(valid_to="2025-05-31")}),
     "validity dates are not a rule; taken as open on 2025-06-01: g (..."),
    ("newcomers", scene(ONE, books={"club": club(min_newcomers=cited(1))}),
     "no memberships table"),
    ("own_money", scene(PAID, regions={r: {"own_budget": ""} for r in "ABC"}),
     "no region states an own_budget"),
    ("priority_gate", FITTING, "no priorities table"),
    *UNSTATED,
]  # fmt: skip


@pytest.mark.parametrize(("rule", "what", "place"), MISSING, ids=lambda v: str(v)[:14])
def test_a_blank_that_is_needed_is_asked_for(
    tmp_path: Path, rule: str, what: Scene, place: str
) -> None:
    """The fault names the cell to fill in, and nothing else is asked."""
    setting = tiny(tmp_path, what)
    faults = Faults()
    asking()[rule].unknowns(setting, frozenset(setting.regions), faults)
    assert [str(fault.place) for fault in faults] == [place]
    assert {fault.code for fault in faults} == {"UNKNOWN_NEEDED"}
    with pytest.raises(InputError, match=place.partition(",")[0]):
        prepare(setting)


@pytest.mark.parametrize(
    ("rule", "what", "column"),
    [
        ("effort", EFFORT, "effort_capacity"),
        ("own_money", scene(PAID, regions={"C": {"own_budget": ""}}), "own_budget"),
    ],
)
def test_who_cannot_join_is_not_asked(
    tmp_path: Path, rule: str, what: Scene, column: str
) -> None:
    """A region kept out of every case by a gate need not state its figures."""
    setting = tiny(
        tmp_path, what, commitments="region,level\nA,1\nB,1\nC,0\n",
        books={"club": club(commitment=[{"role": "partner", "level": cited(1)}])},
    )  # fmt: skip
    assert getattr(setting.regions["C"], column) is None
    prepare(setting)
    faults = Faults()
    asking()[rule].unknowns(setting, frozenset("AB"), faults)
    assert not faults


def test_who_cannot_join_needs_no_people(tmp_path: Path) -> None:
    """A region that no case may have need not state its people of a skill."""
    setting = tiny(tmp_path, STAFFED)
    faults = Faults()
    asking()["skill_effort"].unknowns(setting, frozenset("AC"), faults)
    assert not faults


@pytest.mark.parametrize(("rule", "what", "text"), UNTESTED, ids=lambda v: str(v)[:14])
def test_an_untestable_rule_says_so(
    tmp_path: Path, solve: Solve, rule: str, what: Scene, text: str
) -> None:
    """Without any figure the rule is left out, and the proposal's notes tell it."""
    setting = tiny(tmp_path, what)
    note = asking()[rule].untested(setting)
    assert text in note
    assert note in solve(setting).notes


def test_what_is_known_is_neither_asked_for_nor_untested(tmp_path: Path) -> None:
    """With every figure there, no rule complains."""
    setting = tiny(
        tmp_path, PAID, cases={"D1": {"effort_base": 1, "phase": "learn"}},
        regions={r: {"effort_capacity": 3} for r in "ABC"},
        commitments="region,level\nA,1\n", priorities="region,topic\nA,t\n",
        books={"g": grant(envelope=cited(1000)), **ONLY_BY_PHASE["books"]},
    )  # fmt: skip
    faults = Faults()
    for rule in asking().values():
        rule.unknowns(setting, frozenset(setting.regions), faults)
        assert rule.untested(setting) == ""
    assert not faults


def test_rules_that_play_no_part_are_not_called_untested(tmp_path: Path) -> None:
    """Where nothing asks for effort or commitment, their absence is no gap."""
    setting = tiny(tmp_path, PLAIN)
    told = [text for rule in asking().values() if (text := rule.untested(setting))]
    assert told == ["no money rule is tested: there is no costs table"]

"""Why a case is not launched: the first reason, found by solving."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from matcher.engine.rejections import why_not_launched
from matcher.engine.run import options_of, prepare
from matcher.engine.stages import Clock, run_stage
from tests.tiny import PAID, PLAIN, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers
    from tests.conftest import Solve
    from tests.tiny import Scene

UNEQUAL = {"D2": {"max_partners": 2}}
COSTLY = {"weights": {"cohesion": 1, "coordination_cost": 1}, "parameters": {
    "cohesion": {"scheme": "worth", "points": {"one": 1}},
    "coordination_cost": {"per_case": 2}}}  # fmt: skip
REASONS = [
    pytest.param(
        scene(PLAIN, settings={"pins": [
            {"case": "D2", "forbid": True, "reason": "board of May"}]}),
        r"vetoed \(scenario.yaml:\d+\): board of May", id="a veto, with its reason",
    ),
    pytest.param(
        scene(PLAIN, cases={"D2": {"state": "stopped"}}),
        "no plan for it alone: case_state", id="over",
    ),
    pytest.param(
        scene(PLAIN, cases={"D2": {"min_partners": 3, "max_partners": 2}}),
        "no plan for it alone: consortium_size", id="contradicts itself",
    ),
    pytest.param(
        scene(PLAIN, capabilities="capability\nK\n",
              roles="case,capability,kind\nD2,K,best\n"),
        "no plan for it alone: role_best", id="nobody fills its role",
    ),
    pytest.param(
        scene(PLAIN, objective=COSTLY),
        "it brings no more than it costs: -1 points alone", id="not worth it",
    ),
    pytest.param(
        scene(PLAIN, cases=UNEQUAL, settings={"limits": {"max_cases": 1}}),
        "worth 6 points alone, but launching it costs the plan 1 points",
        id="crowded out",
    ),
    pytest.param(
        scene(PAID, cases="case,name\nD1,a\nD2,b\n", books={"g": grant(0)},
              regions={r: {"own_budget": 400} for r in "ABC"},
              costs="case,layer,amount\nD1,1,1000\nD2,1,900\n"),
        "a tie: a plan of the same value launches it", id="a tie for the money",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "reason"), REASONS)
def test_the_first_reason(
    tmp_path: Path, solve: Solve, what: Scene, reason: str
) -> None:
    """The case left out comes back with the reason that holds first."""
    proposal = solve(tiny(tmp_path, what))
    launched = set(proposal.by_case)
    assert {rejected.case for rejected in proposal.rejected} == {"D1", "D2"} - launched
    last = proposal.rejected[-1]
    assert re.search(reason, last.reason), last.reason


def test_a_pinned_rival_is_named(tmp_path: Path, solve: Solve) -> None:
    """Pins stand while a case is tried alone, so the rule beside the pin is told."""
    group = {c: {"exclusive_group": "twins"} for c in ("D1", "D2")}
    what = scene(PLAIN, cases=group, settings={"pins": [{"case": "D1"}]})
    (rejected,) = solve(tiny(tmp_path, what)).rejected
    assert rejected.case == "D2"
    assert rejected.reason == "no plan for it alone: exclusive_group with pins"


def test_in_a_hurry_nothing_is_solved(tmp_path: Path, workers: Workers) -> None:
    """After an interruption the cases left out are told without a search."""
    setting = tiny(tmp_path, PLAIN, cases={"D2": {"state": "done"}})
    inst, terms = prepare(setting)
    stage = run_stage(inst, terms, workers, options_of(setting), Clock(), funding=False)
    (rejected,) = why_not_launched(stage, workers.chosen, quick=True)
    assert (rejected.case, rejected.reason) == (
        "D2",
        "not launched in the best plan found",
    )


def test_money_is_told_apart_from_need(tmp_path: Path, solve: Solve) -> None:
    """What is needed is known although nothing can be paid, with the rules to blame."""
    proposal = solve(tiny(tmp_path, PAID, books={"g": None}))
    assert (proposal.objective, proposal.cases) == (0, ())
    assert proposal.needed is not None
    assert proposal.needed.objective == 7
    (rejected,) = proposal.rejected
    assert rejected.reason == "no plan for it alone: cost_balance with own_money"

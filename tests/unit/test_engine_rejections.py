"""Why a case is not launched: the first reason, found by solving."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from matcher.engine.alone import alone, launched
from matcher.engine.rejections import proof, why_not_launched
from matcher.engine.run import options_of, prepare
from matcher.engine.stages import Clock, run_stage
from matcher.formulation.assemble import assemble
from matcher.program.solution import SolveOptions, Status, Stop
from matcher.program.units import in_solver_units
from matcher.rules._figures import Chances
from matcher.scenario.load import load
from tests.property.generator import drawn, write
from tests.rules.bites_engagement import HOLDING, MANDATED, READY, SKILLED, USERS
from tests.tiny import ONE, PAID, PLAIN, POOLED, cited, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
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
        r"no plan for it alone: it is stopped \(cases.csv:3\)$", id="over",
    ),
    pytest.param(
        scene(PLAIN, cases={"D2": {"max_partners": 2}},
              books={"club": club(consortium={"min_regions": cited(3)})}),
        r"it needs at least 3 members and may have at most 2 \(cases.csv:3; club.yaml",
        id="contradicts the rulebook",
    ),
    pytest.param(
        scene(PLAIN, capabilities="capability\nK\n",
              roles="case,capability,kind\nD2,K,best\n"),
        "alone: K needs 1 member at level 1, but of the 3 regions that may join none "
        r"has it \(roles.csv:2\)$", id="nobody fills its role",
    ),
    pytest.param(
        scene(PLAIN, objective=COSTLY),
        "it brings no more than it costs: -1 points alone", id="not worth it",
    ),
    pytest.param(
        scene(PLAIN, cases=UNEQUAL, settings={"limits": {"max_cases": 1}}),
        "worth 6 points alone, but launching it costs the plan 1 point: D1 drops out$",
        id="crowded out",
    ),
    pytest.param(
        scene(PAID, cases="case,name\nD1,a\nD2,b\n", books={"g": grant(0)},
              regions={r: {"own_budget": 400} for r in "ABC"},
              costs="case,layer,amount\nD1,1,1000\nD2,1,900\n"),
        "a tie: a plan of the same value launches it", id="a tie for the money",
    ),
]  # fmt: skip


FREE = {"pins": None}
ROLE = "case,capability,kind,min_level,min_total,min_amount\n"
PROOFS = [
    pytest.param(
        scene(ONE, cases={"D1": {"min_partners": 4}}),
        "it needs at least 4 members, but only 3 of 3 regions may join (cases.csv:2)",
        id="too few regions",
    ),
    pytest.param(
        scene(ONE, cases={"D1": {"min_states": 2}}, regions={"C": {"state": "S1"},
              "B": {"state": "S1"}}),
        "it needs members from 2 states, but the 3 regions that may join lie in only "
        "1: S1 (cases.csv:2)", id="too few states",
    ),
    pytest.param(
        scene(ONE, commitments="region,level\nA,1\n", books={
            "club": club(commitment=[{"role": "lead", "level": cited(3)}])}),
        "it needs one lead, but none of 3 regions may lead it; a lead needs commitment "
        "level 3, which none of 3 regions have (commitments.csv; club.yaml)",
        id="nobody may lead",
    ),
    pytest.param(
        scene(ONE, priorities="region,topic\nA,t\n", case_topics="case,topic\nD1,t\n",
              cases={"D1": {"min_partners": 2}},
              books={"club": club(priority_min_fit=cited(0.5))}),
        "it needs at least 2 members, but only 1 of 3 regions may join (cases.csv:2); "
        "1 of the 3 regions share its priorities to at least 0.5 "
        "(priorities.csv; club.yaml)", id="too few share its priorities",
    ),
    pytest.param(
        scene(ONE, books={"club": club(min_newcomers=cited(2))},
              memberships="case,region\nD1,A\nD1,C\n"),
        "it needs 2 newcomers, but of the 3 regions that may join only 1 is new "
        "(club.yaml; memberships.csv)", id="too few newcomers",
    ),
    pytest.param(
        scene(ONE, capabilities="capability,name\nK,Casting\n",
              assets="region,capability,level\nA,K,2\nB,K,1\n",
              roles=f"{ROLE}D1,K,total,,4,\n"),
        "Casting needs levels that add up to 4, but those of the 3 regions that may "
        "join add up to only 3 (roles.csv:2)", id="levels do not add up",
    ),
    pytest.param(
        scene(ONE, capabilities="capability\nK\n",
              assets="region,capability,level,capacity\nA,K,2,3\n",
              needs="region,capability,amount\nB,K,2\n",
              roles=f"{ROLE}D1,K,exchange,,,3\n"),
        "K needs 3 units served, but the 3 regions that may join can give 3 and take 2 "
        "of one another (roles.csv:2; needs.csv:2)", id="too little is needed",
    ),
    pytest.param(
        scene(ONE, cases={"D1": {"effort_base": 2, "effort_per_partner": 0.5}},
              regions={r: {"effort_capacity": 1} for r in "ABC"}),
        "it asks 0.5 FTE of a member and 2.5 of its lead: of the 3 regions that may "
        "join 3 can be member, of the 3 that may lead none can (cases.csv:2; "
        "regions.csv)", id="no people",
    ),
    pytest.param(
        scene(HOLDING, books={"club": club(stakeholders=[
            {"types": ["sme"], "min": cited(1)}, {"types": ["rto"], "min": cited(2)}])},
              settings=FREE),
        "it needs 2 organisations that are rto, but the 3 regions that may join hold "
        "only 1 (actors.csv; club.yaml)", id="too few organisations",
    ),
    pytest.param(
        scene(READY, books={"club": club(commitment=[
            {"role": "lead", "level": cited(3)}], min_co_leads=cited(2))},
              settings=FREE),
        "beside its lead it needs 2 with commitment level 3, but 2 of the 3 regions "
        "that may join have it, its lead included (commitments.csv; club.yaml); a lead "
        "needs commitment level 3, which 2 of 3 regions have (commitments.csv; "
        "club.yaml)", id="too few could lead besides",
    ),
    pytest.param(
        scene(USERS, books={"club": club(lead_users=[
            {"min": cited(5), "cap_per_region": cited(1)}])}, settings=FREE),
        "it needs levels of lead users that add up to 5, but those of the 3 regions "
        "that may join add up to only 3 (assets.csv; club.yaml)", id="few lead users",
    ),
    pytest.param(
        scene(SKILLED, skill_effort="case,skill,base,per_partner\nD1,legal,2,0.5\n"),
        "it asks 0.5 FTE of legal of a member and 2.5 of its lead: of the 3 regions "
        "that may join 2 can be member, of the 3 that may lead none can "
        "(skill_effort.csv:2; staff.csv)",
        id="nobody has the people of a skill",
    ),
    pytest.param(
        scene(MANDATED, commitments="region,level,mandate\nA,3,no\n",
              cases={"D1": {"effort_base": 1}},
              regions={r: {"effort_capacity": 2} for r in "ABC"}),
        "it needs one lead, but none of 3 regions may lead it; a lead needs a mandate, "
        "which none of 3 regions have (commitments.csv; club.yaml)",
        id="people enough, and nobody may lead",
    ),
    pytest.param(
        scene(SKILLED, skill_effort="case,skill,base,per_partner\nD1,legal,0,0.5\n",
              books=MANDATED["books"], commitments="region,level,mandate\nA,3,no\n"),
        "it needs one lead, but none of 3 regions may lead it; a lead needs a mandate, "
        "which none of 3 regions have (commitments.csv; club.yaml)",
        id="people of the skill enough, and nobody may lead",
    ),
    pytest.param(
        scene(MANDATED, commitments="region,level,mandate\nA,3,no\n"),
        "it needs one lead, but none of 3 regions may lead it; a lead needs a mandate, "
        "which none of 3 regions have (commitments.csv; club.yaml)",
        id="nobody has a mandate",
    ),
    pytest.param(
        scene(PAID, books={"g": grant(envelope=cited(50))}),
        "it costs at least EUR 1,000, but the 3 regions that may join can raise at "
        "most EUR 950, EUR 900 of it their own (costs.csv:2)", id="a small envelope",
    ),
    pytest.param(
        scene(PAID, books={"g": grant(envelope=cited(500),
                                      grant={"min": cited(600)})}),
        "it costs at least EUR 1,000, but the 3 regions that may join have EUR 900 of "
        "their own, and no instrument pays in it (costs.csv:2)", id="no small grants",
    ),
    pytest.param(
        scene(PAID, regions={r: {"own_budget": 200} for r in "ABC"},
              books={"g": grant(0.3)}),
        "it costs at least EUR 1,000, but the 3 regions that may join can raise at "
        "most EUR 900, EUR 600 of it their own (costs.csv:2)", id="a low rate",
    ),
    pytest.param(
        scene(POOLED, budgets="instrument,region,amount\np,A,60\np,B,30\n"),
        "it costs at least EUR 1,000, but the 3 regions that may join can raise at "
        "most EUR 990, EUR 900 of it their own (costs.csv:2); each region's own "
        "authority pays its own members: p", id="caps of a pool",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "reason"), PROOFS)
def test_figures_prove_that_there_is_no_plan(
    tmp_path: Path, solve: Solve, what: Scene, reason: str
) -> None:
    """What is short, by how much and where it is written; the solver agrees."""
    setting = tiny(tmp_path, what)
    (rejected,) = solve(setting).rejected
    assert rejected.reason == f"no plan for it alone: {reason}"


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
    lines = (tmp_path / "scenario.yaml").read_text("utf-8").splitlines()
    pin = next(i for i, text in enumerate(lines, start=1) if '"pins"' in text) + 1
    assert rejected.case == "D2"
    assert rejected.reason == (
        "no plan for it alone: of group twins (D1, D2) only one case may be launched "
        f"(cases.csv:2; cases.csv:3); pinned: D1 (scenario.yaml:{pin})"
    )


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
    assert rejected.reason == (
        "no plan for it alone: it costs at least EUR 1,000, but the 3 regions that may "
        "join have EUR 900 of their own, and no instrument pays in it (costs.csv:2)"
    )


def test_rules_that_only_together_leave_no_plan(tmp_path: Path, solve: Solve) -> None:
    """What no single figure shows is found by solving, and told with its figures."""
    what = scene(
        PAID,
        cases={"D1": {"min_partners": 3}},
        regions={"A": {"own_budget": 900}, "B": {"own_budget": 50}},
        books={"g": None, "club": club(cost_share={"min": cited(0.2)})},
    )
    (rejected,) = solve(tiny(tmp_path, what)).rejected
    start, *told = rejected.reason.split("; ")
    assert start == (
        "no plan for it alone: it needs at least 3 members, 3 of 3 regions may join "
        "(cases.csv:2)"
    )
    assert told[0] == "each member bears at least EUR 200 (club.yaml)"
    assert told[1].startswith("the 3 regions that may join have EUR 1,250 of their own")


def test_who_leaves_is_told(tmp_path: Path, solve: Solve) -> None:
    """A case that would take a member away from another names that member."""
    what = scene(
        PLAIN,
        regions={r: {"max_cases": 1} for r in "ABC"},
        cases={"D2": {"max_partners": 1}},
        objective={"weights": {"cohesion": 1, "coordination_cost": 1}, "parameters": {
            "cohesion": {"scheme": "worth",
                         "points": {"one": 1, "two": 2, "four": 4}},
            "coordination_cost": {"per_case": 2}}},
    )  # fmt: skip
    (rejected,) = solve(tiny(tmp_path, what)).rejected
    assert rejected.case == "D2"
    assert re.fullmatch(
        "worth 2 points alone, but launching it costs the plan 2 points: "
        "[ABC] leaves D1",
        rejected.reason,
    ), rejected.reason


def test_what_is_asked_of_all_cases_is_not_asked_of_one(
    tmp_path: Path, solve: Solve
) -> None:
    """A least number of cases does not make a single case impossible."""
    third = {"cases": "case,name\nD1,a\nD2,b\nD3,c\n"}
    what = scene(PLAIN, **third, settings={"limits": {"min_cases": 2, "max_cases": 2}})
    (rejected,) = solve(tiny(tmp_path, what)).rejected
    assert re.fullmatch(
        "a tie: a plan of the same value launches it: D. drops out", rejected.reason
    )


def staged(folder: Path, workers: Workers, what: Scene) -> Stage:
    """A scene solved, before reasons are looked for."""
    setting = tiny(folder, what)
    inst, terms = prepare(setting)
    return run_stage(
        inst, terms, workers, options_of(setting), Clock(), funding=setting.has_money
    )


def test_a_better_plan_within_the_gap_is_owned_up_to(
    tmp_path: Path, workers: Workers
) -> None:
    """Where the plan was not proven, a case left out may well belong into it."""
    what = scene(PLAIN, cases=UNEQUAL, settings={"limits": {"max_cases": 1}})
    stage = staged(tmp_path, workers, what)
    poor = replace(stage.proposal, objective=Fraction(5), status="feasible")
    (rejected,) = why_not_launched(
        replace(stage, proposal=poor), workers.chosen, quick=False
    )
    assert rejected.reason == (
        "worth 6 points alone, and a plan with it was found that brings 1 point more, "
        "within the gap asked for: D1 drops out: try a smaller --gap"
    )


class Slow:
    """A worker that answers some questions and is too late for all others."""

    def __init__(self, worker: Worker, in_time: int) -> None:
        self.name, self._worker, self._left = worker.name, worker, in_time

    def solve(self, arrays: Arrays, options: SolveOptions) -> Solution:
        """The answer, or none for lack of time."""
        answer = self._worker.solve(arrays, options)
        self._left -= 1
        if self._left >= 0:
            return answer
        return replace(answer, status=Status.UNKNOWN, stop=Stop.TIME_LIMIT, x=None,
                       objective=None, bound=None)  # fmt: skip


@pytest.mark.parametrize(
    ("in_time", "reason"),
    [
        (0, r"no plan for it was found within 4 s: pin it and .* --time"),
        (1, r"worth 6 points alone; what it displaces was not found within 4 s: "
            r"pin it and .* --time"),
        (3, r"worth 6 points alone, but the best plan found with it brings 1 point less"
            r": D1 drops out \(not proven within 4 s: pin it and .* --time\)"),
    ],
)  # fmt: skip
def test_what_was_not_found_in_time_is_told_with_a_remedy(
    tmp_path: Path, workers: Workers, in_time: int, reason: str
) -> None:
    """An unfinished search says so, and how to finish it."""
    what = scene(PLAIN, cases=UNEQUAL, settings={"limits": {"max_cases": 1}})
    stage = staged(tmp_path, workers, what)
    slow = cast("Worker", Slow(workers.chosen, in_time))
    (rejected,) = why_not_launched(stage, slow, quick=False)
    assert re.fullmatch(reason, rejected.reason), rejected.reason


def test_time_used_up_is_told(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any time left nothing is solved, and the reason says so."""
    monkeypatch.setattr("matcher.engine.rejections.MOST_SECONDS", 0.0)
    what = scene(PLAIN, cases=UNEQUAL, settings={"limits": {"max_cases": 1}})
    stage = staged(tmp_path, workers, what)
    (rejected,) = why_not_launched(stage, workers.chosen, quick=False)
    assert rejected.reason == (
        "its reason was not looked for, for lack of time: pin it and allow more time "
        "with --time"
    )


SEEDS = range(24)


@pytest.mark.parametrize("money", [False, True])
def test_counting_and_leaving_out_agree_with_the_whole_program(
    tmp_path: Path, highs: Worker, money: bool
) -> None:
    """No figure claims what the solver refutes; a case alone is worth the same."""
    proven = tried = 0
    for seed in SEEDS:
        folder = write(tmp_path / f"{seed}", drawn(seed, money=money))
        inst, terms = prepare(load(folder).setting())
        assembly = assemble(inst, terms, funding=money)
        for d in range(len(inst.setting.cases)):
            counted = proof(Chances.of(inst, d, assembly.blocked), funding=money)
            part, whole = alone(assembly, d).arrays, closed(assembly, d)
            small, large = (
                highs.solve(in_solver_units(a), SolveOptions()) for a in (part, whole)
            )
            assert small.status is large.status
            if small.objective is not None:
                assert small.objective == pytest.approx(large.objective)
            assert not counted or large.status is Status.INFEASIBLE, counted
            proven += bool(counted)
            tried += 1
    assert 0 < proven < tried


def closed(assembly: Assembly, d: int) -> Arrays:
    """The whole program with one case launched and no other that is not pinned."""
    pinned = {p.case for p in assembly.inst.setting.pins if not p.forbid}
    arrays = launched(assembly.program.arrays, int(assembly.layout.open[d]))
    upper, row_lower = arrays.upper.copy(), arrays.row_lower.copy()
    for other, name in enumerate(assembly.inst.setting.cases):
        if other != d and name not in pinned:
            upper[assembly.layout.open[other]] = 0
    start = 0
    for block in assembly.program.rows:
        if block.rule == "case_count":
            row_lower[start : start + block.size] = -np.inf
        start += block.size
    return replace(arrays, upper=upper, row_lower=row_lower)

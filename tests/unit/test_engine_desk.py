"""A desk of open workers: many settings, equal programs solved once, consortia kept."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.engine.solving import Clock, Task
from matcher.formulation.decode import decode, whole_values
from matcher.formulation.joint import joined
from matcher.program.solution import SolveOptions, Status, Stop
from matcher.proposal.difference import memberships_of
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.engine.solving import Workers
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
    from matcher.scenario.load import Scenario

MONEY = ("eu-only", "regional-money", "cedar-short", "baseline")


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers."""
    return Desk(workers, SolveOptions())


@pytest.fixture(scope="module")
def miniature() -> Scenario:
    """The worked miniature."""
    return matcher.load("scenarios/miniature")


def test_an_equal_program_is_solved_once(desk: Desk, miniature: Scenario) -> None:
    """What is needed does not depend on money: one solve answers three assumptions."""
    found = [desk.best(miniature.setting(a), funding=False) for a in MONEY[:3]]
    assert desk.solves == 1
    assert {stage.proposal.objective for stage in found} == {Fraction(37, 2)}
    assert [stage.proposal.assumption for stage in found] == list(MONEY[:3])


def test_nobody_awaits_an_answer_here(desk: Desk, miniature: Scenario) -> None:
    """A desk solves a setting that awaits an answer as if it did not."""
    found = desk.best(miniature.setting("bid-first")).proposal
    assert found.fallback is None
    assert found.objective == Fraction(58, 25)


@pytest.mark.parametrize("assumption", MONEY)
@pytest.mark.parametrize("origin", ["eu-only", "regional-money"])
def test_kept_consortia_are_those_of_the_plan_or_dropped(
    desk: Desk, miniature: Scenario, origin: str, assumption: str
) -> None:
    """Every case is launched as it was or not at all, and the plan holds."""
    plan = desk.best(miniature.setting(origin)).proposal
    setting = miniature.setting(assumption)
    found = desk.kept(setting, plan.cases).proposal
    assert verify(found, setting).holds
    for case in found.cases:
        before = plan.by_case[case.case]
        same = (before.lead, before.partners, before.observers)
        assert (case.lead, case.partners, case.observers) == same
    if origin == assumption:
        assert found.objective == plan.objective


def test_the_best_cases_to_drop_are_found(desk: Desk, miniature: Scenario) -> None:
    """What kept consortia bring is the best of launching any of them together."""
    plan = desk.best(miniature.setting("regional-money")).proposal
    setting = miniature.setting("cedar-short")
    found = desk.kept(setting, plan.cases).proposal.objective
    every = chain.from_iterable(combinations(plan.cases, n) for n in range(4))
    tried = [desk.kept(setting, some, drop=False).proposal for some in every]
    assert found == max(p.objective for p in tried if p.objective is not None)
    assert desk.kept(setting, plan.cases, drop=False).proposal.status == "infeasible"


def test_one_plan_for_two_settings(desk: Desk, miniature: Scenario) -> None:
    """A joint program decides consortia; each setting launches some of them."""
    settings = [miniature.setting(name) for name in ("eu-only", "regional-money")]
    now = desk.question(settings[0], funding=False).full
    blocks = [desk.question(setting).full for setting in settings]
    joint = joined(now, blocks)
    arrays = joint.arrays.with_points(joint.points([1.0, 1.0]))
    task = Task(desk.workers, SolveOptions(), Clock())
    answer = task.answered(arrays, desk.workers.smooth)
    assert answer.x is not None
    decided, done = joint.split(answer.x)
    plans = decode(now, whole_values(now, decided))
    worth = [desk.kept(setting, plans).proposal.objective for setting in settings]
    assert float(sum(w for w in worth if w is not None)) == pytest.approx(
        float(arrays.objective @ answer.x)
    )
    for block, part in zip(blocks, done, strict=True):
        members = whole_values(block, part)[block.layout.member]
        inside = members[block.layout.member >= 0] <= 1
        assert inside.all()
        kept = {(p.case, r) for p in decode(block, np.rint(part)) for r in p.members}
        assert kept <= {(p.case, r) for p in plans for r in p.members}


@pytest.mark.parametrize("stop", [Stop.FINISHED, Stop.INTERRUPTED])
def test_the_exact_solver_has_the_last_word_on_what_is_impossible(
    desk: Desk, miniature: Scenario, monkeypatch: pytest.MonkeyPatch, stop: Stop
) -> None:
    """It begins afresh, a start being in units of the other; not after Ctrl-C."""
    asked, whole = [], Task.solved

    def lying(self: Task, worker: Worker, arrays: Arrays) -> Solution:
        asked.append((worker.name, self.options.start is not None))
        answer = whole(self, worker, arrays)
        if worker is self.workers.exact:
            return answer
        return replace(answer, x=None, status=Status.INFEASIBLE, stop=stop)

    monkeypatch.setattr(Task, "solved", lying)
    arrays = desk.question(miniature.setting("eu-only")).asked.program.arrays
    options = SolveOptions(start=np.zeros(arrays.num_columns))
    answer = desk.task("eu-only", options).believed(arrays)
    if stop is Stop.INTERRUPTED:
        assert (answer.status, asked) == (Status.INFEASIBLE, [("highs", True)])
    else:
        assert asked == [("highs", True), ("cpsat", False)]
        assert answer.status is Status.OPTIMAL


def test_a_plan_to_begin_from_changes_nothing(desk: Desk, miniature: Scenario) -> None:
    """The answer is the same with a plan of kept consortia to begin from."""
    plan = desk.best(miniature.setting("cedar-short")).proposal
    setting = miniature.setting("regional-money")
    start = desk.kept(setting, plan.cases).solution.x
    found = Desk(desk.workers, SolveOptions()).best(setting, start=start).proposal
    assert found.objective == Fraction(593, 50)
    assert memberships_of(found) != memberships_of(plan)

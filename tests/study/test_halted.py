"""Studies that are interrupted after some solves: they tell what they know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.engine.alternatives import alternatives
from matcher.engine.desk import Desk
from matcher.engine.solving import Task
from matcher.program.solution import SolveOptions, Status, Stop
from matcher.report.studies import document
from matcher.study.attribution.attribution import attribution
from matcher.study.comparison.compare import compare
from matcher.study.goals.front import front
from matcher.study.goals.priorities import priorities
from matcher.study.goals.weights import weights
from matcher.study.ladder.ladder import ladder

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.backends.client import Worker
    from matcher.engine.alternatives import Alternatives
    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
    from matcher.scenario.load import Scenario

QUALITY, COORDINATION = "role_quality", "coordination_cost"
STUDIES: dict[str, Callable[[Scenario, Desk], Any]] = {
    "ladder": lambda s, d: ladder(s, d, steps=(Fraction(1, 2), Fraction(1))),
    "front": lambda s, d: front(s, d, (QUALITY, COORDINATION)),
    "priorities": lambda s, d: priorities(s, d, (QUALITY, COORDINATION)),
    "weights": weights,
}
HELPED: dict[str, Callable[[Scenario, Desk], Any]] = {
    "compare": lambda s, d: compare(s, d, ("baseline", "eu-only", "elm-short")),
    "attribution": lambda s, d: attribution(s, d, "eu-only"),
}
"""Studies that try consortia of other plans and begin programs from them."""


@dataclass
class Halting(Desk):
    """A desk at which somebody presses Ctrl-C during its n-th solve."""

    left: list[None] = field(default_factory=list)
    """One entry for each solve before that; shared by copies of the desk."""

    def answer(self, question: Any, what: str, start: Any = None) -> Stage:
        """Answer as any desk, the last time as when interrupted."""
        stage = super().answer(question, what, start)
        if self.left:
            self.left.pop()
            return stage
        halted = replace(stage.solution, stop=Stop.INTERRUPTED)
        found = stage.proposal
        if found.objective is not None:  # whatever is at hand, and no proof
            found = replace(found, bound=None, status="feasible")
        return replace(stage, solution=halted, proposal=found)


@pytest.fixture(scope="module")
def near() -> Alternatives:
    """The best plans of the miniature; looking for them has tests of its own."""
    return alternatives(matcher.load("scenarios/miniature").setting(), count=1)


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("kind", STUDIES)
def test_what_is_known_is_told(
    kind: str, before: int, workers: Workers, near: Alternatives,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """After Ctrl-C no further question is begun, and nothing is called proven whole."""
    scenario = matcher.load("scenarios/miniature")
    monkeypatch.setattr("matcher.study.goals.weights.best_few", lambda *_, **__: near)
    desk = Halting(workers, SolveOptions(), left=[None] * before)
    found = STUDIES[kind](scenario, desk)
    if found.stop is not Stop.INTERRUPTED:  # it needs no more solves than these
        return
    told = document(found, scenario)
    assert told["study"] == kind
    assert all(told["sentences"])
    assert told["tables"]
    assert told.get("complete") is not True
    assert told.get("stable") is not True


@pytest.mark.parametrize("before", [2, 11, 20, 28])
@pytest.mark.parametrize("gap", [0.0, 0.4])
@pytest.mark.parametrize("kind", HELPED)
def test_nothing_is_asked_after_an_interrupt(
    kind: str, gap: float, before: int, workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Ctrl-C is told to one solve only, be it a helping one, and ends the study."""
    asked, whole = [0], Task.solved

    def halted(self: Task, worker: Worker, arrays: Arrays) -> Solution:
        answer = whole(self, worker, arrays)
        if worker is not self.workers.chosen:
            return answer
        asked[0] += 1
        if asked[0] != before + 1:
            return answer
        status = Status.UNKNOWN if answer.x is None else Status.FEASIBLE
        return replace(answer, stop=Stop.INTERRUPTED, status=status, bound=None)

    monkeypatch.setattr(Task, "solved", halted)
    desk = Desk(workers, SolveOptions(gap=gap))
    found = HELPED[kind](matcher.load("scenarios/miniature"), desk)
    if asked[0] <= before:  # it needs no more solves than these
        assert found.stop is Stop.FINISHED
        return
    assert asked[0] == before + 1
    assert (found.stop, found.reached) == (Stop.INTERRUPTED, False)

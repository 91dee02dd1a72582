"""Solve a question so that its money stands in whole cents.

Solvers that compute in doubles take money as continuous; the exact one counts in
cents. Either way the decisions come from the small form of the question, and the
money is settled on the full one. Where it cannot be settled, the exact solver is
asked the full form, in cents throughout.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.polish import in_money_grid, settle, suited, with_room
from matcher.errors import SolverFailed
from matcher.formulation.decode import whole_values
from matcher.program.narrow import narrowed
from matcher.program.solution import Progress, Solution, SolveOptions, Status, Stop
from matcher.program.units import in_cents

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.engine.question import Question
    from matcher.program.program import Arrays, Floats

Report = Callable[[Progress], None]
"""Told the progress of a solve."""


SMALL: Final = 5_000
"""Columns of a program that an exact solver can be asked about besides."""
CLOSING_SECONDS: Final = 20.0
"""Time for that: the plan at hand is good, only cents part it from its bound."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The chosen backend and the two that settle money; each starts when first used."""

    chosen: Worker
    smooth: Worker
    """Computes in doubles: how money is divided once the decisions stand."""
    exact: Worker
    """Knows whole numbers only: cents where rounding is not enough."""

    def close(self) -> None:
        """End them all."""
        for worker in (self.chosen, self.smooth, self.exact):
            worker.close()


@dataclass(slots=True)
class Clock:
    """Seconds by phase, added up over a run."""

    seconds: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        """Book the time since the last lap to a phase."""
        now = time.perf_counter()
        self._book(phase, now - self._began)
        self._began = now

    def lap_of_solve(self, solver: float) -> None:
        """Book the time since the last lap: the solver's own, the rest to hand-over."""
        self.lap("hand-over")
        self._book("solve", solver)
        self._book("hand-over", -solver)

    def _book(self, phase: str, seconds: float) -> None:
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds


@dataclass(frozen=True, slots=True)
class Task:
    """What all solves of one question share."""

    workers: Workers
    options: SolveOptions
    clock: Clock
    report: Report | None = None

    def solved(self, worker: Worker, arrays: Arrays) -> Solution:
        """Have a worker solve a program that is in a form that suits it.

        Raises
        ------
        SolverFailed
            When the backend failed to work at all, with its own words.
        """
        self.clock.lap("assemble")
        small, options = narrowed(arrays), self.options
        if small is None:
            answer = worker.solve(arrays, options, self.report)
        else:
            if options.start is not None:
                options = replace(options, start=small.lower(options.start))
            answer = worker.solve(small.arrays, options, self.report)
            x = answer.x
            answer = replace(answer, x=None if x is None else small.lift(x))
        self.clock.lap_of_solve(answer.seconds)
        return believable(answer)

    def answered(self, arrays: Arrays, worker: Worker | None = None) -> Solution:
        """A worker's answer to a program in cents, in cents too; else the chosen one's.

        Raises
        ------
        SolverFailed
            When the backend failed to work at all, with its own words.
        """
        worker = worker or self.workers.chosen
        answer = self.solved(worker, suited(arrays, worker))
        if answer.x is None or worker.name in WHOLE_ONLY:
            return answer
        return replace(answer, x=in_cents(arrays, answer.x))

    def believed(self, arrays: Arrays) -> Solution:
        """The chosen worker's answer; the exact one's if that says no plan is possible.

        The exact one begins afresh: a start is in units of the chosen worker.

        Raises
        ------
        SolverFailed
            When a backend failed to work at all, with its own words.
        """
        answer = self.answered(arrays)
        halted, whole = answer.stop is Stop.INTERRUPTED, answer.backend in WHOLE_ONLY
        if answer.status is not Status.INFEASIBLE or halted or whole:
            return answer
        # HiGHS 1.15.1 was seen to call a feasible program infeasible: a second
        # solver, exact in whole numbers, has the last word on that claim.
        afresh = replace(self, options=replace(self.options, start=None))
        return afresh.answered(arrays, self.workers.exact)

    def settled(
        self, question: Question, x: Floats, *, hurry: bool = False
    ) -> Floats | None:
        """The plan of an answer, its money in whole cents; None when that cannot be.

        ``x`` holds the columns of the small form, money in cents. In a hurry it is
        settled as it stands where that works.
        """
        decided = question.lifted(whole_values(question.asked, x))
        smooth, exact = self.workers.smooth, self.workers.exact
        cents = settle(question.full, decided, smooth, exact, hurry=hurry)
        if cents is None and hurry:
            cents = settle(question.full, decided, smooth, exact)
        self.clock.lap("settle")
        return cents


def solve(question: Question, task: Task) -> Solution:
    """Answer a question; the answer's columns are those of its full form, in cents.

    Raises
    ------
    SolverFailed
        When a backend failed to work at all.
    """
    arrays = question.asked.program.arrays
    if task.workers.chosen.name in WHOLE_ONLY:
        return _exactly(question, task)
    bound = None
    for asked in (arrays, with_room(arrays)):
        answer = task.answered(asked)
        if answer.status is Status.INFEASIBLE:  # see `Task.believed`
            break
        bound = answer.bound if asked is arrays else bound
        if answer.x is None:
            return replace(answer, bound=bound)
        hurry = answer.stop is Stop.INTERRUPTED
        plan = task.settled(question, answer.x, hurry=hurry)
        if plan is not None and asked is arrays:
            return replace(answer, x=plan, bound=bound)
        if plan is not None:
            short = replace(answer, x=plan, status=Status.FEASIBLE, bound=bound)
            return short if hurry else _closer(question, task, short)
        if hurry:
            return replace(answer, x=None, status=Status.UNKNOWN, bound=bound)
    return _exactly(question, task)


def _closer(question: Question, task: Task, short: Solution) -> Solution:
    """A plan short of its bound, or a better one by the exact solver, if it is small.

    What the first plan lost for want of whole cents, the exact solver can decide.
    """
    reached = short.bound is None or short.objective is None or (
        short.bound - short.objective <= task.options.gap * abs(short.objective)
    )  # fmt: skip
    if reached or question.asked.program.arrays.num_columns > SMALL:
        return short
    limit = task.options.time_limit
    seconds = CLOSING_SECONDS if limit is None else min(limit, CLOSING_SECONDS)
    timed = replace(task, options=replace(task.options, time_limit=seconds))
    exact = _exactly(question, timed)
    if exact.x is None or exact.objective is None or short.objective is None:
        return short
    best = exact if exact.objective >= short.objective else short
    bounds = [b for b in (exact.bound, short.bound) if b is not None]
    return replace(best, bound=min(bounds, default=None))


def _exactly(question: Question, task: Task) -> Solution:
    """Answer in cents from the start; grants go before own money where they can."""
    answer = _in_cents(question.asked.program.arrays, task)
    if answer.x is None:
        return answer
    hurry = answer.stop is Stop.INTERRUPTED
    plan = task.settled(question, answer.x, hurry=hurry)
    if plan is None and question.merged:
        return _in_cents(question.full.program.arrays, task)
    return answer if plan is None else replace(answer, x=plan)


def _in_cents(arrays: Arrays, task: Task) -> Solution:
    """Solve in cents; under a time limit, half of it goes to a plan in larger sums."""
    worker, limit = task.workers.exact, task.options.time_limit
    grid = in_money_grid(arrays) if limit is not None else None
    if grid is None or limit is None:
        return task.answered(arrays, worker)
    half = replace(task.options, time_limit=limit / 2)
    rough = replace(task, options=half, report=_values(task.report))
    first = rough.solved(worker, grid[0])
    if first.x is not None:
        x = np.where(arrays.integer, first.x, first.x * grid[1])
        first = replace(first, x=x, bound=None, status=Status.FEASIBLE)
        half = replace(half, start=x)
    if first.stop is Stop.INTERRUPTED:
        return replace(first, bound=None)
    exact = replace(task, options=half).answered(arrays, worker)
    seconds = first.seconds + exact.seconds
    if exact.x is None and first.x is not None and exact.status is Status.UNKNOWN:
        return replace(first, bound=exact.bound, stop=exact.stop, seconds=seconds)
    return replace(exact, seconds=seconds)


def _values(report: Report | None) -> Report | None:
    """The report without bounds: those of a program in larger sums prove nothing."""
    if report is None:
        return None
    return lambda progress: report(replace(progress, bound=None))


def believable(solution: Solution) -> Solution:
    """The solution, unless its solver failed.

    Raises
    ------
    SolverFailed
        With the solver's own words.
    """
    if solution.stop is Stop.FAILED:
        raise SolverFailed(
            f"{solution.backend} failed: {solution.message or solution.native_status}"
        )
    return solution

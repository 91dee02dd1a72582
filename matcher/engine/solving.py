"""Solve a question so that its money stands in whole cents.

Solvers that compute in doubles take money as continuous; the exact one counts in
cents. Either way the decisions come from the small form of the question, and the
money is settled on the full one. Where it cannot be settled, the exact solver is
asked the full form, in cents throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.polish import WHOLE_ONLY, in_money_grid, settle, suited, with_room
from matcher.errors import SolverFailed
from matcher.formulation.decode import whole_values
from matcher.program.solution import Progress, Solution, SolveOptions, Status, Stop
from matcher.program.units import in_cents

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.engine.question import Question
    from matcher.program.program import Arrays, Floats

Report = Callable[[Progress], None]
"""Told the progress of a solve."""


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


def solve(
    question: Question, workers: Workers, options: SolveOptions, report: Report | None
) -> Solution:
    """Answer a question; the answer's columns are those of its full form, in cents.

    Raises
    ------
    SolverFailed
        When a backend failed to work at all.
    """
    worker, arrays = workers.chosen, question.asked.program.arrays
    if worker.name in WHOLE_ONLY:
        return _exactly(question, workers, options, report)
    bound = None
    for asked in (arrays, with_room(arrays)):
        answer = believable(worker.solve(suited(asked, worker), options, report))
        if answer.status is Status.INFEASIBLE:
            # HiGHS 1.15.1 was seen to call a feasible program infeasible: a second
            # solver, exact in whole numbers, has the last word on that claim.
            break
        bound = answer.bound if asked is arrays else bound
        if answer.x is None:
            return replace(answer, bound=bound)
        plan = settled(question, in_columns_of(arrays, answer.x, worker), workers)
        if plan is not None:
            status = answer.status if asked is arrays else Status.FEASIBLE
            return replace(answer, x=plan, status=status, bound=bound)
    return _exactly(question, workers, options, report)


def _exactly(
    question: Question, workers: Workers, options: SolveOptions, report: Report | None
) -> Solution:
    """Answer in cents from the start; grants go before own money where they can."""
    answer = _in_cents(question.asked.program.arrays, workers.exact, options, report)
    if answer.x is None:
        return answer
    plan = settled(question, answer.x, workers)
    if plan is None and question.merged:
        full = question.full.program.arrays
        return _in_cents(full, workers.exact, options, report)
    return answer if plan is None else replace(answer, x=plan)


def _in_cents(
    arrays: Arrays, worker: Worker, options: SolveOptions, report: Report | None
) -> Solution:
    """Solve in cents; under a time limit, half of it goes to a plan in larger sums."""
    grid = in_money_grid(arrays) if options.time_limit is not None else None
    if grid is None or options.time_limit is None:
        return believable(worker.solve(suited(arrays, worker), options, report))
    half = replace(options, time_limit=options.time_limit / 2)
    rough = believable(worker.solve(grid[0], half, report))
    if rough.x is not None:
        x = np.where(arrays.integer, rough.x, rough.x * grid[1])
        rough = replace(rough, x=x, bound=None, status=Status.FEASIBLE)
        half = replace(half, start=x)
    if rough.stop is Stop.INTERRUPTED:
        return replace(rough, bound=None)
    exact = believable(worker.solve(suited(arrays, worker), half, report))
    if exact.x is None and rough.x is not None and exact.status is Status.UNKNOWN:
        return replace(rough, bound=exact.bound, stop=exact.stop)
    return exact


def in_columns_of(arrays: Arrays, x: Floats, worker: Worker) -> Floats:
    """An answer of a worker in the units of the program it was made from."""
    return x if worker.name in WHOLE_ONLY else in_cents(arrays, x)


def settled(question: Question, x: Floats, workers: Workers) -> Floats | None:
    """The plan of an answer, its money in whole cents; None when that cannot be.

    ``x`` holds the columns of the small form, money in cents.
    """
    decided = question.lifted(whole_values(question.asked, x))
    return settle(question.full, decided, workers.smooth, workers.exact)


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

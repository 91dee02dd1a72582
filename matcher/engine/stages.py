"""One stage: assemble, solve, settle, decode and check, so that nobody must believe."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.backends.client import open_worker
from matcher.engine.certify import proven_bound
from matcher.engine.polish import WHOLE_ONLY, in_money_grid, settle, suited, with_room
from matcher.errors import AnswerRejected, SolverFailed
from matcher.formulation.assemble import Assembly, assemble
from matcher.formulation.decode import decode, whole_values
from matcher.program.solution import Progress, Solution, SolveOptions, Status, Stop
from matcher.program.units import in_cents
from matcher.proposal.proposal import Proposal
from matcher.verify.verify import exact_terms, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matcher.backends.client import Worker
    from matcher.formulation.bind import BoundTerm
    from matcher.problem.instance import Instance
    from matcher.program.program import Arrays
    from matcher.scenario.setting import Setting

VALUE_ERROR = 1e-6
"""Relative difference granted between a solver's own value and the exact one."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The chosen backend, and one that settles money exactly; each starts when used."""

    chosen: Worker
    exact: Worker

    def close(self) -> None:
        """End both."""
        self.chosen.close()
        self.exact.close()


@contextmanager
def open_workers(name: str) -> Iterator[Workers]:
    """Workers of a backend for the length of a run."""
    chosen = open_worker(name)
    exact = chosen if name in WHOLE_ONLY else open_worker(WHOLE_ONLY[0])
    workers = Workers(chosen, exact)
    try:
        yield workers
    finally:
        workers.close()


@dataclass(slots=True)
class Clock:
    """Seconds by phase, added up over a run."""

    seconds: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        """Book the time since the last lap to a phase."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._began
        self._began = now


@dataclass(frozen=True, slots=True)
class Stage:
    """A finished stage: what was asked, what came back."""

    assembly: Assembly
    solution: Solution
    proposal: Proposal


def run_stage(
    inst: Instance, terms: Sequence[BoundTerm], workers: Workers, options: SolveOptions,
    clock: Clock, *, funding: bool, report: Callable[[Progress], None] | None = None,
) -> Stage:  # fmt: skip
    """Solve an instance with or without the rules about money, and check the answer.

    Raises
    ------
    SolverFailed
        When the backend failed to work at all.
    AnswerRejected
        When the answer does not hold against the inputs.
    """
    assembly = assemble(inst, terms, funding=funding)
    clock.lap("assemble")
    solution = _solve(assembly, workers, options, report)
    clock.lap("solve")
    if solution.x is None:
        return Stage(assembly, solution, _no_plan(inst.setting, solution))
    proposal = _proposal(assembly, solution)
    clock.lap("decode")
    verdict = verify(proposal, inst.setting, funding=assembly.funding)
    clock.lap("verify")
    if not verdict.holds:
        raise AnswerRejected(
            f"{solution.backend} gave an answer that does not hold: {verdict}"
        )
    return Stage(assembly, solution, proposal)


def _solve(
    assembly: Assembly, workers: Workers, options: SolveOptions,
    report: Callable[[Progress], None] | None,
) -> Solution:  # fmt: skip
    """Solve; money ends up in whole cents."""
    arrays, worker = assembly.program.arrays, workers.chosen
    if worker.name in WHOLE_ONLY:
        return _solve_whole(arrays, worker, options, report)
    first = _believable(worker.solve(suited(arrays, worker), options, report))
    if first.status is Status.INFEASIBLE:
        # HiGHS 1.15.1 was seen to call a feasible program infeasible: a second
        # solver, exact in whole numbers, has the last word on that claim.
        return _solve_whole(arrays, workers.exact, options, report)
    settled = _settled(assembly, first, workers)
    if settled is not None:
        return settled
    second = _believable(
        worker.solve(suited(with_room(arrays), worker), options, report)
    )
    settled = _settled(assembly, second, workers)
    if settled is None:
        raise AnswerRejected(
            f"the plan {first.backend} found cannot be paid in whole cents; "
            "solve with the backend cpsat, which counts in cents throughout"
        )
    status = Status.FEASIBLE if settled.x is not None else Status.UNKNOWN
    return replace(settled, status=status, bound=first.bound)


def _solve_whole(
    arrays: Arrays, worker: Worker, options: SolveOptions,
    report: Callable[[Progress], None] | None,
) -> Solution:  # fmt: skip
    """Solve in cents; under a time limit, half of it goes to a plan in larger sums."""
    grid = in_money_grid(arrays) if options.time_limit is not None else None
    if grid is None or options.time_limit is None:
        return _believable(worker.solve(suited(arrays, worker), options, report))
    half = replace(options, time_limit=options.time_limit / 2)
    rough = _believable(worker.solve(grid[0], half, report))
    if rough.x is not None:
        x = np.where(arrays.integer, rough.x, rough.x * grid[1])
        rough = replace(rough, x=x, bound=None, status=Status.FEASIBLE)
        half = replace(half, start=x)
    if rough.stop is Stop.INTERRUPTED:
        return replace(rough, bound=None)
    exact = _believable(worker.solve(suited(arrays, worker), half, report))
    if exact.x is None and rough.x is not None and exact.status is Status.UNKNOWN:
        return replace(rough, bound=exact.bound, stop=exact.stop)
    return exact


def _settled(
    assembly: Assembly, solution: Solution, workers: Workers
) -> Solution | None:
    """The answer with its money in whole cents; None when that cannot be."""
    if solution.x is None:
        return solution
    x = whole_values(assembly, in_cents(assembly.program.arrays, solution.x))
    cents = settle(assembly, x, workers.chosen, workers.exact)
    return None if cents is None else replace(solution, x=cents)


def _believable(solution: Solution) -> Solution:
    if solution.stop is Stop.FAILED:
        raise SolverFailed(
            f"{solution.backend} failed: {solution.message or solution.native_status}"
        )
    return solution


def unknown(setting: Setting) -> Proposal:
    """The answer of a stage that never came to an answer."""
    return Proposal(setting.name, setting.assumption, "unknown", None, None)


def _no_plan(setting: Setting, solution: Solution) -> Proposal:
    infeasible = solution.status is Status.INFEASIBLE
    return replace(unknown(setting), status="infeasible" if infeasible else "unknown")


def _proposal(assembly: Assembly, solution: Solution) -> Proposal:
    setting = assembly.inst.setting
    assert solution.x is not None
    plans = decode(assembly, whole_values(assembly, solution.x))
    draft = Proposal(
        setting.name, setting.assumption, "feasible", None, None, cases=plans
    )
    terms = exact_terms(draft, setting)
    objective = sum((term.points for term in terms), Fraction(0))
    claimed = solution.objective
    if claimed is not None and abs(float(objective) - claimed) > VALUE_ERROR * max(
        1, abs(claimed)
    ):
        raise AnswerRejected(
            f"{solution.backend} states {claimed!r} points, "
            f"the plan gives {float(objective)!r}"
        )
    bound = proven_bound(assembly.program.arrays, objective, solution.bound)
    return replace(
        draft, objective=objective, bound=bound, terms=terms,
        status="optimal" if bound == objective else "feasible",
    )  # fmt: skip


def describe(stage: Stage) -> dict[str, Any]:
    """How a stage was solved, for the manifest."""
    arrays, solution = stage.assembly.program.arrays, stage.solution
    return {
        "backend": solution.backend,
        "version": solution.version,
        "native_status": solution.native_status,
        "stop": str(solution.stop),
        "seconds": round(solution.seconds, 3),
        "rows": arrays.num_rows,
        "columns": arrays.num_columns,
        "entries": arrays.num_entries,
        "program": arrays.digest(),
    }

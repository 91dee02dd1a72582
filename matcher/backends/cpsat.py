"""CP-SAT, through ortools: whole numbers only, exact arithmetic.

The program is first put into exact whole-number form (`scaling`), so an answer of
CP-SAT keeps every row without any tolerance. Continuous columns are refused.
"""

from __future__ import annotations

import importlib.metadata
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from matcher.backends.answers import failure, finite_progress, outcome
from matcher.backends.scaling import CannotScale, Floats, Ints, Scaled, scale
from matcher.program.solution import Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.backends.contract import Report, Stopped
    from matcher.program.program import Arrays

NAME = "cpsat"
FEATURES = frozenset({"bound", "progress", "interrupt", "start", "incumbent"})

POLL_SECONDS = 0.05
"""How often a running solve asks whether it shall stop; CP-SAT has no place of its
own to ask, only a call that stops it."""

_STATUS = {
    "OPTIMAL": Status.OPTIMAL,
    "FEASIBLE": Status.FEASIBLE,
    "INFEASIBLE": Status.INFEASIBLE,
    "UNKNOWN": Status.UNKNOWN,
}
"""Anything not listed (such as MODEL_INVALID) is a failure."""

_PROVEN = frozenset({Status.OPTIMAL, Status.INFEASIBLE})


def version() -> str:
    """Version of OR-Tools."""
    return importlib.metadata.version("ortools")


def solve(
    arrays: Arrays, options: SolveOptions, report: Report, stopped: Stopped
) -> Solution:
    """Maximise with CP-SAT."""
    began = time.monotonic()
    try:
        scaled = scale(arrays)
    except CannotScale as error:
        return _failed(f"CP-SAT needs whole numbers: {error}", "cannot scale", began)
    if scaled.contradictory:
        # CP-SAT would call this a malformed model rather than an infeasible one.
        return outcome(
            (Status.INFEASIBLE, Stop.FINISHED),
            None,
            bound=None,
            seconds=time.monotonic() - began,
            backend=NAME,
            version=version(),
            native="bounds without any whole value",
        )
    model = _model(arrays, scaled, options)
    solver = _solver(options)
    bounds: list[float] = []
    solver.best_bound_callback = _bound_listener(report, began, bounds)
    with _stopping(solver, stopped):
        status = solver.status_name(solver.solve(model, _Listener(report, began)))
    if status not in _STATUS:
        return _failed(f"CP-SAT says {status}: {model.validate()}", status, began)
    return _answer(
        (_STATUS[status], Stop.INTERRUPTED if stopped() else Stop.TIME_LIMIT),
        arrays,
        solver,
        bound=_bound(arrays, solver, _STATUS[status], bounds),
        began=began,
    )


def _failed(message: str, native: str, began: float) -> Solution:
    """Solution of a solve that could not take place."""
    return failure(
        message,
        backend=NAME,
        version=version(),
        native=native,
        seconds=time.monotonic() - began,
    )


def _model(arrays: Arrays, scaled: Scaled, options: SolveOptions) -> Any:
    """CP-SAT's model, filled block by block without expression objects."""
    model = cp_model.CpModel()
    proto: Any = model.proto
    for bounds in np.column_stack((scaled.lower, scaled.upper)):
        proto.variables.add().domain.extend(bounds)
    for i in range(arrays.num_rows):
        entries = slice(arrays.indptr[i], arrays.indptr[i + 1])
        linear = proto.constraints.add().linear
        linear.vars.extend(arrays.indices[entries])
        linear.coeffs.extend(scaled.data[entries])
        linear.domain.extend(np.array([scaled.row_lower[i], scaled.row_upper[i]]))
    priced = np.flatnonzero(scaled.objective)
    if len(priced):
        # CP-SAT minimises: signs are turned here and turned back by the factor.
        proto.objective.vars.extend(priced)
        proto.objective.coeffs.extend(-scaled.objective[priced])
        proto.objective.scaling_factor = -scaled.points_per_unit
        proto.objective.offset = -arrays.offset / scaled.points_per_unit
    if options.start is not None:
        proto.solution_hint.vars.extend(np.arange(arrays.num_columns))
        proto.solution_hint.values.extend(_hint(options.start, scaled))
    return model


def _hint(start: Floats, scaled: Scaled) -> Ints:
    """Nearest whole values within the bounds; a hint out of bounds is an error."""
    nearest: Ints = np.rint(start).astype(np.int64)
    return nearest.clip(scaled.lower, scaled.upper)


def _solver(options: SolveOptions) -> Any:
    """Solver with its parameters set."""
    solver: Any = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.relative_gap_limit = options.gap
    # The objective is a whole number here, so no gap below 1 can hide a step.
    parameters.absolute_gap_limit = 0.0
    parameters.random_seed = options.seed
    parameters.num_workers = options.threads
    # With one thread CP-SAT leaves most rows out of its linear relaxation; money and
    # sums of units need them: the bound then closes in seconds, not in minutes.
    parameters.linearization_level = 2
    # The parent decides what Ctrl-C means; here it must reach nobody.
    parameters.catch_sigint_signal = False
    if options.time_limit is not None:
        parameters.max_time_in_seconds = max(0.0, options.time_limit)
    return solver


class _Listener(cp_model.CpSolverSolutionCallback):
    """Reports every better answer."""

    def __init__(self, report: Report, began: float) -> None:
        super().__init__()
        self._report = report
        self._began = began

    def on_solution_callback(self) -> None:
        """Report value, bound and vector; called by CP-SAT."""
        self._report(
            finite_progress(
                time.monotonic() - self._began,
                self.objective_value,
                self.best_objective_bound,
            ),
            np.array(self.response_proto.solution, dtype=np.float64),
        )


def _bound_listener(report: Report, began: float, bounds: list[float]) -> Any:
    """Function that reports every better bound and keeps it in `bounds`."""

    def listen(bound: float) -> None:
        bounds.append(bound)
        report(finite_progress(time.monotonic() - began, None, bound))

    return listen


@contextmanager
def _stopping(solver: Any, stopped: Stopped) -> Iterator[None]:
    """Stop `solver` from a second thread as soon as `stopped` says so."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL_SECONDS):
            # Repeated, because a stop sent before the search starts is lost.
            if stopped():
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _bound(
    arrays: Arrays, solver: Any, status: Status, bounds: list[float]
) -> float | None:
    """Proven upper bound, None when CP-SAT has none."""
    if not arrays.objective.any():
        return arrays.offset
    if status is Status.UNKNOWN:
        # Stopped before it began, CP-SAT answers 0 here, which is no bound at all.
        return min(bounds, default=None)
    return float(solver.best_objective_bound)


def _answer(
    status: tuple[Status, Stop],
    arrays: Arrays,
    solver: Any,
    *,
    bound: float | None,
    began: float,
) -> Solution:
    """Solution from CP-SAT's response."""
    known, stop = status
    values = np.array(list(solver.response_proto.solution), dtype=np.float64)
    answer = None
    if len(values):
        answer = values, float(arrays.objective @ values) + arrays.offset
    return outcome(
        (known, Stop.FINISHED if known in _PROVEN else stop),
        answer,
        bound=bound,
        seconds=time.monotonic() - began,
        backend=NAME,
        version=version(),
        native=solver.status_name(solver.response_proto.status),
    )

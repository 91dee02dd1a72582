"""HiGHS, through highspy: arrays go in whole, no loop over columns.

A result counts only when three things agree: the return status of the call, the
model status and the primal solution status.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy as _highspy
import numpy as np

from matcher.backends.answers import failure, finite_progress, outcome
from matcher.backends.fitness import unfit
from matcher.program.program import Arrays
from matcher.program.solution import Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.backends.contract import Report, Stopped

NAME = "highs"
highspy: Any = _highspy
"""Untyped on purpose: the published stubs lack names that the library has."""

FEATURES = frozenset({
    "bound", "progress", "interrupt", "start", "incumbent", "continuous", "unbounded",
})  # fmt: skip

ABSOLUTE_GAP = 1e-9
"""Points. Objectives carry about nine decimals; HiGHS's own 1e-6 could stop one
step short of the best choice while the asked relative gap is 0."""

MIP_FEASIBILITY = 1e-9
"""Farthest a whole-valued column may be from a whole number. Tighter than HiGHS's
1e-6, because with money coefficients of 1e11 every 1e-6 is a visible amount."""

PRIMAL_FEASIBILITY = 1e-9
"""Farthest a row may be violated; HiGHS's own value, fixed here by name so that an
update of HiGHS cannot change answers silently."""

AS_IT_IS = 5_000
"""Columns up to which answers come before speed. Larger programs rarely come to a
proof, and plans come sooner with what HiGHS does by itself: `docs/trust.md`."""

CAREFUL: dict[str, bool | int | float | str] = {
    "presolve": "off",
    "small_matrix_value": 1e-12,
}
"""What keeps HiGHS from losing best plans. Its reductions lose those of some programs
with money, in five versions tried, 1.10 to 1.15.1, one in a few thousand small ones;
without them proofs take no longer here. And what it takes for zero, 1e-9, is no smaller
than `MIP_FEASIBILITY`: then 1.15.1 loses the best plan of some programs in every order
of rows and columns; with a thousandth of the tolerance, as it ships, of none."""

_REFUSED = "it finds a number too small or too large; check the units"

_FEASIBLE_POINT = 2
"""HiGHS's kSolutionStatusFeasible."""

_ROW_WISE = 2
_MAXIMISE = -1
"""HiGHS's own numbers for a row-wise matrix and for maximisation."""

_STATUS = {
    "kOptimal": (Status.OPTIMAL, Stop.FINISHED),
    "kInfeasible": (Status.INFEASIBLE, Stop.FINISHED),
    "kUnbounded": (Status.UNBOUNDED, Stop.FINISHED),
    "kTimeLimit": (Status.FEASIBLE, Stop.TIME_LIMIT),
    "kInterrupt": (Status.FEASIBLE, Stop.INTERRUPTED),
    "kHighsInterrupt": (Status.FEASIBLE, Stop.INTERRUPTED),
}
"""Anything not listed is unknown, whatever else HiGHS may say."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What HiGHS said after one run."""

    call: Any
    model: Any
    info: Any
    x: NDArray[np.float64] | None


def version() -> str:
    """Version of HiGHS."""
    return str(highspy.Highs().version())


def solve(
    arrays: Arrays, options: SolveOptions, report: Report, stopped: Stopped
) -> Solution:
    """Maximise with HiGHS."""
    began = time.monotonic()
    fault = unfit(arrays)
    run = None if fault else _run(arrays, options, report, stopped)
    if run is None:
        return failure(
            f"HiGHS does not accept the program as it stands: {fault or _REFUSED}",
            backend=NAME,
            version=version(),
            native="refused",
            seconds=time.monotonic() - began,
        )
    status = _status(run, arrays, options, stopped)
    seconds = time.monotonic() - began
    native = f"{run.model.name} ({run.call.name})"
    if status is None:
        return failure(
            f"HiGHS stopped with {native}, which promises nothing",
            backend=NAME,
            version=version(),
            native=native,
            seconds=seconds,
        )
    answer = None
    if run.x is not None and status[0] is not Status.UNBOUNDED:
        answer = run.x, run.info.objective_function_value
    return outcome(
        status,
        answer,
        bound=_bound(run, status, arrays),
        seconds=seconds,
        backend=NAME,
        version=version(),
        native=native,
    )


def _run(
    arrays: Arrays, options: SolveOptions, report: Report, stopped: Stopped
) -> _Run | None:
    """One run of HiGHS; None when it refuses the program."""
    # HiGHS keeps one thread pool per process and fails on the second solve when
    # the number of threads changed, unless the pool is dropped in between.
    highspy.Highs.resetGlobalScheduler(True)
    solver = highspy.Highs()
    _set_options(solver, options, arrays)
    # A warning here means that HiGHS dropped a coefficient: another program.
    if _hand_over(solver, arrays) != highspy.HighsStatus.kOk:
        return None
    if options.start is not None:
        start = highspy.HighsSolution()
        start.col_value = options.start.tolist()
        solver.setSolution(start)
    _listen(solver, report, stopped)
    call = solver.run()
    info = solver.getInfo()
    x = None
    if call != highspy.HighsStatus.kError and (
        info.primal_solution_status == _FEASIBLE_POINT
    ):
        x = np.array(solver.getSolution().col_value, dtype=np.float64)
    return _Run(call, solver.getModelStatus(), info, x)


def _set_options(solver: Any, options: SolveOptions, arrays: Arrays) -> None:
    """Set options, refusing any that HiGHS does not know."""
    careful = arrays.num_columns <= AS_IT_IS and not options.rough
    values: dict[str, bool | int | float | str] = {
        # Progress events are sent only while output is on, wherever it goes.
        "output_flag": True,
        "log_to_console": False,
        "mip_rel_gap": options.gap,
        "mip_abs_gap": ABSOLUTE_GAP,
        "mip_feasibility_tolerance": MIP_FEASIBILITY,
        "primal_feasibility_tolerance": PRIMAL_FEASIBILITY,
        "threads": options.threads,
        "random_seed": options.seed,
        **(CAREFUL if careful else {}),
    }
    if options.time_limit is not None:
        values["time_limit"] = max(0.0, options.time_limit)
    for name, value in values.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise ValueError(f"HiGHS does not accept {name} = {value!r}")


def _hand_over(solver: Any, arrays: Arrays) -> Any:
    """Pass the whole program in one call; returns HiGHS's status."""
    return solver.passModel(
        arrays.num_columns,
        arrays.num_rows,
        arrays.num_entries,
        _ROW_WISE,
        _MAXIMISE,
        arrays.offset,
        arrays.objective,
        arrays.lower,
        arrays.upper,
        arrays.row_lower,
        arrays.row_upper,
        arrays.indptr.astype(np.int32),
        arrays.indices.astype(np.int32),
        arrays.data,
        arrays.integer.astype(np.int32),
    )


def _listen(solver: Any, report: Report, stopped: Stopped) -> None:
    """Subscribe to progress, and to the three places where HiGHS can be stopped."""

    def progress(event: Any) -> None:
        data = event.data_out
        report(
            finite_progress(
                data.running_time, data.mip_primal_bound, data.mip_dual_bound
            )
        )

    def better(event: Any) -> None:
        data = event.data_out
        x = np.array(data.mip_solution, dtype=np.float64)
        report(
            finite_progress(
                data.running_time, data.mip_primal_bound, data.mip_dual_bound
            ),
            x if len(x) else None,
        )

    def interrupt(event: Any) -> None:
        if stopped():
            event.interrupt()

    solver.cbMipLogging.subscribe(progress)
    solver.cbMipImprovingSolution.subscribe(better)
    solver.cbMipInterrupt.subscribe(interrupt)
    solver.cbSimplexInterrupt.subscribe(interrupt)
    solver.cbIpmInterrupt.subscribe(interrupt)


def _status(
    run: _Run, arrays: Arrays, options: SolveOptions, stopped: Stopped
) -> tuple[Status, Stop] | None:
    """Status in the words of this package; None where HiGHS contradicts itself."""
    if run.call == highspy.HighsStatus.kError:
        return None
    if run.model == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        return _tell_apart(arrays, options, stopped)
    status = _STATUS.get(run.model.name)
    if status is None or status[1] is not Stop.FINISHED:
        return status
    # A limit comes with a warning, a proof must not; and it must fit the answer.
    agreed = run.call == highspy.HighsStatus.kOk
    if status[0] is not Status.UNBOUNDED:  # which may come with or without an answer
        agreed &= (status[0] is Status.OPTIMAL) is (run.x is not None)
    return status if agreed else None


def _tell_apart(
    arrays: Arrays, options: SolveOptions, stopped: Stopped
) -> tuple[Status, Stop] | None:
    """Whether "unbounded or infeasible" is which: solve with nothing to maximise."""
    flat = Arrays(
        **{name: getattr(arrays, name) for name in Arrays.__slots__}
        | {"objective": np.zeros(arrays.num_columns)}
    )
    run = _run(flat, options, lambda *_: None, stopped)
    if run is None or run.call == highspy.HighsStatus.kError:
        return None
    if run.x is not None:
        return Status.UNBOUNDED, Stop.FINISHED
    return _STATUS.get(run.model.name)


def _bound(run: _Run, status: tuple[Status, Stop], arrays: Arrays) -> float | None:
    """Proven upper bound; HiGHS leaves the field at 0 without whole columns."""
    if arrays.integer.any():
        return float(run.info.mip_dual_bound)
    if status[0] is Status.OPTIMAL:
        return float(run.info.objective_function_value)
    return None

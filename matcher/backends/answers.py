"""Sanity of what a backend hands back, the same for all of them.

Nothing here verifies an answer against the rules: it only keeps a malformed or
self-contradicting answer from being read as a success.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.solution import Progress, Solution, Status, Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.program.program import Arrays

WHOLE = 1e-6
"""Farthest a whole-valued column may be from a whole number to be rounded; the
solvers run with 1e-6 or tighter, so anything beyond is left for the caller to see."""

AGREE = 1e-6
"""Bound and objective are sums of floats in different orders: relative slack before
they count as contradicting each other."""

_WITH_ANSWER = frozenset({Status.OPTIMAL, Status.FEASIBLE})


def failure(
    message: str,
    *,
    backend: str,
    version: str,
    native: str,
    seconds: float = 0.0,
    stop: Stop = Stop.FAILED,
) -> Solution:
    """Solution of a solve that ended without any answer."""
    return Solution(
        status=Status.UNKNOWN,
        stop=stop,
        x=None,
        objective=None,
        bound=None,
        seconds=seconds,
        backend=backend,
        version=version,
        native_status=native,
        message=message,
    )


def outcome(
    status: tuple[Status, Stop],
    answer: tuple[NDArray[np.float64], float] | None,
    *,
    bound: float | None,
    seconds: float,
    backend: str,
    version: str,
    native: str,
) -> Solution:
    """Solution from the parts a backend knows; `answer` is vector and objective.

    A status that promises an answer becomes UNKNOWN when there is none, and an
    answer beside a proof of infeasibility is dropped.
    """
    known, stop = status
    if known in _WITH_ANSWER and answer is None:
        known = Status.UNKNOWN
    if known not in _WITH_ANSWER:
        answer = None
    usable = bound is not None and np.isfinite(bound) and known is not Status.INFEASIBLE
    return Solution(
        status=known,
        stop=stop,
        x=None if answer is None else answer[0],
        objective=None if answer is None else answer[1],
        bound=bound if usable else None,
        seconds=seconds,
        backend=backend,
        version=version,
        native_status=native,
    )


def without_columns(arrays: Arrays, backend: str, version: str) -> Solution:
    """Answer of a program that has nothing to decide: every row must admit zero."""
    admitted = (arrays.row_lower <= 0.0).all() and (arrays.row_upper >= 0.0).all()
    return outcome(
        (Status.OPTIMAL if admitted else Status.INFEASIBLE, Stop.FINISHED),
        (np.zeros(0), arrays.offset),
        bound=arrays.offset,
        seconds=0.0,
        backend=backend,
        version=version,
        native="no columns",
    )


def finite_progress(
    seconds: float, incumbent: float | None, bound: float | None
) -> Progress:
    """Progress with the solvers' infinities ("nothing yet") turned into None."""
    return Progress(seconds, _known(incumbent), _known(bound))


def _known(value: float | None) -> float | None:
    """The value, or None where it stands for "nothing yet" (1e50 in CBC)."""
    return value if value is not None and abs(value) < 1e50 else None


def accept(solution: Solution, arrays: Arrays, gap: float) -> Solution:
    """`solution` with whole values rounded, or what is left of it if malformed."""
    x = solution.x
    if x is None:
        if solution.status in _WITH_ANSWER:
            return _refuse(solution, "claimed an answer and sent none")
        return solution
    if x.shape != (arrays.num_columns,):
        return _refuse(
            solution, f"sent {x.shape} values for {arrays.num_columns} columns"
        )
    if not np.isfinite(x).all() or solution.objective is None:
        return _refuse(solution, "sent values that are no numbers")
    return _claim(replace(solution, x=rounded(x, arrays)), arrays.offset, gap)


def rounded(x: NDArray[np.float64], arrays: Arrays) -> NDArray[np.float64]:
    """Copy of x with whole-valued columns rounded where within `WHOLE` of one."""
    nearest = np.rint(x)
    snap = arrays.integer & (np.abs(x - nearest) <= WHOLE)
    # Adding zero turns -0.0 into 0.0, which would otherwise show up in reports.
    return np.where(snap, nearest, x) + 0.0


def _claim(solution: Solution, offset: float, gap: float) -> Solution:
    """Withdraw a claim of optimality that the solver's own bound does not carry."""
    value, bound = solution.objective, solution.bound
    if value is None or bound is None:
        if solution.status is Status.OPTIMAL:
            return replace(
                solution,
                status=Status.FEASIBLE,
                message="the solver claimed an optimum without a bound",
            )
        return solution
    # Solvers measure the relative gap against either number, with or without the
    # constant; the widest of these is what "within the gap" can honestly mean.
    size = max(1.0, *map(abs, (value, bound, value - offset, bound - offset)))
    if bound < value - AGREE * size:
        return replace(
            solution,
            status=Status.FEASIBLE,
            bound=None,
            message=f"the solver's bound {bound!r} is below its answer {value!r}",
        )
    if solution.status is Status.OPTIMAL and bound - value > (gap + AGREE) * size:
        return replace(
            solution,
            status=Status.FEASIBLE,
            message=f"the solver's bound {bound!r} is too far from {value!r}",
        )
    return replace(solution, bound=max(bound, value))


def _refuse(solution: Solution, reason: str) -> Solution:
    """Failed solution that keeps the solver's own words."""
    return failure(
        f"backend {solution.backend} {reason}; its answer is not used",
        backend=solution.backend,
        version=solution.version,
        native=solution.native_status,
        seconds=solution.seconds,
    )

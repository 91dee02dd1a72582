"""The one way for a backend to say what came out: consistent, and never too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.solution import Progress, Solution, Status, Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.program.program import Arrays

WITH_ANSWER = frozenset({Status.OPTIMAL, Status.FEASIBLE})
"""What may only be said beside an answer."""


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
    if known in WITH_ANSWER and answer is None:
        known = Status.UNKNOWN
    if known not in WITH_ANSWER:
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

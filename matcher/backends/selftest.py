"""A dozen programs with known answers, solved by every worker before it serves.

They take milliseconds and hold the shapes that solvers were seen to get wrong: a
version that fails one of them, or a library that was built or installed badly, is
refused by name before it touches a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.backends.claims import accept
from matcher.backends.contract import BackendUnavailable
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.backends.contract import Backend
    from matcher.program.program import Floats
    from matcher.program.solution import Progress, Solution

    Row = tuple[Sequence[float], float, float]
    """Coefficients, and the least and the most they may add up to."""

NEAR = 1e-6
"""Farthest an answer may be from the known one: solvers that compute in doubles keep
rows to about that, and whole values are exact by then."""

_INF = float("inf")
_CONTINUOUS = frozenset({"continuous"})


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """A program and its answer."""

    name: str
    arrays: Arrays
    value: float | None
    """Best value; None where there is none."""
    x: tuple[float, ...] | None = None
    """The one best answer; None where there are several, or none."""
    status: Status = Status.OPTIMAL
    needs: frozenset[str] = frozenset()
    """Features without which the program cannot be asked."""


def _arrays(
    objective: Sequence[float],
    rows: Sequence[Row],
    *,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    integer: Sequence[bool] | None = None,
) -> Arrays:
    """Arrays from dense rows; columns are yes or no unless told otherwise."""
    n = len(objective)
    dense = np.array([row[0] for row in rows], dtype=float).reshape(len(rows), n)
    lines, indices = np.nonzero(dense)
    ends = np.cumsum(np.bincount(lines, minlength=len(rows)))
    return Arrays(
        indptr=np.concatenate(([0], ends)).astype(np.int64),
        indices=indices.astype(np.int64),
        data=dense[lines, indices],
        row_lower=np.array([row[1] for row in rows], dtype=float),
        row_upper=np.array([row[2] for row in rows], dtype=float),
        lower=np.zeros(n) if lower is None else np.array(lower, dtype=float),
        upper=np.ones(n) if upper is None else np.array(upper, dtype=float),
        objective=np.array(objective, dtype=float),
        integer=np.ones(n, dtype=bool) if integer is None else np.array(integer),
    )


def known() -> tuple[Known, ...]:
    """Every program of the test."""
    return (*_decisions(), *_extremes(), *_mixed())


def _decisions() -> tuple[Known, ...]:
    """Programs in whole columns of modest size."""
    return (
        Known("knapsack",
              _arrays([4, 5, 7, 8.5], [([3, 4, 5, 6], -_INF, 10)]), 13.5, (0, 1, 0, 1)),
        Known("whole, not continuous",
              _arrays([5, 4], [([6, 4], -_INF, 24), ([1, 2], -_INF, 6)], upper=[9, 9]),
              20, (4, 0)),
        Known("tie", _arrays([1] * 6, [([1] * 6, -_INF, 3)]), 3),
        Known("negative bounds",
              _arrays([1, -2, 0.5], [], lower=[-4, -3, -9], upper=[7, 3, -5]),
              10.5, (7, -3, -5)),
        Known("equality and range",
              _arrays([3, 2, 1, -1],
                      [([1, 1, 1, 1], 5, 5), ([1, -1, 0, 0], -1, 2),
                       ([0, 0, 1, 2], 3, _INF), ([2, 0, 0, 3], -_INF, 9)],
                      upper=[4] * 4), 9),
        Known("infeasible", _arrays([1, 1], [([1, 1], 3, _INF)]), None,
              status=Status.INFEASIBLE),
        Known("infeasible by wholeness",
              _arrays([1, 1, 1], [([2, 4, 6], 5, 5)], upper=[3, 3, 3]), None,
              status=Status.INFEASIBLE),
    )  # fmt: skip


def _extremes() -> tuple[Known, ...]:
    """Differences that are small, sums that are large, and no end at all."""
    return (
        Known("small difference",
              _arrays([1.000000001, 1.000000003], [([1, 1], -_INF, 1)]),
              1.000000003, (0, 1)),
        Known("large whole numbers",
              _arrays([1, 2],
                      [([1, 1], -_INF, 123_456_789_013),
                       ([1, 0], 98_765_432_101, _INF)],
                      upper=[1e12, 1e12]),
              148_148_145_925, (98_765_432_101, 24_691_356_912)),
        Known("unbounded",
              _arrays([1, 0], [([1, -1], -_INF, 1)], upper=[_INF, _INF]), None,
              status=Status.UNBOUNDED, needs=frozenset({"unbounded"})),
    )  # fmt: skip


def _mixed() -> tuple[Known, ...]:
    """Programs with continuous columns."""
    return (
        Known("continuous",
              _arrays([1, 1], [([1, 2], -_INF, 2.5)], integer=[False, False]),
              1.75, (1, 0.75), needs=_CONTINUOUS),
        # As a least cost: 2x + 3z with x + z >= 4.5 and z whole. Said to be 15 by
        # HiGHS 1.14.0, whose presolve stuffs columns with a stale row sum.
        Known("mixed, 2x + 3z",
              _arrays([-2, -3], [([1, 1], 4.5, _INF)], upper=[10, 10],
                      integer=[False, True]), -9, (4.5, 0), needs=_CONTINUOUS),
        # The smallest coefficient that may be handed over counts: dropped, x is 1.
        Known("small coefficient",
              _arrays([1, 0], [([1, 1e-8], -_INF, 1)], lower=[0, 8e7],
                      upper=[1, 1e8], integer=[False, True]),
              0.2, (0.2, 8e7), needs=_CONTINUOUS),
    )  # fmt: skip


def examine(backend: Backend) -> int:
    """Number of programs that the backend solved, which are all it can be asked.

    Raises
    ------
    BackendUnavailable
        Naming the version and the program it got wrong.
    """
    asked = [case for case in known() if case.needs <= backend.FEATURES]
    for case in asked:
        options = SolveOptions()
        answer = backend.solve(case.arrays, options, _ignore, lambda: False)
        fault = _fault(case, accept(answer, case.arrays, options))
        if fault:
            reason = (
                f"version {backend.version()} fails the start-up test "
                f'"{case.name}": {fault}; install the solver again or use another one'
            )
            raise BackendUnavailable(((backend.NAME, reason),))
    return len(asked)


def _fault(case: Known, answer: Solution) -> str:
    """What is wrong with the answer to a known program; empty if nothing is."""
    if answer.status is not case.status:
        told = answer.message or answer.native_status
        return f"it is {case.status}, not {answer.status} ({told})"
    if case.value is None or answer.x is None:
        return ""
    value = float(case.arrays.objective @ answer.x)
    if not _near(value, case.value):
        return f"its best value is {case.value!r}, not {value!r}"
    if case.x is not None and not _near(answer.x, case.x):
        return f"its answer is {case.x}, not {tuple(answer.x.tolist())}"
    return ""


def _near(value: float | Floats, truth: float | tuple[float, ...]) -> bool:
    """Whether numbers are the same but for round-off."""
    return bool(np.allclose(value, truth, rtol=0.0, atol=NEAR))


def _ignore(_: Progress, x: Floats | None = None, /) -> None:
    """Report function of one who does not want reports."""

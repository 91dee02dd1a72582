"""The best choice of pairs: by an algorithm made for it, else by a program.

::

    maximise    sum value x
    subject to  least <= sum of x over a row    <= most        per row
                least <= sum of x over a column <= most        per column
                sum of use x over a column <= capacity
                sum of x over a group in a column <= 1
                x is 0 or 1, and 1 where fixed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.core._results import kept
from matcher.core._solve import columns, matrix_of
from matcher.core.matching import matched

if TYPE_CHECKING:
    from matcher.core._pairs import Pairs
    from matcher.core._solve import Answer, Desk
    from matcher.program.program import Arrays, Bools, Floats, Ints

WHOLE: Final = 1e-6
"""Farthest from 0 or 1 that a value of a linear program counts as it: its corners are
whole, and solvers compute in doubles."""


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """A choice of pairs and what is known of it; points are to be maximised."""

    status: str
    chosen: Bools | None
    """Per pair, shape (p,); None without a plan."""
    bound: float | None
    backend: str
    interrupted: bool = False

    @property
    def proven(self) -> bool:
        """Whether the solver finished with a plan."""
        return self.status == "optimal"


def best(pairs: Pairs, desk: Desk, gap: float | None = None) -> Found:
    """The choice of pairs with the highest total; ``gap`` is the desk's if None.

    Raises
    ------
    matcher.errors.SolverFailed, matcher.errors.AnswerRejected
        When the solver fails, or its answer breaks a limit.
    """
    quick = matched(pairs) if desk.backend == "auto" else None
    if quick is not None:
        chosen, who = quick
        if chosen is None:
            return Found("infeasible", None, None, who)
        return Found("optimal", chosen, float(pairs.value[chosen].sum()), who)
    if pairs.why_not():
        return Found("infeasible", None, None, "numpy")
    continuous = pairs.plain and desk.backend not in WHOLE_ONLY
    return solved(program(pairs, pairs.value, whole=not continuous), desk, gap)


def solved(arrays: Arrays, desk: Desk, gap: float | None = None) -> Found:
    """A program's choice of pairs; its columns are the pairs.

    Where only numbers of pairs are limited, every corner of the linear program is
    whole, and solvers that know continuous columns are asked for such a corner.
    """
    answer = desk.solve(arrays, gap=gap)
    if not arrays.integer.all() and _doubtful(answer):
        whole = np.ones(arrays.num_columns, dtype=bool)
        answer = desk.solve(replace(arrays, integer=whole), gap=gap)
    return found_in(arrays, answer)


def _doubtful(answer: Answer) -> bool:
    """Whether a linear program ended away from its corners, or without any plan."""
    if answer.x is None:
        return answer.status == "infeasible"
    return bool((np.abs(answer.x - np.rint(answer.x)) > WHOLE).any())


def found_in(arrays: Arrays, answer: Answer) -> Found:
    """The choice of pairs of an answer, its rows added up again."""
    chosen = kept(arrays, answer)
    return Found(
        answer.status, chosen, answer.bound, answer.backend, answer.interrupted
    )


def program(pairs: Pairs, points: Floats, *, whole: bool = True) -> Arrays:
    """The limits of a question as rows, and points per pair to be maximised."""
    arrays = columns(points, lower=pairs.fixed.astype(np.float64), whole=whole)
    sides = (pairs.row, pairs.per_row), (pairs.column, pairs.per_column)
    for at, (least, most) in sides:
        there = np.bincount(at, minlength=len(least))
        binding = np.flatnonzero((least > 0) | (most < there))
        arrays = _with_sums(arrays, at, binding, least[binding], most[binding])
    if pairs.use is not None and pairs.capacity is not None:
        heavy = np.bincount(pairs.column, pairs.use, minlength=pairs.size[1])
        binding = np.flatnonzero(heavy > pairs.capacity)
        least = np.full(len(binding), -np.inf)
        most = pairs.capacity[binding]
        arrays = _with_sums(arrays, pairs.column, binding, least, most, pairs.use)
    if pairs.group is not None:
        arrays = _with_groups(arrays, pairs, pairs.group)
    return arrays


def _with_sums(
    arrays: Arrays, at: Ints, wanted: Ints, least: Floats, most: Floats,
    data: Floats | None = None,
) -> Arrays:  # fmt: skip
    """With one row for each wanted place: the sum of the pairs that stand there."""
    size = max(int(at.max(initial=0)), int(wanted.max(initial=0))) + 1
    number = np.full(size, -1, dtype=np.int64)
    number[wanted] = np.arange(len(wanted))
    pair = np.flatnonzero(number[at] >= 0)
    weights = 1.0 if data is None else data[pair]
    shape = len(wanted), arrays.num_columns
    return arrays.with_rows(
        matrix_of(number[at[pair]], pair, weights, shape), least, most
    )


def _with_groups(arrays: Arrays, pairs: Pairs, group: Ints) -> Arrays:
    """With at most one row of a group in each column."""
    of_pair = group[pairs.row]
    grouped = np.flatnonzero(of_pair >= 0)
    place = of_pair[grouped] * pairs.size[1] + pairs.column[grouped]
    _, number, count = np.unique(place, return_inverse=True, return_counts=True)
    several = np.flatnonzero(count > 1)
    none = np.full(len(several), -np.inf)
    at = np.full(arrays.num_columns, len(count), dtype=np.int64)
    at[grouped] = number
    return _with_sums(arrays, at, several, none, np.ones(len(several)))

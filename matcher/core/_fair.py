"""Fair choices of pairs: the worst row first, or all rows from the worst up.

Values of rows are compared with each other and never added to a constant, so a level
is reached or it is not: no tolerance is involved. Each question to a solver is how many
rows reach a level, which is a whole number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.core._choose import Found, best, found_in, program, solved
from matcher.core._results import kept
from matcher.core._solve import columns, matrix_of

if TYPE_CHECKING:
    from matcher.core._pairs import Pairs
    from matcher.core._solve import Desk
    from matcher.program.program import Arrays, Bools, Floats

NEAR_WORST = 1e-9
"""Relative slack of a worst row that is a sum of several pairs: such sums of doubles
differ by round-off."""


def max_min(pairs: Pairs, desk: Desk) -> Found:
    """The worst row as well off as can be, then the highest total.

    The bound is that of the total among plans with this worst row; a plan that is not
    proven to have the best worst row has none.
    """
    plan = best(pairs, desk)
    if plan.chosen is None or plan.interrupted or pairs.size[0] == 0:
        return replace(plan, bound=None) if plan.interrupted else plan
    if not pairs.single:
        return _sums(pairs, desk, plan)
    climb = _Climb(pairs, desk, plan.chosen, _levels(pairs))
    level, proven = climb.next_level(pairs.size[0])
    if not proven:
        return replace(plan, status="feasible", chosen=climb.chosen, bound=None)
    high = pairs.value >= level
    last = best(pairs.only(high, everybody=level > 0), desk)
    if last.chosen is None:  # time ran out: the climb has a plan at this level
        return replace(plan, status="feasible", chosen=climb.chosen, bound=None)
    chosen = np.zeros(pairs.count, dtype=bool)
    chosen[high] = last.chosen
    return replace(last, chosen=chosen)


def leximin(pairs: Pairs, desk: Desk) -> Found:
    """The worst row as well off as can be, then the second worst, and so on.

    For each value that occurs: the highest level that all rows can reach but for those
    known to be below, then the fewest rows that must stop at it. That settles the
    sorted values of the rows, and their total with them.
    """
    plan = best(pairs, desk)
    n = pairs.size[0]
    if plan.chosen is None or plan.interrupted or n == 0:
        return replace(plan, bound=None) if plan.interrupted else plan
    climb, above = _Climb(pairs, desk, plan.chosen, _levels(pairs)), n
    while above > 0:
        level, proven = climb.next_level(above)
        if proven:
            above, proven = climb.most_above(level, above)
        if not proven:
            return replace(plan, status="feasible", chosen=climb.chosen, bound=None)
    total = float(pairs.value[climb.chosen].sum())
    return Found("optimal", climb.chosen, total, climb.backend or plan.backend)


def _levels(pairs: Pairs) -> Floats:
    """Values that a row can have, ascending; 0 where one can stay empty."""
    found = pairs.value
    if (pairs.per_row[0] == 0).any():
        found = np.append(found, 0.0)
    return np.unique(found)


@dataclass(slots=True)
class _Climb:
    """A plan on its way up, and what every later plan must keep."""

    pairs: Pairs
    desk: Desk
    chosen: Bools
    levels: Floats
    backend: str = ""
    counted: Arrays | None = None
    """The limits of the question with the counts that were reached, if any."""

    def next_level(self, count: int) -> tuple[float, bool]:
        """Highest level that `count` rows can reach, and whether that is proven.

        The plan at hand reaches some level, and a better plan raises that at once.
        First the next level is tried, as the plan is often at the top already.
        """
        low, high = self._reached(self.chosen, count), self._ceiling(count) + 1
        middle = low + 1
        while low + 1 < high:
            reached, proven = self._most(float(self.levels[middle]), strictly=False)
            if not proven and reached < count:
                return float(self.levels[low]), False
            if reached >= count:
                low = max(middle, self._reached(self.chosen, count))
            else:
                high = middle
            middle = (low + high) // 2
        return float(self.levels[low]), True

    def most_above(self, level: float, reaching: int) -> tuple[int, bool]:
        """Most rows above a level that so many reach; whether that is proven.

        Later plans must keep both counts.
        """
        self.counted = self._with_count(level, reaching, strictly=False)
        count, proven = self._most(level, strictly=True)
        self.counted = self._with_count(level, count, strictly=True)
        return count, proven

    def _reached(self, chosen: Bools, count: int) -> int:
        """Index of the level that `count` rows of a plan reach."""
        values = np.sort(self.pairs.row_values(chosen))
        at = np.searchsorted(self.levels, values[len(values) - count], side="right")
        return int(at) - 1

    def _ceiling(self, count: int) -> int:
        """Index of the level that `count` rows could reach, were each alone."""
        pairs = self.pairs
        top = np.full(pairs.size[0], -np.inf)
        np.maximum.at(top, pairs.row, pairs.value)
        top = np.where(pairs.per_row[1] == 0, 0.0, top)
        top = np.where(pairs.per_row[0] == 0, np.maximum(top, 0.0), top)
        level = np.sort(top)[len(top) - count]
        return int(np.searchsorted(self.levels, level, side="right")) - 1

    def _most(self, level: float, *, strictly: bool) -> tuple[int, bool]:
        """Most rows at a level or above it; adopts the plan if it is better."""
        points, base = self._counting(level, strictly)
        before = int(self.chosen @ points) + base
        if self.counted is None:
            found = best(replace(self.pairs, value=points), self.desk, gap=0.0)
        else:
            start = self.chosen.astype(np.float64)
            arrays = self.counted.with_points(points)
            found = found_in(arrays, self.desk.solve(arrays, start=start, gap=0.0))
        self.backend = found.backend
        if found.chosen is None:
            return before, False
        count = int(found.chosen @ points) + base
        if count > before:
            self.chosen = found.chosen
        return max(count, before), found.proven and not found.interrupted

    def _counting(self, level: float, strictly: bool) -> tuple[Floats, int]:
        """Points and a constant whose sum is how many rows reach a level."""
        value = self.pairs.value
        high = value > level if strictly else value >= level
        empty = level < 0 if strictly else level <= 0
        if empty:  # rows without a column reach it too: all but those in low pairs
            return np.where(high, 0.0, -1.0), self.pairs.size[0]
        return high.astype(np.float64), 0

    def _with_count(self, level: float, count: int, *, strictly: bool) -> Arrays:
        """The limits, and that many rows at a level or above it."""
        limits = self.counted
        if limits is None:
            limits = program(self.pairs, np.zeros(self.pairs.count))
        points, base = self._counting(level, strictly)
        at = np.flatnonzero(points)
        if not len(at):
            return limits
        return limits.with_row(at, points[at], lower=float(count - base))


def _sums(pairs: Pairs, desk: Desk, plan: Found) -> Found:
    """`max_min` where a row's value is a sum: one more column, the worst of them.

    Raises
    ------
    ValueError
        For a backend of whole numbers only: the worst sum is none.
    """
    if desk.backend in WHOLE_ONLY:
        raise ValueError(
            f'backend: "{desk.backend}" knows whole numbers only, and the worst row is '
            'a sum of several values here; use "highs" or "cbc"'
        )
    size = _size(pairs.value)
    pairs = replace(pairs, value=pairs.value / size)
    limits = program(pairs, np.zeros(pairs.count))
    n, p = pairs.size[0], pairs.count
    reach = float(np.abs(pairs.value).sum())
    each = np.arange(p)
    worst = columns(
        np.append(np.zeros(p), 1.0),
        lower=np.append(limits.lower, -reach), upper=np.append(limits.upper, reach),
        whole=np.append(np.ones(p, dtype=bool), False),
    )  # fmt: skip
    line = np.repeat(np.arange(limits.num_rows), np.diff(limits.indptr))
    shape = limits.num_rows, p + 1
    wider = matrix_of(line, limits.indices, limits.data, shape)
    worst = worst.with_rows(wider, limits.row_lower, limits.row_upper)
    rows = np.append(pairs.row, np.arange(n))
    data = np.append(pairs.value, -np.ones(n))
    sums = matrix_of(rows, np.append(each, np.full(n, p)), data, (n, p + 1))
    worst = worst.with_rows(sums, np.zeros(n), np.full(n, np.inf))
    assert plan.chosen is not None
    level = float(pairs.row_values(plan.chosen).min())
    start = np.append(plan.chosen.astype(np.float64), level)
    answer = desk.solve(worst, start=start, gap=0.0)
    if answer.x is None:
        return replace(plan, status="feasible", bound=None)
    chosen = kept(limits, replace(answer, x=answer.x[:p]))
    if chosen is None or answer.status != "optimal":
        return replace(plan, status="feasible", chosen=chosen, bound=None)
    level = float(pairs.row_values(chosen).min())
    slack = NEAR_WORST * max(1.0, abs(level))
    floor = program(pairs, pairs.value).with_rows(
        matrix_of(pairs.row, each, pairs.value, (n, p)),
        np.full(n, level - slack), np.full(n, np.inf),
    )  # fmt: skip
    last = solved(floor, desk)
    if last.chosen is None:
        return replace(plan, status="feasible", chosen=chosen, bound=None)
    return last if last.bound is None else replace(last, bound=last.bound * size)


def _size(values: Floats) -> float:
    """A power of two that makes the largest value about a thousand.

    Solvers keep rows to 1e-9 and refuse coefficients far apart: the unit of values must
    not decide. Dividing by a power of two changes no digit.
    """
    exponent = int(np.frexp(np.abs(values).max(initial=0.0))[1])
    return float(2.0 ** max(exponent - 10, -1000))

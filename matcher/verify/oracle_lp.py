"""Whether linear inequalities have a solution: exact, and in whole numbers.

The method is the bounded simplex that only asks for feasibility (Dutertre and
de Moura, 2006), in exact numbers: a basic variable outside its bounds is mended
by the first column that can. It soon takes the first such variable, not the
worst, so that it never cycles (Bland's rule).
Whole solutions are found by splitting on a fractional variable.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Number: TypeAlias = Fraction | int
BOLD_PIVOTS: Final = 60
"""Pivots that mend the worst variable; later ones keep to the order (Bland)."""
MAX_SPLITS: Final = 400
GRIDS: Final = (100, 10_000, 1_000_000)
"""Round amounts to try, in cents, the roundest last."""


class Inequalities:
    """Variables with bounds and rows with bounds, in the order added."""

    def __init__(self) -> None:
        self.lower: list[Number | None] = []
        self.upper: list[Number | None] = []
        self.value: list[Number] = []
        self.rows: dict[int, dict[int, int]] = {}
        """By basic variable: what `scale` of it is of those outside the basis."""
        self.scale: dict[int, int] = {}
        self.whole: list[int] = []

    def variable(self, lower: int = 0) -> int:
        """Add a variable in whole numbers from a lower bound; its index."""
        self.whole.append(len(self.value))
        return self._add(lower, None, lower)

    def part(self) -> int:
        """Add a variable in any numbers from 0, after all whole ones; its index."""
        return self._add(0, None, 0)

    def _add(self, lower: Number | None, upper: Number | None, value: Number) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.value.append(value)
        return len(self.value) - 1

    def row(
        self,
        terms: Mapping[int, Number],
        lower: Number | None = None,
        upper: Number | None = None,
    ) -> None:
        """Add bounds on a weighted sum of variables; before solving only."""
        start = sum((c * self.value[v] for v, c in terms.items()), Fraction(0))
        scale = math.lcm(*(Fraction(c).denominator for c in terms.values()))
        basic = self._add(lower, upper, start)
        self.scale[basic] = scale
        self.rows[basic] = {v: int(c * scale) for v, c in terms.items() if c}

    def holds(self, values: Mapping[int, int]) -> bool:
        """True when given values of the variables keep every bound; before solving.

        Variables in any numbers may take what suits.
        """
        if any(v not in values for terms in self.rows.values() for v in terms):
            twin = self.copy()
            for v, value in values.items():
                twin.row({v: 1}, value, value)
            return twin.solve()
        totals: dict[int, Number] = dict(values)
        for basic, terms in self.rows.items():
            total = sum(c * values[v] for v, c in terms.items())
            totals[basic] = Fraction(total, self.scale[basic])
        return all(
            ((low := self.lower[v]) is None or low <= total)
            and ((high := self.upper[v]) is None or total <= high)
            for v, total in totals.items()
        )

    def whole_solution(self) -> tuple[int, ...] | None:
        """Values of the variables in whole numbers, or None when there are none.

        Raises
        ------
        ValueError
            When splitting does not settle it; amounts that divide evenly by the
            rates in play always settle.
        """
        splits, waiting = 0, [self]
        while waiting:
            problem = waiting.pop()
            if not problem.solve():
                continue
            broken = problem.broken()
            if broken is None:
                return tuple(int(problem.value[v]) for v in problem.whole)
            splits += 1
            if splits > MAX_SPLITS:
                raise ValueError("whole cents cannot be settled")
            waiting += problem.split(broken)
        return None

    def split(self, broken: int) -> list[Inequalities]:
        """Parts without the fractional value of a variable, the last to be first.

        Two of them leave no whole solution out. Round values come before them,
        only to find a solution sooner where there are many.
        """
        at = self.value[broken]
        ends: list[tuple[Number | None, Number | None]] = [
            (math.ceil(at), self.upper[broken]),
            (self.lower[broken], math.floor(at)),
        ]
        for grid in GRIDS:
            low = at // grid * grid
            ends += [(low + grid, low + grid), (low, low)]
        parts = []
        for low_end, high_end in ends:
            part = self.copy()
            part.lower[broken], part.upper[broken] = low_end, high_end
            if self._keeps(broken, low_end, high_end):
                parts.append(part)
        return parts

    def _keeps(self, v: int, low: Number | None, high: Number | None) -> bool:
        """True when new bounds of a variable are no wider than its own."""
        old_low, old_high = self.lower[v], self.upper[v]
        return (old_low is None or (low is not None and low >= old_low)) and (
            old_high is None or (high is not None and high <= old_high)
        )

    def broken(self) -> int | None:
        """First variable that is not whole."""
        return next((v for v in self.whole if self.value[v] % 1), None)

    def copy(self) -> Inequalities:
        """Another system at the same point."""
        twin = Inequalities()
        twin.lower, twin.upper = list(self.lower), list(self.upper)
        twin.value, twin.whole = list(self.value), self.whole
        twin.rows = {v: dict(row) for v, row in self.rows.items()}
        twin.scale = dict(self.scale)
        return twin

    def _excess(self, v: int) -> Number:
        """How far a variable is outside its bounds."""
        low, high = self.lower[v], self.upper[v]
        if low is not None and self.value[v] < low:
            return low - self.value[v]
        if high is not None and self.value[v] > high:
            return self.value[v] - high
        return 0

    def solve(self) -> bool:
        """Pivot until every basic variable keeps its bounds; False if none can."""
        pivots = 0
        while True:
            outside = {v: gap for v in self.rows if (gap := self._excess(v))}
            if not outside:
                return True
            leaving = min(outside)
            if pivots < BOLD_PIVOTS:
                leaving = max(outside, key=lambda v: outside[v])
            low, high = self.lower[leaving], self.upper[leaving]
            rising = low is not None and self.value[leaving] < low
            target = low if rising else high
            entering = self._helper(leaving, 1 if rising else -1)
            if entering is None or target is None:
                return False
            self._pivot(leaving, entering, target)
            pivots += 1

    def _helper(self, leaving: int, sign: int) -> int | None:
        """First variable outside the basis that moves the leaving one home."""
        for v in sorted(self.rows[leaving]):
            up = self.rows[leaving][v] * sign > 0
            limit = self.upper[v] if up else self.lower[v]
            if limit is None or (
                self.value[v] < limit if up else self.value[v] > limit
            ):
                return v
        return None

    def _pivot(self, leaving: int, entering: int, target: Number) -> None:
        """Swap two variables and move the leaving one onto its bound."""
        whole, row = self.scale.pop(leaving), self.rows.pop(leaving)
        slope = row.pop(entering)
        step = (target - self.value[leaving]) * Fraction(whole, slope)
        self.value[leaving] = target
        self.value[entering] += step
        sign = 1 if slope > 0 else -1
        slope *= sign
        turned = {v: -sign * c for v, c in row.items()}
        turned[leaving] = sign * whole
        for basic, other in self.rows.items():
            factor = other.pop(entering, 0)
            if not factor:
                continue
            self.value[basic] += Fraction(factor, self.scale[basic]) * step
            shared = math.gcd(slope, factor)
            times, factor = slope // shared, factor // shared
            mixed = {v: c * times for v, c in other.items()} if times > 1 else other
            for v, c in turned.items():
                mixed[v] = mixed.get(v, 0) + factor * c
            scale = self.scale[basic] * times
            shared = math.gcd(scale, *mixed.values())
            self.scale[basic] = scale // shared
            self.rows[basic] = {v: c // shared for v, c in mixed.items() if c}
        self.rows[entering], self.scale[entering] = turned, slope

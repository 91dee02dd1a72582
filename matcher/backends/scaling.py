"""Exact whole-number form of a program, for a solver that knows only integers.

Each row is multiplied by the smallest power of ten that makes its coefficients
whole, and divided by their greatest common divisor; the objective likewise. A
row's bounds are then rounded inwards, which removes no whole answer. What cannot
be written exactly is refused: a rounded coefficient would be another program. Only
points that are no decimals are rounded, so finely that it does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matcher.program.program import Arrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROW_DIGITS = 6
"""Most decimals of a row's coefficients: cents, basis points and parts per million
fit; more would make row sums needlessly large."""

OBJECTIVE_DIGITS = 9
"""Most decimals of an objective coefficient, as many as points carry."""

MOST_ROUNDED = 1e-7
"""Points that whole numbers may lose of an objective whose coefficients are no
decimals, over all columns together: chances such as two thirds. What the answer is
worth is computed exactly afterwards, and bounds are granted as much."""

NEAR_WHOLE = 1e-9
"""Relative slack for "is whole": a decimal such as 0.29 times 100 misses 29 by the
last bit, and sums made elsewhere by a few more."""

NEAR_WHOLE_ULPS = 4.0
"""The same slack for large numbers, in units of the last bit of a float."""

NEAR_WHOLE_CAP = 0.01
"""No number is called whole when it is farther than this from one, however large."""

MAX_ACTIVITY = 2**62
"""Largest size a row sum, a bound or the objective may reach: half of what a 64-bit
integer holds, which leaves the solver room for its own sums."""

_FREE_LOWER = np.iinfo(np.int64).min
_FREE_UPPER = np.iinfo(np.int64).max


class CannotScale(ValueError):
    """The program has no exact whole-number form; names place, value and remedy."""

    def __init__(self, where: str, value: float, remedy: str) -> None:
        super().__init__(where, value, remedy)
        self.where = where
        self.value = value
        self.remedy = remedy

    def __str__(self) -> str:
        """Place, value and remedy in one sentence."""
        return f"{self.where}: {self.value!r} has no exact whole form; {self.remedy}"


@dataclass(frozen=True, eq=False, slots=True)
class Scaled:
    """A program in whole numbers; the sparsity pattern is that of the original."""

    data: Ints
    row_lower: Ints
    """Smallest 64-bit integer where the row has no lower bound."""
    row_upper: Ints
    """Largest 64-bit integer where the row has no upper bound."""
    lower: Ints
    upper: Ints
    objective: Ints
    points_per_unit: float
    """Points that one unit of the whole-number objective stands for."""

    @property
    def contradictory(self) -> bool:
        """Whether some row or column has bounds without a whole value between."""
        rows = self.row_lower > self.row_upper
        return bool(rows.any() or (self.lower > self.upper).any())


def scale(arrays: Arrays) -> Scaled:
    """Whole-number form of `arrays`.

    Raises
    ------
    CannotScale
        When a column is continuous, a coefficient has too many decimals, or a sum
        could leave 64 bits.
    """
    _refuse_continuous(arrays)
    lower = _inwards(arrays.lower, up=True)
    upper = _inwards(arrays.upper, up=False)
    # At least 1, so that a coefficient is checked even where its column is fixed at 0.
    reach = np.maximum(1.0, np.maximum(np.abs(lower), np.abs(upper)))
    _refuse_large(reach, "column {}", "give the column smaller bounds")
    lines = _lines(arrays)
    factor = _row_factors(arrays, lines)
    data = np.rint(arrays.data * factor[lines])
    _refuse_large(
        np.bincount(
            lines,
            weights=np.abs(data) * reach[arrays.indices],
            minlength=arrays.num_rows,
        ),
        "sum of row {}",
        "use a larger unit of money, or another backend",
    )
    whole = data.astype(np.int64)
    divisor = _divisors(whole, arrays)
    least = _inwards(arrays.row_lower * factor, up=True)
    most = _inwards(arrays.row_upper * factor, up=False)
    points, unit = _objective(arrays.objective, reach)
    return Scaled(
        data=whole // divisor[lines],
        # Divided as integers: a float quotient could round past the last whole value.
        row_lower=np.where(
            np.isfinite(least), -(-_within_range(least) // divisor), _FREE_LOWER
        ),
        row_upper=np.where(
            np.isfinite(most), _within_range(most) // divisor, _FREE_UPPER
        ),
        lower=lower.astype(np.int64),
        upper=upper.astype(np.int64),
        objective=points,
        points_per_unit=unit,
    )


def _lines(arrays: Arrays) -> Ints:
    """Row of each entry."""
    return np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))


def _refuse_continuous(arrays: Arrays) -> None:
    """Refuse a column that may take broken values."""
    broken = np.flatnonzero(~arrays.integer)
    if len(broken):
        j = int(broken[0])
        raise CannotScale(
            f"column {j} is continuous; its upper bound",
            float(arrays.upper[j]),
            "use the backend highs or cbc, or make it count whole units",
        )


def _is_whole(values: Floats) -> NDArray[np.bool_]:
    """True where a value is a whole number but for the noise of float arithmetic."""
    size = np.abs(values)
    near = np.maximum(
        NEAR_WHOLE * np.minimum(size, 1.0), NEAR_WHOLE_ULPS * np.spacing(size)
    )
    return np.abs(values - np.rint(values)) <= np.minimum(near, NEAR_WHOLE_CAP)


def _row_factors(arrays: Arrays, lines: Ints) -> Floats:
    """Smallest power of ten per row that makes all its coefficients whole."""
    factor = np.ones(arrays.num_rows)
    for digits in range(ROW_DIGITS + 1):
        broken = ~_is_whole(arrays.data * factor[lines])
        if not broken.any():
            return factor
        if digits < ROW_DIGITS:
            factor[np.unique(lines[broken])] = 10.0 ** (digits + 1)
    k = int(np.flatnonzero(broken)[0])
    raise CannotScale(
        f"row {lines[k]}, column {arrays.indices[k]}",
        float(arrays.data[k]),
        f"round it to {ROW_DIGITS} decimals, or use the backend highs or cbc",
    )


def _divisors(data: Ints, arrays: Arrays) -> Ints:
    """Greatest common divisor of each row's coefficients, 1 for an empty row."""
    divisor = np.ones(arrays.num_rows, dtype=np.int64)
    filled = np.flatnonzero(np.diff(arrays.indptr))
    if len(filled):
        divisor[filled] = np.gcd.reduceat(np.abs(data), arrays.indptr[filled])
    return divisor


def _objective(objective: Floats, reach: Floats) -> tuple[Ints, float]:
    """Whole objective and the points one unit of it stands for."""
    for digits in range(OBJECTIVE_DIGITS + 1):
        factor = 10.0**digits
        if _is_whole(objective * factor).all():
            break
    else:
        factor = _fine_enough(objective, reach)
    whole = np.rint(objective * factor)
    _refuse_large(
        np.array([np.abs(whole) @ reach]),
        "sum of the objective",
        "use fewer decimals of points, or another backend",
    )
    units = whole.astype(np.int64)
    divisor = max(1, int(np.gcd.reduce(np.abs(units)))) if len(units) else 1
    return units // divisor, divisor / factor


def _fine_enough(objective: Floats, reach: Floats) -> float:
    """Factor that turns points that are no decimals into whole numbers, nearly.

    Raises
    ------
    CannotScale
        When a whole number of 64 bits cannot come within `MOST_ROUNDED` points.
    """
    priced = objective != 0
    room = float(MAX_ACTIVITY) / float(np.abs(objective) @ reach) / 2
    factor = 10.0 ** np.floor(np.log10(room))
    lost = np.abs(np.rint(objective * factor) / factor - objective)
    if float(lost[priced] @ reach[priced]) > MOST_ROUNDED:
        j = int(np.argmax(lost * reach))
        raise CannotScale(
            f"objective of column {j}", float(objective[j]),
            f"round points to {OBJECTIVE_DIGITS} decimals, or use another backend",
        )  # fmt: skip
    return float(factor)


def _inwards(bounds: Floats, *, up: bool) -> Floats:
    """Bounds rounded to whole numbers so that no whole value is added or lost."""
    moved = np.ceil(bounds) if up else np.floor(bounds)
    finite = np.isfinite(bounds)
    snap = finite & _is_whole(np.where(finite, bounds, 0.0))
    return np.where(snap, np.rint(bounds), moved)


def _within_range(bounds: Floats) -> Ints:
    """Bounds as integers; those beyond any row sum are kept beyond it."""
    size = float(MAX_ACTIVITY)
    return np.clip(bounds, -size, size).astype(np.int64)


def _refuse_large(sizes: Floats | NDArray[np.intp], where: str, remedy: str) -> None:
    """Refuse sums that a 64-bit integer might not hold; `where` takes the index."""
    large = np.flatnonzero(sizes >= float(MAX_ACTIVITY))
    if len(large):
        i = int(large[0])
        raise CannotScale(where.format(i), float(sizes[i]), remedy)

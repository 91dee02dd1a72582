"""Numbers that a solver in doubles cannot be trusted with are refused beforehand.

A solver drops tiny coefficients without a word, takes huge ones for infinite, and
keeps a row only to a tolerance that may exceed its smallest term. Dividing a row
changes none of the ratios, so what is too wide has no remedy here: it is refused by
place and value, with what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matcher.program.program import Arrays, Floats

SMALLEST = 1e-9
"""HiGHS drops smaller coefficients of rows without refusing the program."""

LARGEST = 1e15
"""HiGHS refuses larger coefficients; a double above it does not know cents."""

WIDEST = 1e9
"""Largest ratio of two coefficients of one row. Solvers grant a whole column 1e-9:
times the largest coefficient, that must not outweigh one unit of the smallest."""

_REMEDY = "check the units, or use the backend cpsat, which is exact"


def unfit(arrays: Arrays) -> str:
    """Why a solver in doubles must not get the program; empty if it may."""
    sizes = np.abs(arrays.data)
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    for wrong, words in (
        (sizes < SMALLEST, f"below {SMALLEST:g}, where solvers drop it"),
        (sizes > LARGEST, f"above {LARGEST:g}, where solvers take it for infinite"),
    ):
        if wrong.any():
            k = int(wrong.argmax())
            place = f"the coefficient of column {arrays.indices[k]} in row {row[k]}"
            return f"{place} is {float(arrays.data[k])!r}, {words}; {_REMEDY}"
    for name in ("row_lower", "row_upper", "lower", "upper", "objective"):
        values: Floats = getattr(arrays, name)
        wrong = np.isfinite(values) & (np.abs(values) > LARGEST)
        if wrong.any():
            i = int(wrong.argmax())
            place = f"entry {i} of {name} is {float(values[i])!r}"
            return f"{place}, above {LARGEST:g}; {_REMEDY}"
    return _too_wide(sizes, row, arrays.num_rows)


def _too_wide(sizes: Floats, row: np.ndarray, rows: int) -> str:
    """Which row holds coefficients that are too far apart, in words."""
    least, most = np.full(rows, np.inf), np.zeros(rows)
    np.minimum.at(least, row, sizes)
    np.maximum.at(most, row, sizes)
    wide = most > WIDEST * least
    if not wide.any():
        return ""
    i = int(wide.argmax())
    return (
        f"the coefficients of row {i} reach from {float(least[i])!r} to "
        f"{float(most[i])!r}, more than {WIDEST:g} apart; {_REMEDY}"
    )

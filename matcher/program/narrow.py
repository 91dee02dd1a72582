"""A program without the columns that its own rows decide: fewer for the same answer.

Where consortia are kept as they are, most columns are fixed or equal to another one::

    x_j - x_k = 0                   j and k are one column
    least activity = row_upper      every column of the row is where that takes it
    greatest activity = row_lower   likewise

Solvers know this as well; but those whose presolve was seen to lose answers run without
it (`matcher.backends`), and each of them is spared the work here. Only rows of whole
numbers, and rows of which every term is zero, decide anything: their sums are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from matcher.program.program import Arrays, Bools, Floats, Ints

WORTHWHILE: Final = 3
"""A program is narrowed where at least one column in three goes: below that the solver
sees the program as it was written."""
MOST_ROUNDS: Final = 20
"""Rounds of fixing; each follows from the one before, and three or four are usual.
A program that needs more is left as it is."""
DUST: Final = 1e-9
"""Part of a coefficient that merging leaves of it where decimals cancel."""
EXACT: Final = 2.0**53
"""Sums of whole numbers are exact in doubles up to here."""


@dataclass(frozen=True, eq=False, slots=True)
class Narrow:
    """The columns that are left, and how an answer in them reads in all columns."""

    arrays: Arrays
    spread: csr_array
    """Shape (n, left): which column that is left each column is equal to, if any."""
    fixed: Floats
    """Value of each column that is fixed, else 0; shape (n,)."""
    kept: Ints
    """One column of the whole program for each that is left."""

    def lift(self, x: Floats) -> Floats:
        """An answer in all columns."""
        return np.asarray(self.spread @ x + self.fixed)

    def lower(self, x: Floats) -> Floats:
        """An answer in all columns, in those that are left."""
        return x[self.kept]


def narrowed(arrays: Arrays) -> Narrow | None:
    """The program in fewer columns; None where too few would go, or none can hold."""
    which, lower, upper, whole = _merged(arrays)
    count = len(lower)
    each = np.arange(arrays.num_columns)
    spread = csr_array(
        coo_array((np.ones(len(which)), (each, which)), shape=(len(which), count))
    )
    matrix = _in_merged(arrays, which, count)
    if (lower > upper).any() or not _forced(matrix, arrays, lower, upper):
        return None
    left = lower < upper
    if arrays.num_columns - left.sum() < arrays.num_columns / WORTHWHILE:
        return None
    value = np.where(left, 0.0, lower)
    return _reduced(arrays, matrix, spread, (lower, upper, whole), (left, value))


def _merged(arrays: Arrays) -> tuple[Ints, Floats, Floats, Bools]:
    """Which column each one is equal to, with the bounds that all of them keep."""
    size = np.diff(arrays.indptr)
    first = arrays.indptr[:-1][
        (size == 2) & (arrays.row_lower == 0) & (arrays.row_upper == 0)
    ]
    first = first[arrays.data[first] == -arrays.data[first + 1]]
    pairs = arrays.indices[first], arrays.indices[first + 1]
    n = arrays.num_columns
    graph = coo_array((np.ones(len(first)), pairs), shape=(n, n))
    count, which = connected_components(graph, directed=False)
    lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
    whole = np.zeros(count, dtype=bool)
    np.maximum.at(lower, which, arrays.lower)
    np.minimum.at(upper, which, arrays.upper)
    np.logical_or.at(whole, which, arrays.integer)
    lower[whole], upper[whole] = np.ceil(lower[whole]), np.floor(upper[whole])
    return which.astype(np.int64), lower, upper, whole


def _in_merged(arrays: Arrays, which: Ints, count: int) -> csr_array:
    """The matrix in merged columns, without what is left where decimals cancel."""
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    place, entry = np.unique(row * count + which[arrays.indices], return_inverse=True)
    total = np.bincount(entry, arrays.data, minlength=len(place))
    size = np.bincount(entry, np.abs(arrays.data), minlength=len(place))
    stays = np.abs(total) > DUST * size
    at = np.divmod(place[stays], max(count, 1))
    return csr_array(coo_array((total[stays], at), shape=(arrays.num_rows, count)))


def _forced(matrix: csr_array, arrays: Arrays, lower: Floats, upper: Floats) -> bool:
    """Fix in place what rows leave no choice about; False where a row cannot hold."""
    row = np.repeat(np.arange(arrays.num_rows), np.diff(matrix.indptr))
    column, data = matrix.indices, matrix.data
    for _ in range(MOST_ROUNDS):
        low, high = data * lower[column], data * upper[column]
        ends = np.minimum(low, high), np.maximum(low, high)
        least, greatest = (_sums(row, end, arrays) for end in ends)
        slack = DUST * (1 + np.maximum(np.abs(least), np.abs(greatest)))
        if (least > arrays.row_upper + slack).any() or (
            greatest < arrays.row_lower - slack
        ).any():
            return False
        whole = _whole_rows(row, data, lower[column], upper[column], arrays)
        none, all_ = (whole | (_sums(row, np.abs(end), arrays) == 0) for end in ends)
        down = (none & (least == arrays.row_upper))[row]
        up = (all_ & (greatest == arrays.row_lower))[row]
        open_ = lower[column] < upper[column]
        to_lower = open_ & ((down & (data > 0)) | (up & (data < 0)))
        to_upper = open_ & ((down & (data < 0)) | (up & (data > 0)))
        if not (to_lower | to_upper).any():
            return True
        upper[column[to_lower]] = lower[column[to_lower]]
        lower[column[to_upper]] = upper[column[to_upper]]
    return False


def _sums(row: Ints, terms: Floats, arrays: Arrays) -> Floats:
    """Sum of the terms of each row, shape (m,)."""
    return np.bincount(row, terms, minlength=arrays.num_rows).astype(np.float64)


def _whole_rows(
    row: Ints, data: Floats, low: Floats, high: Floats, arrays: Arrays
) -> Bools:
    """Rows of whole numbers, whose sums are exact in doubles; shape (m,)."""
    broken = (data != np.rint(data)) | (low != np.rint(low)) | (high != np.rint(high))
    reach = np.abs(data) * np.maximum(np.abs(low), np.abs(high))
    exact = _sums(row, reach, arrays) < EXACT
    return np.asarray(exact & (_sums(row, broken * 1.0, arrays) == 0))


def _reduced(
    arrays: Arrays, matrix: csr_array, spread: csr_array,
    bounds: tuple[Floats, Floats, Bools], decided: tuple[Bools, Floats],
) -> Narrow:  # fmt: skip
    (lower, upper, whole), (left, value) = bounds, decided
    at = np.nonzero(left)[0]
    shift = matrix @ value
    part = csr_array(csr_array(matrix)[:, at])
    rows = np.nonzero(np.diff(part.indptr))[0]
    part = csr_array(part[rows])
    part.sort_indices()
    points = spread.T @ arrays.objective
    first = np.full(len(left), -1, dtype=np.int64)
    _, which = spread.nonzero()
    first[which[::-1]] = np.arange(len(which))[::-1]
    return Narrow(
        replace(
            arrays,
            indptr=part.indptr.astype(np.int64),
            indices=part.indices.astype(np.int64),
            data=np.array(part.data, dtype=np.float64),
            row_lower=arrays.row_lower[rows] - shift[rows],
            row_upper=arrays.row_upper[rows] - shift[rows],
            lower=lower[at], upper=upper[at], objective=points[at],
            integer=whole[at], offset=arrays.offset + float(points @ value),
        ),
        csr_array(spread[:, at]), np.asarray(spread @ value), first[at],
    )  # fmt: skip

"""Collects labelled columns, rows and points, and stacks them into a program.

Rules and terms hand over whole blocks of triplets (row, column, coefficient);
nothing here loops over single variables. `Builder.program` stacks the blocks
once, prunes zeros, adds up repeated entries and refuses anything not finite.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from matcher.program.blocks import ColumnBlock, RowBlock, Subject
from matcher.program.program import Arrays, Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINT_DECIMALS: Final = 9
"""Points are kept to a billionth: sums of decimals in doubles leave dust below it,
and whole-number solvers need a last digit."""

Part = tuple[Any, Any, Any]
"""Entries of rows: row within the block, column, coefficient; arrays or numbers
that broadcast together."""


@dataclass(slots=True)
class Builder:
    """A program under construction."""

    columns: list[ColumnBlock] = field(default_factory=list)
    rows: list[RowBlock] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[NDArray[np.bool_]] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _row_lower: list[Floats] = field(default_factory=list)
    _row_upper: list[Floats] = field(default_factory=list)
    _points: list[tuple[Ints, Floats]] = field(default_factory=list)
    _exact: list[tuple[Ints, Floats]] = field(default_factory=list)
    num_columns: int = 0
    num_rows: int = 0
    rounded: bool = False
    """Some row asks for a trifle more than its rule: bounds hold for the rows only."""

    def add_columns(
        self, name: str, subject: Subject, upper: ArrayLike, *, case: ArrayLike,
        whole: bool = True,
    ) -> Ints:  # fmt: skip
        """Add columns from 0 to ``upper``; returns their indices, shape (size,).

        ``case`` is the index of the case each column speaks of, or `COUPLING`.
        """
        size = len(subject.index[0])
        start = self.num_columns
        cases = np.broadcast_to(np.asarray(case, np.int64), size).copy()
        self.columns.append(ColumnBlock(name, start, size, subject, cases))
        self._lower.append(np.zeros(size))
        self._upper.append(np.broadcast_to(np.asarray(upper, np.float64), size).copy())
        self._whole.append(np.full(size, whole))
        self.num_columns += size
        return np.arange(start, start + size)

    def add_rows(
        self,
        rule: str,
        subject: Subject,
        parts: Sequence[Part],
        *,
        case: ArrayLike,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> None:
        """Add ``lower <= sum of parts <= upper`` for each entry of ``subject``.

        ``case`` is the index of the case each row lives in, or `COUPLING`.
        Rows without any entry that hold by themselves are kept out.
        """
        size = len(subject.index[0])
        if not size:
            return
        entries = [_entries(part) for part in parts]
        low = np.broadcast_to(np.asarray(lower, np.float64), size)
        high = np.broadcast_to(np.asarray(upper, np.float64), size)
        cases = np.broadcast_to(np.asarray(case, np.int64), size)
        keep = (low > 0) | (high < 0)
        for row, _, value in sorted(entries, key=lambda part: len(part[0])):
            if keep.all():
                break
            keep[row[value != 0] if (value == 0).any() else row] = True
        if not keep.all():
            entries = [_renumbered(part, keep) for part in entries]
            index = tuple(axis[keep] for axis in subject.index)
            subject = Subject(subject.names, index)
            low, high, cases = low[keep], high[keep], cases[keep]
        if not len(low):
            return
        # kinds of columns in their order: then most rows need no sorting
        entries.sort(key=lambda part: part[1][:1].tolist())
        first = self.num_rows
        self._entries += [
            (row + first, column, value) for row, column, value in entries
        ]
        self.rows.append(RowBlock(rule, len(low), subject, cases))
        self._row_lower.append(low)
        self._row_upper.append(high)
        self.num_rows += len(low)

    def add_points(
        self, column: Ints, points: ArrayLike, *, exact: bool = False
    ) -> None:
        """Add points per unit of columns to the objective.

        They are kept to `POINT_DECIMALS`; with ``exact`` as they are, for chances such
        as two thirds of columns that count many small units. A column has points of
        one sort only.
        """
        values = np.broadcast_to(np.asarray(points, np.float64), len(column))
        sort = self._exact if exact else self._points
        sort.append((np.asarray(column, np.int64), values))

    def upper_bounds(self) -> Floats:
        """Upper bounds of all columns so far, shape (num_columns,)."""
        return _stack(self._upper)

    @property
    def mark(self) -> tuple[int, int]:
        """How many times points were added so far, of either sort."""
        return len(self._points), len(self._exact)

    def objective(
        self, since: tuple[int, int] = (0, 0), until: tuple[int, int] | None = None
    ) -> Floats:
        """Points per column, shape (num_columns,): all, or added between marks."""
        end = until or self.mark
        objective = np.zeros(self.num_columns)
        for column, values in self._points[since[0] : end[0]]:
            np.add.at(objective, column, values)
        objective = np.round(objective, POINT_DECIMALS)
        for column, values in self._exact[since[1] : end[1]]:
            objective[column] = values
        return objective

    def program(self) -> Program:
        """Stack everything into one read-only program."""
        matrix = self._matrix()
        arrays = Arrays(
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int64),
            data=matrix.data,
            row_lower=_stack(self._row_lower),
            row_upper=_stack(self._row_upper),
            lower=_stack(self._lower),
            upper=_stack(self._upper),
            objective=self.objective(),
            integer=np.concatenate([*self._whole, np.zeros(0, dtype=bool)]),
        )
        arrays.assert_finite()
        return Program(arrays, tuple(self.columns), tuple(self.rows))

    def _matrix(self) -> csr_array:
        """All entries; columns sorted within a row, no duplicates, no zeros."""
        row, column, value = (
            np.concatenate(
                [np.zeros(0, kind), *(entry[i] for entry in self._entries)],
                dtype=kind,
                casting="same_kind",
            )
            for i, kind in enumerate((np.int32, np.int32, np.float64))
        )
        shape = self.num_rows, self.num_columns
        matrix = coo_array((value, (row, column)), shape=shape).tocsr()
        if not matrix.data.all():
            matrix.eliminate_zeros()
        return matrix


def _stack(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([*parts, np.zeros(0)])


def _entries(part: Part) -> tuple[Ints, Ints, Floats]:
    row, column, value = np.broadcast_arrays(
        *map(np.asarray, part, (np.int64, np.int64, np.float64))
    )
    return row.reshape(-1), column.reshape(-1), value.reshape(-1)


def _renumbered(
    part: tuple[Ints, Ints, Floats], keep: NDArray[np.bool_]
) -> tuple[Ints, Ints, Floats]:
    """The entries of rows that are kept, by their number among these."""
    row, column, value = part
    good = keep[row]
    return (np.cumsum(keep) - 1)[row[good]], column[good], value[good]

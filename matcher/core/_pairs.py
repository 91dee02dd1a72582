"""Rows, columns and the pairs of them that are allowed: what an assignment decides on.

Pairs are kept as flat arrays in the order of rows, then columns, so that a dense and a
sparse matrix with the same pairs are one and the same question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.core._arguments import (
    array,
    dense,
    is_sparse,
    places,
    refuse,
    spread,
    table,
    word,
)  # fmt: skip

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.program.program import Bools, Floats, Ints

    Bound = tuple[ArrayLike, ArrayLike]
    """Least and most; a number for all or one for each."""

PER_ROW = {"exactly": (1.0, 1.0), "at_most": (0.0, 1.0)}
"""How many columns a row gets, by the word for it."""


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """The allowed pairs and everything that limits their choice."""

    size: tuple[int, int]
    """Rows and columns, (n, m)."""
    row: Ints
    column: Ints
    value: Floats
    """Per pair, shape (p,), like `row` and `column`; to be made as high as possible."""
    per_row: tuple[Floats, Floats]
    """Least and most pairs of each row, shapes (n,)."""
    per_column: tuple[Floats, Floats]
    """Least and most pairs of each column, shapes (m,)."""
    fixed: Bools
    """Pairs that must be chosen, shape (p,)."""
    use: Floats | None = None
    """What each pair takes of its column's capacity, shape (p,)."""
    capacity: Floats | None = None
    """Per column, shape (m,); not None where `use` is not."""
    group: Ints | None = None
    """Group of each row, shape (n,), negative for none; one row of it per column."""

    @property
    def count(self) -> int:
        """Number of allowed pairs, p."""
        return len(self.row)

    @property
    def single(self) -> bool:
        """Whether no row gets more than one column."""
        return bool((self.per_row[1] <= 1).all())

    @property
    def plain(self) -> bool:
        """Whether only numbers of pairs are limited: then linear programs are whole."""
        return self.use is None and self.group is None

    def only(self, kept: Bools, *, everybody: bool = False) -> Pairs:
        """The same question with some pairs alone; with everybody, no row goes empty.

        A fixed pair that is not kept makes its row impossible to serve.
        """
        least, most = self.per_row
        lost = np.zeros(self.size[0], dtype=bool)
        lost[self.row[self.fixed & ~kept]] = True
        least = np.where(lost, most + 1, np.maximum(least, 1) if everybody else least)
        return replace(
            self, row=self.row[kept], column=self.column[kept], value=self.value[kept],
            fixed=self.fixed[kept], per_row=(least, most),
            use=None if self.use is None else self.use[kept],
        )  # fmt: skip

    def row_values(self, chosen: Bools) -> Floats:
        """Value of each row in a plan, 0 for one without a column, shape (n,)."""
        weights = self.value[chosen]
        found = np.bincount(self.row[chosen], weights, minlength=self.size[0])
        return found.astype(np.float64)

    def why_not(self) -> str:
        """What plainly keeps every plan out, in words; '' where nothing is seen."""
        sides = (
            ("row", self.row, self.per_row),
            ("column", self.column, self.per_column),
        )
        for name, at, (least, most) in sides:
            size = len(least)
            there = np.bincount(at, minlength=size)
            set_ = np.bincount(at[self.fixed], minlength=size)
            crossed = np.maximum(least, set_) > most
            if crossed.any():
                i = int(crossed.argmax())
                asked = int(max(least[i], set_[i]))
                return f"{name} {i} must have {asked} pairs and may have {most[i]:g}"
            if (least > there).any():
                i = int((least > there).argmax())
                return f"{name} {i} needs {least[i]:g} pairs, {there[i]} are allowed"
        return self._too_many() or self._too_heavy()

    def _too_many(self) -> str:
        """Whether one side needs more pairs than the other may have."""
        rows = np.bincount(self.row, minlength=self.size[0])
        columns = np.bincount(self.column, minlength=self.size[1])
        sides = (
            ("rows", self.per_row[0], "columns", self.per_column[1], columns),
            ("columns", self.per_column[0], "rows", self.per_row[1], rows),
        )
        for name, least, other, most, there in sides:
            need, room = least.sum(), np.minimum(most, there).sum()
            if need > room:
                return f"{name} need {need:g} pairs, {other} have room for {room:g}"
        return ""

    def _too_heavy(self) -> str:
        """Whether the least the rows can use is more than all capacity."""
        if self.use is None or self.capacity is None:
            return ""
        fixed = np.bincount(
            self.column[self.fixed], self.use[self.fixed], minlength=self.size[1]
        )
        # A sum of doubles may pass its limit by round-off alone.
        over = fixed > self.capacity + 1e-9 * np.maximum(1.0, self.capacity)
        if over.any():
            j = int(over.argmax())
            has = f"{self.capacity[j]:g}"
            return f"fixed pairs use {fixed[j]:g} of column {j}, which has {has}"
        return ""


def read_pairs(value: Any, sign: float) -> Pairs:
    """The allowed pairs of a value matrix, without any limits; costs have ``sign`` -1.

    Raises
    ------
    ValueError
        Naming the index of what is no number.
    """
    if is_sparse(value):
        found = table("value", value)
        size = found.shape
        row = np.repeat(np.arange(size[0]), np.diff(found.indptr))
        column, raw = found.indices.astype(np.int64), found.data
    else:
        full = dense("value", value)
        size = full.shape
        row, column = (axis.ravel() for axis in np.indices(size))
        raw = full.ravel()
    n, m = size
    return Pairs(
        (n, m), row, column, sign * raw,
        per_row=(np.zeros(n), np.full(n, np.inf)),
        per_column=(np.zeros(m), np.full(m, np.inf)),
        fixed=np.zeros(len(row), dtype=bool),
    )  # fmt: skip


def bounds(name: str, asked: Any, size: int) -> tuple[Floats, Floats]:
    """Least and most for each from a word, a pair or nothing.

    Raises
    ------
    ValueError
        Naming the argument, the index and the value.
    """
    if asked is None:
        return np.zeros(size), np.full(size, np.inf)
    if isinstance(asked, str) and name == "per_row":
        word(name, asked, tuple(PER_ROW))
        asked = PER_ROW[asked]
    if not isinstance(asked, tuple) or len(asked) != 2:
        words = " or ".join(map(repr, PER_ROW)) + ", " if name == "per_row" else ""
        raise refuse(name, (), repr(asked), f"be {words}a tuple (least, most)")
    least = spread(f"{name}[0]", asked[0], size, lower=0, whole=True)
    most = spread(f"{name}[1]", asked[1], size, lower=0, whole=True, infinite=True)
    if (least > most).any():
        i = int((least > most).argmax())
        raise refuse(
            f"{name}[0]", (i,), f"{least[i]:g}", f"not exceed {name}[1], {most[i]:g}"
        )
    return least, most


def marked(name: str, asked: Any, size: tuple[int, int]) -> Ints:
    """Places ``row * m + column`` of a boolean matrix (n, m) or of a list of pairs.

    Raises
    ------
    ValueError
        Naming the argument and the pair that does not exist.
    """
    if asked is None:
        return np.zeros(0, dtype=np.int64)
    if is_sparse(asked):
        at = table(name, asked, size).tocoo()
        row, column = at.row[at.data != 0], at.col[at.data != 0]
        return np.unique(row.astype(np.int64) * size[1] + column)
    raw = array(name, asked)
    if raw.dtype == bool:
        if raw.shape != size:
            raise ValueError(f"{name} has shape {raw.shape}; it must have shape {size}")
        return np.flatnonzero(raw)
    if raw.size and raw.shape == size and size[1] != 2:
        rule = "a matrix must be boolean, else it must list pairs, shape (any, 2)"
        raise ValueError(f"{name} holds {raw.dtype}; {rule}")
    listed = places(name, asked, (None, 2))
    outside = (listed >= size).any(axis=1)
    if outside.any():
        k = int(outside.argmax())
        pair = tuple(listed[k].tolist())
        raise refuse(name, (k,), str(pair), f"lie within the shape {size} of value")
    return np.unique(listed[:, 0] * size[1] + listed[:, 1])

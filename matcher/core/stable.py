"""Whether an assignment holds by itself: who would rather go elsewhere, and with whom.

Rows and columns each have values of their own, in any unit; values are compared within
one row or one column only, but for a column's sum over its rows. In an assignment

- a row or a column *would rather be alone* where a pair is worth less to it than its
  outside option;
- a row and a column *block* it where both gain by pairing: the row likes the column
  better than what it has, and the column has a seat left, or likes the row better than
  the one of its rows it likes least, who would have to go;
- a group of rows and a column *block* it where the group can be all of the column's
  rows: every newcomer gains, nobody who stays loses, and the sum of the column's values
  grows. One alone may gain nothing where a column needs several rows to open, or where
  rows value each other (``together``).

Without minima and ``together`` a group only blocks where a pair does, or where somebody
would rather be alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from numbers import Integral
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.core._arguments import dense, refuse, spread
from matcher.core._pairs import bounds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.program.program import Bools, Floats, Ints

MOST_GROUPS: Final = 1_000_000
"""Groups that are looked at: more would take a minute and a gigabyte."""


@dataclass(frozen=True, slots=True)
class BlockingGroup:
    """Rows who would all rather have a column to themselves, and the column too."""

    column: int
    rows: tuple[int, ...]
    """All its rows would be these, ascending."""
    newcomers: tuple[int, ...]
    """Those among them who are elsewhere now."""


@dataclass(frozen=True, eq=False, slots=True)
class Stability:
    """What speaks against an assignment."""

    stable: bool
    """Nobody would rather be alone, no pair blocks, no group looked for blocks."""
    rows_alone: Ints
    """Rows that would rather be alone, ascending."""
    columns_alone: Ints
    """Pairs whose column would rather do without: (row, column), shape (k, 2)."""
    pairs: Ints
    """Blocking pairs (row, column), by row, then column; shape (k, 2)."""
    groups: tuple[BlockingGroup, ...]
    """Blocking groups by column, size and rows; empty unless looked for."""

    def __repr__(self) -> str:
        if self.stable:
            return "Stability(stable)"
        told = {
            "rows rather alone": len(self.rows_alone),
            "pairs a column would drop": len(self.columns_alone),
            "blocking pairs": len(self.pairs),
            "blocking groups": len(self.groups),
        }
        words = ", ".join(f"{count} {what}" for what, count in told.items() if count)
        return f"Stability(not stable: {words})"


@dataclass(frozen=True, eq=False, slots=True)
class _State:
    """An assignment and what everybody has from it."""

    rows: Floats
    columns: Floats
    choice: Ints
    least: Floats
    most: Floats
    together: Floats
    outside_rows: Floats
    outside_columns: Floats

    @property
    def member(self) -> Bools:
        """Who is where, shape (n, m)."""
        n, m = self.rows.shape
        found = np.zeros((n, m), dtype=bool)
        placed = np.flatnonzero(self.choice >= 0)
        found[placed, self.choice[placed]] = True
        return found

    def has(self) -> Floats:
        """What each row has now, its outside option without a column; shape (n,)."""
        found = self.outside_rows.copy()
        placed = np.flatnonzero(self.choice >= 0)
        at = self.choice[placed]
        fellows = (self.together @ self.member)[placed, at]
        found[placed] = self.rows[placed, at] + fellows
        return found


def stable(
    value_rows: ArrayLike, value_columns: ArrayLike, choice: ArrayLike, *,
    per_column: tuple[ArrayLike, ArrayLike] = (0, 1), outside_rows: ArrayLike = 0.0,
    outside_columns: ArrayLike = 0.0, together: ArrayLike | None = None,
    group_size: int = 1,
) -> Stability:  # fmt: skip
    """Whether some row, column, pair or group would rather leave an assignment.

    Parameters
    ----------
    value_rows
        Shape (n, m): what each column is worth to each row.
    value_columns
        Shape (n, m): what each row is worth to each column; a column values the sum.
    choice
        Shape (n,): column of each row, -1 for none, as `assign` tells it.
    per_column
        Least and most rows of a column that has any, as numbers or arrays (m,). ``inf``
        for no limit.
    outside_rows, outside_columns
        What a row has alone, and what a seat is worth to a column when empty: numbers,
        or shapes (n,) and (m,).
    together
        Shape (n, n): what row i gains, or loses, where it shares a column with row j;
        the diagonal is not read. None for nothing.
    group_size
        Largest group to look for; below 2 none are.

    Raises
    ------
    ValueError
        For an argument that cannot be, naming it, the index and the value; for a
        column with rows, but fewer than its least or more than its most; for more
        groups than can be looked at.

    Examples
    --------
    >>> from matcher.core import stable
    >>> rows = [[2, 1], [2, 1]]
    >>> columns = [[1, 2], [2, 1]]
    >>> stable(rows, columns, [0, 1])
    Stability(not stable: 1 blocking pairs)
    >>> stable(rows, columns, [0, 1]).pairs.tolist()
    [[1, 0]]
    """
    state = _state(
        value_rows, value_columns, choice, per_column,
        (outside_rows, outside_columns), together,
    )  # fmt: skip
    if not isinstance(group_size, Integral) or group_size < 0:
        raise refuse("group_size", (), repr(group_size), "be a whole number from 0")
    has, member = state.has(), state.member
    alone = np.flatnonzero(has < state.outside_rows)
    dropped = np.argwhere(member & (state.columns < state.outside_columns))
    pairs = np.argwhere(_blocking(state, has, member))
    groups = _groups(state, has, member, int(group_size)) if group_size > 1 else ()
    quiet = not (len(alone) or len(dropped) or len(pairs) or groups)
    for told in (alone, dropped, pairs):
        told.setflags(write=False)
    return Stability(quiet, alone, dropped, pairs, groups)


def _state(
    value_rows: ArrayLike, value_columns: ArrayLike, choice: ArrayLike,
    per_column: tuple[ArrayLike, ArrayLike], outside: tuple[ArrayLike, ArrayLike],
    together: ArrayLike | None,
) -> _State:  # fmt: skip
    """Everything read and checked."""
    rows = dense("value_rows", value_rows)
    n, m = rows.shape
    columns = dense("value_columns", value_columns, (n, m))
    asked = dense("choice", choice, (n,), lower=-1, whole=True)
    if (asked >= m).any():
        i = int((asked >= m).argmax())
        rule = f"be -1 or a column, below {m}"
        raise refuse("choice", (i,), f"{asked[i]:g}", rule)
    chosen = asked.astype(np.int64)
    least, most = bounds("per_column", per_column, m)
    count = np.bincount(chosen[chosen >= 0], minlength=m)
    bad = (count > most) | ((count > 0) & (count < least))
    if bad.any():
        j = int(bad.argmax())
        rule = f"it must put none there, or {least[j]:g} to {most[j]:g}"
        raise ValueError(f"choice puts {count[j]} rows in column {j}; {rule}")
    beside = np.zeros((n, n))
    if together is not None:
        beside = dense("together", together, (n, n))
    np.fill_diagonal(beside, 0.0)
    return _State(
        rows, columns, chosen, least, most, beside,
        spread("outside_rows", outside[0], n),
        spread("outside_columns", outside[1], m),
    )  # fmt: skip


def _blocking(state: _State, has: Floats, member: Bools) -> Bools:
    """Which pairs block, shape (n, m)."""
    count = member.sum(axis=0)
    full = count >= state.most
    # The row that a full column likes least, the first of several, would have to go.
    own = np.where(member, state.columns, np.inf)
    n = len(has)
    if not n:
        return member
    last = own.argmin(axis=0)
    floor = np.where(full, own[last, np.arange(len(last))], state.outside_columns)
    floor = np.maximum(floor, state.outside_columns)
    fellows = state.together @ member
    fellows -= np.where(full, state.together[:, last], 0.0)
    gains = state.rows + fellows > np.maximum(has, state.outside_rows)[:, None]
    # One row more has to be enough for the column to be open.
    opens = np.where(full, count, count + 1) >= state.least
    likes = (state.columns > floor) & (state.most > 0) & opens
    return np.asarray(gains & likes & ~member)


def _groups(
    state: _State, has: Floats, member: Bools, size: int
) -> tuple[BlockingGroup, ...]:
    """Blocking groups of up to `size` rows, by column, size and rows."""
    who, sizes = _candidates(state, has, member), range(1, size + 1)
    asked = [
        (j, s) for j in range(member.shape[1]) for s in sizes
        if max(1.0, state.least[j]) <= s <= state.most[j]
    ]  # fmt: skip
    total = sum(comb(int(who[:, j].sum()), s) for j, s in asked)
    if total > MOST_GROUPS:
        raise ValueError(
            f"group_size is {size}, which makes {total} groups; it must be smaller, so "
            f"that there are at most {MOST_GROUPS}"
        )
    found: list[BlockingGroup] = []
    for j, s in asked:
        rows = np.flatnonzero(who[:, j])
        sets = np.array(list(combinations(rows.tolist(), s)), dtype=np.int64)
        if len(sets):
            found += _blocking_sets(state, has, member[:, j], j, sets)
    return tuple(found)


def _candidates(state: _State, has: Floats, member: Bools) -> Bools:
    """Rows that some group could win for a column, shape (n, m)."""
    best = np.maximum(state.together, 0.0).sum(axis=1)
    willing = state.rows + best[:, None] > np.maximum(has, state.outside_rows)[:, None]
    return np.asarray(willing | member)


def _blocking_sets(
    state: _State, has: Floats, member: Bools, j: int, sets: Ints
) -> list[BlockingGroup]:
    """The sets of rows, shape (c, s), that would rather be all of column j."""
    gets = state.rows[sets, j]
    for at in range(sets.shape[1]):
        gets = gets + state.together[sets, sets[:, at : at + 1]]
    floor = np.maximum(has, state.outside_rows)[sets]
    stays = member[sets]
    content = np.where(stays, gets >= floor, gets > floor).all(axis=1)
    now = float((state.columns[member, j] - state.outside_columns[j]).sum())
    brings = (state.columns[sets, j] - state.outside_columns[j]).sum(axis=1)
    blocks = content & (brings > now) & ~stays.all(axis=1)
    return [
        BlockingGroup(j, tuple(rows), tuple(i for i in rows if not member[i]))
        for rows in sets[blocks].tolist()
    ]

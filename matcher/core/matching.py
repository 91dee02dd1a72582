"""Assignments without weights or groups, by algorithms made for them: no solver.

A column with room for k rows stands k times, once per seat. Then each row takes a seat:

    every pair for itself       where no column is ever full
    dense, one matrix           Jonker and Volgenant (scipy `linear_sum_assignment`)
    sparse                      its form for few pairs (`min_weight_full_bipartite_...`)

Sparse wins below about three pairs in ten: 2,000 rows and columns take 0.15 s at 30 %,
0.05 s at 10 %, and 0.6 s at any density in one matrix. What does not fit (several
columns per row, minima of columns, too many seats) is a linear program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from matcher.core._pairs import Pairs
    from matcher.program.program import Bools, Floats, Ints

DENSE: Final = 0.3
"""Share of seats that are allowed above which one matrix is faster."""
MOST_SEATS: Final = 2e7
"""Pairs of a row and a seat up to which seats are worth it: 160 MB of doubles."""
NOT_SUITED: Final = None
"""Told where no algorithm here fits the question."""


def matched(pairs: Pairs) -> tuple[Bools | None, str] | None:
    """Best choice of pairs, shape (p,), and who found it; `NOT_SUITED` where none can.

    The choice is None where there is proven to be no plan.
    """
    if not pairs.plain or not pairs.single or pairs.per_column[0].any():
        return NOT_SUITED
    if pairs.why_not():
        return None, "numpy"
    left, at = _served(pairs)
    if not left.count:
        return np.zeros(pairs.count, dtype=bool), "numpy"
    asked = np.bincount(left.column, minlength=pairs.size[1])
    room = np.minimum(pairs.per_column[1], asked).astype(np.int64)
    chosen = np.zeros(pairs.count, dtype=bool)
    if (room == asked).all():
        chosen[at[_each_for_itself(left)]] = True
        return chosen, "numpy"
    if float(room[left.column].sum()) > MOST_SEATS:
        return NOT_SUITED
    taken = _seated(left, room)
    if taken is None:
        return None, "scipy"
    chosen[at[taken]] = True
    return chosen, "scipy"


def _served(pairs: Pairs) -> tuple[Pairs, Ints]:
    """The pairs that can matter, and where they stood.

    A row with a fixed pair has no other; one that may stay empty takes no loss.
    """
    tied = np.zeros(pairs.size[0], dtype=bool)
    tied[pairs.row[pairs.fixed]] = True
    useful = pairs.fixed | ~tied[pairs.row]
    useful &= pairs.fixed | (pairs.per_row[0][pairs.row] > 0) | (pairs.value > 0)
    useful &= pairs.per_row[1][pairs.row] > 0
    left = pairs.only(useful)
    left.per_row[0][tied] = 1
    return left, np.flatnonzero(useful)


def _each_for_itself(pairs: Pairs) -> Ints:
    """The best pair of each row, the first column where several are."""
    starts = np.flatnonzero(np.diff(pairs.row, prepend=-1))
    top = np.maximum.reduceat(pairs.value, starts)
    line = np.cumsum(np.diff(pairs.row, prepend=-1) > 0) - 1
    highest = np.flatnonzero(pairs.value == top[line])
    return highest[np.flatnonzero(np.diff(pairs.row[highest], prepend=-1))]


def _seated(pairs: Pairs, room: Ints) -> Ints | None:
    """Chosen pairs by their index; None where a row that must have a seat has none."""
    first = np.concatenate(([0], np.cumsum(room)))
    seats = int(first[-1])
    must = pairs.per_row[0] > 0
    rows = np.unique(pairs.row)
    line = np.searchsorted(rows, pairs.row)
    copies = room[pairs.column]
    pair = np.repeat(np.arange(pairs.count), copies)
    start = np.repeat(np.cumsum(copies) - copies, copies)
    seat = first[pairs.column[pair]] + np.arange(len(pair)) - start
    free = ~must[rows]
    if not free.any() and len(rows) > seats:
        return None
    size = len(rows), seats
    thick = len(pair) > DENSE * size[0] * size[1]
    if thick and size[0] * size[1] <= MOST_SEATS and (free.all() or not free.any()):
        return _in_one_matrix(pairs, (line[pair], seat, pair), size, bool(free.all()))
    return _sparsely(pairs, (line[pair], seat, pair), size, np.flatnonzero(free))


def _in_one_matrix(
    pairs: Pairs, at: tuple[Ints, Ints, Ints], size: tuple[int, int], free: bool
) -> Ints | None:
    """By one dense matrix; rows are all free to stay empty, or none is."""
    from scipy.optimize import linear_sum_assignment

    line, seat, pair = at
    # A free row takes a forbidden seat rather than a loss: that means no seat.
    matrix = np.full(size, 0.0 if free else -np.inf)
    matrix[line, seat] = pairs.value[pair]
    which = np.full(size, -1, dtype=np.int64)
    which[line, seat] = pair
    try:
        found = linear_sum_assignment(matrix, maximize=True)
    except ValueError:  # scipy's word for "no such assignment"
        return None
    taken = which[found]
    return np.sort(taken[taken >= 0])


def _sparsely(
    pairs: Pairs, at: tuple[Ints, Ints, Ints], size: tuple[int, int], free: Ints
) -> Ints | None:
    """By sparse augmenting paths; each free row has a place of its own to stay out."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    line, seat, pair = at
    rows, seats = size
    if rows > seats + len(free):
        return None
    out = seats + np.arange(len(free))
    weights: Floats = np.concatenate((pairs.value[pair], np.zeros(len(free))))
    # Zero weights would count as absent pairs. Every row sits somewhere, so adding one
    # number to all weights changes nothing; it has their size, to swallow none.
    weights += (float(np.ptp(weights)) or 1.0) - float(weights.min())
    places = np.concatenate((line, free)), np.concatenate((seat, out))
    graph = csr_array((weights, places), shape=(rows, seats + len(free)))
    try:
        lines, found = min_weight_full_bipartite_matching(graph, maximize=True)
    except ValueError:  # scipy's word for "no full matching exists"
        return None
    seated = found < seats
    key = line.astype(np.int64) * seats + seat
    order = np.argsort(key, kind="stable")
    asked = lines[seated].astype(np.int64) * seats + found[seated]
    return np.sort(pair[order[np.searchsorted(key[order], asked)]])

"""Who has what whom lacks: capabilities matched in pairs.

Everybody's own level serves their own need first. What is left over can serve what
somebody else still lacks::

    left[i, k] = max(0, level[i, k] - need[i, k])
    lack[j, k] = max(0, need[j, k] - level[j, k])
    out[i, j]  = sum over k of min(left[i, k], lack[j, k])

Each pair is looked at alone: what is left over is not divided among those who lack it.
"""

from __future__ import annotations

from itertools import pairwise
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import csr_array

from matcher.core._arguments import places, refuse, table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.program.program import Floats, Ints

BLOCK: Final = 500_000
"""Meetings of one who has and one who lacks that are looked at together: a few million
bytes, which stay near the processor. A single row may have more."""
_NONE: Final = np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0)
"""Entries before the first row."""


def complementarity(
    level: ArrayLike | csr_array, need: ArrayLike | csr_array, *,
    top: int | None = None, threshold: float = 0.0,
) -> csr_array:  # fmt: skip
    """How much of what each one lacks each other one has left over.

    Parameters
    ----------
    level, need
        Shape (n, k), dense or sparse, 0 or more, in one unit per capability.
    top
        Keep the `top` highest entries of each row, the first column where several are
        as high; None keeps all. Without it the result may take 12 bytes for each of
        n * n pairs.
    threshold
        Keep entries above it only, in the same unit.

    Returns
    -------
    Sparse, shape (n, n), nothing stored for 0: row i has what column j lacks. The
    diagonal is empty. Dense and sparse input give the same numbers to the last bit.

    Raises
    ------
    ValueError
        For an argument that cannot be, naming it, the index and the value.

    Examples
    --------
    >>> from matcher.core import complementarity
    >>> level = [[3, 0], [1, 2]]
    >>> need = [[1, 1], [2, 0]]
    >>> complementarity(level, need).toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    left, lack = _netted(level, need)
    if top is not None and (not isinstance(top, Integral) or top < 1):
        raise refuse("top", (), repr(top), "be a whole number from 1")
    if not isinstance(threshold, Real) or not 0 <= threshold < np.inf:
        raise refuse("threshold", (), repr(threshold), "be a finite number, 0 or more")
    n = left.shape[0]
    takers = csr_array(lack.T)
    found = [_NONE]
    most = None if top is None else int(top)
    for block in _blocks(left, takers):
        found.append(_rows(left[block], takers, most, float(threshold)))
    count, column, data = (np.concatenate(each) for each in zip(*found, strict=True))
    return csr_array((data, column, np.cumsum(count)), shape=(n, n))


def parts(
    level: ArrayLike | csr_array, need: ArrayLike | csr_array, pairs: ArrayLike
) -> csr_array:
    """What each capability adds to chosen entries of `complementarity`.

    Parameters
    ----------
    level, need
        As in `complementarity`, shape (n, k).
    pairs
        Shape (p, 2): who has, who lacks; numbers of rows.

    Returns
    -------
    Sparse, shape (p, k); each row adds up to the entry of its pair.

    Raises
    ------
    ValueError
        For an argument that cannot be, naming it, the index and the value.

    Examples
    --------
    >>> from matcher.core import parts
    >>> parts([[3, 0], [1, 2]], [[1, 1], [2, 0]], [(0, 1), (1, 0)]).toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    left, lack = _netted(level, need)
    listed = places("pairs", pairs, (None, 2))
    outside = listed >= left.shape[0]
    if outside.any():
        i, j = (int(at) for at in np.argwhere(outside)[0])
        found = str(int(listed[i, j]))
        raise refuse("pairs", (i, j), found, f"be below {left.shape[0]}, the rows")
    least = left[listed[:, 0]].minimum(lack[listed[:, 1]])
    return csr_array(least)


def _netted(level: Any, need: Any) -> tuple[csr_array, csr_array]:
    """What everybody has left over, and what everybody still lacks."""
    has = table("level", level, lower=0)
    wants = table("need", need, has.shape, lower=0)
    more = csr_array(has - wants)
    left, lack = more.maximum(0), (-more).maximum(0)
    left.eliminate_zeros()
    lack.eliminate_zeros()
    return csr_array(left), csr_array(lack)


def _blocks(left: csr_array, takers: csr_array) -> list[slice]:
    """Rows to be worked on together: few enough meetings, at least one row."""
    meetings = left.astype(bool).astype(np.int64) @ np.diff(takers.indptr)
    # Both what is met and the table of the result have to fit.
    done = np.cumsum(np.maximum(meetings, left.shape[0])) // BLOCK
    edges = np.flatnonzero(np.diff(done)) + 1
    edges = np.unique(np.concatenate(([0], edges, [left.shape[0]])))
    return [slice(first, last) for first, last in pairwise(edges.tolist())]


def _rows(
    left: csr_array, takers: csr_array, top: int | None, threshold: float
) -> tuple[Ints, Any, Floats]:
    """Some rows of the result: entries per row, their columns and values.

    Every entry of ``left`` meets everybody who lacks that capability; the least of both
    adds to the pair. Sums go by capability, whatever the block.
    """
    rows, n = left.shape[0], takers.shape[1]
    lacking = np.diff(takers.indptr)[left.indices]
    start = takers.indptr[left.indices] - (np.cumsum(lacking) - lacking)
    at = np.repeat(start, lacking) + np.arange(int(lacking.sum()))
    least = np.minimum(np.repeat(left.data, lacking), takers.data[at])
    line = np.repeat(np.arange(rows), np.diff(left.indptr)) * n
    place = np.repeat(line, lacking) + takers.indices[at]
    sums: Any = np.bincount(place, least, minlength=rows * n)
    found: Floats = sums.reshape(rows, n)
    if top is not None and top < n:
        found = _highest(found, top)
    row, column = np.nonzero(found > threshold)
    count = np.bincount(row, minlength=rows).astype(np.int64)
    return count, column.astype(np.int32), found[row, column]


def _highest(found: Floats, top: int) -> Floats:
    """The table with 0 for all but the highest of each row, the first of several."""
    last = -np.partition(-found, top - 1, axis=1)[:, top - 1 : top]
    above = found > last
    spare = top - above.sum(axis=1, keepdims=True)
    level = found == last
    level &= np.cumsum(level, axis=1) <= spare
    return np.where(above | level, found, 0.0)

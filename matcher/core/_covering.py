"""The program behind `cover` and `teams`: who joins which case, and what a case asks.

::

    x[i, d] = 1   candidate i is a member of case d      z[d] = 1   case d is launched
    y[s, d] = 1   state s has a member in case d

    x[i, d] <= z[d]
    least[d] z[d] <= sum over i of x[i, d] <= most[d] z[d]
    sum of x[i, d] over i with level[i, k] >= required[d, k]  >=  z[d]
    sum over i of level[i, k] x[i, d]  >=  total[d, k] z[d]
    y[s, d] <= sum of x[i, d] over i in s,   sum over s of y[s, d] >= min_states[d] z[d]

A single team is one case that must be launched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.core._arguments import array, dense, refuse, spread
from matcher.core._solve import columns, matrix_of

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike

    from matcher.program.program import Arrays, Bools, Floats, Ints

NOBODY: Final = -1
"""In the place of a provider: the capability is not asked for, or the case not run."""

Size = tuple["ArrayLike", "ArrayLike | None"]
"""Fewest and most members; None for no upper limit."""


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """What d cases ask of n candidates with k capabilities."""

    level: Floats
    """Shape (n, k)."""
    required: Floats
    """Level that the best member must have, shape (d, k)."""
    total: Floats
    """Sum of the levels of all members, shape (d, k)."""
    least: Floats
    """Fewest members, shape (d,)."""
    most: Floats
    """Most members, shape (d,)."""
    state: Ints
    """Index of the state of each candidate, shape (n,)."""
    min_states: Floats
    """Fewest distinct states, shape (d,)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of candidates and of cases."""
        return len(self.level), len(self.required)


def demand(
    level: ArrayLike, required: Floats, total: Floats, size: Size,
    states: Any, min_states: ArrayLike,
) -> Demand:  # fmt: skip
    """Read what cases ask; ``required`` and ``total`` are read already, shape (d, k).

    Raises
    ------
    ValueError
        Naming the argument, the index and the value.
    """
    cases, capabilities = required.shape
    levels = dense("level", level, (None, capabilities), lower=0, whole=True)
    count = len(levels)
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise refuse("size", (), repr(size), "be a pair (fewest, most)")
    least = spread("size[0]", size[0], cases, lower=0, whole=True)
    limit = np.inf if size[1] is None else size[1]
    most = spread("size[1]", limit, cases, lower=0, infinite=True, whole=True)
    if (least > most).any():
        d = int((least > most).argmax())
        place = () if np.ndim(limit) == 0 else (d,)
        raise refuse("size[1]", place, f"{most[d]:g}", f"be {least[d]:g} or more")
    few = spread("min_states", min_states, cases, lower=0, whole=True)
    if states is None and (few > 0).any():
        raise refuse("states", (), "None", "be given where min_states asks for any")
    state = np.arange(count) if states is None else _coded(states, count)
    return Demand(levels, required, total, least, np.minimum(most, count), state, few)


def program(
    points: Floats, asked: Demand, *, lower: Floats, upper: Floats, launch: bool
) -> Arrays:
    """The program of all cases; columns are x by candidate and case, z, and y.

    ``points``, ``lower`` and ``upper`` belong to x, shape (n, d). With ``launch``
    every case must be launched.
    """
    n, cases = asked.shape
    spread_out = bool(asked.min_states.any())
    states = int(asked.state.max(initial=-1)) + 1 if spread_out else 0
    rest = cases + states * cases
    low = np.zeros(rest)
    low[:cases] = launch
    arrays = columns(
        np.concatenate([points.ravel(), np.zeros(rest)]),
        lower=np.concatenate([lower.ravel(), low]),
        upper=np.concatenate([upper.ravel(), np.ones(rest)]),
    )
    x = np.arange(n * cases).reshape(n, cases)
    z = n * cases + np.arange(cases)
    arrays = _joined(arrays, x, z)
    arrays = _sized(arrays, x, z, asked)
    able = (asked.level[:, None, :] >= asked.required[None, :, :]).astype(np.float64)
    one = np.ones_like(asked.required)
    arrays = _reached(arrays, x, z, able, one, asked.required > 0)
    amount = np.broadcast_to(asked.level[:, None, :], able.shape)
    arrays = _reached(arrays, x, z, amount, asked.total, asked.total > 0)
    if spread_out:
        y = n * cases + cases + np.arange(states * cases).reshape(states, cases)
        arrays = _spread_out(arrays, x, z, y, asked)
    return arrays


def providers(asked: Demand, members: Bools, launched: Bools) -> Ints:
    """The best member for each required level, shape (d, k); `NOBODY` where none.

    Of several equally good ones it is the first.
    """
    n, _ = asked.shape
    found = np.full(asked.required.shape, NOBODY)
    if n:
        levels = np.where(members[:, :, None], asked.level[:, None, :], -1.0)
        wanted = launched[:, None] & (asked.required > 0)
        found = np.where(wanted, levels.argmax(axis=0), NOBODY)
    found.setflags(write=False)
    return found


def _joined(arrays: Arrays, x: Ints, z: Ints) -> Arrays:
    """Nobody is a member of a case that is not launched."""
    count = x.size
    row = np.repeat(np.arange(count), 2)
    at = np.stack([x.ravel(), np.broadcast_to(z, x.shape).ravel()], axis=1).ravel()
    rows = matrix_of(row, at, np.tile([1.0, -1.0], count), (count, arrays.num_columns))
    return arrays.with_rows(rows, np.full(count, -np.inf), np.zeros(count))


def _sized(arrays: Arrays, x: Ints, z: Ints, asked: Demand) -> Arrays:
    """Fewest and most members of each case that is launched."""
    one, least, most = np.ones((*x.shape, 1)), asked.least, asked.most
    arrays = _reached(arrays, x, z, one, least[:, None], (least > 0)[:, None])
    fewer = (most < len(x))[:, None]
    return _reached(arrays, x, z, -one, -most[:, None], fewer)


def _reached(
    arrays: Arrays, x: Ints, z: Ints, gain: Floats, least: Floats, where: Bools
) -> Arrays:
    """What members must add up to in each launched case.

    ``gain`` has shape (n, d, k); ``least`` and ``where`` it counts (d, k).
    """
    case, what = np.nonzero(where)
    count, width = len(case), arrays.num_columns
    mine = gain[:, case, what].T
    row, who = np.nonzero(mine)
    rows = np.concatenate([row, np.arange(count)])
    at = np.concatenate([x[who, case[row]], z[case]])
    data = np.concatenate([mine[row, who], -least[case, what]])
    matrix = matrix_of(rows, at, data, (count, width))
    return arrays.with_rows(matrix, np.zeros(count), np.full(count, np.inf))


def _spread_out(arrays: Arrays, x: Ints, z: Ints, y: Ints, asked: Demand) -> Arrays:
    """A state counts only with a member, and enough of them must count."""
    n, cases = asked.shape
    member = (asked.state[:, None] * cases + np.arange(cases)[None, :]).ravel()
    row = np.concatenate([member, np.arange(y.size)])
    at = np.concatenate([x.ravel(), y.ravel()])
    data = np.concatenate([np.ones(n * cases), -np.ones(y.size)])
    rows = matrix_of(row, at, data, (y.size, arrays.num_columns))
    arrays = arrays.with_rows(rows, np.zeros(y.size), np.full(y.size, np.inf))
    few = asked.min_states[:, None]
    return _reached(arrays, y, z, np.ones((*y.shape, 1)), few, few > 0)


def _coded(states: Any, count: int) -> Ints:
    """Index of the state of each candidate among the states there are."""
    labels = array("states", states)
    if labels.shape != (count,):
        raise ValueError(f"states has shape {labels.shape}; it must have ({count},)")
    missing = np.array([word is None or word != word for word in labels.tolist()], bool)
    if missing.any():
        i = int(missing.argmax())
        raise refuse("states", (i,), repr(labels.tolist()[i]), "be a label")
    try:
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    except TypeError as error:
        raise ValueError("states holds labels of several kinds") from error

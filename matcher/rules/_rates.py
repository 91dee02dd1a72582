"""Grants as the cost that is declared for them, in rows of whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from matcher.problem.instance import Ints
    from matcher.program.model import Model

LONGEST: Final = 10**8
"""Largest factor of a row. Mixes of beneficiaries give each region a rate of its own,
and the rates of a row may have no smaller common multiple; it then asks for a
millionth too much cost at most, and the program is marked as rounded."""
ROOM: Final = 2**57
"""Largest amount times factor: sums of several still fit a 64-bit integer."""


def cost_declared(model: Model, at: Ints, row: Ints, size: int) -> tuple[Ints, Ints]:
    """Factor of each row, and coefficient of the grants ``at`` in their rows.

    The grant times its coefficient is the cost declared for it times the factor: the
    least common multiple of the numerators of all rates of the row.
    """
    money, grants = model.inst.money, model.cols.grants
    most = int(money.most_cost.sum(axis=1).max(initial=1))
    longest = min(LONGEST, ROOM // max(most, 1))
    num, den = money.rate(
        grants.instrument[at], grants.region[at], grants.case[at], grants.layer[at]
    )
    # in a row, grants at the same rate stand side by side: one stands for all of them
    fresh = np.zeros(len(row), dtype=bool)
    for axis in (row, num, den):
        fresh |= np.diff(axis, prepend=-1) != 0
    (first,) = np.nonzero(fresh)
    row, num, den = row[first], num[first], den[first]
    factor = np.ones(size, dtype=np.int64)
    pairs = np.unique(np.stack([row, num]), axis=1)
    rank = np.arange(pairs.shape[1]) - np.searchsorted(pairs[0], pairs[0])
    for step in range(int(rank.max(initial=-1)) + 1):  # one per rate of a row
        where, rate = pairs[:, rank == step]
        short = (factor[where] < longest) & (rate < longest)
        factor[where] = np.where(
            short, np.lcm(factor[where], np.where(short, rate, 1)), longest
        )
    factor = np.minimum(factor, longest)
    whole, rest = np.divmod(factor[row] * den, num)
    if rest.any():
        model.add.rounded = True
    length = np.diff(first, append=len(at))
    return factor, np.repeat(whole + (rest > 0), length)

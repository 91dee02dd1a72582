"""Split pooled exchanges into pairs: who serves whom.

Within a case and a capability, assets and needs are taken in descending order of
their level, each asset serving need after need until its units are used up. The rows
of the program make sure that this never asks an asset for more than its level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matcher.problem.instance import Floats, Instance, Ints
    from matcher.program.moves import Flow, Moves


def pairs_moved(
    inst: Instance, moves: Moves, x: Floats
) -> tuple[Ints, Ints, Ints, Ints]:
    """Asset row, need row, case and units of every exchange, sorted by these.

    ``x`` holds whole numbers in every column of an exchange.
    """
    ex = inst.exchanges
    units = np.rint(x[moves.pair]).astype(np.int64)
    give = _lined_up(moves.supply, ex.asset_capability, ex.asset_level, x)
    get = _lined_up(moves.serve, ex.need_capability, ex.need_level, x)
    asset, need, case, amount = _cut(give, get)
    found = (
        np.concatenate([moves.pair_asset, asset]),
        np.concatenate([moves.pair_need, need]),
        np.concatenate([moves.pair_case, case]),
        np.concatenate([units, amount]),
    )
    kept = np.nonzero(found[3])[0]
    order = kept[np.lexsort([part[kept] for part in found[2::-1]])]
    return found[0][order], found[1][order], found[2][order], found[3][order]


def _lined_up(
    flow: Flow, capability: Ints, level: Ints, x: Floats
) -> tuple[Ints, Ints, Ints]:
    """Line, case and units, by case, capability and falling level."""
    units = np.rint(x[flow.column]).astype(np.int64)
    order = np.lexsort([flow.line, -level[flow.line], capability[flow.line], flow.case])
    order = order[units[order] > 0]
    return flow.line[order], flow.case[order], units[order]


def _cut(
    give: tuple[Ints, Ints, Ints], get: tuple[Ints, Ints, Ints]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Lay both rows of units side by side and cut wherever either changes hands.

    Both sides move equally many units in each case and capability, so the rows keep
    in step across their borders.
    """
    ends_give, ends_get = np.cumsum(give[2]), np.cumsum(get[2])
    ends = np.union1d(ends_give, ends_get)
    amount = np.diff(ends, prepend=0)
    asset = np.searchsorted(ends_give, ends)
    need = np.searchsorted(ends_get, ends)
    return give[0][asset], get[0][need], give[1][asset], amount

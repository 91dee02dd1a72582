"""Columns of what is exchanged: pair by pair, or pooled where that is exact.

In a case and a capability, an asset may serve every need that asks for no more than
its level, unless data about a single pair (a rejection, regions inside each other)
says otherwise. Where nothing does, who serves whom need not be decided: it is enough
to know how much each asset gives and each need gets. Levels are nested, so by Hall's
condition such amounts can be split into pairs exactly when, for every level, the
needs that ask for it get no more than the assets that reach it give (rows:
`matcher.formulation.structure`; splitting: `matcher.formulation.split`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.problem.instance import freeze, indices
from matcher.program.blocks import Subject

if TYPE_CHECKING:
    from matcher.problem.instance import Exchanges, Instance
    from matcher.program.builder import Builder

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Flow:
    """Columns that count the units one side moves; all arrays share one shape."""

    line: Ints
    """Asset or need row."""
    case: Ints
    column: Ints
    most: Ints
    """Units the column may count at most."""

    def __post_init__(self) -> None:
        freeze(self)

    def most_by(self, key: Ints, size: int) -> Ints:
        """Most units of all columns with the same key, shape (size,)."""
        return np.bincount(key, self.most, size).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Moves:
    """Everything that counts exchanged units."""

    pair_asset: Ints
    """Asset row of each column that counts a pair, shape (X,), as the next four."""
    pair_need: Ints
    pair_case: Ints
    pair: Ints
    pair_most: Ints
    supply: Flow
    """What assets give where who serves whom is left open."""
    serve: Flow
    """What needs get there."""

    def __post_init__(self) -> None:
        freeze(self)

    @cached_property
    def given(self) -> Flow:
        """The asset side of all columns."""
        return _joined(self.pair_asset, self, self.supply)

    @cached_property
    def taken(self) -> Flow:
        """The need side of all columns."""
        return _joined(self.pair_need, self, self.serve)


def _joined(line: Ints, moves: Moves, pooled: Flow) -> Flow:
    return Flow(
        np.concatenate([line, pooled.line]),
        np.concatenate([moves.pair_case, pooled.case]),
        np.concatenate([moves.pair, pooled.column]),
        np.concatenate([moves.pair_most, pooled.most]),
    )


def lay_out_moves(
    inst: Instance, member: Bools, pairs: Bools, wanted: Bools, add: Builder,
    *, pairwise: bool,
) -> Moves:  # fmt: skip
    """Create the columns of exchanges.

    Parameters
    ----------
    inst
        The instance.
    member
        Region may be a member of a case, shape (R, D).
    pairs
        Candidate pair may exchange, shape (P,).
    wanted
        Case names the capability in a role, shape (D, K).
    add
        The program under construction.
    pairwise
        Count every pair by itself, even where pooling is exact.
    """
    ex = inst.exchanges
    single = np.ones_like(wanted) if pairwise else _single(ex, member, pairs, wanted)
    alone = wanted & single
    somewhere: Bools = np.logical_or.reduce(alone, axis=0)
    kept = np.nonzero(pairs & somewhere[ex.asset_capability[ex.pair_asset]])[0]
    asset, need = ex.pair_asset[kept], ex.pair_need[kept]
    both = member[ex.asset_region[asset]] & member[ex.need_region[need]]
    both &= alone[:, ex.asset_capability[asset]].T
    pair, case = np.nonzero(both)
    asset, need = asset[pair], need[pair]
    most = np.minimum(ex.capacity[asset], ex.amount[need])
    labels = inst.labels
    names = (labels.assets.ids, labels.needs.ids, labels.cases.ids)
    columns = add.add_columns("exchange", Subject(names, (asset, need, case)), most,
                              case=case)  # fmt: skip
    supply, serve = _pooled(inst, member, wanted & ~single, add)
    return Moves(asset, need, case.astype(np.int64), columns, most, supply, serve)


def _single(ex: Exchanges, member: Bools, pairs: Bools, wanted: Bools) -> Bools:
    """Case and capability where data on a single pair matters, shape (D, K).

    Assets and needs of one region never form a pair that the levels allow: netting
    leaves nothing on one side of it.
    """
    able = ex.asset_level[ex.pair_asset] >= ex.need_level[ex.pair_need]
    odd = np.nonzero(able & ~pairs)[0]
    asset, need = ex.pair_asset[odd], ex.pair_need[odd]
    pair, case = np.nonzero(
        member[ex.asset_region[asset]] & member[ex.need_region[need]]
    )
    found = np.zeros_like(wanted)
    found[case, ex.asset_capability[asset[pair]]] = True
    return found


def _pooled(
    inst: Instance, member: Bools, where: Bools, add: Builder
) -> tuple[Flow, Flow]:
    """Columns of each side in the cases and capabilities ``where`` marks, (D, K)."""
    ex = inst.exchanges
    asked = np.ascontiguousarray(where.T)
    asset, asset_case = indices(member[ex.asset_region] & asked[ex.asset_capability])
    need, need_case = indices(member[ex.need_region] & asked[ex.need_capability])
    size = where.shape[1]
    give = _reachable(
        asset_case * size + ex.asset_capability[asset], ex.asset_level[asset],
        need_case * size + ex.need_capability[need], ex.need_level[need],
        ex.amount[need], where.size,
    )  # fmt: skip
    get = _reachable(
        need_case * size + ex.need_capability[need], -ex.need_level[need],
        asset_case * size + ex.asset_capability[asset], -ex.asset_level[asset],
        ex.capacity[asset], where.size,
    )  # fmt: skip
    labels = inst.labels
    sides = (
        ("supply", labels.assets.ids, asset, asset_case,
         np.minimum(ex.capacity[asset], give)),
        ("serve", labels.needs.ids, need, need_case, np.minimum(ex.amount[need], get)),
    )  # fmt: skip
    flows = []
    for name, ids, line, case, most in sides:
        kept = most > 0
        subject = Subject((ids, labels.cases.ids), (line[kept], case[kept]))
        column = add.add_columns(name, subject, most[kept], case=case[kept])
        flows.append(Flow(line[kept], case[kept], column, most[kept]))
    return flows[0], flows[1]


def _reachable(
    group: Ints, rank: Ints, other_group: Ints, other_rank: Ints, units: Ints, size: int
) -> Ints:
    """Units on the other side, of the same group and of no higher rank; shape of group.

    Ranks are few: levels from 0 to 3, or their negatives.
    """
    found = np.zeros(len(group), dtype=np.int64)
    for level in np.unique(rank):
        below = other_rank <= level
        total = np.bincount(other_group[below], units[below], size)
        here = rank == level
        found[here] = total[group[here]].astype(np.int64)
    return found

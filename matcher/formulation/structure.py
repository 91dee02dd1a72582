"""Rows that define what the columns mean; no rule, never in conflict.

::

    member[r,d]  <= open[d]             lead[r,d] <= member[r,d]
    counted[r,d] <= member[r,d]         counted[inner,d] + member[outer,d] <= 1
    state[s,d]   <= sum_{r in s} member[r,d]

and, in each case and capability whose exchanges are pooled, for every level::

    sum_{n: min_level_n >= level} serve[n,d] <= sum_{a: level_a >= level} supply[a,d]

with equality at the lowest level: the condition under which who serves whom can be
settled afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.formulation import bundles
from matcher.program.blocks import Subject
from matcher.program.layout import NONE, present

if TYPE_CHECKING:
    from matcher.program.model import Model

NAME = "structure"


def rows(model: Model) -> None:
    """Add the definitions of member, lead, counted and state."""
    cols = model.cols
    region, case, member = cols.members
    at = np.arange(len(member))
    parts = [(at, member, 1), (at, cols.open[case], -1)]
    model.pair_rows(NAME, region, case, parts, upper=0)
    region, case, lead = present(cols.lead)
    at = np.arange(len(lead))
    parts = [(at, lead, 1), (at, cols.member[region, case], -1)]
    model.pair_rows(NAME, region, case, parts, upper=0)
    _count_once(model)
    _states(model)
    _pools(model)
    bundles.rows(model)


def _count_once(model: Model) -> None:
    """Of nested members only the outer one counts."""
    cols, inst = model.cols, model.inst
    own = (cols.counted != cols.member) & (cols.counted != NONE)
    region, case = np.nonzero(own)
    at = np.arange(len(region))
    parts = [(at, cols.counted[region, case], 1), (at, cols.member[region, case], -1)]
    model.pair_rows(NAME, region, case, parts, upper=0)
    inner = cols.counted[inst.inner]
    outer = cols.member[inst.outer]
    pair, case = np.nonzero((inner != NONE) & (outer != NONE))
    at = np.arange(len(pair))
    parts = [(at, inner[pair, case], 1), (at, outer[pair, case], 1)]
    model.pair_rows(NAME, inst.inner[pair], case, parts, upper=1)


def _states(model: Model) -> None:
    """A state is present only through a member."""
    cols, inst = model.cols, model.inst
    state, case, column = present(cols.state)
    position = np.full(cols.state.shape, NONE)
    position[state, case] = np.arange(len(state))
    region, of, member = cols.members
    parts = [
        (np.arange(len(column)), column, 1),
        (position[inst.region_state[region], of], member, -1),
    ]
    subject = Subject((inst.states, inst.labels.cases.ids), (state, case))
    model.add.add_rows(NAME, subject, parts, case=case, upper=0)


def _pools(model: Model) -> None:
    """What needs get is what assets able to serve them give, level by level."""
    cols, inst = model.cols, model.inst
    ex, labels = inst.exchanges, inst.labels
    supply, serve = cols.moves.supply, cols.moves.serve
    shape = cols.wanted.shape
    give = np.ravel_multi_index((supply.case, ex.asset_capability[supply.line]), shape)
    get = np.ravel_multi_index((serve.case, ex.need_capability[serve.line]), shape)
    asked = ex.need_level[serve.line]
    started = np.zeros(cols.wanted.size, dtype=bool)
    for level in np.unique(asked):
        able, asks = ex.asset_level[supply.line] >= level, asked >= level
        group = np.flatnonzero(np.bincount(get[asked == level]))
        equal, started[group] = ~started[group], True
        position = np.full(cols.wanted.size, NONE)
        position[group] = np.arange(len(group))
        able &= position[give] != NONE
        asks &= position[get] != NONE
        case, capability = np.unravel_index(group, shape)
        names = (labels.cases.ids, labels.capabilities.ids)
        parts = [
            (position[get[asks]], serve.column[asks], 1),
            (position[give[able]], supply.column[able], -1),
        ]
        model.add.add_rows(
            NAME, Subject(names, (case, capability)), parts, case=case,
            lower=np.where(equal, 0.0, -np.inf), upper=0,
        )  # fmt: skip

"""Rows that say what an application for several cases holds.

For application p to instrument f, made where ``bid[p]``::

    part[p,d]  <= bid[p] <= sum_d part[p,d]        sum_p part[p,d] = uses[f,d]
    sum_p asked[p,d] = sum_{r,l} grant[f,r,d,l]    asked[p,d] <= most_d * part[p,d]

and, where the instrument asks something of the consortium, its members over all its
cases, each once::

    member_in[p,r,d] <= member[r,d], part[p,d]     joins[p,r] <= sum_d member_in[p,r,d]
    joins[p,r]  >= member[r,d] + part[p,d] - 1     counts[p,r] <= joins[p,r]
    counts[p,inner] + joins[p,outer] <= 1
    state_in[p,s] <= sum_{r in s} joins[p,r]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.applications import NONE, Entries
from matcher.program.blocks import COUPLING, Subject

if TYPE_CHECKING:
    from matcher.problem.instance import Ints
    from matcher.program.applications import Applications
    from matcher.program.builder import Part
    from matcher.program.model import Model

NAME = "structure"


def rows(model: Model) -> None:
    """Add the definitions of all bundles."""
    if len(model.cols.applications.bundles):
        _parts(model)
        _sums(model)
        _members(model)
        _states(model)


def _parts(model: Model) -> None:
    """An application that is made holds a case."""
    apps, labels = model.cols.applications, model.inst.labels
    bundles = apps.bundles
    part = apps.part.of(bundles)
    at, bid = np.arange(len(part.column)), apps.bid[part.application]
    model.add.add_rows(
        NAME, Subject((apps.names, labels.cases.ids), (part.application, part.index)),
        [(at, part.column, 1), (at, bid, -1)], case=part.index, upper=0,
    )  # fmt: skip
    row = np.searchsorted(bundles, part.application)
    held = [(row, part.column, 1), (np.arange(len(bundles)), apps.bid[bundles], -1)]
    model.coupling_rows(NAME, apps.names, bundles, held, lower=0)


def _sums(model: Model) -> None:
    """Where several applications may hold a case, one does, and asks for its grants."""
    apps, cols, labels = model.cols.applications, model.cols, model.inst.labels
    part, asked = apps.part, apps.asked
    own = np.isin(part.column, apps.own)
    f, d = apps.instrument[part.application[own]], part.index[own]
    position = np.full(cols.uses.shape, NONE)
    position[f, d] = 0
    pairs = np.nonzero(position == 0)
    position[pairs] = np.arange(len(pairs[0]))
    names = Subject((labels.instruments.ids, labels.cases.ids), pairs)
    every = np.arange(len(pairs[0]))
    held = [(position[f, d], part.column[own], 1), (every, cols.uses[pairs], -1)]
    model.add.add_rows(NAME, names, held, case=pairs[1], lower=0, upper=0)
    paid = cols.grants
    row = position[paid.instrument, paid.case]
    summed = np.isin(asked.application, part.application[own])
    g, e = apps.instrument[asked.application[summed]], asked.index[summed]
    cents = [
        (position[g, e], asked.column[summed], 1),
        (row[row != NONE], paid.column[row != NONE], -1),
    ]
    model.add.add_rows(NAME, names, cents, case=pairs[1], lower=0, upper=0)
    most = model.inst.money.most_cost.sum(axis=1)
    at = np.arange(len(e))
    model.add.add_rows(
        NAME, Subject((apps.names, labels.cases.ids), (asked.application[summed], e)),
        [(at, asked.column[summed], 1), (at, part.column[own], -most[e])],
        case=e, upper=0,
    )  # fmt: skip


def _members(model: Model) -> None:
    """Members of a bundle are those of its cases; of nested ones the outer counts."""
    apps, cols, labels = model.cols.applications, model.cols, model.inst.labels
    pair, count = apps.pairs, len(labels.cases)
    region, case = pair.index // count, pair.index % count
    part = np.full((len(apps.bid), count), NONE)
    part[apps.part.application, apps.part.index] = apps.part.column
    holds, member = part[pair.application, case], cols.member[region, case]
    names = (apps.names, labels.regions.ids, labels.cases.ids)
    subject = Subject(names, (pair.application, region, case))
    at = np.arange(len(case))

    def per_pair(parts: list[Part], upper: int) -> None:
        model.add.add_rows(NAME, subject, parts, case=case, upper=upper)

    per_pair([(at, pair.column, 1), (at, member, -1)], 0)
    per_pair([(at, pair.column, 1), (at, holds, -1)], 0)
    joins = _bundled(apps, apps.member)
    column = np.full((len(apps.bid), len(labels.regions)), NONE)
    column[joins.application, joins.index] = joins.column
    mine = column[pair.application, region]
    per_pair([(at, member, 1), (at, holds, 1), (at, mine, -1)], 1)
    row = np.full(column.shape, NONE)
    row[joins.application, joins.index] = np.arange(len(joins.column))
    somewhere = [
        (np.arange(len(joins.column)), joins.column, 1),
        (row[pair.application, region], pair.column, -1),
    ]
    _per_bundle(model, labels.regions.ids, joins, somewhere, 0)
    _once(model, column)


def _once(model: Model, joins: Ints) -> None:
    """Counted members of a bundle; ``joins`` holds its member columns, (P, R)."""
    apps, inst = model.cols.applications, model.inst
    ids = inst.labels.regions.ids
    counts = _bundled(apps, apps.counted)
    mine = joins[counts.application, counts.index]
    nested = np.nonzero(counts.column != mine)[0]
    own = counts.where(nested)
    at = np.arange(len(nested))
    _per_bundle(model, ids, own, [(at, own.column, 1), (at, mine[nested], -1)], 0)
    column = np.full(joins.shape, NONE)
    column[counts.application, counts.index] = counts.column
    inner, outer = column[:, inst.inner], joins[:, inst.outer]
    p, pair = np.nonzero((inner != NONE) & (outer != NONE))
    at = np.arange(len(p))
    both = Entries(p, inst.inner[pair], inner[p, pair])
    parts = [(at, both.column, 1), (at, outer[p, pair], 1)]
    _per_bundle(model, ids, both, parts, 1)


def _states(model: Model) -> None:
    """A state is in a bundle only through a member."""
    apps, inst = model.cols.applications, model.inst
    state, joins = _bundled(apps, apps.state), _bundled(apps, apps.member)
    row = np.full((len(apps.bid), len(inst.states)), NONE)
    row[state.application, state.index] = np.arange(len(state.column))
    parts = [
        (np.arange(len(state.column)), state.column, 1),
        (row[joins.application, inst.region_state[joins.index]], joins.column, -1),
    ]
    _per_bundle(model, inst.states, state, parts, 0)


def _bundled(apps: Applications, entries: Entries) -> Entries:
    return entries.of(apps.bundles)


def _per_bundle(
    model: Model, ids: tuple[str, ...], about: Entries, parts: list[Part], upper: int
) -> None:
    """One row for each entry of a bundle."""
    names = (model.cols.applications.names, ids)
    subject = Subject(names, (about.application, about.index))
    model.add.add_rows(NAME, subject, parts, case=COUPLING, upper=upper)

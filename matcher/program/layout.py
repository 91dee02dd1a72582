"""Which column stands for which decision: index arithmetic lives only here.

Columns exist only for decisions that may be taken. `Allowed` says which; the
layout lays them out and offers look-up arrays, -1 where there is no column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.problem.instance import freeze
from matcher.program.applications import NONE as NONE
from matcher.program.applications import Shared, lay_out_applications
from matcher.program.blocks import Subject
from matcher.program.moves import lay_out_moves

if TYPE_CHECKING:
    from matcher.problem.instance import Instance
    from matcher.program.applications import Applications
    from matcher.program.builder import Builder
    from matcher.program.moves import Moves

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Allowed:
    """Decisions that get a column."""

    lead: Bools
    """Shape (R, D)."""
    partner: Bools
    observer: Bools
    exchange: Bools
    """Candidate pairs of asset and need row, shape (P,)."""
    grant: Bools
    """Shape (F, R, D, L); empty (0, ...) when money plays no part."""

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def member(self) -> Bools:
        """May be a lead or a partner, shape (R, D)."""
        return self.lead | self.partner


@dataclass(frozen=True, eq=False)
class Grants:
    """Columns of payments, the few that exist of all that could; shape (G,) each."""

    instrument: Ints
    region: Ints
    case: Ints
    layer: Ints
    column: Ints

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False)
class Layout:
    """Columns of every decision the rules share."""

    open: Ints
    """Case is launched, shape (D,)."""
    member: Ints
    """Region is lead or partner, shape (R, D); `NONE` where ruled out."""
    lead: Ints
    observer: Ints
    counted: Ints
    """Member that counts once although regions are nested, shape (R, D); the
    member column itself for a region that lies inside no other."""
    state: Ints
    """State has a member, shape (S, D)."""
    provide: Ints
    """Region is named for a `best` role, shape (V,), as are the next two."""
    provide_role: Ints
    provide_region: Ints
    wanted: Bools
    """Case names the capability in a role, shape (D, K)."""
    moves: Moves
    """Units exchanged."""
    share: Ints
    """Cents of cost that a member bears, shape (R, D, L)."""
    grants: Grants
    """Cents an instrument pays."""
    uses: Ints
    """Instrument pays something in the case, shape (F, D)."""
    applications: Applications
    """Through which applications it does."""
    of_cases: int
    """Columns before this one speak of one case each, and no application."""

    def __post_init__(self) -> None:
        freeze(self)


def lay_out(
    inst: Instance, allowed: Allowed, add: Builder, *, money: bool, pairwise: bool
) -> Layout:
    """Create the shared columns and their look-up arrays."""
    regions, cases = inst.labels.regions.ids, inst.labels.cases.ids
    pair_names = (regions, cases)
    every = np.arange(len(cases))
    opened = add.add_columns("open", Subject((cases,), (every,)), 1, case=every)
    member = _grid(add, "member", pair_names, allowed.member, 1)
    lead = _grid(add, "lead", pair_names, allowed.lead, 1)
    observer = _grid(add, "observer", pair_names, allowed.observer, 1)
    nested = np.zeros(allowed.lead.shape, dtype=bool)
    np.logical_or.at(nested, inst.inner, allowed.member[inst.outer])
    own = _grid(add, "counted", pair_names, nested & allowed.member, 1)
    in_state = np.zeros((len(inst.states), len(cases)), dtype=bool)
    np.logical_or.at(in_state, inst.region_state, allowed.member)
    state = _grid(add, "state", (inst.states, cases), in_state, 1)
    wanted = np.zeros((len(cases), len(inst.labels.capabilities)), dtype=bool)
    wanted[inst.role_case, inst.role_capability] = True
    moves = lay_out_moves(
        inst, allowed.member, allowed.exchange, wanted, add, pairwise=pairwise
    )
    role, region, provide = _provide(inst, member, add)
    share, grants, uses = _money(inst, allowed, add, money=money)
    counted = np.where(own == NONE, member, own)
    shared, of_cases = Shared(uses, member, counted, state, grants), add.num_columns
    return Layout(
        open=opened, member=member, lead=lead, observer=observer, counted=counted,
        state=state, provide=provide, provide_role=role, provide_region=region,
        wanted=wanted, moves=moves, share=share, grants=grants, uses=uses,
        applications=lay_out_applications(inst, shared, add), of_cases=of_cases,
    )  # fmt: skip


def _grid(
    add: Builder, name: str, names: tuple[tuple[str, ...], ...], where: Bools,
    upper: Ints | int, *, whole: bool = True,
) -> Ints:  # fmt: skip
    """One column wherever ``where`` is true; look-up array of the same shape.

    Its second axis is that of the cases.
    """
    index = np.nonzero(where)
    look_up = np.full(where.shape, NONE, dtype=np.int64)
    bound = upper if isinstance(upper, int) else upper[index]
    look_up[index] = add.add_columns(
        name, Subject(names, index), bound, case=index[1], whole=whole
    )
    return look_up


def _provide(inst: Instance, member: Ints, add: Builder) -> tuple[Ints, Ints, Ints]:
    """Naming columns: possible members at the level a `best` role asks for."""
    best = [i for i, role in enumerate(inst.setting.roles) if role.kind == "best"]
    role = np.array(best, dtype=np.int64)[:, None]
    region = np.arange(len(inst.labels.regions))[None, :]
    least = np.array([inst.setting.roles[i].min_level for i in best], dtype=np.int64)
    level = inst.known_level(region, inst.role_capability[role])
    able = (level >= least[:, None]) & (member[region, inst.role_case[role]] != NONE)
    which, where = np.nonzero(able)
    role = role[which, 0]
    subject = Subject((inst.labels.roles.ids, inst.labels.regions.ids), (role, where))
    named = add.add_columns("provide", subject, 1, case=inst.role_case[role])
    return role, where, named


def _money(
    inst: Instance, allowed: Allowed, add: Builder, *, money: bool
) -> tuple[Ints, Grants, Ints]:
    labels = inst.labels
    most = inst.money.most_cost
    cases, layers = most.shape
    shape = (len(labels.regions), cases, layers)
    where = _bears(inst, allowed) & money
    names: tuple[tuple[str, ...], ...]
    names = (labels.regions.ids, labels.cases.ids, labels.layers.ids)
    bound = np.broadcast_to(most, shape)
    share = _grid(add, "share", names, where, bound, whole=False)
    instrument, region, case, layer = np.nonzero(allowed.grant & where)
    column = add.add_columns(
        "grant",
        Subject((labels.instruments.ids, *names), (instrument, region, case, layer)),
        most[case, layer],
        case=case,
        whole=False,
    )
    used = may_use(inst, allowed) & money
    uses = _grid(add, "uses", (labels.instruments.ids, labels.cases.ids), used, 1)
    return share, Grants(instrument, region, case, layer, column), uses


def may_use(inst: Instance, allowed: Allowed) -> Bools:
    """Instrument may pay something in the case, shape (F, D)."""
    pays = allowed.grant & _bears(inst, allowed)
    return np.asarray(pays.any(axis=(1, 3)), dtype=bool)


def _bears(inst: Instance, allowed: Allowed) -> Bools:
    """Region may bear cost of the case and layer, shape (R, D, L)."""
    cost = inst.money.most_cost > 0
    return np.asarray(allowed.member[:, :, None] & cost[None, :, :], dtype=bool)


def present(look_up: Ints) -> tuple[Ints, ...]:
    """Index arrays of every existing column of a look-up array, and the columns."""
    index = np.nonzero(look_up >= 0)
    return (*index, look_up[index])

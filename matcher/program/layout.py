"""Which column stands for which decision: index arithmetic lives only here.

Columns exist only for decisions that may be taken. `Allowed` says which; the
layout lays them out and offers look-up arrays, -1 where there is no column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.problem.instance import freeze, indices
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
    """No gate is in its way, shape (F, R, D, L); a rate must be there, too."""

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

    @cached_property
    def members(self) -> tuple[Ints, ...]:
        """Region, case and column of every possible member, in their order."""
        return present(self.member)

    @cached_property
    def shares(self) -> tuple[Ints, ...]:
        """Region, case, layer and column of every possible share, in their order."""
        return present(self.share)

    @cached_property
    def granted(self) -> Ints:
        """Which of `shares` each grant pays a part of, shape (G,)."""
        paid, first = self.grants, self.shares[-1][:1]
        return self.share[paid.region, paid.case, paid.layer] - first


def lay_out(
    inst: Instance, allowed: Allowed, add: Builder, *, money: bool, pairwise: bool
) -> Layout:
    """Create the shared columns and their look-up arrays."""
    regions, cases = inst.labels.regions.ids, inst.labels.cases.ids
    pair_names = (regions, cases)
    every = np.arange(len(cases))
    opened = add.add_columns("open", Subject((cases,), (every,)), 1, case=every)
    member = _grid(add, "member", pair_names, indices(allowed.member), 1)
    lead = _grid(add, "lead", pair_names, indices(allowed.lead), 1)
    observer = _grid(add, "observer", pair_names, indices(allowed.observer), 1)
    nested = np.zeros(allowed.lead.shape, dtype=bool)
    np.logical_or.at(nested, inst.inner, allowed.member[inst.outer])
    own = _grid(add, "counted", pair_names, indices(nested & allowed.member), 1)
    in_state = np.zeros((len(inst.states), len(cases)), dtype=bool)
    np.logical_or.at(in_state, inst.region_state, allowed.member)
    state = _grid(add, "state", (inst.states, cases), indices(in_state), 1)
    wanted = np.zeros((len(cases), len(inst.labels.capabilities)), dtype=bool)
    wanted[inst.role_case, inst.role_capability] = True
    moves = lay_out_moves(
        inst, allowed.member, allowed.exchange, wanted, add, pairwise=pairwise
    )
    role, region, provide = _provide(inst, member, add)
    share, grants, uses = _money(inst, allowed, add, money=money)
    counted = np.where(own == NONE, member, own) if len(inst.inner) else member
    shared, of_cases = Shared(uses, member, counted, state, grants), add.num_columns
    return Layout(
        open=opened, member=member, lead=lead, observer=observer, counted=counted,
        state=state, provide=provide, provide_role=role, provide_region=region,
        wanted=wanted, moves=moves, share=share, grants=grants, uses=uses,
        applications=lay_out_applications(inst, shared, add), of_cases=of_cases,
    )  # fmt: skip


def _grid(
    add: Builder, name: str, names: tuple[tuple[str, ...], ...],
    index: tuple[Ints, ...], upper: Ints | int, *, whole: bool = True,
) -> Ints:  # fmt: skip
    """One column at each index, in order; look-up array over all names.

    The second axis is that of the cases.
    """
    look_up = np.full(tuple(map(len, names)), NONE, dtype=np.int64)
    look_up[index] = add.add_columns(
        name, Subject(names, index), upper, case=index[1], whole=whole
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
    labels, most = inst.labels, inst.money.most_cost
    names: tuple[tuple[str, ...], ...]
    names = (labels.regions.ids, labels.cases.ids, labels.layers.ids)
    borne = _borne(inst, allowed, money=money)
    share = _grid(add, "share", names, borne, most[borne[1:]], whole=False)
    paid = _paid(inst, allowed, borne)
    column = add.add_columns(
        "grant", Subject((labels.instruments.ids, *names), paid), most[paid[2:]],
        case=paid[2], whole=False,
    )  # fmt: skip
    used = indices(_used(inst, paid))
    uses = _grid(add, "uses", (labels.instruments.ids, labels.cases.ids), used, 1)
    return share, Grants(*paid, column), uses


def may_use(inst: Instance, allowed: Allowed) -> Bools:
    """Instrument may pay something in the case, shape (F, D)."""
    return _used(inst, _paid(inst, allowed, _borne(inst, allowed, money=True)))


def _used(inst: Instance, paid: tuple[Ints, ...]) -> Bools:
    """Instrument pays something in the case, shape (F, D)."""
    used = np.zeros((len(inst.labels.instruments), len(inst.labels.cases)), dtype=bool)
    used[paid[0], paid[2]] = True
    return used


def _borne(inst: Instance, allowed: Allowed, *, money: bool) -> tuple[Ints, ...]:
    """Region, case and layer of all cost that may be borne; none without money."""
    region, case = indices(allowed.member & money)
    at, layer = indices(inst.money.most_cost[case] > 0)
    return region[at], case[at], layer


def _paid(
    inst: Instance, allowed: Allowed, borne: tuple[Ints, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Instrument, region, case and layer of all grants that may be paid for it."""
    region, case, layer = borne
    pays = allowed.grant[:, region, case, layer]
    pays &= inst.money.rate_num[:, inst.money.mix[region, case], layer] > 0
    instrument, at = indices(pays)
    return instrument, region[at], case[at], layer[at]


def present(look_up: Ints) -> tuple[Ints, ...]:
    """Index arrays of every existing column of a look-up array, and the columns."""
    index = indices(look_up >= 0)
    return (*index, look_up[index])

"""Columns of applications: what is asked of one instrument, for one case or several.

An instrument that takes no bundles gets one application for each case it may pay;
its columns are those the case has anyway. An instrument that takes bundles has
numbered applications; which cases and which members an application holds are
decisions. The a-th of them holds no case before the a-th the instrument may pay:
sorted by their first cases, every set of applications looks like that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.instance import freeze, indices
from matcher.program.blocks import COUPLING, Subject
from matcher.scenario.columns import PERCENTS

if TYPE_CHECKING:
    from matcher.problem.instance import Instance
    from matcher.program.builder import Builder
    from matcher.program.layout import Grants
    from matcher.scenario.paying import Earmark
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

Ints = NDArray[np.int64]

NONE = -1
"""Marks a decision without a column."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Columns that belong to an application and speak of one more thing; shape (E,)."""

    application: Ints
    index: Ints
    """Case, region or state."""
    column: Ints

    def __post_init__(self) -> None:
        freeze(self)

    def of(self, applications: Ints) -> Entries:
        """The entries of some applications."""
        return self.among(applications)[1]

    def among(self, applications: Ints) -> tuple[Ints, Entries]:
        """The entries of some applications, and the place of each among these."""
        first, last = applications.min(initial=0), applications.max(initial=-1)
        if self._in_order:
            near = slice(*np.searchsorted(self.application, (first, last + 1)))
            inside = self.where(near)
        else:
            within = (self.application >= first) & (self.application <= last)
            inside = self.where(np.flatnonzero(within))
        place = np.full(last + 1 - first, NONE)
        place[applications - first] = np.arange(len(applications))
        at = place[inside.application - first]
        kept = at != NONE
        return (at, inside) if kept.all() else (at[kept], inside.where(kept))

    @cached_property
    def _in_order(self) -> bool:
        """Entries of one application stand side by side, of the first one first."""
        return bool((self.application[1:] >= self.application[:-1]).all())

    def where(self, kept: NDArray[Any] | slice) -> Entries:
        """The entries that a mask, an index or a slice picks."""
        return Entries(self.application[kept], self.index[kept], self.column[kept])


@dataclass(frozen=True, eq=False)
class Applications:
    """All applications that may be made; P of them, B of these for several cases."""

    names: tuple[str, ...]
    """``INSTRUMENT CASE``, or ``INSTRUMENT #1`` where cases are bundled."""
    instrument: Ints
    """Shape (P,)."""
    case: Ints
    """Its only case, or `COUPLING`; shape (P,)."""
    bid: Ints
    """The application is made, shape (P,)."""
    part: Entries
    """It asks money for a case."""
    member: Entries
    """A region is member of one of its cases."""
    counted: Entries
    """Such a region, where nested regions count once."""
    state: Entries
    """A state has such a region."""
    asked: Entries
    """Cents asked for a case: several grants, or one sum in a bundle."""
    pairs: Entries
    """In a bundle: a region is member of a case that is part of it; the index is
    ``region * D + case``."""
    earmarked: Entries
    """In a bundle: hundredths of cents asked for a case that count for an earmark; the
    index is ``earmark * D + case``."""
    own: Ints
    """Columns that exist for bundles only."""

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def bundles(self) -> Ints:
        """Applications that may hold several cases, shape (B,)."""
        return np.nonzero(self.case == COUPLING)[0]

    def subject(self, applications: Ints) -> Subject:
        """What rows about some applications speak of."""
        return Subject((self.names,), (applications,))


@dataclass(frozen=True, eq=False, slots=True)
class Shared:
    """Columns of cases that applications are made of."""

    uses: Ints
    """Shape (F, D)."""
    member: Ints
    """Shape (R, D)."""
    counted: Ints
    """Shape (R, D)."""
    state: Ints
    """Shape (S, D)."""
    grants: Grants


def lay_out_applications(inst: Instance, cols: Shared, add: Builder) -> Applications:
    """Create the columns of bundles, and list those of all applications."""
    books = list(inst.setting.instruments.values())
    bundling = np.array([book.application.bundles for book in books], dtype=bool)
    single = _single(inst, cols, bundling)
    parts = [single]
    for f in np.nonzero(bundling & (cols.uses != NONE).any(axis=1))[0]:
        start = sum(len(each.bid) for each in parts)
        parts.append(_bundles(inst, cols, books[f], int(f), start, add))
    return _together(parts)


def _single(inst: Instance, cols: Shared, bundling: NDArray[np.bool_]) -> Applications:
    """One application for each instrument and case, from the columns of the case."""
    labels = inst.labels
    used = (cols.uses != NONE) & ~bundling[:, None]
    f, d = np.nonzero(used)
    number = np.full(used.shape, NONE)
    number[f, d] = np.arange(len(f))
    pairs = zip(f.tolist(), d.tolist(), strict=True)
    books, cases = labels.instruments.ids, labels.cases.ids
    names = tuple([f"{books[i]} {cases[j]}" for i, j in pairs])
    member = _per_case(cols.member, d)
    alike = cols.counted is cols.member
    paid = cols.grants
    of_grant = number[paid.instrument, paid.case]
    mine = np.flatnonzero(of_grant != NONE)
    # numbers of 16 bits are sorted by counting, ten times as quickly as longer ones
    short = of_grant[mine].astype(np.min_scalar_type(len(names)))
    mine = mine[np.argsort(short, kind="stable")]
    return Applications(
        names=names, instrument=f, case=d, bid=cols.uses[f, d],
        part=Entries(np.arange(len(f)), d, cols.uses[f, d]),
        member=member, counted=member if alike else _per_case(cols.counted, d),
        state=_per_case(cols.state, d),
        asked=Entries(of_grant[mine], paid.case[mine], paid.column[mine]),
        pairs=_none(), earmarked=_none(), own=np.zeros(0, dtype=np.int64),
    )  # fmt: skip


def _per_case(look_up: Ints, case: Ints) -> Entries:
    """Existing columns of a look-up array (X, D) for the case of each application."""
    of_case, index = indices(look_up.T != NONE)
    column, count = look_up[index, of_case], np.bincount(of_case, minlength=1)
    size = count[case]
    application = np.repeat(np.arange(len(case)), size)
    first = (np.cumsum(count) - count)[case] - (np.cumsum(size) - size)
    at = np.arange(len(application)) + np.repeat(first, size)
    return Entries(application, index[at], column[at])


def _none() -> Entries:
    nothing = np.zeros(0, dtype=np.int64)
    return Entries(nothing, nothing, nothing)


def _bundles(
    inst: Instance, cols: Shared, book: Instrument, f: int, start: int, add: Builder
) -> Applications:
    """Applications of one instrument that may each hold several cases."""
    labels = inst.labels
    cases = np.nonzero(cols.uses[f] != NONE)[0]
    most = book.application.max_number
    size = min(len(cases), most.value) if most else len(cases)
    names = tuple(f"{book.id} #{i + 1}" for i in range(size))
    slot, at = np.nonzero(np.arange(size)[:, None] <= np.arange(len(cases))[None, :])
    case, here = cases[at], cols.grants.instrument == f
    alone = size == 1
    bid = add.add_columns("bid", Subject((names,), (np.arange(size),)), 1,
                          case=COUPLING)  # fmt: skip
    subject = Subject((names, labels.cases.ids), (slot, case))
    if alone:
        part = cols.uses[f, case]
        asked = Entries(np.full(int(here.sum()), start), cols.grants.case[here],
                        cols.grants.column[here])  # fmt: skip
    else:
        part = add.add_columns("part", subject, 1, case=case)
        cents = inst.money.most_cost.sum(axis=1)[case]
        column = add.add_columns("asked", subject, cents, case=case, whole=False)
        asked = Entries(slot + start, case, column)
    grid = np.full((size, len(labels.cases)), NONE)
    grid[slot, case] = part
    union = _union(inst, cols, book, names, grid, add)
    earmarked = _none() if alone else _earmarked(inst, book, names, slot, case, add)
    fresh = [bid, earmarked.column, *(entries.column for entries in union)]
    fresh += [] if alone else [part, asked.column]
    member, counted, state, pairs = (
        Entries(e.application + start, e.index, e.column) for e in union
    )
    counts = Entries(earmarked.application + start, earmarked.index, earmarked.column)
    return Applications(
        names=names, instrument=np.full(size, f), case=np.full(size, COUPLING),
        bid=bid, part=Entries(slot + start, case, part), member=member,
        counted=counted, state=state, asked=asked, pairs=pairs,
        earmarked=counts,
        own=np.unique(np.concatenate(fresh)),
    )  # fmt: skip


def earmarks_held(setting: Setting, book: Instrument) -> list[tuple[int, Earmark]]:
    """Earmarks that plans must keep, with their numbers: hard, and known whom for."""
    return [
        (k, mark) for k, mark in enumerate(book.earmarks)
        if mark.enforce == "hard" and (mark.types is None or setting.beneficiaries)
    ]  # fmt: skip


def _earmarked(
    inst: Instance, book: Instrument, names: tuple[str, ...], slot: Ints, case: Ints,
    add: Builder,
) -> Entries:  # fmt: skip
    """What counts for each earmark of what a bundle asks for each of its cases."""
    labels, parts = inst.labels, [_none()]
    most = inst.money.most_cost.sum(axis=1)[case] * PERCENTS
    for k, _ in earmarks_held(inst.setting, book):
        column = add.add_columns(
            f"earmarked {k + 1}", Subject((names, labels.cases.ids), (slot, case)),
            most, case=case, whole=False,
        )  # fmt: skip
        parts.append(Entries(slot, k * len(labels.cases) + case, column))
    return stacked(parts)


def stacked(parts: list[Entries]) -> Entries:
    """All entries of several parts, one part after the other."""
    return Entries(*(
        np.concatenate([getattr(part, axis) for part in parts])
        for axis in ("application", "index", "column")
    ))  # fmt: skip


def _union(
    inst: Instance, cols: Shared, book: Instrument, names: tuple[str, ...], part: Ints,
    add: Builder,
) -> tuple[Entries, Entries, Entries, Entries]:  # fmt: skip
    """Members, counted members and states of each bundle, and (region, case) pairs.

    Nothing is laid out where the instrument asks nothing of the consortium.
    """
    asked, labels = book.consortium, inst.labels
    if not (asked.min_regions or asked.min_states or asked.max_partners
            or asked.required):  # fmt: skip
        return _none(), _none(), _none(), _none()
    regions = labels.regions.ids
    slot, region, case = np.nonzero(
        (part != NONE)[:, None, :] & (cols.member != NONE)[None, :, :]
    )
    both = add.add_columns(
        "member in", Subject((names, regions, labels.cases.ids), (slot, region, case)),
        1, case=case,
    )  # fmt: skip
    inside = np.zeros((len(names), len(regions)), dtype=bool)
    inside[slot, region] = True
    a, r = np.nonzero(inside)
    joins = Subject((names, regions), (a, r))
    member = Entries(a, r, add.add_columns("joins", joins, 1, case=COUPLING))
    nested = np.isin(r, inst.inner)
    once = member.column.copy()
    once[nested] = add.add_columns(
        "counts", Subject((names, regions), (a[nested], r[nested])), 1, case=COUPLING
    )
    of_state = np.zeros((len(names), len(inst.states)), dtype=bool)
    of_state[a, inst.region_state[r]] = True
    b, s = np.nonzero(of_state)
    state = add.add_columns("state in", Subject((names, inst.states), (b, s)), 1,
                            case=COUPLING)  # fmt: skip
    pairs = Entries(slot, region * len(labels.cases) + case, both)
    return member, Entries(a, r, once), Entries(b, s, state), pairs


def _together(parts: list[Applications]) -> Applications:
    if len(parts) == 1:
        return parts[0]

    def all_of(name: str) -> Entries:
        return stacked([getattr(part, name) for part in parts])

    return Applications(
        names=tuple(name for part in parts for name in part.names),
        instrument=np.concatenate([part.instrument for part in parts]),
        case=np.concatenate([part.case for part in parts]),
        bid=np.concatenate([part.bid for part in parts]),
        part=all_of("part"), member=all_of("member"), counted=all_of("counted"),
        state=all_of("state"), asked=all_of("asked"), pairs=all_of("pairs"),
        earmarked=all_of("earmarked"),
        own=np.concatenate([part.own for part in parts]),
    )  # fmt: skip

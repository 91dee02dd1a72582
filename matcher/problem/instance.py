"""An instance: one setting as read-only arrays, and nothing else.

Axes: R regions, D cases, K capabilities, F instruments, L layers, Q rows of the
roles table, A asset rows and N need rows that can exchange at all. Money is in
cents, levels are 0 to 3, effort is in FTE, exchanged amounts are whole units.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.scenario.columns import PERCENTS
from matcher.scenario.records import ACTOR_TYPES, LEAD_USER

if TYPE_CHECKING:
    from collections.abc import Collection

    from matcher.problem.labels import Labels
    from matcher.scenario.records import Asset, Need
    from matcher.scenario.setting import Setting

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNKNOWN = -1
"""Index or level that is not known."""


def freeze(value: object) -> None:
    """Make the arrays of a dataclass, or of a sparse matrix, read-only."""
    for entry in fields(value):  # type: ignore[arg-type]
        part = getattr(value, entry.name)
        if isinstance(part, np.ndarray):
            part.setflags(write=False)
        elif isinstance(part, csr_array):
            for name in ("data", "indices", "indptr"):
                getattr(part, name).setflags(write=False)


def indices(where: Bools) -> tuple[Ints, ...]:
    """Index arrays of what is true: `numpy.nonzero`, but quick for many axes."""
    return np.unravel_index(np.flatnonzero(where), where.shape)


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Asset rows, need rows, and the pairs of them with the same capability."""

    asset_region: Ints
    """Region of each asset row, shape (A,)."""
    asset_capability: Ints
    asset_level: Ints
    capacity: Ints
    """Whole units left after netting, shape (A,); unlimited means all needs."""
    unit_cost: Ints
    """Cents per unit, shape (A,); zero where the scenario states no unit costs."""
    need_region: Ints
    need_capability: Ints
    need_level: Ints
    amount: Ints
    """Whole units left after netting, shape (N,)."""
    left: Floats
    """Units left after netting before rounding down, shape (N,)."""
    value: Floats
    """Points per unit served, shape (N,)."""
    pair_asset: Ints
    """Asset row of each candidate pair, shape (P,): same capability, other region."""
    pair_need: Ints

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, eq=False)
class Money:
    """Costs and rates; all money in cents."""

    case_cost: Ints
    """Once per launched case, shape (D, L)."""
    partner_cost: Ints
    """Per member, shape (D, L)."""
    exchange_layer: int
    """Layer that unit costs are charged to."""
    mix: Ints
    """Mix of types of beneficiaries that bears a region's cost in a case, (R, D)."""
    mix_parts: Ints
    """Hundredths of the cost borne by each type, by mix, shape (W, T)."""
    rate_num: Ints
    """Numerator of the funding rate by mix, shape (F, W, L); 0 where no rate fits."""
    rate_den: Ints
    """Denominator of the funding rate by mix, shape (F, W, L)."""
    cap_num: Ints
    """Numerator of the largest part of its cost that a member has paid by public
    money, by mix, shape (W,)."""
    cap_den: Ints
    """Its denominator, shape (W,)."""
    in_force: Bools
    """Instrument holds on some day of the horizon, shape (F,); without one, all do."""
    last_year: Ints
    """Last year whose costs the instrument pays, shape (F,); `UNKNOWN` where nothing
    says when its grants end."""
    years: Ints
    """Distinct last years, in order, shape (Y,)."""
    late_case: Ints
    """Part of ``case_cost`` that falls due after each of these years, (Y, D, L)."""
    late_partner: Ints
    """The same of ``partner_cost``."""
    pays_case: Bools
    """Instrument accepts the case's phase and readiness, shape (F, D)."""
    pays_layer: Bools
    """Instrument pays the layer, shape (F, L)."""
    pays_state: Bools
    """Instrument pays members of the region's state, shape (F, R)."""
    excludes: Bools
    """Two instruments do not pay in the same case, shape (F, F), symmetric."""
    cumulative: Bools
    """Two instruments may pay for the same cost, shape (F, F), symmetric: one says so,
    or one of them is no aid."""
    aid: Bools
    """Instrument pays public money for good, shape (F,)."""
    repayable: Bools
    """Instrument lends, or buys a part of a company, shape (F,)."""
    most_cost: Ints
    """Upper bound on the cost of each case and layer, shape (D, L)."""

    def __post_init__(self) -> None:
        freeze(self)

    def rate(
        self, instrument: Ints, region: Ints, case: Ints, layer: Ints
    ) -> tuple[Ints, Ints]:
        """Numerators and denominators of rates; the indices broadcast together."""
        place = np.broadcast_arrays(instrument, self.mix[region, case], layer)
        at = np.ravel_multi_index(tuple(place), self.rate_num.shape)
        return self.rate_num.take(at), self.rate_den.take(at)

    def borne_by(self, types: Collection[str]) -> tuple[Ints, int]:
        """Parts of a region's cost that some types bear, (R, D), and of how many."""
        wanted = [kind in types for kind in ACTOR_TYPES]
        parts = self.mix_parts[:, wanted].sum(axis=1)
        shared = int(np.gcd.reduce(parts, initial=PERCENTS))
        return parts[self.mix] // shared, PERCENTS // shared


@dataclass(frozen=True, eq=False)
class Instance:
    """One setting as arrays, with the labels to read them."""

    setting: Setting
    labels: Labels
    states: tuple[str, ...]
    region_state: Ints
    """Index into ``states`` of each region, shape (R,)."""
    inner: Ints
    """Nested pairs: region ``inner[i]`` is covered by region ``outer[i]``."""
    outer: Ints
    level: csr_array
    """Region x capability, best level; a stored 0 is known to be missing, an
    absent entry is unknown."""
    fit: csr_array
    """Region x case, overlap of priorities and topics, 0 to 1."""
    supply: csr_array
    """Region x capability, whole units left after netting."""
    need: csr_array
    """Region x capability, whole units left after netting."""
    commitment_row: Ints
    """Row of the commitments in force, shape (R, D); `UNKNOWN` where there is none."""
    commitment: Ints
    """Level in force, shape (R, D)."""
    mandate: Bools
    """Whether the commitment in force carries a mandate, shape (R, D)."""
    role_case: Ints
    """Case of each row of the roles table, shape (Q,)."""
    role_capability: Ints
    asset_rows: tuple[Asset, ...]
    """Row of the assets table behind each asset of ``exchanges``."""
    need_rows: tuple[Need, ...]
    exchanges: Exchanges
    money: Money

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of regions and of cases."""
        return self.labels.pairs

    def lead_user_levels(self) -> Ints:
        """Levels of each region in capabilities for lead users, added up, (R,)."""
        kinds = [row.kind == LEAD_USER for row in self.setting.capabilities.values()]
        levels: Ints = self.level @ np.array(kinds, dtype=np.int64)
        return levels.astype(np.int64)

    def newcomers(self) -> Bools:
        """Regions without a membership in the case or its partnership, (R, D)."""
        new = np.ones(self.shape, dtype=bool)
        mine = [case.partnership or "" for case in self.setting.cases.values()]
        partnership = np.array(mine, dtype=np.str_)
        for row in self.setting.memberships:
            still_new = new[self.labels.regions.index[row.region]]
            if row.case:
                still_new[self.labels.cases.index[row.case]] = False
            if row.partnership:
                still_new[partnership == row.partnership] = False
        return new

    def known_level(self, region: Ints, capability: Ints) -> Ints:
        """Best level at each (region, capability); `UNKNOWN` where none is stated."""
        dense = np.full(self.level.shape, UNKNOWN, dtype=np.int64)
        rows = np.repeat(np.arange(dense.shape[0]), np.diff(self.level.indptr))
        dense[rows, self.level.indices] = self.level.data
        return dense[region, capability]

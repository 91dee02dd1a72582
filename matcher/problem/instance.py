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

if TYPE_CHECKING:
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
    rate_num: Ints
    """Numerator of the funding rate, shape (F, R); 0 where no rate fits."""
    rate_den: Ints
    """Denominator of the funding rate, shape (F, R)."""
    pays_case: Bools
    """Instrument accepts the case's phase and readiness, shape (F, D)."""
    pays_layer: Bools
    """Instrument pays the layer, shape (F, L)."""
    pays_state: Bools
    """Instrument pays members of the region's state, shape (F, R)."""
    most_cost: Ints
    """Upper bound on the cost of each case and layer, shape (D, L)."""

    def __post_init__(self) -> None:
        freeze(self)


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
    commitment: Ints
    """Level in force, shape (R, D)."""
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

    def known_level(self, region: Ints, capability: Ints) -> Ints:
        """Best level at each (region, capability); `UNKNOWN` where none is stated."""
        dense = np.full(self.level.shape, UNKNOWN, dtype=np.int64)
        rows = np.repeat(np.arange(dense.shape[0]), np.diff(self.level.indptr))
        dense[rows, self.level.indices] = self.level.data
        return dense[region, capability]

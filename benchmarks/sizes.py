"""How large and how hard generated scenarios are.

Every number of the generator that differs between sizes or regimes stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """Counts of a generated scenario."""

    name: str
    regions: int
    cases: int
    capabilities: int
    direct: int
    """Instruments that pay any eligible member."""
    pooled: int
    """Funds in which every authority pays its own members."""
    programmes: int
    """Funds of the regions of one state."""
    states: int
    topics: int
    """Topics to draw from: the more there are, the fewer regions fit a case."""

    @property
    def instruments(self) -> int:
        """Number of instruments."""
        return self.direct + self.pooled + self.programmes


SIZES: Final = {
    size.name: size
    for size in (
        Size("XS", 12, 4, 10, 1, 1, 1, states=4, topics=8),
        Size("S", 20, 8, 15, 1, 1, 1, states=6, topics=10),
        Size("M", 60, 30, 30, 2, 2, 2, states=12, topics=14),
        Size("L", 150, 80, 50, 4, 4, 4, states=20, topics=23),
        Size("XL", 300, 200, 80, 9, 8, 8, states=27, topics=32),
    )
}
"""XS is for tests only. With four priorities a region and two topics a case, the
numbers of topics let 67, 51, 32 and 24 % of all pairs of region and case fit."""


@dataclass(frozen=True, slots=True)
class Regime:
    """What is short in a scenario; percentages of the balanced figures."""

    name: str
    minimum: int
    """Least amounts served in the roles of a case."""
    effort: int
    """People of the regions."""
    own: int
    """Own money of the regions."""


REGIMES: Final = {
    regime.name: regime
    for regime in (
        Regime("balanced", minimum=100, effort=100, own=100),
        Regime("tight", minimum=200, effort=60, own=100),
        Regime("scarce", minimum=100, effort=100, own=40),
    )
}
"""Money, people and stock bind together in balanced scenarios; in tight ones cases
are hard to fill, and in scarce ones own money decides."""

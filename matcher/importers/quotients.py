"""Location quotients: how specialised a region is, compared with all regions.

The quotient is the region's share of a group in its own total, divided by the
group's share in the total of all regions: 1 is average, 2 is twice the average.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

ALL_REGIONS: Final = "EU"
"""Row of a source table that holds the sum over all regions."""
TOTAL: Final = "TOTAL"
"""Group of a source table that holds the sum over all groups."""

Counts = Mapping[tuple[str, str], Fraction | None]
"""(unit, group) -> count; None is a cell that was left blank."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A location quotient and what it rests on."""

    value: Fraction
    count: Fraction
    """People or participations of the region in the group."""
    complete: bool
    """Whether no cell was missing."""


def quotient(
    counts: Counts,
    units: tuple[str, ...],
    groups: tuple[str, ...],
    share: Fraction = Fraction(1),
) -> Quotient | None:
    """Return the location quotient of a region, or None if nothing is known.

    A missing cell counts neither way, which understates the region; the result
    says so in ``complete``.

    Parameters
    ----------
    counts
        The table of counts, with its sums.
    units
        Units the region consists of or lies in.
    groups
        Programme parts or divisions taken together.
    share
        Share of the units that the region is; the quotient stays, the count shrinks.
    """
    cells = [counts.get((unit, group)) for unit in units for group in groups]
    known = [cell for cell in cells if cell is not None]
    total = sum(
        (counts.get((unit, TOTAL)) or Fraction(0) for unit in units), Fraction(0)
    )
    base = sum(
        (counts.get((ALL_REGIONS, g)) or Fraction(0) for g in groups), Fraction(0)
    )
    everything = counts.get((ALL_REGIONS, TOTAL))
    if not known or not total or not base or not everything:
        return None
    count = sum(known, Fraction(0))
    return Quotient(
        value=(count / total) / (base / everything),
        count=count * share,
        complete=len(known) == len(cells),
    )

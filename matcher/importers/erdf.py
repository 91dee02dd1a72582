"""Planned ERDF money for research and innovation, by region.

A programme serves a NUTS2 unit, a NUTS1 unit (both NUTS 2013) or a country. A
region that is part of the served area gets a part of the money by its people.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.importers.reading import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.errors import Faults
    from matcher.importers.nuts import Nuts, Territory

_WIDER: Final = (3, 2)
"""Lengths of the codes of a NUTS1 unit and of a country."""


class Erdf:
    """The ERDF extracts of one scenario."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        amounts: dict[str, Fraction] = {}
        columns = ("cci", "programme", "region_category", "eu_amount_eur")
        for row in read_table(folder / "erdf_planned.csv", columns, faults):
            amount = row.number("eu_amount_eur") or Fraction(0)
            cci = row.text("cci")
            amounts[cci] = amounts.get(cci, Fraction(0)) + amount
        self._areas: dict[str, Fraction] = {}
        for row in read_table(folder / "erdf_match.csv", ("cci", "area"), faults):
            area, cci = row.text("area"), row.text("cci")
            if cci not in amounts:
                row.faults.add(
                    "UNKNOWN_PROGRAMME",
                    row.at.at("cci"),
                    f'no amount is listed for programme "{cci}"',
                    "add it to erdf_planned.csv",
                )
            amount = amounts.get(cci, Fraction(0))
            self._areas[area] = self._areas.get(area, Fraction(0)) + amount

    def planned(self, territory: Territory, nuts: Nuts) -> Fraction | None:
        """Return the planned EU amount of a region, or None where unknown.

        Programmes of the region's own NUTS2 units are added up; a region
        without any gets its part of the programme of the next wider area.
        """
        own = [self._areas[u] for u in territory.nuts2_2013 if u in self._areas]
        if own:
            return sum(own, Fraction(0)) * territory.share
        for length in _WIDER:
            area = territory.nuts2[0][:length]
            people, everybody = nuts.population(territory), nuts.area_population(area)
            if area in self._areas and people is not None and everybody:
                return self._areas[area] * people / everybody
        return None

"""NUTS: which units a region consists of, its people, and its category.

A region of a partnership may be a country, a NUTS1, 2 or 3 unit, or two units
together. Statistics exist for NUTS2, so each region is a list of NUTS2 units
and, where it is smaller than one, a share of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.importers.reading import SourceRow, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from matcher.errors import Faults

PROFILE_COLUMNS: Final = (
    "code", "gdp_pct_2007_09", "gdp_pct_2015_17", "population_2019",
    "category_2014_20", "category_2014_20_source",
)  # fmt: skip
LESS, TRANSITION, MORE = "less_developed", "transition", "more_developed"
LIMITS: Final = {"2014_20": (75, 90), "2021_27": (75, 100)}
"""Limits of the classes, GDP per head in % of the EU mean."""
_GDP: Final = {"2014_20": "gdp_pct_2007_09", "2021_27": "gdp_pct_2015_17"}
_NUTS3_LENGTH: Final = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one NUTS2 unit."""

    gdp: Mapping[str, Fraction | None]
    population: Fraction | None
    programme_category: str
    """Category 2014-20 of the unit's own programme, blank where it has none."""


@dataclass(frozen=True, slots=True)
class Territory:
    """The NUTS units a region stands for."""

    region: str
    units: tuple[str, ...]
    """Units it consists of, as written in the ``nuts`` column."""
    nuts2: tuple[str, ...]
    """NUTS2 units (2021) that it consists of or lies in."""
    nuts2_2013: tuple[str, ...]
    share: Fraction
    """Share of those units that the region is: 1 unless it is a NUTS3 unit."""


class Nuts:
    """The NUTS extracts of one scenario."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        table = read_table(folder / "nuts2_profile.csv", PROFILE_COLUMNS, faults)
        self.profiles = {row.text("code"): _profile(row) for row in table}
        table = read_table(folder / "nuts3_units.csv", ("nuts2", "nuts3"), faults)
        self._nuts3: dict[str, int] = {}
        for row in table:
            unit = row.text("nuts2")
            self._nuts3[unit] = self._nuts3.get(unit, 0) + 1
        columns = ("nuts2_2021", "nuts2_2013")
        self._older: dict[str, list[str]] = {}
        for row in read_table(folder / "nuts2_2013.csv", columns, faults):
            older = self._older.setdefault(row.text("nuts2_2021"), [])
            older.append(row.text("nuts2_2013"))

    def territory(
        self, region: str, codes: tuple[str, ...], row: SourceRow
    ) -> Territory:
        """Return the units of a region printed with these NUTS codes."""
        nuts2 = row.codes("nuts2_2021")
        small = [code for code in codes if len(code) == _NUTS3_LENGTH]
        share = Fraction(1)
        if small:
            known = sum(self._nuts3.get(unit, 0) for unit in nuts2)
            if not known:
                row.faults.add(
                    "NO_NUTS3_UNITS",
                    row.at.at("nuts2_2021"),
                    f"the NUTS3 units of {'|'.join(nuts2)} are not listed",
                    "add them to nuts3_units.csv",
                )
            share = Fraction(len(small), known or 1)
        older = sorted({c for unit in nuts2 for c in self._older.get(unit, [unit])})
        units = tuple(sorted(codes)) if small else nuts2
        return Territory(region, units, nuts2, tuple(older), share)

    def population(self, territory: Territory) -> Fraction | None:
        """Return the people of a region, or None where a unit's are unknown."""
        total = self._people(territory.nuts2)
        return None if total is None else total * territory.share

    def area_population(self, area: str) -> Fraction | None:
        """Return the people of a NUTS1 unit or country whose units are all listed."""
        return self._people(code for code in self.profiles if code.startswith(area))

    def _people(self, units: Iterable[str]) -> Fraction | None:
        total = Fraction(0)
        for unit in units:
            profile = self.profiles.get(unit)
            if profile is None or profile.population is None:
                return None
            total += profile.population
        return total

    def category(self, territory: Territory, period: str) -> str:
        """Return the region's cohesion category in a period, blank if unknown.

        A region of several NUTS2 units gets the class of their mean GDP per
        head, weighted by people. A single unit with a programme of its own in
        2014-20 keeps the category of that programme.
        """
        found = [self.profiles.get(unit) for unit in territory.nuts2]
        only = found[0] if len(found) == 1 else None
        if period == "2014_20" and only is not None and only.programme_category:
            return only.programme_category
        weighted, people = Fraction(0), Fraction(0)
        for profile in found:
            if profile is None or profile.population is None:
                return ""
            gdp = profile.gdp[period]
            if gdp is None:
                return ""
            weighted += gdp * profile.population
            people += profile.population
        low, high = LIMITS[period]
        mean = weighted / people
        if mean < low:
            return LESS
        return TRANSITION if mean <= high else MORE


def _profile(row: SourceRow) -> Profile:
    own = row.maybe("category_2014_20_source") == "erdf_programme"
    return Profile(
        gdp={period: row.number(column) for period, column in _GDP.items()},
        population=row.number("population_2019"),
        programme_category=row.text("category_2014_20") if own else "",
    )

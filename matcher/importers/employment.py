"""Persons employed by NUTS2 unit (2013) and NACE division, 2014."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.importers.quotients import Quotient, quotient
from matcher.importers.reading import read_table

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from matcher.errors import Faults
    from matcher.importers.nuts import Territory


class Employment:
    """The employment extract of one scenario."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        columns = ("nuts2_2013", "nace2", "persons_employed")
        table = read_table(folder / "employment.csv", columns, faults)
        self.counts: dict[tuple[str, str], Fraction | None] = {
            (row.text("nuts2_2013"), row.text("nace2")): row.number("persons_employed")
            for row in table
        }
        self.divisions = frozenset(group for _, group in self.counts)

    def quotient(self, territory: Territory, nace: tuple[str, ...]) -> Quotient | None:
        """Return how specialised a region is in these divisions."""
        return quotient(self.counts, territory.nuts2_2013, nace, territory.share)

    def persons(self, territory: Territory, nace: tuple[str, ...]) -> Fraction | None:
        """Return the persons employed in these divisions, as far as published."""
        found = self.quotient(territory, nace)
        return None if found is None else found.count

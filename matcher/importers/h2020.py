"""Participations in Horizon 2020 consortia by NUTS2 unit and programme part."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.importers.quotients import TOTAL, Quotient, quotient
from matcher.importers.reading import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.errors import Faults
    from matcher.importers.nuts import Territory


class Participations:
    """The Horizon 2020 extract of one scenario."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        columns = ("nuts2", "programme_part", "participations")
        table = read_table(folder / "h2020.csv", columns, faults)
        self.counts: dict[tuple[str, str], Fraction | None] = {
            (row.text("nuts2"), row.text("programme_part")): row.number(
                "participations"
            )
            for row in table
        }
        self.parts = frozenset(group for _, group in self.counts)
        # A region that is listed but not with a part has taken no part in it.
        for unit in {unit for unit, group in self.counts if group == TOTAL}:
            for part in self.parts:
                self.counts.setdefault((unit, part), Fraction(0))

    def quotient(self, territory: Territory, parts: tuple[str, ...]) -> Quotient | None:
        """Return how specialised a region is in these programme parts."""
        return quotient(self.counts, territory.nuts2, parts, territory.share)

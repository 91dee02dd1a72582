"""Partnerships: their members and roles, and the cases they have named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matcher.importers.reading import SourceRow, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.errors import Faults
    from matcher.importers.nuts import Nuts, Territory

MEMBER_COLUMNS: Final = (
    "partnership", "order", "region_as_printed", "country", "role", "nuts_code",
    "nuts2_2021", "ambiguous",
)  # fmt: skip
CASE_COLUMNS: Final = ("case", "partnership", "title", "lead_nuts_code")
RANKS: Final = ("lead", "participant", "observer", "interested")
"""Roles in a partnership, the firmest first."""
_JOINT: Final = "+"
"""Joins the codes of a region that is printed as one but is two NUTS units."""


@dataclass(frozen=True, slots=True)
class Member:
    """One region of one partnership."""

    partnership: str
    region: str
    role: str


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case, or a theme, that a partnership has named."""

    case: str
    partnership: str
    title: str
    leads: tuple[str, ...]
    """Regions printed as its lead; several when it is led jointly."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region as the partnerships print it."""

    territory: Territory
    name: str
    state: str


class Partnerships:
    """Members and cases of one scenario."""

    def __init__(self, folder: Path, nuts: Nuts, faults: Faults) -> None:
        self.regions: dict[str, Place] = {}
        ranked: dict[tuple[str, str], str] = {}
        for row in read_table(folder / "members.csv", MEMBER_COLUMNS, faults):
            region = self._note(row, nuts)
            role = row.text("role")
            if role not in RANKS:
                faults.add(
                    "UNKNOWN_ROLE",
                    row.at.at("role"),
                    f'"{role}" is no role',
                    f"use {', '.join(RANKS)}",
                )
                continue
            key = (row.text("partnership"), region)
            # Printed twice in one partnership: the firmer role is the one it has.
            ranked[key] = min(ranked.get(key, role), role, key=RANKS.index)
        self.members = [Member(*key, role) for key, role in sorted(ranked.items())]
        self.cases = [
            self._case(row)
            for row in read_table(folder / "cases.csv", CASE_COLUMNS, faults)
        ]
        self.cases.sort(key=lambda case: case.case)

    def _note(self, row: SourceRow, nuts: Nuts) -> str:
        codes = row.codes("nuts_code")
        region = _JOINT.join(sorted(codes))
        if region not in self.regions:
            self.regions[region] = Place(
                territory=nuts.territory(region, codes, row),
                name=row.text("region_as_printed"),
                state=row.text("country"),
            )
        return region

    def _case(self, row: SourceRow) -> NamedCase:
        leads = row.codes("lead_nuts_code")
        for lead in leads:
            if lead not in self.regions:
                row.faults.add(
                    "UNKNOWN_REGION",
                    row.at.at("lead_nuts_code"),
                    f'"{lead}" is no member',
                    "use the code of a member",
                )
        return NamedCase(
            case=row.text("case"),
            partnership=row.text("partnership"),
            title=row.text("title"),
            leads=leads,
        )

    def role(self, region: str) -> str:
        """Return the firmest role a region has in any of the partnerships."""
        roles = [member.role for member in self.members if member.region == region]
        return min(roles, key=RANKS.index)

    def led(self, region: str) -> int:
        """Return for how many cases a region is printed as lead."""
        return sum(region in case.leads for case in self.cases)

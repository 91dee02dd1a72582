"""The regions: tables ``regions``, ``commitments``, ``memberships``, ``priorities``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.importers.partnerships import RANKS, Partnerships
from matcher.importers.writing import plain, round_to, table_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from matcher.importers.employment import Employment
    from matcher.importers.h2020 import Participations
    from matcher.importers.nuts import Nuts, Territory
    from matcher.importers.reading import Node

PERIODS: Final = ("2014_20", "2021_27")
_REGION_COLUMNS: Final = (
    "region", "name", "state", "nuts", "effort_capacity", "max_cases", "max_leads",
    "own_budget",
)  # fmt: skip
COMMITMENT_COLUMNS: Final = ("region", "case", "partnership", "level", "expires")
MEMBERSHIP_COLUMNS: Final = ("partnership", "region", "role")
PRIORITY_COLUMNS: Final = ("region", "topic", "weight")


@dataclass(frozen=True, slots=True)
class PerHead:
    """A rule for money that is not published: a base and an amount per head."""

    base: Fraction
    per_head: Fraction
    most: Fraction
    step: int

    @classmethod
    def from_recipe(cls, node: Node) -> PerHead:
        """Read the rule from its block in the recipe."""
        found = cls(
            base=node.number("base"),
            per_head=node.number("per_head"),
            most=node.number("most"),
            step=int(node.number("round_to", 1)) or 1,
        )
        node.close()
        return found

    def amount(self, territory: Territory, nuts: Nuts) -> int | None:
        """Return the EUR of a region, or None if it rests on unknown people."""
        people = nuts.population(territory) if self.per_head else Fraction(0)
        if people is None:
            return None
        return round_to(min(self.base + self.per_head * people, self.most), self.step)


class Topics:
    """The topics of strategies and cases, and how a region's weight is found."""

    def __init__(
        self, recipe: Node, employment: Employment, participations: Participations
    ) -> None:
        self._employment, self._participations = employment, participations
        rule = recipe.block("priorities")
        self._own, self._related = rule.number("own"), rule.number("related")
        self._groups: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for topic, node in rule.block("topics").named():
            self._groups[topic] = (node.texts("h2020"), node.texts("nace"))
            node.close()
        rule.close()

    @property
    def names(self) -> frozenset[str]:
        """Every topic."""
        return frozenset(self._groups)

    def _weight(self, territory: Territory, topic: str) -> Fraction:
        parts, divisions = self._groups[topic]
        found = [
            self._participations.quotient(territory, parts) if parts else None,
            self._employment.quotient(territory, divisions) if divisions else None,
        ]
        best = max((one.value for one in found if one is not None), default=Fraction(0))
        if best >= self._own:
            return Fraction(1)
        return Fraction(1, 2) if best >= self._related else Fraction(0)

    def table(
        self, partnerships: Partnerships, led: Mapping[str, Collection[str]]
    ) -> str:
        """Return the table of priorities; a topic without weight has no row.

        ``led`` holds the topics of the cases that each region is printed to lead:
        they are priorities of its own, whatever the statistics say.
        """
        rows = []
        for region, place in sorted(partnerships.regions.items()):
            for topic in self._groups:
                weight = self._weight(place.territory, topic)
                if topic in led.get(region, ()):
                    weight = Fraction(1)
                if weight:
                    rows.append(
                        {"region": region, "topic": topic, "weight": plain(weight)}
                    )
        return table_text(PRIORITY_COLUMNS, rows)


class Regions:
    """The tables about regions and what they have signed up to."""

    def __init__(self, recipe: Node, nuts: Nuts, partnerships: Partnerships) -> None:
        self.nuts, self.partnerships = nuts, partnerships
        block = recipe.block("roles")
        self.roles = {
            role: block.block(role).numbers() for role in RANKS if role in block
        }
        block.close()
        for role in {member.role for member in partnerships.members} - set(self.roles):
            block.fault(role, "MISSING_KEY", "is missing", "add it")
            self.roles[role] = {}
        self.names = recipe.block("names").words()
        self.categories = recipe.texts("categories")
        self.own = PerHead.from_recipe(recipe.block("own_budget"))
        self.lead_level = recipe.block("case_lead").numbers()
        self.expires = recipe.text("commitments_expire")

    def region_table(self) -> str:
        """Return the table of regions."""
        columns = [f"category.cohesion_{period}" for period in self.categories]
        rows = []
        for region, place in sorted(self.partnerships.regions.items()):
            role = self.partnerships.role(region)
            rule = self.roles[role]
            effort, leads = self._people(region, rule)
            own = None
            if rule.get("pays"):
                own = self.own.amount(place.territory, self.nuts)
            row = {
                "region": region,
                "name": self.names.get(region, place.name),
                "state": place.state,
                "nuts": "|".join(place.territory.units),
                "effort_capacity": plain(effort),
                "max_cases": plain(rule.get("max_cases")),
                "max_leads": plain(leads),
                "own_budget": plain(own),
            }
            for period, column in zip(self.categories, columns, strict=True):
                row[column] = self.nuts.category(place.territory, period)
            rows.append(row)
        return table_text([*_REGION_COLUMNS, *columns], rows)

    def _people(
        self, region: str, rule: dict[str, Fraction]
    ) -> tuple[Fraction | None, Fraction | None]:
        """Return people and the most cases led; printed leads raise both."""
        led = self.partnerships.led(region)
        effort, leads = rule.get("effort_capacity"), rule.get("max_leads")
        if effort is not None:
            effort += led * rule.get("effort_per_case_led", Fraction(0))
        return effort, None if leads is None else max(leads, Fraction(led))

    def commitment_table(self) -> str:
        """Return the commitments: by role, and firmer for a printed case lead."""
        rows = [
            {
                "region": member.region,
                "case": "",
                "partnership": member.partnership,
                "level": plain(self.roles[member.role].get("commitment", Fraction(0))),
            }
            for member in self.partnerships.members
        ]
        for case in self.partnerships.cases:
            for region in case.leads:
                level = self.lead_level.get(self.partnerships.role(region))
                rows.append(
                    {
                        "region": region,
                        "case": case.case,
                        "partnership": "",
                        "level": plain(level or Fraction(0)),
                    }
                )
        for row in rows:
            row["expires"] = self.expires
        rows.sort(key=lambda row: (row["region"], row["case"], row["partnership"]))
        return table_text(COMMITMENT_COLUMNS, rows)

    def membership_table(self) -> str:
        """Return who is in which partnership, and as what."""
        return table_text(
            MEMBERSHIP_COLUMNS,
            (
                {"partnership": m.partnership, "region": m.region, "role": m.role}
                for m in self.partnerships.members
            ),
        )

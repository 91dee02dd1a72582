"""What regions have and need: tables ``capabilities``, ``assets`` and ``needs``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.importers.levels import Scale, combined, confidence
from matcher.importers.writing import plain, table_text
from matcher.scenario.records import LEAD_USER

if TYPE_CHECKING:
    from matcher.importers.employment import Employment
    from matcher.importers.h2020 import Participations
    from matcher.importers.nuts import Territory
    from matcher.importers.partnerships import Partnerships
    from matcher.importers.quotients import Quotient
    from matcher.importers.reading import Node

CAPABILITY_COLUMNS: Final = ("capability", "name", "class", "unit")
ASSET_COLUMNS: Final = (
    "region", "capability", "level", "capacity", "unit_cost", "confidence", "source",
)  # fmt: skip
NEED_COLUMNS: Final = ("region", "capability", "amount", "min_level", "value", "source")


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability and the statistics that stand for it."""

    code: str
    name: str
    kind: str
    unit: str
    parts: tuple[str, ...]
    divisions: tuple[str, ...]
    demand: tuple[str, ...]
    """Divisions whose companies are taken to need it."""
    unit_cost: Fraction | None
    value: Fraction

    @classmethod
    def from_recipe(cls, code: str, node: Node) -> Capability:
        """Read a capability from its block in the recipe."""
        found = cls(
            code=code,
            name=node.text("name"),
            kind=node.text("class"),
            unit=node.text("unit") if "unit" in node else "",
            parts=node.texts("h2020"),
            divisions=node.texts("nace"),
            demand=node.texts("demand"),
            unit_cost=node.number("unit_cost") if "unit_cost" in node else None,
            value=node.number("value", 1),
        )
        node.close()
        return found


@dataclass(frozen=True, slots=True)
class Demand:
    """How employment is turned into units needed."""

    persons_per_unit: Fraction
    least: Fraction
    most: Fraction
    below: int
    """A region needs a capability when its own level is below this."""
    min_level: int

    @classmethod
    def from_recipe(cls, node: Node) -> Demand:
        """Read the rule from its block in the recipe."""
        found = cls(
            persons_per_unit=node.number("persons_per_unit"),
            least=node.number("least"),
            most=node.number("most"),
            below=int(node.number("below_level")),
            min_level=int(node.number("min_level")),
        )
        node.close()
        return found

    def amount(self, persons: Fraction) -> Fraction | None:
        """Return the units needed, or None where the demand is too small."""
        units = Fraction(round(persons / self.persons_per_unit))
        return None if units < self.least else min(units, self.most)


class Assessment:
    """Levels of every region in every capability, with what they rest on."""

    def __init__(
        self,
        recipe: Node,
        employment: Employment,
        participations: Participations,
        partnerships: Partnerships,
    ) -> None:
        self.employment, self.participations = employment, participations
        self.partnerships = partnerships
        scales = recipe.block("levels")
        self.research = Scale.from_recipe(scales.block("research"))
        self.industry = Scale.from_recipe(scales.block("industry"))
        scales.close()
        self.capacity = recipe.block("capacity").numbers()
        self.demand = Demand.from_recipe(recipe.block("demand"))
        block = recipe.block("capabilities")
        self.capabilities = [Capability.from_recipe(*entry) for entry in block.named()]
        for one in self.capabilities:
            self._check(one, block)

    def _check(self, one: Capability, block: Node) -> None:
        for key, words, known in (
            ("h2020", one.parts, self.participations.parts),
            ("nace", one.divisions + one.demand, self.employment.divisions),
        ):
            for word in sorted(set(words) - known):
                block.fault(
                    f"{one.code}.{key}",
                    "UNKNOWN_GROUP",
                    f'no row of the extract names "{word}"',
                    "use a group that is listed there",
                )

    def quotients(
        self, one: Capability, territory: Territory
    ) -> tuple[Quotient | None, Quotient | None]:
        """Return the quotients in research and in industry, None if not known."""
        return (
            self.participations.quotient(territory, one.parts) if one.parts else None,
            self.employment.quotient(territory, one.divisions)
            if one.divisions
            else None,
        )

    def level(self, one: Capability, territory: Territory) -> int | None:
        """Return the level of a region, or None where no source says anything."""
        research, industry = self.quotients(one, territory)
        levels = []
        if research is not None:
            levels.append(self.research.level(research))
        if industry is not None:
            levels.append(self.industry.level(industry))
        return combined(levels) if levels else None

    def capability_table(self) -> str:
        """Return the table of capabilities."""
        return table_text(
            CAPABILITY_COLUMNS,
            (
                {"capability": c.code, "name": c.name, "class": c.kind, "unit": c.unit}
                for c in self.capabilities
            ),
        )

    def asset_table(self) -> str:
        """Return the table of assets: a row wherever a level is known."""
        rows = []
        for region, place in sorted(self.partnerships.regions.items()):
            asked = self.partnerships.role(region) != "interested"
            for one in self.capabilities:
                level = self.level(one, place.territory)
                if level is not None:
                    rows.append(self._asset(region, place.territory, one, level, asked))
        return table_text(ASSET_COLUMNS, rows)

    def _asset(
        self,
        region: str,
        territory: Territory,
        one: Capability,
        level: int,
        asked: bool,
    ) -> dict[str, str]:
        research, industry = self.quotients(one, territory)
        # Nobody offers days of a lead user, and a region outside the core has
        # not been asked: both leave the capacity unknown.
        offers = asked and one.kind != LEAD_USER
        capacity = self.capacity.get(f"level_{level}") if offers else None
        notes = []
        if research is not None:
            notes.append(f"H2020 quotient {plain(research.value)}")
        if industry is not None:
            notes.append(f"employment quotient {plain(industry.value)}")
        return {
            "region": region,
            "capability": one.code,
            "level": str(level),
            "capacity": plain(capacity),
            "unit_cost": plain(one.unit_cost) if capacity else "",
            "confidence": confidence(
                [research, industry], bool(one.parts) + bool(one.divisions)
            ),
            "source": "; ".join(notes),
        }

    def need_table(self) -> str:
        """Return the table of needs: industry present, own level too low."""
        rows = []
        for region, place in sorted(self.partnerships.regions.items()):
            for one in self.capabilities:
                level = self.level(one, place.territory)
                persons = self.employment.persons(place.territory, one.demand)
                if level is None or level >= self.demand.below or persons is None:
                    continue
                amount = self.demand.amount(persons)
                if amount is not None:
                    rows.append({
                        "region": region,
                        "capability": one.code,
                        "amount": plain(amount),
                        "min_level": str(self.demand.min_level),
                        "value": plain(one.value),
                        "source": f"{plain(persons, 0)} employed in NACE "
                        + "+".join(one.demand),
                    })  # fmt: skip
        return table_text(NEED_COLUMNS, rows)

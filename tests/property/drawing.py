"""What the parts of the scenario generator share: the draw and its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

TODAY = "2025-06-01"
BEFORE, AFTER = "2025-05-31", "2025-06-01"
"""Days on which something has just expired, and is just still valid."""
STEP = 10_000
SCHEME = "cohesion"
CATEGORIES = ("less_developed", "transition", "more_developed")
PHASES = ("learn", "connect", "demonstrate", "commercialise", "scale_up")
GEOGRAPHY = (
    ("NO0", "NO"), ("NO01", "NO"), ("SE1", "SE"), ("SE11|SE12", "SE"),
    ("SE12|SE2", "SE"), ("ES2", "ES"), ("PT1", "PT"), ("", "PT"),
)  # fmt: skip
"""NUTS units and state: among them nested, overlapping and unknown ones."""

Row = dict[str, Any]


@dataclass
class Draw:
    """A scenario that is being drawn."""

    rng: random.Random
    money: bool
    small: bool
    tables: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    regions: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)

    def maybe(self, chance: float) -> bool:
        """Return True with a chance between 0 and 1."""
        return self.rng.random() < chance

    def one(self, *values: Any) -> Any:
        """One of some values."""
        return self.rng.choice(values)

    def some(self, values: Sequence[str], chance: float) -> list[str]:
        """Each of the values with a chance."""
        return [value for value in values if self.maybe(chance)]

    def euros(self, low: int, high: int) -> int:
        """A multiple of `STEP`."""
        return STEP * self.rng.randint(low, high)


def cited(value: Any) -> dict[str, Any]:
    """A number with its source."""
    return {"value": value, "source": "S"}


def head(name: str, kind: str) -> dict[str, Any]:
    """What every rulebook says of itself."""
    return {
        "format": 1, "id": name, "kind": kind, "name": name,
        "confidence": "assumption", "sources": {"S": "drawn at random"},
    }  # fmt: skip


def consortium(draw: Draw, chance: float) -> dict[str, Any]:
    """Conditions on the members of a case, each with a chance."""
    asked: dict[str, Any] = {}
    if draw.maybe(chance):
        asked["min_regions"] = cited(draw.one(1, 2, 2, 3))
    if draw.maybe(chance):
        asked["min_states"] = cited(draw.one(1, 2, 2, 3))
    if draw.maybe(chance):
        asked["max_partners"] = cited(draw.one(1, 2, 3))
    if draw.maybe(chance):
        categories = draw.one(["less_developed"], ["less_developed", "transition"])
        asked["required"] = [
            {"scheme": SCHEME, "categories": categories, "min_regions": cited(1)}
        ]
    return asked

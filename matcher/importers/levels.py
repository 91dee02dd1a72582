"""From location quotients to levels 0-3: the thresholds are the recipe's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matcher.importers.quotients import Quotient
    from matcher.importers.reading import Node

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a threshold table: what it takes to reach a level."""

    level: int
    quotient: Fraction
    count: Fraction


@dataclass(frozen=True, slots=True)
class Scale:
    """A threshold table: the first step that is met gives the level."""

    steps: tuple[Step, ...]

    @classmethod
    def from_recipe(cls, node: Node) -> Scale:
        """Read the table from its block in the recipe."""
        steps = []
        for entry in node.blocks("steps"):
            step = Step(
                level=int(entry.number("level")),
                quotient=entry.number("quotient"),
                count=entry.number("count"),
            )
            entry.close()
            steps.append(step)
        node.close()
        return cls(tuple(sorted(steps, key=lambda step: -step.level)))

    def level(self, found: Quotient) -> int:
        """Return the level of a quotient and the count behind it."""
        for step in self.steps:
            if found.value >= step.quotient and found.count >= step.count:
                return step.level
        return 0


def combined(levels: list[int]) -> int:
    """Return the mean of the levels, halves going down: a half is not reached."""
    return -int((_HALF - Fraction(sum(levels), len(levels))) // 1)


def confidence(found: list[Quotient | None], asked: int) -> str:
    """Say how well a level is supported by the sources it was to rest on."""
    known = [entry for entry in found if entry is not None]
    if len(known) < asked:
        return "low"
    return "high" if all(entry.complete for entry in known) else "medium"

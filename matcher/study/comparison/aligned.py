"""Two plans side by side: who enters, who leaves, who changes roles, case by case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.proposal.proposal import Proposal

LEAD, PARTNER, OBSERVER = "lead", "partner", "observer"
LAUNCHED: Final = "launched"
"""Stands in the place of a role where a difference is about a whole case."""
NOTHING: Final = ""
"""No role, or a case that is not launched."""

CHANGE: Final = "change"
"""No pair of best plans, one under each assumption, agrees on this."""
TIE: Final = "tie"
"""Under one of the two assumptions the other choice is worth as much."""
OPEN: Final = "within the gap"
"""Not proven either way."""


@dataclass(frozen=True, order=True, slots=True)
class Difference:
    """One thing in which a plan is not like the reference."""

    case: str
    region: str
    """Blank where it is about the case as a whole."""
    before: str
    """Role in the reference, `LAUNCHED` for a case; `NOTHING` without one."""
    after: str

    @property
    def turned(self) -> Difference:
        """The same, seen from the other plan."""
        return replace(self, before=self.after, after=self.before)

    @property
    def kind(self) -> str:
        """What happens, in a word or two."""
        if not self.region:
            return "launched" if self.after else "dropped"
        if self.before and self.after:
            return "role changes"
        return "enters" if self.after else "leaves"

    @property
    def text(self) -> str:
        """What happens, in a few words."""
        if not self.region:
            return f"{self.case} is {self.kind}"
        if self.kind == "role changes":
            return f"{self.region} is {self.after} of {self.case}, not {self.before}"
        watching = OBSERVER in (self.before, self.after)
        role = f" as {OBSERVER}" if watching else ""
        return f"{self.region} {self.kind} {self.case}{role}"


Judged = tuple[tuple[Difference, str], ...]
"""Differences, each with `CHANGE`, `TIE` or `OPEN`."""


def roles_of(proposal: Proposal) -> dict[tuple[str, str], str]:
    """Role of everybody who takes part, by case and region."""
    found: dict[tuple[str, str], str] = {}
    for plan in proposal.cases:
        found |= {(plan.case, name): OBSERVER for name in plan.observers}
        found |= {(plan.case, name): PARTNER for name in plan.partners}
        found[plan.case, plan.lead] = LEAD
    return found


def differences(reference: Proposal, other: Proposal) -> tuple[Difference, ...]:
    """In what a plan is not like the reference, by case, the case itself first."""
    cases = _between(
        {(name, ""): LAUNCHED for name in reference.by_case},
        {(name, ""): LAUNCHED for name in other.by_case},
    )
    roles = _between(roles_of(reference), roles_of(other))
    return tuple(sorted((*cases, *roles)))


def _between(
    before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]
) -> list[Difference]:
    return [
        Difference(*key, before.get(key, NOTHING), after.get(key, NOTHING))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]

"""A setting: one scenario under one assumption, validated, keyed by id, exact.

Everything after this room reads settings and nothing else. Amounts are exact
(`Fraction`, whole numbers, cents); a missing figure is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from matcher.errors import Place
    from matcher.scenario import records as r
    from matcher.scenario.rulebook import Instrument, OwnMoney, Partnership
    from matcher.scenario.schema import Horizon, Solve
    from matcher.scenario.yamlfile import Document


@dataclass(frozen=True, slots=True)
class Override:
    """One input that the assumption changed."""

    path: str
    """What was changed, such as ``instruments.vinnovate.envelope``."""
    old: str
    """Value before, as written; empty where none stood."""
    new: str
    """Value in force."""
    origin: Place
    """Line of the assumption that set it."""


@dataclass(frozen=True, slots=True)
class PlacedPin:
    """A fixed decision, or a veto, and the line that states it."""

    case: str
    region: str | None
    role: Literal["lead", "partner", "member", "observer"] | None
    forbid: bool
    reason: str
    at: Place = field(compare=False)

    @property
    def subject(self) -> str:
        """The pin in a few words, such as ``ES24 member of D1``."""
        what = f"{self.region} {self.role} of {self.case}" if self.region else self.case
        return f"not {what}" if self.forbid else what


@dataclass(frozen=True, slots=True)
class Objective:
    """Weights by term, and each term's parameters as plain exact data."""

    name: str
    weights: Mapping[str, Fraction]
    parameters: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, Place] = field(compare=False)
    """Line that gives each term its weight."""
    document: Document = field(compare=False, repr=False)
    """File that gives the parameters, so that their faults are told at their lines."""
    expected: bool = False
    """Whether points count with the chance that a case is funded."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything one solve needs, keyed by id, in sorted order of ids."""

    name: str
    title: str
    assumption: str
    """Name of the assumption; empty for the scenario as written."""
    date: dt.date
    horizon: Horizon | None
    regions: Mapping[str, r.Region]
    capabilities: Mapping[str, r.Capability]
    assets: tuple[r.Asset, ...]
    needs: tuple[r.Need, ...]
    cases: Mapping[str, r.Case]
    roles: tuple[r.Role, ...]
    costs: tuple[r.Cost, ...]
    commitments: tuple[r.Commitment, ...]
    priorities: tuple[r.Priority, ...]
    case_topics: tuple[r.CaseTopic, ...]
    actors: Mapping[str, r.Actor]
    beneficiaries: tuple[r.Beneficiary, ...]
    staff: tuple[r.Staff, ...]
    skill_effort: tuple[r.SkillEffort, ...]
    budgets: tuple[r.Budget, ...]
    verdicts: tuple[r.ExpertVerdict, ...]
    memberships: tuple[r.ExistingMembership, ...]
    partnership: Partnership | None
    own_money: OwnMoney | None
    instruments: Mapping[str, Instrument]
    objective: Objective
    validated_only: bool
    min_cases: int | None
    max_cases: int | None
    wait_for: str | None
    """Instrument in play for whose no there is a fallback."""
    pins: tuple[PlacedPin, ...]
    solve: Solve
    overrides: tuple[Override, ...]
    tables: Mapping[str, str] = field(compare=False)
    """File of each table there is: one without rows says that there is nothing of the
    kind, where a missing one says nothing."""
    places: Mapping[str, Place] = field(compare=False)
    """Where rulebooks (by id) and settings such as ``limits`` are written."""

    def __repr__(self) -> str:
        assumed = f" under {self.assumption!r}" if self.assumption else ""
        counts = f"{len(self.regions)} regions, {len(self.cases)} cases"
        money = ", ".join(map(repr, self.instruments)) or "none"
        return f"<Setting {self.name!r}{assumed}: {counts}, instruments: {money}>"

    @property
    def has_money(self) -> bool:
        """True when the scenario states any cost: without costs nobody pays."""
        return bool(self.costs)


def by_key(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows with a one-part key, by that key, sorted."""
    return {row.key[0]: row for row in sorted(rows, key=lambda row: row.key[0])}


def in_order(rows: Iterable[Any]) -> tuple[Any, ...]:
    """Rows sorted by their key, unknown parts first."""
    return tuple(sorted(rows, key=lambda row: [str(part or "") for part in row.key]))

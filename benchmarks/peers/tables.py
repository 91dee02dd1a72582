"""The tables of a scenario in dictionaries, as an analyst reads them.

All peers begin here. Only what `scope` writes out is read, and only as generated
scenarios write it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Pair = tuple[str, str]
Triple = tuple[str, str, str]
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is decided, as `scope` names it: a peer's own columns by their ids."""

    launch: dict[Any, Any]
    member: dict[Any, Any]
    lead: dict[Any, Any]
    observer: dict[Any, Any]
    present: dict[Any, Any]
    supply: dict[Any, Any]
    serve: dict[Any, Any]
    share: dict[Any, Any]
    grant: dict[Any, Any]
    uses: dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """An instrument that pays any member of the cases it may pay in."""

    phases: frozenset[str]
    rate: dict[str, float]
    """By category."""
    smallest: float
    greatest: float
    min_regions: int
    min_states: int
    envelope: float


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything the model needs; money in EUR, people in full-time equivalents."""

    state: dict[str, str]
    """By region, as the next three."""
    category: dict[str, str]
    people: dict[str, float]
    own_budget: dict[str, float]
    phase: dict[str, str]
    """By case, as all up to the seat."""
    most_members: dict[str, int]
    effort_member: dict[str, float]
    effort_lead: dict[str, float]
    fixed: dict[str, float]
    seat: dict[str, float]
    capacity: dict[Pair, int]
    """By region and capability, as the next five."""
    offered_level: dict[Pair, int]
    unit_cost: dict[Pair, float]
    amount: dict[Pair, int]
    asked_level: dict[Pair, int]
    value: dict[Pair, float]
    least: dict[Pair, int]
    """By case and capability: the roles."""
    fit: dict[Pair, float]
    """By region and case: pairs that share a priority."""
    level: dict[Pair, int]
    """By region and case: commitment."""
    needed: dict[str, int]
    """Commitment by what a region would be: lead, partner, observer."""
    min_fit: float
    min_regions: int
    min_states: int
    grants: dict[str, Grant]
    value_points: float
    """Points for each unit of value served."""
    fit_points: float
    observer_points: float
    case_cost: float
    member_cost: float
    observer_cost: float

    @property
    def members(self) -> list[Pair]:
        """Pairs of region and case in which the region may be a member."""
        return [
            pair for pair, level in self.level.items()
            if level >= self.needed["partner"] and self.fit.get(pair, 0) >= self.min_fit
        ]  # fmt: skip

    @property
    def leads(self) -> list[Pair]:
        """Pairs in which it may lead."""
        least = max(self.needed["lead"], self.needed["partner"])
        return [pair for pair in self.members if self.level[pair] >= least]

    @property
    def observers(self) -> list[Pair]:
        """Pairs in which it may observe."""
        return [
            p for p, level in self.level.items() if level >= self.needed["observer"]
        ]

    @property
    def supplies(self) -> list[Triple]:
        """Region, capability and case of everything that may be supplied."""
        return self._exchanged(self.capacity)

    @property
    def services(self) -> list[Triple]:
        """Region, capability and case of every need that may be served."""
        return self._exchanged(self.amount)

    def _exchanged(self, units: dict[Pair, int]) -> list[Triple]:
        asked: dict[str, list[str]] = defaultdict(list)
        for d, k in self.least:
            asked[d].append(k)
        return [(r, k, d) for r, d in self.members for k in asked[d] if (r, k) in units]

    @property
    def usable(self) -> list[Pair]:
        """Pairs of instrument and case of a phase in which the instrument pays."""
        return [
            (f, d) for f, grant in self.grants.items()
            for d, phase in self.phase.items() if phase in grant.phases
        ]  # fmt: skip

    def member_points(self, pair: Pair) -> float:
        """Points of a member."""
        return self.fit_points * self.fit.get(pair, 0) - self.member_cost

    def watcher_points(self, pair: Pair) -> float:
        """Points of an observer."""
        return self.observer_points * self.fit.get(pair, 0) - self.observer_cost

    def rate(self, f: str, r: str) -> float:
        """Part of a region's cost that an instrument pays."""
        return self.grants[f].rate[self.category[r]]

    @property
    def largest(self) -> dict[str, float]:
        """Sum by case that no consortium exceeds."""
        worth: dict[str, float] = defaultdict(float)
        for (r, k), units in self.capacity.items():
            worth[k] += self.unit_cost[r, k] * units
        sums = {
            d: self.fixed[d] + self.seat[d] * self.most_members[d] for d in self.phase
        }
        for d, k in self.least:
            sums[d] += worth[k]
        return sums


def grouped(keys: Iterable[tuple[str, ...]], *places: int) -> dict[Any, list[Any]]:
    """Keys that agree at some places; by the name there, or by several."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for key in keys:
        at = tuple(key[i] for i in places)
        found[at if len(at) > 1 else at[0]].append(key)
    return found


def read(folder: Path) -> Tables:
    """Read a scenario that `scope.narrowed` wrote."""
    regions, cases = _rows(folder, "regions"), _rows(folder, "cases")
    assets, needs = _rows(folder, "assets"), _rows(folder, "needs")
    books = [_yaml(path) for path in sorted((folder / "rulebooks").iterdir())]
    (rules,) = (book for book in books if book["kind"] == "partnership")
    objective = _yaml(folder / "objective.yaml")
    weights, chosen = objective["weights"], objective["parameters"]
    cost = chosen["coordination_cost"]
    fit_points = float(weights["strategic_fit"])
    return Tables(
        **{
            name: {row["region"]: row[column] for row in regions}
            for name, column in (("state", "state"), ("category", "category.cohesion"))
        },
        people=_floats(regions, "effort_capacity", "region"),
        own_budget=_floats(regions, "own_budget", "region"),
        phase={row["case"]: row["phase"] for row in cases},
        most_members={row["case"]: int(row["max_partners"]) for row in cases},
        effort_member=_floats(cases, "effort_per_partner", "case"),
        effort_lead=_floats(cases, "effort_base", "case"),
        **_costs(_rows(folder, "costs")),
        capacity=_whole(assets, "capacity", "region", "capability"),
        offered_level=_whole(assets, "level", "region", "capability"),
        unit_cost=_floats(assets, "unit_cost", "region", "capability"),
        amount=_whole(needs, "amount", "region", "capability"),
        asked_level=_whole(needs, "min_level", "region", "capability"),
        value=_floats(needs, "value", "region", "capability"),
        least=_whole(_rows(folder, "roles"), "min_amount", "case", "capability"),
        fit=_fit(folder),
        level=_whole(_rows(folder, "commitments"), "level", "region", "case"),
        needed={row["role"]: row["level"]["value"] for row in rules["commitment"]},
        min_fit=float(rules["priority_min_fit"]["value"]),
        min_regions=rules["consortium"]["min_regions"]["value"],
        min_states=rules["consortium"]["min_states"]["value"],
        grants={book["id"]: _grant(book) for book in books if book["kind"] == "grant"},
        value_points=float(weights["need_coverage"]),
        fit_points=fit_points,
        observer_points=fit_points * chosen["strategic_fit"]["observer_share"],
        **{
            f"{what}_cost": float(weights["coordination_cost"] * cost[f"per_{what}"])
            for what in ("case", "member", "observer")
        },
    )


def _rows(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


def _floats(rows: Rows, column: str, *keys: str) -> dict[Any, float]:
    return {_key(row, keys): float(row[column]) for row in rows}


def _whole(rows: Rows, column: str, *keys: str) -> dict[Any, int]:
    return {_key(row, keys): int(row[column]) for row in rows}


def _key(row: dict[str, str], keys: tuple[str, ...]) -> Any:
    return row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)


def _costs(rows: Rows) -> dict[str, dict[str, float]]:
    """What a case costs by itself, and for each member."""
    return {
        name: {row["case"]: float(row["amount"]) for row in rows if row["per"] == per}
        for name, per in (("fixed", "case"), ("seat", "partner"))
    }


def _fit(folder: Path) -> dict[Pair, float]:
    """Overlap of a region's priorities with a case's topics, at most 1."""
    cases = defaultdict(list)
    for row in _rows(folder, "case_topics"):
        cases[row["topic"]].append((row["case"], float(row["weight"])))
    fit: dict[Pair, float] = defaultdict(float)
    for row in _rows(folder, "priorities"):
        for case, weight in cases[row["topic"]]:
            fit[row["region"], case] += float(row["weight"]) * weight
    return {pair: min(overlap, 1.0) for pair, overlap in fit.items()}


def _grant(book: Any) -> Grant:
    return Grant(
        phases=frozenset(book["phases"]["value"]),
        rate={row["category"]: float(row["value"]) for row in book["rate"]},
        smallest=float(book["grant"]["min"]["value"]),
        greatest=float(book["grant"]["max"]["value"]),
        min_regions=book["consortium"]["min_regions"]["value"],
        min_states=book["consortium"]["min_states"]["value"],
        envelope=float(book["envelope"]["value"]),
    )

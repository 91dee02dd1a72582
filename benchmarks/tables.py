"""The tables of a generated scenario: regions, what they have, what cases ask for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.draw import Draw

if TYPE_CHECKING:
    from benchmarks.sizes import Regime, Size

Row = dict[str, Any]
Tables = dict[str, list[Row]]

CATEGORIES: Final = ("less_developed", "transition", "more_developed")
PHASES: Final = ("demonstrate", "commercialise", "scale_up")

ASSET_PERCENT, NEED_PERCENT = 13, 16
"""Pairs of region and capability with something on offer, and with a need; never
both, as if the regions had served their own needs already."""
LEAD_PERCENT = 24
"""Pairs of region and case, of those that fit, in which the region may lead."""
PRIORITIES, CASE_TOPICS = 4, 2
ROLES = (3, 8)
"""Fewest and most capabilities a case asks for."""


@dataclass(frozen=True, slots=True)
class Base:
    """What several tables are made from."""

    size: Size
    regime: Regime
    seed: int
    regions: list[str]
    cases: list[str]
    capabilities: list[str]
    state: dict[str, str]

    def draw(self, table: str) -> Draw:
        """The stream of a table; the same in every regime."""
        return Draw(self.size.name, self.seed, table)


def base(size: Size, regime: Regime, seed: int) -> Base:
    """Names of everything; regions are dealt to states at random, none stays empty."""
    regions = _names("R", size.regions)
    states = _names("S", size.states)
    draw = Draw(size.name, seed, "states")
    state = {
        region: states[i] if i < len(states) else draw.pick(states)
        for i, region in enumerate(regions)
    }
    cases, capabilities = _names("D", size.cases), _names("K", size.capabilities)
    return Base(size, regime, seed, regions, cases, capabilities, state)


def tables(made: Base) -> Tables:
    """All tables but the budgets of instruments."""
    found: Tables = {
        "regions": _regions(made),
        "capabilities": [{"capability": name} for name in made.capabilities],
        "cases": _cases(made),
        "priorities": _priorities(made),
        "case_topics": _case_topics(made),
        "costs": _costs(made),
    }
    found["assets"], found["needs"] = _stock(made)
    fitting = _fitting(found)
    found["commitments"] = _commitments(made, fitting)
    found["roles"] = _roles(made, found, fitting)
    return found


def _names(letter: str, count: int) -> list[str]:
    width = len(str(count))
    return [f"{letter}{i:0{width}}" for i in range(1, count + 1)]


def _scaled(amount: int, percent: int) -> int:
    return amount * percent // 100


def _decimal(hundredths: int) -> str:
    """Exact text of a number counted in hundredths."""
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _regions(made: Base) -> list[Row]:
    draw, size, regime = made.draw("regions"), made.size, made.regime
    return [
        {
            "region": name,
            "name": f"Region {name[1:]}",
            "state": made.state[name],
            "effort_capacity": _decimal(
                _scaled(draw.whole(100, 300, 25), regime.effort)
            ),
            "own_budget": _scaled(
                draw.whole(3_000, 12_000, 500) * size.capabilities, regime.own
            ),
            "category.cohesion": draw.pick(CATEGORIES),
        }
        for name in made.regions
    ]


def _cases(made: Base) -> list[Row]:
    draw = made.draw("cases")
    rows = []
    for name in made.cases:
        start = draw.whole(5, 7)
        rows.append({
            "case": name, "name": f"Case {name[1:]}", "phase": draw.pick(PHASES),
            "trl_start": start, "trl_end": start + draw.whole(1, 2),
            "max_partners": draw.whole(6, 9),
            "effort_base": draw.pick(("0.25", "0.5", "0.75")),
            "effort_per_partner": draw.pick(("0.25", "0.5", "0.75")),
        })  # fmt: skip
    return rows


def _topics(made: Base) -> list[str]:
    return _names("T", made.size.topics)


def _priorities(made: Base) -> list[Row]:
    draw, topics = made.draw("priorities"), _topics(made)
    return [
        {"region": name, "topic": topic, "weight": draw.pick(("1", "1", "0.5"))}
        for name in made.regions
        for topic in draw.some(topics, PRIORITIES)
    ]


def _case_topics(made: Base) -> list[Row]:
    draw, topics = made.draw("case_topics"), _topics(made)
    return [
        {"case": name, "topic": topic, "weight": "0.5"}
        for name in made.cases
        for topic in draw.some(topics, CASE_TOPICS)
    ]


def _costs(made: Base) -> list[Row]:
    draw = made.draw("costs")
    rows = []
    for name in made.cases:
        fixed, seat = draw.whole(20_000, 80_000, 500), draw.whole(5_000, 25_000, 500)
        rows += [
            {"case": name, "layer": "1", "amount": fixed, "per": "case"},
            {"case": name, "layer": "1", "amount": seat, "per": "partner"},
        ]
    return rows


def _stock(made: Base) -> tuple[list[Row], list[Row]]:
    """Assets and needs; no region has both in one capability."""
    draw = made.draw("stock")
    assets: list[Row] = []
    needs: list[Row] = []
    for region in made.regions:
        for capability in made.capabilities:
            if draw.chance(ASSET_PERCENT):
                assets.append({
                    "region": region, "capability": capability,
                    "level": draw.whole(1, 3), "capacity": draw.whole(5, 30),
                    "unit_cost": draw.whole(2_000, 12_000, 100),
                })  # fmt: skip
            elif draw.chance(NEED_PERCENT * 100 // (100 - ASSET_PERCENT)):
                needs.append({
                    "region": region, "capability": capability,
                    "amount": draw.whole(4, 24),
                    "min_level": 2 if draw.chance(20) else 1,
                    "value": draw.whole(2, 10),
                })  # fmt: skip
    return assets, needs


def _fitting(found: Tables) -> dict[str, list[str]]:
    """Regions with a priority among the topics of each case."""
    by_topic: dict[str, list[str]] = defaultdict(list)
    for row in found["priorities"]:
        by_topic[row["topic"]].append(row["region"])
    fitting: dict[str, set[str]] = defaultdict(set)
    for row in found["case_topics"]:
        fitting[row["case"]].update(by_topic[row["topic"]])
    return {case: sorted(regions) for case, regions in fitting.items()}


def _commitments(made: Base, fitting: dict[str, list[str]]) -> list[Row]:
    """Regions take part, or observe, where they fit; in some cases they may lead."""
    draw = made.draw("commitments")
    return [
        {
            "region": name,
            "case": case,
            "level": 3 if draw.chance(LEAD_PERCENT) else 2,
        }
        for case in made.cases
        for name in fitting[case]
    ]


def _roles(made: Base, found: Tables, fitting: dict[str, list[str]]) -> list[Row]:
    """Roles that could be filled if every region that fits joined.

    A minimum is at most a third of what could be served then, so that a
    consortium of ordinary size has a chance.
    """
    draw = made.draw("roles")
    supply, demand = (
        _amounts(found["assets"], "capacity"),
        _amounts(found["needs"], "amount"),
    )
    rows = []
    for case in made.cases:
        served = {
            k: min(
                sum(supply[region, k] for region in fitting[case]),
                sum(demand[region, k] for region in fitting[case]),
            )
            for k in made.capabilities
        }
        able = [k for k in made.capabilities if served[k] >= 3]
        for k in draw.some(able, draw.whole(*ROLES)):
            wished = _scaled(draw.whole(2, 6), made.regime.minimum)
            rows.append({
                "case": case, "capability": k, "kind": "exchange",
                "min_amount": min(wished, served[k] // 3),
            })  # fmt: skip
    return rows


def _amounts(rows: list[Row], column: str) -> dict[tuple[str, str], int]:
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        amounts[row["region"], row["capability"]] = row[column]
    return amounts

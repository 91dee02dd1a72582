"""Random tables: who has what, needs what, and may take part in what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.property.drawing import (
    AFTER,
    BEFORE,
    CATEGORIES,
    GEOGRAPHY,
    PHASES,
    SCHEME,
    STEP,
)

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row


def regions(draw: Draw) -> None:
    """Regions, some of them nested."""
    count = 3 if draw.small else draw.one(3, 4, 4, 5)
    places = draw.rng.sample(GEOGRAPHY, count)
    draw.regions = [f"R{i + 1}" for i in range(count)]
    effort, budgets = draw.maybe(0.5), draw.money and draw.maybe(0.8)
    rows = []
    for name, (nuts, state) in zip(draw.regions, places, strict=True):
        row: Row = {"region": name, "name": name, "state": state, "nuts": nuts}
        row[f"category.{SCHEME}"] = draw.one(*CATEGORIES, *CATEGORIES, "")
        row["max_cases"] = draw.one(*[""] * 8, 0, 1, 2)
        row["max_leads"] = draw.one(*[""] * 5, 0, 1)
        if effort:
            row["effort_capacity"] = draw.one(0.5, 0.75, 1, 1.5, 2, 3, "unlimited")
        if budgets:
            row["own_budget"] = draw.one(0, 0, *[draw.euros(1, 7)] * 5, "unlimited")
        rows.append(row)
    draw.tables["regions"] = rows


def cases(draw: Draw) -> None:
    """Cases with their sizes, effort and states."""
    count = draw.one(1, 2) if draw.small else draw.one(2, 2, 3)
    draw.cases = [f"D{i + 1}" for i in range(count)]
    effort = draw.maybe(0.7)
    rows = []
    for name in draw.cases:
        start = draw.one("", 4, 5, 6, 7)
        row: Row = {
            "case": name, "name": name,
            "partnership": draw.one("", "steel", "steel", "wind"),
            "phase": draw.one("", *PHASES, "demonstrate", "demonstrate"),
            "trl_start": start,
            "trl_end": draw.one("", 7, 8, 9),
            "min_partners": draw.one("", 1, 1, 2),
            "max_partners": draw.one("", "", 2, 3, 4),
            "min_states": draw.one("", "", 2),
            "leads": draw.one(*[""] * 6, "R1", "R2|R3"),
            "exclusive_group": draw.one("", "", "either"),
            "state": draw.one(*["", "idea", "running"] * 4, "done", "stopped"),
        }  # fmt: skip
        if effort:
            row["effort_base"] = draw.one(0, 0.25, 0.5)
            row["effort_per_partner"] = draw.one(0.25, 0.5, 1)
        rows.append(row)
    draw.tables["cases"] = rows


def offers(draw: Draw) -> None:
    """Capabilities, what regions have of them and what they need."""
    draw.capabilities = (
        ["K1", "K2"] if draw.small else draw.one(["K1", "K2"], ["K1", "K2", "K3"])
    )
    draw.tables["capabilities"] = [
        {"capability": k, "name": k} for k in draw.capabilities
    ]
    priced = draw.maybe(0.8)
    assets: list[Row] = []
    for region in draw.regions:
        for k in draw.capabilities:
            for actor in draw.some(["", "acme"], 0.7):
                row: Row = {"region": region, "capability": k, "actor": actor}
                row["level"] = draw.one(0, *[1, 2, 3] * 3)
                row["capacity"] = draw.one("", 1, 1.5, 2, 3, 4, "unlimited")
                if priced:
                    row["unit_cost"] = draw.one(0, 2 * STEP, 4 * STEP)
                assets.append(row)
    draw.tables["assets"] = assets
    needs: dict[tuple[Any, ...], Row] = {}
    for _ in range(2 if draw.small else 3):
        need: Row = {
            "region": draw.one(*draw.regions),
            "capability": draw.one(*draw.capabilities),
            "actor": draw.one("", "", "brown"),
            "amount": draw.one(0.5, 1, 2, 2.5, 3, 4),
            "min_level": draw.one("", 1, 2, 3), "value": draw.one("", 0.5, 1, 2),
        }  # fmt: skip
        key = (
            need["region"],
            need["capability"],
            need["actor"],
            need["min_level"] or 1,
        )
        needs[key] = need
    draw.tables["needs"] = list(needs.values())


def roles(draw: Draw) -> None:
    """Roles of every kind."""
    rows: list[Row] = []
    for case in draw.cases:
        for k in draw.capabilities:
            for kind in draw.some(["best", "total", "exchange"], 0.3):
                row: Row = {"case": case, "capability": k, "kind": kind}
                row["weight"] = draw.one("", 0.5, 2)
                if kind == "best":
                    row["min_level"] = draw.one("", 0, 1, 1, 2)
                    row["min_providers"] = draw.one(*[""] * 4, 1, 2)
                elif kind == "total":
                    row["min_total"] = draw.one("", "", 0, 2, 3)
                else:
                    row["min_amount"] = draw.one(*[""] * 9, 1, 1.5, 2)
                rows.append(row)
    draw.tables["roles"] = rows


def strategy(draw: Draw) -> None:
    """Commitments, priorities and topics."""
    commitments: list[Row] = []
    if draw.maybe(0.3 if draw.money else 0.5):
        for region in draw.regions:
            scopes = [("", ""), *((case, "") for case in draw.cases), ("", "steel")]
            for i, (case, partnership) in enumerate(scopes):
                if draw.maybe(0.8 if i == 0 else 0.25):
                    commitments.append({
                        "region": region, "case": case, "partnership": partnership,
                        "level": draw.one(0, 1, 2, 3, 3, 3, 4, 5),
                        "expires": draw.one("", "", AFTER, BEFORE),
                    })  # fmt: skip
    draw.tables["commitments"] = commitments
    priorities: list[Row] = []
    topics: list[Row] = []
    if draw.maybe(0.8):
        for topic in ("T1", "T2"):
            for region in draw.some(draw.regions, 0.6):
                priorities.append({
                    "region": region, "topic": topic, "weight": draw.one("", 0.5, 0.2),
                    "valid_until": draw.one("", "", "", AFTER, BEFORE),
                })  # fmt: skip
            for case in draw.some(draw.cases, 0.6):
                weight = draw.one("", 0.5, 0.6)
                topics.append({"case": case, "topic": topic, "weight": weight})
    draw.tables["priorities"], draw.tables["case_topics"] = priorities, topics


def verdicts(draw: Draw) -> None:
    """What two experts say of pairs of regions."""
    rows: list[Row] = []
    words = ("validated", "validated", "validated", "doubtful", "rejected")
    for provider in draw.regions:
        for receiver in draw.regions:
            for k in draw.capabilities:
                if provider == receiver or not draw.maybe(0.4):
                    continue
                for expert in draw.some(["ann", "bob"], 0.6):
                    rows.append({
                        "provider": provider, "receiver": receiver, "capability": k,
                        "verdict": draw.one(*words), "expert": expert,
                    })  # fmt: skip
    draw.tables["verdicts"] = rows

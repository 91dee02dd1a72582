"""Random scenario folders that are tiny enough for the oracle.

Between them they use every rule. The same seed always writes the same folder.
Money comes in multiples of 10 000 EUR and rates are short decimals, so that
whole cents never decide whether something can be paid.
"""

from __future__ import annotations

import csv
import json
import random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import SCHEME, TODAY, Draw, cited, consortium, head
from tests.property.drawn_applications import applications
from tests.property.drawn_beneficiaries import beneficiaries
from tests.property.drawn_cohesion import cohesion
from tests.property.drawn_engagement import engagement
from tests.property.drawn_money import costs, grant, own, pool, share_bounds
from tests.property.drawn_sources import sources
from tests.property.drawn_tables import (
    cases,
    offers,
    regions,
    roles,
    strategy,
    verdicts,
)
from tests.property.drawn_terms import terms
from tests.property.drawn_years import years

if TYPE_CHECKING:
    from pathlib import Path

    from tests.property.drawing import Row


def write_scenario(
    folder: Path, seed: int, *, money: bool, small: bool = False
) -> Path:
    """Draw a scenario, write it as a folder and return the folder; see `drawn`."""
    return write(folder, drawn(seed, money=money, small=small))


def drawn(seed: int, *, money: bool, small: bool = False) -> Draw:
    """Tables and files of a scenario, as plain data.

    Parameters
    ----------
    seed
        Decides everything.
    money
        Whether the scenario has costs, instruments and own budgets.
    small
        At most 3 regions, 2 cases and 2 needs, for quick tests in numbers.
    """
    draw = Draw(random.Random(f"{seed} {money} {small}"), money, small)
    regions(draw)
    cases(draw)
    offers(draw)
    roles(draw)
    strategy(draw)
    verdicts(draw)
    _partnership(draw)
    if money:
        costs(draw)
        grant(draw)
        pool(draw)
        own(draw)
    _objective(draw)
    _settings(draw)
    engagement(draw)
    terms(draw)
    if money:
        years(draw)
    cohesion(draw)
    if money:
        beneficiaries(draw)
    if money:
        applications(draw)
        sources(draw)
    return draw


def write(folder: Path, draw: Draw) -> Path:
    """Write tables and files into a folder, made if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in draw.tables.items():
        if rows:
            _write_table(folder / f"{name}.csv", rows)
    for name, data in draw.files.items():
        # JSON is YAML, so the file needs no writer of its own.
        (folder / name).write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    return folder


def _write_table(path: Path, rows: list[Row]) -> None:
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _partnership(draw: Draw) -> None:
    if draw.maybe(0.15):
        return
    book = head("partnership", "partnership")
    book["consortium"] = consortium(draw, 0.2)
    if draw.maybe(0.7):
        needs: list[dict[str, Any]] = [
            {"role": "lead", "level": cited(draw.one(1, 2, 3))},
            {"role": "partner", "level": cited(draw.one(1, 1, 2))},
        ]
        if draw.maybe(0.5):
            phase = draw.one("learn", "demonstrate")
            needs.append(
                {"role": "partner", "phase": phase, "level": cited(draw.one(0, 1))}
            )
        if draw.maybe(0.5):
            needs.append({"role": "observer", "level": cited(1)})
        book["commitment"] = needs
    if draw.maybe(0.4):
        book["priority_min_fit"] = cited(draw.one(0.1, 0.1, 0.5))
    if draw.maybe(0.2):
        book["max_cases"] = cited(draw.one(1, 2))
    if draw.money:
        if draw.maybe(0.5):
            book["cost_share"] = share_bounds(draw)
        if draw.maybe(0.5):
            book["exchange_layer"] = cited(draw.one(1, 2))
    draw.files["partnership.yaml"] = book


def _objective(draw: Draw) -> None:
    draw.files["objective.yaml"] = {
        "format": 1, "id": "objective", "name": "drawn",
        "weights": {
            "need_coverage": draw.one(0, 0.5, 1, 1),
            "role_quality": draw.one(0, 0.5, 1, 1),
            "scale": draw.one(0, 0.5, 1), "scope": draw.one(0, 1, 1),
            "strategic_fit": draw.one(0, 1, 2), "cohesion": draw.one(0, 0.5, 1),
            "coordination_cost": draw.one(0, 0.1, 0.1, 0.2, 0.2, 0.5),
        },
        "parameters": {
            "scale": {"steps": draw.one(
                [{"levels": 3, "points": 1}, {"levels": 3, "points": 0.5}],
                [{"levels": 1, "points": 1}, {"levels": 2, "points": 0.25}],
                [{"levels": 9, "points": 0.2}],
            )},
            "scope": {"share": draw.one(0.5, 0.75, 1)},
            "strategic_fit": {"observer_share": draw.one(0, 0.1, 0.5)},
            "cohesion": {
                "scheme": SCHEME, "points": {"less_developed": 1, "transition": 0.5},
            },
            "coordination_cost": {
                "per_case": draw.one(0.5, 1), "per_member": draw.one(0.2, 0.5),
                "per_state": draw.one(0, 0.1), "per_observer": draw.one(0.05, 0.2),
            },
        },
    }  # fmt: skip


def _pins(draw: Draw) -> list[dict[str, Any]]:
    pins: list[dict[str, Any]] = []
    if draw.maybe(0.7):
        return pins
    for _ in range(draw.one(1, 1, 2)):
        pin: dict[str, Any] = {"case": draw.one(*draw.cases)}
        if draw.maybe(0.75):
            pin["region"] = draw.one(*draw.regions)
            pin["role"] = draw.one("lead", "partner", "member", "member", "observer")
        pin["forbid"] = draw.maybe(0.6)
        pins.append(pin)
    return pins


def _settings(draw: Draw) -> None:
    limits: dict[str, int] = {}
    ended = [row["state"] in ("done", "stopped") for row in draw.tables["cases"]]
    if draw.maybe(0.15) and not all(ended):
        limits["min_cases"] = 1
    if draw.maybe(0.2):
        limits["max_cases"] = draw.one(1, 2)
    books = [name for name in draw.files if name != "objective.yaml"]
    draw.files["scenario.yaml"] = {
        "format": 1, "title": "Drawn at random", "date": TODAY,
        "rulebooks": books, "objective": "objective.yaml",
        "exchanges": draw.one(*["not-rejected"] * 4, "validated-only"),
        "limits": limits, "pins": _pins(draw),
    }  # fmt: skip

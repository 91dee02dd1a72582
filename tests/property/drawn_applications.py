"""Random applications: bundles of cases, instruments apart, and chances of success."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import STEP, cited, consortium

if TYPE_CHECKING:
    from tests.property.drawing import Draw

CHANCES: tuple[dict[str, Any], ...] = (
    {"value": 0.25}, {"value": 0.5}, {"value": 0.8}, {"value": 1}, {"value": 0},
    {"submitted": 10, "funded": 3}, {"submitted": 3, "funded": 1},
)  # fmt: skip
"""Certain money, none at all, and shares that decimals hold or do not."""


def applications(drawn: Draw) -> None:
    """Say how the drawn instruments are asked for money, and how likely it is."""
    # a source of its own, so that whatever else is drawn stays as it is
    draw = replace(drawn, rng=Random(f"applications {drawn.tables['costs']}"))
    names = [name for name in ("grant.yaml", "pool.yaml") if name in draw.files]
    for name in names:
        book = draw.files[name]
        if draw.maybe(0.4):
            _bundles(draw, book)
        elif draw.maybe(0.15):
            book["application"] = {"max_number": cited(1)}
        if draw.maybe(0.4):
            book["success"] = {**draw.one(*CHANCES), "source": "S"}
    if len(names) == 2 and draw.maybe(0.3):
        _apart(draw)
    if names and draw.maybe(0.5):
        _easy(draw)
        if draw.maybe(0.4):
            _on_grants(draw, names)
    objective = draw.files["objective.yaml"]
    if draw.maybe(0.35):
        # a need may be served in cases of different chances: scope has no expectation
        objective["weights"]["scope"] = 0
        objective["expected"] = True
        for name in names:
            told = {**draw.one(*CHANCES), "source": "S"}
            draw.files[name].setdefault("success", told)
    objective["weights"]["launched_cases"] = draw.one(0, 0, 0, 0.5, 2)


def awaiting(drawn: Draw) -> bool:
    """Have the drawn setting await the answer of an instrument; whether it can."""
    names = [name for name in ("grant", "pool") if f"{name}.yaml" in drawn.files]
    if not names:
        return False
    draw = replace(drawn, rng=Random(f"awaiting {drawn.tables['costs']}"))
    awaited = draw.one(*names)
    for name in names:
        if draw.maybe(0.6):
            for rule in ("phases", "trl", "states", "layers", "consortium", "grant"):
                draw.files[f"{name}.yaml"].pop(rule, None)
    for book in draw.files.values():
        if book.get("kind") not in (None, "partnership", "own"):
            share = draw.one(0.25, 0.5, 0.8, 1)
            if book["id"] == awaited:
                share = draw.one(0.25, 0.5, 0.5, 0.8, 0)
                if draw.maybe(0.5):  # so that another case need not wait
                    book["application"] = {"max_number": cited(1)}
            book["success"] = {"value": share, "source": "S"}
    if draw.maybe(0.8):
        _easy(draw)
    objective = draw.files["objective.yaml"]
    objective["expected"] = True
    objective["weights"]["scope"] = 0
    objective["weights"]["launched_cases"] = draw.one(0, 1, 2)
    draw.files["scenario.yaml"]["wait_for"] = awaited
    return True


def _easy(draw: Draw) -> None:
    """Make cases worth launching, so that several ask for money together."""
    draw.files.pop("partnership.yaml", None)
    settings = draw.files["scenario.yaml"]
    settings["rulebooks"] = [n for n in settings["rulebooks"] if n in draw.files]
    settings["limits"] = {}
    draw.files["objective.yaml"]["weights"] |= {"cohesion": 1, "coordination_cost": 0.1}
    free = {
        "roles": {"min_level", "min_providers", "min_total", "min_amount"},
        "cases": {"exclusive_group", "leads", "min_states", "effort_base",
                  "effort_per_partner"},
        "regions": {"max_cases", "max_leads"},
    }  # fmt: skip
    for table, columns in free.items():
        for row in draw.tables[table]:
            row |= dict.fromkeys(columns & row.keys(), "")
    draw.tables.pop("skill_effort", None)


def _on_grants(draw: Draw, names: list[str]) -> None:
    """Let instruments pay anybody all, and regions next to nothing."""
    for row in draw.tables["regions"]:
        row["own_budget"] = draw.one(0, 0, STEP)
    for name in names:
        book = draw.files[name]
        for part in (
            "phases", "trl", "layers", "states", "duration", "envelope",
            "per_region_cap", "cost_share", "valid_from", "valid_to",
        ):  # fmt: skip
            book.pop(part, None)
        book["rate"] = [{"value": 1, "source": "S"}]
        if "bundle" not in book.get("application", {}):
            book["consortium"] = {}
            book["application"] = draw.one({}, {"max_number": cited(1)})
            most = draw.euros(2, 8)
            book["grant"] = draw.one({}, {"max": cited(most)}, {"max": cited(most)})


def _bundles(draw: Draw, book: dict[str, Any]) -> None:
    rules: dict[str, Any] = {"bundle": cited(True)}
    if draw.maybe(0.4):
        rules["max_cases"] = cited(draw.one(1, 2, 2))
    if draw.maybe(0.4):
        rules["max_number"] = cited(draw.one(1, 1, 2))
    book["application"] = rules
    asked = consortium(draw, 0.3)
    if draw.maybe(0.4):  # more than one case alone may have
        asked["min_regions"] = cited(draw.one(3, 4))
    if draw.maybe(0.3):
        asked["max_partners"] = cited(draw.one(2, 3, 4))
    book["consortium"] = asked
    if draw.maybe(0.5):
        least = draw.euros(3, 8)
        book["grant"] = {"min": cited(least), "max": cited(least + draw.euros(0, 6))}


def _apart(draw: Draw) -> None:
    """One of two instruments does not pay beside the other, by its id or its group."""
    one, other = draw.one(("grant", "pool"), ("pool", "grant"))
    word = draw.one(other, "public")
    draw.files[f"{one}.yaml"]["stacking"] = {
        "excludes": [{"of": [word], "source": "S"}],
    }
    draw.files[f"{other}.yaml"]["stacking"] = {"groups": ["public"]}

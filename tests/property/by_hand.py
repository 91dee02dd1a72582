"""Scenarios of three regions and one case, small enough to solve by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from matcher.scenario.load import load
from matcher.verify.oracle import best

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from matcher.scenario.setting import Setting

THREE = """
region,name,state,nuts,category.c
A,A,NO,,less_developed
B,B,SE,,transition
C,C,ES,,more_developed
"""
ONE_CASE = "case,name\nD,D\n"
CAPABILITY = "capability\nK\n"


def book(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A rulebook of one kind."""
    return {
        "format": 1, "id": name, "kind": kind, "name": name,
        "confidence": "assumption", "sources": {"S": "made for the test"}, **more,
    }  # fmt: skip


def scene(
    folder: Path,
    weights: dict[str, float],
    *,
    books: tuple[dict[str, Any], ...] = (),
    parameters: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **tables: str,
) -> Setting:
    """Write a scenario of three regions and one case, unless told otherwise."""
    defaults = {"regions": THREE, "cases": ONE_CASE, "capabilities": CAPABILITY}
    for name, text in {**defaults, **tables}.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), "utf-8")
    for each in books:
        (folder / f"{each['id']}.yaml").write_text(json.dumps(each), "utf-8")
    standard = {
        "scale": {"steps": [{"levels": 3, "points": 1}, {"levels": 3, "points": 0.5}]},
        "scope": {"share": 0.5},
        "strategic_fit": {"observer_share": 0.5},
        "cohesion": {"scheme": "c", "points": {"less_developed": 1, "transition": 0.5}},
        "coordination_cost": {
            "per_case": 1, "per_member": 0.5, "per_state": 0.1, "per_observer": 0.1,
        },
    }  # fmt: skip
    objective = {
        "format": 1, "id": "o", "name": "o", "weights": weights,
        "parameters": {**standard, **(parameters or {})},
    }  # fmt: skip
    (folder / "o.yaml").write_text(json.dumps(objective), "utf-8")
    scenario = {
        "format": 1, "title": "t", "date": "2025-06-01", "objective": "o.yaml",
        "rulebooks": [f"{each['id']}.yaml" for each in books], **(settings or {}),
    }  # fmt: skip
    (folder / "scenario.yaml").write_text(json.dumps(scenario), "utf-8")
    return load(folder).setting()


def worth(setting: Setting, *, funding: bool = False) -> Fraction | None:
    """Value of the best plan, or None."""
    answer = best(setting, funding=funding)
    return None if answer is None else answer.value

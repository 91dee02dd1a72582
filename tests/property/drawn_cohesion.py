"""Random demands on breadth: substantive roles, newcomers, balance between states."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import SCHEME, cited

if TYPE_CHECKING:
    from tests.property.drawing import Draw

SIZE = "size"
"""A second classification scheme."""


def cohesion(draw: Draw) -> None:
    """Demands on breadth, drawn last, for partnerships that have a rulebook."""
    # a source of its own, so that whatever else is drawn stays as it is
    pick = Random(repr(draw.tables["regions"]))
    book = draw.files.get("partnership.yaml")
    if book is None:
        return
    if pick.random() < 0.25:
        _groups(draw, book, pick)
    if pick.random() < 0.35:
        book["min_newcomers"] = cited(pick.choice((1, 1, 1, 2)))
    if pick.random() < 0.25:
        book["max_state_share"] = cited(pick.choice((0.5, 0.5, 0.6, 0.75)))


def _groups(draw: Draw, book: dict[str, Any], pick: Random) -> None:
    """One or two groups, of one or two schemes, that ask for substantive roles."""
    groups = [_group(SCHEME, ["transition", "less_developed"], draw, pick)]
    if pick.random() < 0.4:
        for row in draw.tables["regions"]:
            row[f"category.{SIZE}"] = pick.choice(("big", "small", "small", ""))
        # a column without any value counts as none, and may not be asked for
        if any(row[f"category.{SIZE}"] for row in draw.tables["regions"]):
            groups.append(_group(SIZE, ["small"], draw, pick))
    book["consortium"]["required"] = groups
    if pick.random() < 0.8:
        pick.choice(draw.tables["capabilities"])["class"] = "lead_user"


def _group(
    scheme: str, categories: list[str], draw: Draw, pick: Random
) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if pick.random() < 0.7:
        asked["lead_user_floor"] = cited(pick.choice((1, 1, 2, 3)))
    if draw.money and pick.random() < 0.8:
        asked["min_share"] = cited(pick.choice((0.25, 0.5, 0.75)))
    group: dict[str, Any] = {"scheme": scheme, "categories": categories}
    group["min_regions"] = cited(pick.choice((0, 1, 1, 1)))
    if pick.random() < 0.9:
        group["substantive"] = asked
    return group

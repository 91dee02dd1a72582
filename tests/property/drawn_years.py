"""Random years: a horizon, costs that fall due in years, and grants that end."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import STEP, cited

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row

FIRST_DAYS = ("2025-01-01", "2025-06-15", "2025-12-01")
YEARS = (2025, 2026, 2027)
DATES: tuple[dict[str, str], ...] = (
    {}, {}, {}, {}, {"valid_from": "2024-01-01", "valid_to": "2025-12-31"},
    {"valid_to": "2024-12-31"}, {"valid_from": "2029-01-01"},
)  # fmt: skip
"""When an instrument holds: always, in part of the horizon, or before or after it."""


def years(draw: Draw) -> None:
    """Give most scenarios with money a horizon, and dates to what lies in it."""
    # a source of its own, so that whatever else is drawn stays as it is
    pick = Random(repr(draw.tables["costs"]))
    if pick.random() < 0.3:
        return
    horizon = {"start": pick.choice(FIRST_DAYS), "end": "2027-12-31"}
    draw.files["scenario.yaml"]["horizon"] = horizon
    draw.tables["costs"] = [
        part for row in draw.tables["costs"] for part in _dated(row, pick)
    ]
    for name in ("grant.yaml", "pool.yaml"):
        if name in draw.files:
            _ending(draw.files[name], pick)


def _dated(row: Row, pick: Random) -> list[Row]:
    """A cost line as it is, in one year, or the same sum in two years."""
    first, last = sorted(pick.sample(YEARS, 2))
    if pick.random() < 0.4:
        return [{**row, "year": pick.choice(("", last, last))}]
    early = STEP * pick.randint(1, max(1, row["amount"] // STEP // 2))
    if early >= row["amount"]:
        return [{**row, "year": last}]
    return [
        {**row, "year": first, "amount": early},
        {**row, "year": last, "amount": row["amount"] - early},
    ]


def _ending(book: dict[str, Any], pick: Random) -> None:
    book |= pick.choice(DATES)
    if pick.random() < 0.75:
        book["duration"] = {"max": cited(pick.choice((6, 6, 12, 18)))}
        if pick.random() < 0.5:
            book["duration"]["min"] = cited(6)
    if pick.random() < 0.4:
        book["months_to_contract"] = cited(pick.choice((1, 6, 12)))

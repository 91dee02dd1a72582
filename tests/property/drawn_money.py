"""Random costs, instruments and own money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.property.drawing import SCHEME, cited, consortium, head

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row


def share_bounds(draw: Draw) -> dict[str, Any]:
    """Bounds on each member's share of a case."""
    bounds: dict[str, Any] = {}
    if draw.maybe(0.6):
        bounds["min"] = cited(draw.one(0.1, 0.2, 0.25))
    if draw.maybe(0.6):
        bounds["max"] = cited(draw.one(0.5, 0.6, 0.75))
    return bounds


def costs(draw: Draw) -> None:
    """Cost lines by layer, per case and per member."""
    rows: list[Row] = []
    for case in draw.cases:
        for layer in [*draw.some(["2", "coordination"], 0.25), "1"]:
            per = draw.some(["case", "partner"], 0.6) or ["case"]
            for kind in per:
                amount = draw.euros(1, 6) if kind == "case" else draw.euros(1, 2)
                rows.append(
                    {"case": case, "layer": layer, "per": kind, "amount": amount}
                )
    draw.tables["costs"] = rows
    draw.tables["budgets"] = []


def _windows(draw: Draw, book: dict[str, Any]) -> None:
    """Phases, readiness, layers and states that an instrument accepts."""
    if draw.maybe(0.3):
        book["phases"] = cited(
            ["demonstrate", "commercialise", draw.one("learn", "scale_up")]
        )
    if draw.maybe(0.25):
        book["trl"] = {"start": {"min": cited(draw.one(4, 5))}}
    if draw.maybe(0.2):
        book.setdefault("trl", {})["end"] = {"max": cited(draw.one(8, 9))}
    if draw.maybe(0.4):
        book["layers"] = cited(draw.one([1], [1, 2], [1, "coordination"], [2]))
    if draw.maybe(0.2):
        book["states"] = cited(["NO", "SE", draw.one("ES", "PT")])


def _rates(draw: Draw) -> list[dict[str, Any]]:
    rates: list[dict[str, Any]] = []
    if draw.maybe(0.5):
        rates.append(
            {
                "scheme": SCHEME,
                "category": "less_developed",
                "value": 0.8,
                "source": "S",
            }
        )
    if draw.maybe(0.3):
        rates.append(
            {"scheme": SCHEME, "category": "transition", "value": 1, "source": "S"}
        )
    if not rates or draw.maybe(0.85):
        rates.append({"value": draw.one(0.25, 0.5, 0.8, 0.8, 1), "source": "S"})
    return rates


def grant(draw: Draw) -> None:
    """An instrument that pays any eligible member."""
    if draw.maybe(0.15):
        return
    book = head("grant", "grant") | {"rate": _rates(draw)}
    _windows(draw, book)
    book["consortium"] = consortium(draw, 0.3)
    size: dict[str, Any] = {}
    floor = 0
    if draw.maybe(0.5):
        floor = draw.euros(1, 6)
        size["min"] = cited(floor)
    if draw.maybe(0.5):
        size["max"] = cited(max(draw.euros(3, 12), floor))
    book["grant"] = size
    if draw.maybe(0.5):
        book["cost_share"] = share_bounds(draw)
    if draw.maybe(0.4):
        book["envelope"] = cited(draw.euros(2, 12))
    if draw.maybe(0.5):
        book["per_region_cap"] = cited(draw.euros(1, 5))
    rows = draw.tables["budgets"]
    if draw.maybe(0.2):
        amount = draw.one(draw.euros(2, 12), draw.euros(2, 12), "unlimited")
        rows.append({"instrument": "grant", "region": "", "amount": amount})
    if draw.maybe(0.2):
        region = draw.one(*draw.regions)
        rows.append(
            {"instrument": "grant", "region": region, "amount": draw.euros(0, 5)}
        )
    draw.files["grant.yaml"] = book


def pool(draw: Draw) -> None:
    """An instrument that pays from rows of its regions."""
    if draw.maybe(0.25):
        return
    kind = draw.one("pooled", "programme")
    book = head("pool", kind) | {"rate": _rates(draw)}
    _windows(draw, book)
    book["consortium"] = consortium(draw, 0.2)
    if draw.maybe(0.25):
        book["grant"] = {"min": cited(draw.euros(1, 4))}
    if draw.maybe(0.2):
        book["envelope"] = cited(draw.euros(4, 12))
    rows = draw.tables["budgets"]
    for region in draw.some(draw.regions, 0.7):
        for year in draw.some(["2025", "2026"], 0.5) or [""]:
            amount = draw.one(*[draw.euros(1, 6)] * 4, "unlimited")
            rows.append(
                {"instrument": "pool", "region": region, "amount": amount, "year": year}
            )
    if draw.maybe(0.2):
        rows.append({"instrument": "pool", "region": "", "amount": draw.euros(4, 12)})
    draw.files["pool.yaml"] = book


def own(draw: Draw) -> None:
    """Limits on own money."""
    if draw.maybe(0.4):
        book = head("own", "own")
        if draw.maybe(0.9):
            book["max_own_share"] = cited(draw.one(0.5, 0.75, 0.75, 1))
        draw.files["own.yaml"] = book

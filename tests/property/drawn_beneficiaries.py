"""Random types of beneficiaries, and what instruments and aid rules ask of them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import SCHEME, cited

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row

Mixes = tuple[dict[str, float], ...]
WHOLE: Mixes = ({}, {"sme": 1}, {"sme": 1}, {"company": 1}, {"rto": 1}, {"public": 1})
HALVES: Mixes = (
    {}, {"sme": 1}, {"sme": 0.5, "rto": 0.5}, {"company": 0.5}, {"public": 1},
    {"sme": 0.5, "company": 0.5},
)  # fmt: skip
"""Where these are drawn, so are only rates and caps whose halves leave members a part
to pay that money in round sums covers: whole cents must never decide."""
FIRMS, OTHERS = ["sme", "company"], ["rto", "public", "ngo"]


def beneficiaries(draw: Draw) -> None:
    """Types for most scenarios with money, and demands that speak of them."""
    # a source of its own, so that whatever else is drawn stays as it is
    pick = Random(f"{draw.tables['costs']} {draw.tables['budgets']}")
    if pick.random() < 0.3:
        return
    books = [draw.files[n] for n in ("grant.yaml", "pool.yaml") if n in draw.files]
    quarters = any(rate["value"] == 0.25 for book in books for rate in book["rate"])
    halves = not quarters and pick.random() < 0.5
    if pick.random() < 0.85:
        draw.tables["beneficiaries"] = _types(draw, pick, HALVES if halves else WHOLE)
    for book in books:
        _rates(book, pick, halves=halves)
    club = draw.files.get("partnership.yaml", {})
    if pick.random() < 0.6:
        _strict(books, club, pick)
        return
    for book in books:
        _demands(book, pick)
    if pick.random() < 0.5:
        club["aid_cap"] = _caps(pick, halves=halves)


def _strict(books: list[dict[str, Any]], club: dict[str, Any], pick: Random) -> None:
    """One demand that hardly any plan meets, so that it decides more often."""
    what = pick.choice(("aid", "aid", "aid", "state", "types", "earmark"))
    if what == "aid":
        club["aid_cap"] = [{"value": pick.choice((0, 0, 0.2)), "source": "S"}]
    for book in books:
        if what == "state":
            book["max_state_share"] = cited(0.4)
        elif what == "types":
            book["min_beneficiary_share"] = {"types": FIRMS, "min": cited(1)}
        elif what == "earmark":
            book["earmarks"] = [{"types": ["ngo"], "min_share": cited(0.5)}]


def _types(draw: Draw, pick: Random, mixes: Mixes) -> list[Row]:
    places = [(region, "") for region in draw.regions]
    places += [
        (region, case)
        for region in draw.regions
        for case in draw.cases
        if pick.random() < 0.15
    ]
    return [
        {"region": region, "case": case, "type": kind, "share": share}
        for region, case in places
        for kind, share in pick.choice(mixes).items()
    ]


def _rates(book: dict[str, Any], pick: Random, *, halves: bool) -> None:
    if pick.random() < 0.35:
        first: Row = {"value": 1 if halves else pick.choice((0, 0.5, 1)), "source": "S"}
        first["beneficiary"] = pick.choice((FIRMS, OTHERS, ["sme"]))
        if pick.random() < 0.3:
            first |= {"scheme": SCHEME, "category": "transition"}
        book["rate"].insert(0, first)
    if pick.random() < 0.2:
        book["rate"].insert(0, {"layers": [1], "value": 0.5, "source": "S"})


def _demands(book: dict[str, Any], pick: Random) -> None:
    if pick.random() < 0.4:
        book["earmarks"] = [_earmark(pick) for _ in range(pick.choice((1, 1, 2)))]
    if pick.random() < 0.2:
        book["max_state_share"] = cited(pick.choice((0.5, 0.5, 0.6, 0.75)))
    if pick.random() < 0.25:
        least = cited(pick.choice((0.25, 0.5, 0.75)))
        book["min_beneficiary_share"] = {"types": FIRMS, "min": least}


def _earmark(pick: Random) -> Row:
    least = cited(pick.choice((0.2, 0.5, 0.75, 1)))
    group: Row = {"types": pick.choice((FIRMS, OTHERS, ["sme"]))}
    if pick.random() < 0.3:
        group = {"scheme": SCHEME, "categories": ["less_developed", "transition"]}
    enforce = {"enforce": "soft"} if pick.random() < 0.2 else {}
    return {**group, "min_share": least, **enforce}


def _caps(pick: Random, *, halves: bool) -> list[Row]:
    """A cap for firms, or for one category and for everybody else, or for all."""
    caps: list[Row] = []
    if halves or pick.random() < 0.7:
        caps.append({"beneficiary": FIRMS, "value": pick.choice((0, 0.2, 0.5))})
    if halves:
        return [{**cap, "source": "S"} for cap in caps]
    if pick.random() < 0.3:
        here = {"scheme": SCHEME, "category": "more_developed"}
        caps.append({**here, "value": 0.2})
    if not caps or pick.random() < 0.5:
        caps.append({"value": pick.choice((0.2, 0.5))})
    return [{**cap, "source": "S"} for cap in caps]

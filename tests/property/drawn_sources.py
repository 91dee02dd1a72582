"""Random money beside plain grants: loans, pledges, vouchers, cumulative pairs."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.property.drawing import cited, head

if TYPE_CHECKING:
    from tests.property.drawing import Draw

FIRMS = ("sme", "company")
BOOKS = ("grant.yaml", "pool.yaml")


def sources(drawn: Draw) -> None:
    """Other kinds of money for some scenarios, and demands on who gets it."""
    # a source of its own, so that whatever else is drawn stays as it is
    draw = replace(drawn, rng=Random(f"sources {drawn.tables['costs']}"))
    if draw.maybe(0.35):
        return
    for write in (_nation, _loan, _pledges):
        if draw.maybe(0.35):
            name = write(draw)
            draw.files["scenario.yaml"]["rulebooks"].append(name)
            if draw.files["objective.yaml"].get("expected"):
                # certain: each choice of uncertain money is tried by the oracle
                draw.files[name]["success"] = {"value": 1, "source": "S"}
    for name in (*BOOKS, "nation.yaml"):
        if name in draw.files:
            _whom(draw, draw.files[name])
    pool = draw.files.get("pool.yaml")
    if pool is not None and pool["kind"] == "programme" and draw.maybe(0.9):
        pool["out_of_area"] = {"cap": cited(draw.one(0, 0.1, 0.25, 1))}
    elif pool is not None and draw.maybe(0.6):
        pool["associates"] = cited(value=draw.maybe(0.8))
        pool.setdefault("cost_share", {"min": cited(draw.one(0.2, 0.25))})


def _nation(draw: Draw) -> str:
    """A second grant, which some others allow for the same euro."""
    rate = {"value": draw.one(0.25, 0.5, 0.8), "source": "S"}
    book = head("nation", "grant") | {"rate": [rate]}
    book["stacking"] = {"groups": ["national"]}
    if draw.maybe(0.5):
        book["envelope"] = cited(draw.euros(2, 8))
    beside = {"of": [draw.one("nation", "national")], "source": "S"}
    for name in BOOKS:
        if name in draw.files and draw.maybe(0.6):
            draw.files[name].setdefault("stacking", {})["cumulative"] = [beside]
    draw.files["nation.yaml"] = book
    return "nation.yaml"


def _loan(draw: Draw) -> str:
    """Money to be repaid, or for a part of a company."""
    rate = {"value": draw.one(0.2, 0.25, 0.5), "source": "S"}
    book = head("loan", draw.one("loan", "loan", "equity")) | {"rate": [rate]}
    if draw.maybe(0.4):
        book["envelope"] = cited(draw.euros(1, 6))
    draw.files["loan.yaml"] = book
    return "loan.yaml"


def _pledges(draw: Draw) -> str:
    """What companies of some regions pledge."""
    book = head("firms", "private") | {"in_kind": cited(value=True)}
    if draw.maybe(0.3):
        book["rate"] = [{"value": draw.one(0.25, 0.5), "source": "S"}]
    draw.files["firms.yaml"] = book
    for region in draw.some(draw.regions, 0.6):
        amount = draw.one(draw.euros(1, 4), draw.euros(1, 4), "unlimited")
        row = {"instrument": "firms", "region": region, "amount": amount}
        draw.tables["budgets"].append(row)
    return "firms.yaml"


def _whom(draw: Draw, book: dict[str, Any]) -> None:
    """A cap for each firm, or a provider in another state."""
    if draw.maybe(0.3):
        if book["kind"] == "grant":
            book["kind"] = draw.one("voucher", "cascade")
        types = draw.one(["sme"], ["company", "sme"])
        book["per_firm"] = {"cap": cited(draw.euros(1, 3)), "types": types}
        draw.tables.setdefault("actors", [
            {"actor": f"X{i}", "region": region, "type": draw.one(*FIRMS, "rto", "")}
            for i, region in enumerate(draw.regions * draw.one(1, 2))
        ])  # fmt: skip
    if draw.maybe(0.3):
        book["foreign_provider"] = cited(value=draw.maybe(0.9))
        if draw.maybe(0.5):  # rarely has a case that is paid members of one state
            _at_home(draw, book)


def _at_home(draw: Draw, book: dict[str, Any]) -> None:
    """Nearly all regions are of one state, and nobody asks for more of them."""
    for row in draw.tables["regions"][draw.one(0, 0, 1) :]:
        row["state"] = "NO"
    for asking in (book, draw.files.get("partnership.yaml", {})):
        asking.get("consortium", {}).pop("min_states", None)
        asking.pop("max_state_share", None)
    for row in draw.tables["cases"]:
        row.pop("min_states", None)

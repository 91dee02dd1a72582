"""Random demands on who stands behind a case: drawn last, on top of all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.property.drawing import cited

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row

TYPES = ("company", "sme", "cluster")
SKILLS = ("legal", "technical")


def engagement(draw: Draw) -> None:
    """Mandates, co-leads, organisations, lead users and people by skill."""
    book = draw.files.get("partnership.yaml", {})
    if draw.maybe(0.6):
        _mandates(draw, book)
    if draw.maybe(0.9 if draw.tables["commitments"] else 0.1):
        book["min_co_leads"] = cited(draw.one(0, 1, 1, 2, 2, 2))
    if draw.maybe(0.2):
        _organisations(draw, book)
    if draw.maybe(0.2):
        _lead_users(draw, book)
    if draw.maybe(0.25):
        _people(draw)


def _by_phase(draw: Draw, general: Row, special: Row) -> list[Row]:
    """An entry for every phase, and perhaps one for a phase of its own."""
    phase = draw.one("learn", "demonstrate", "demonstrate")
    return [general, *([{"phase": phase, **special}] if draw.maybe(0.4) else [])]


def _mandates(draw: Draw, book: Row) -> None:
    """Every region says yes or no in its first row; others may leave it open."""
    told = set()
    for row in draw.tables["commitments"]:
        unknown = [""] if row["region"] in told else []
        row["mandate"] = draw.one("yes", "yes", "yes", "no", *unknown)
        told.add(row["region"])
    entries: list[Row] = [
        {"role": draw.one("lead", "partner", "partner"), "source": "S"}
    ]
    if draw.maybe(0.3):
        entries.append({"role": "observer", "source": "S"})
    if all(row["phase"] for row in draw.tables["cases"]):
        entries[0]["phase"] = draw.one("learn", "demonstrate", "demonstrate")
    book["mandate"] = entries


def _organisations(draw: Draw, book: Row) -> None:
    rows: list[Row] = []
    for region in draw.regions:
        for _ in range(draw.one(1, 1, 2, 3)):
            kind = draw.one(*TYPES, "rto", "")
            rows.append({"actor": f"X{len(rows)}", "region": region, "type": kind})
    draw.tables["actors"] = rows
    entries: list[Row] = []
    for types in draw.one([["company", "sme"]], [["cluster"]], [["sme"], ["cluster"]]):
        need: Row = {"types": types, "min": cited(draw.one(1, 1, 1, 2))}
        own: Row = {"types": types[::-1], "min": cited(draw.one(0, 2))}
        entries += _by_phase(draw, need, own)
    book["stakeholders"] = entries


def _lead_users(draw: Draw, book: Row) -> None:
    """Asked for where two regions bring some: without one of them it stays a rule."""
    users = set()
    for row in draw.tables["capabilities"]:
        row["class"] = draw.one("lead_user", "lead_user", "skill", "")
        if row["class"] == "lead_user":
            users.add(row["capability"])
    assets = draw.tables["assets"]
    if len({row["region"] for row in assets if row["capability"] in users}) < 2:
        return
    need: dict[str, Any] = {"min": cited(draw.one(1, 2, 3, 4))}
    if draw.maybe(0.6):
        need["cap_per_region"] = cited(draw.one(1, 2, 2, 3))
    own = {"min": cited(draw.one(0, 6))}
    book["lead_users"] = _by_phase(draw, need, own)


def _people(draw: Draw) -> None:
    """Every region has a row for every skill that any case may ask for."""
    amounts = (0, 0.5, 1, 1, 1.5, 2, 3, "unlimited")
    draw.tables["staff"] = [
        {"region": region, "skill": skill, "capacity": draw.one(*amounts)}
        for region in draw.regions
        for skill in SKILLS
    ]
    draw.tables["skill_effort"] = [
        {"case": case, "skill": skill, "base": draw.one("", 0, 0.25, 0.5),
         "per_partner": draw.one("", 0.25, 0.5, 1)}
        for case in draw.cases
        for skill in draw.some([*SKILLS, "unasked"], 0.5)
    ]  # fmt: skip

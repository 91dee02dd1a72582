"""Random weights of terms that only some objectives have, and what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.property.drawing import SCHEME

if TYPE_CHECKING:
    from tests.property.drawing import Draw, Row


def terms(draw: Draw) -> None:
    """Terms about newcomers, observers, reliability, excellence and facilities."""
    for row in draw.tables["capabilities"]:
        if not row.get("class"):
            row["class"] = draw.one("", "facility", "facility", "regulatory")
    for row in draw.tables["commitments"]:
        row["reliability"] = draw.one("", 0.5, 0.8, 1)
    if draw.maybe(0.5):
        draw.tables["memberships"] = _memberships(draw)
    objective = draw.files["objective.yaml"]
    objective["weights"] |= {
        "certification": draw.one(0, 0, 1, 2),
        "commitment_risk": draw.one(0, 0, 0, 0.5, 1),
        "critical_mass": draw.one(0, 0, 0.5, 1),
        "onboarding": draw.one(0, 0, 0.2, 0.5),
        "option_value": draw.one(0, 0, 0.5, 1),
        "pockets": draw.one(0, 0, 0, 0.5, 1),
        "shared_facilities": draw.one(0, 0, 0.2, 0.5),
    }
    objective["parameters"] |= {
        "certification": {"states": draw.one(1, 2, 2)},
        "commitment_risk": {"unknown": draw.one(0, 0.5, 0.8)},
        "critical_mass": {"steps": draw.one(
            [{"at_least": 1, "points": 1}, {"at_least": 2, "points": 0.5}],
            [{"at_least": 1.5, "points": 2}],
            [{"at_least": 0.5, "points": 0.5}, {"at_least": 1.2, "points": 1}],
        )},
        "onboarding": {"per_newcomer": draw.one(0.5, 1)},
        "option_value": {"most_per_case": draw.one(1, 1, 2)},
        "pockets": {
            "scheme": SCHEME, "best": draw.one(0.5, 1), "only": draw.one(0.5, 2),
            "categories": ["less_developed", draw.one("less_developed", "transition")],
        },
        "shared_facilities": {"per_unit": draw.one(0.5, 1)},
    }  # fmt: skip


def _memberships(draw: Draw) -> list[Row]:
    """Regions that cases and partnerships know already, at least two of them."""
    rows: list[Row] = []
    for i, region in enumerate(draw.regions):
        scopes = [("steel", ""), *(("", case) for case in draw.cases)]
        chosen = [scope for scope in scopes if draw.maybe(0.3)]
        if i < 2 and not chosen:
            chosen = [draw.one(*scopes)]
        rows += [
            {"partnership": partnership, "case": case, "region": region}
            for partnership, case in chosen
        ]
    return rows

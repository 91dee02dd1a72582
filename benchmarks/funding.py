"""The instruments of a generated scenario: rulebooks, and budgets by region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.tables import CATEGORIES, PHASES

if TYPE_CHECKING:
    from benchmarks.draw import Draw
    from benchmarks.tables import Base, Row

Book = dict[str, Any]

POOL_PERCENT = 35
"""Regions whose authority puts money into a pooled fund."""
ENVELOPE = 1_500
"""EUR that all direct grants together hold, for each pair of region and capability:
about a tenth of what serving everything on offer would cost."""

PARTNERSHIP: Final[Book] = {
    "id": "partnership", "kind": "partnership", "name": "Rules of every case",
    "consortium": {"min_regions": 3, "min_states": 3},
    "commitment": {"lead": 3, "partner": 2, "observer": 1},
    "priority_min_fit": "0.1",
}  # fmt: skip
"""A fit of a tenth is reached by any shared priority and by nothing else."""


def instruments(made: Base) -> tuple[list[Book], list[Row]]:
    """Instruments of all kinds, and the rows of the budgets table."""
    size = made.size
    books, budgets = [], []
    for i in range(1, size.direct + 1):
        books.append(_direct(f"direct-{i}", made))
    for i in range(1, size.pooled + 1):
        name = f"pool-{i}"
        draw = made.draw(name)
        payers = [r for r in made.regions if draw.chance(POOL_PERCENT)]
        books.append(_pooled(name, draw))
        budgets += _rows(name, payers, made, draw)
    states = sorted(set(made.state.values()))
    homes = made.draw("programmes").some(states, size.programmes)
    for i, home in enumerate(homes, start=1):
        name = f"programme-{i}"
        draw = made.draw(name)
        payers = [r for r in made.regions if made.state[r] == home]
        books.append(_programme(name, home, draw))
        budgets += _rows(name, payers, made, draw)
    return books, budgets


def _rows(name: str, payers: list[str], made: Base, draw: Draw) -> list[Row]:
    each = made.size.capabilities
    return [
        {
            "instrument": name,
            "region": region,
            "amount": draw.whole(1_000, 4_000, 100) * each,
        }
        for region in payers
    ]


def _rates(draw: Draw) -> dict[str, str]:
    """Less developed regions get more."""
    lowest = draw.whole(40, 50, 5)
    percent = (lowest + 35, lowest + 20, lowest)
    return {
        category: f"0.{share}"
        for category, share in zip(CATEGORIES, percent, strict=True)
    }


def _direct(name: str, made: Base) -> Book:
    draw, size = made.draw(name), made.size
    total = ENVELOPE * size.regions * size.capabilities
    return {
        "id": name, "kind": "grant", "name": f"Direct grant {name}",
        "phases": draw.some(PHASES, 2),
        "rate": _rates(draw),
        "grant": {"min": 20_000, "max": draw.whole(200_000, 400_000, 10_000)},
        "consortium": {
            "min_regions": draw.whole(3, 5), "min_states": draw.whole(3, 4),
        },
        "envelope": total // size.direct,
    }  # fmt: skip


def _pooled(name: str, draw: Draw) -> Book:
    return {
        "id": name, "kind": "pooled", "name": f"Pooled fund {name}",
        "phases": draw.some(PHASES, 2),
        "rate": {"": "0.5"},
        "consortium": {"min_regions": 2, "min_states": 2},
    }  # fmt: skip


def _programme(name: str, home: str, draw: Draw) -> Book:
    return {
        "id": name, "kind": "programme", "name": f"Regional programme {name}",
        "states": [home], "rate": _rates(draw),
        "grant": {"max": draw.whole(100_000, 300_000, 10_000)},
    }  # fmt: skip


def rulebook_text(book: Book) -> str:
    """A rulebook as the YAML an analyst would write."""
    lines = [
        "format: 1",
        *(f"{key}: {book[key]}" for key in ("id", "kind", "name")),
        "confidence: assumption",
        "sources:",
        "  seed: drawn by the generator of the benchmarks",
    ]
    for key in ("phases", "states"):
        if key in book:
            lines.append(f"{key}: {_cited('[' + ', '.join(book[key]) + ']')}")
    for key in ("consortium", "grant"):
        if key in book:
            lines += [f"{key}:", *(f"  {k}: {_cited(v)}" for k, v in book[key].items())]
    if "commitment" in book:
        lines.append("commitment:")
        lines += [
            f"  - {{role: {role}, level: {_cited(level)}}}"
            for role, level in book["commitment"].items()
        ]
    for key in ("priority_min_fit", "envelope"):
        if key in book:
            lines.append(f"{key}: {_cited(book[key])}")
    if "rate" in book:
        lines += ["rate:", *(_rate(c, share) for c, share in book["rate"].items())]
    return "\n".join(lines) + "\n"


def _cited(value: object) -> str:
    return f"{{value: {value}, source: seed}}"


def _rate(category: str, share: str) -> str:
    whom = f"scheme: cohesion, category: {category}, " if category else ""
    return f"  - {{{whom}value: {share}, source: seed}}"

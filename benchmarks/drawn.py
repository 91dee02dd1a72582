"""Draws problems of the public families, and writes them in the public formats.

The readers in `benchmarks.readers` read them like any other file. Only text is made
here, without numpy, so that the process that starts measurements stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the drawn problems of a family are."""

    columns: int
    """Jobs, things, projects or columns to choose from."""
    rows: int
    """Agents, budgets, voters or rows."""
    problems: int = 1
    """Problems in the file, where a file holds several."""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of problem with a public format."""

    pattern: str
    """Names of its files."""
    drawn: str
    """Name of a file drawn here."""
    shapes: Mapping[str, Shape]
    """By size."""
    write: Callable[[Draw, Shape], str]
    """Text of a file."""


def _lines(rows: Iterable[Iterable[int]]) -> str:
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def _assignment(draw: Draw, shape: Shape) -> str:
    """Jobs take 5 to 25 of an agent's resource; all take four fifths of it at most."""
    rows: list[list[int]] = [[shape.problems]]
    agents = range(shape.rows)
    for _ in range(shape.problems):
        value = [[draw.whole(15, 25) for _ in range(shape.columns)] for _ in agents]
        use = [[draw.whole(5, 25) for _ in range(shape.columns)] for _ in agents]
        room = [8 * sum(taken) // (10 * shape.rows) + 25 for taken in use]
        rows += [[shape.rows, shape.columns], *value, *use, room]
    return _lines(rows)


def _knapsack(draw: Draw, shape: Shape) -> str:
    """Things that take more are worth more; there is half of what all would take."""
    rows: list[list[int]] = [[shape.problems]]
    for _ in range(shape.problems):
        use = [
            [draw.whole(1, 1000) for _ in range(shape.columns)]
            for _ in range(shape.rows)
        ]
        value = [
            sum(taken) // shape.rows + draw.whole(0, 500)
            for taken in zip(*use, strict=True)
        ]
        budget = [sum(taken) // 2 for taken in use]
        rows += [[shape.columns, shape.rows, 0], value, *use, budget]
    return _lines(rows)


def _packing(draw: Draw, shape: Shape) -> str:
    """Every row holds two to four columns."""
    columns = range(1, shape.columns + 1)
    rows = [[shape.rows, shape.columns], [draw.whole(1, 20) for _ in columns]]
    for _ in range(shape.rows):
        of_row = draw.some(columns, draw.whole(2, 4))
        rows += [[len(of_row)], of_row]
    return _lines(rows)


def _budgeting(draw: Draw, shape: Shape) -> str:
    """Approval votes for up to four projects; money for a third of all projects."""
    ids = [f"P{i}" for i in range(1, shape.columns + 1)]
    cost = [draw.whole(1_000, 100_000, 500) for _ in ids]
    votes = [draw.some(ids, draw.whole(1, 4)) for _ in range(shape.rows)]
    meta = {
        "description": "Drawn votes on drawn projects", "country": "Nowhere",
        "unit": "Drawn", "instance": "1", "num_projects": len(ids),
        "num_votes": len(votes), "budget": sum(cost) // 3, "vote_type": "approval",
        "rule": "greedy",
    }  # fmt: skip
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost"]
    lines += [f"{name};{price}" for name, price in zip(ids, cost, strict=True)]
    lines += ["VOTES", "voter_id;vote"]
    lines += [f"{i};{','.join(named)}" for i, named in enumerate(votes, 1)]
    return "\n".join(lines) + "\n"


FAMILIES: Final = {
    "assignment": Family(
        "gap*.txt", "gap-drawn.txt",
        {"XS": Shape(8, 3, 2), "S": Shape(25, 5, 3), "M": Shape(60, 10, 3)},
        _assignment,
    ),
    "knapsack": Family(
        "mknap*.txt", "mknap-drawn.txt",
        {"XS": Shape(8, 2, 2), "S": Shape(30, 5, 3), "M": Shape(100, 5, 3)},
        _knapsack,
    ),
    "budgeting": Family(
        "*.pb", "drawn.pb",
        {"XS": Shape(6, 20), "S": Shape(30, 300), "M": Shape(120, 2000)},
        _budgeting,
    ),
    "packing": Family(
        "pb*.dat", "pb-drawn.dat",
        {"XS": Shape(10, 8), "S": Shape(60, 50), "M": Shape(200, 300)},
        _packing,
    ),
}  # fmt: skip


def write_problems(folder: Path, family: str, size: str, seed: int) -> Path:
    """Write a drawn file of a family into a folder; returns the file."""
    kind = FAMILIES[family]
    path = folder / kind.drawn
    text = kind.write(Draw(family, size, seed), kind.shapes[size])
    path.write_bytes(text.encode())  # bytes: the same line ends everywhere
    return path

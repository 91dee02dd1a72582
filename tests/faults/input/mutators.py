"""Ways to spoil a valid scenario by exactly one slip, and where it must be told."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.scenario.records import TABLES, declared

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matcher.scenario.columns import Column

Rows = list[list[str]]


@dataclass(frozen=True)
class Slip:
    """One slip: where it stands, and the codes by one of which it may be told."""

    file: str
    line: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One cell of a table, with what is declared of its column."""

    row: int
    column: int
    spec: Column
    text: str


def cells(table: str, rows: Rows) -> Iterator[Cell]:
    """Every cell below the header."""
    columns = declared(TABLES[table])
    for i, row in enumerate(rows[1:], start=1):
        for j, text in enumerate(row):
            head = rows[0][j]
            _, spec = columns[head if head in columns else head.partition(".")[0]]
            yield Cell(i, j, spec, text)


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a figure."""
    return cell.spec.kind.startswith(("number", "whole", "EUR"))


def in_cell(
    fits: Callable[[Cell], bool], new: Callable[[str], str], *codes: str
) -> Callable[[random.Random, str, Rows], Slip | None]:
    """Slip that changes the text of one cell."""

    def spoil(draw: random.Random, table: str, rows: Rows) -> Slip | None:
        found = [cell for cell in cells(table, rows) if fits(cell)]
        if not found:
            return None
        cell = draw.choice(found)
        rows[cell.row][cell.column] = new(cell.text)
        return Slip(f"{table}.csv", cell.row + 1, codes)

    return spoil


def repeated_row(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a row is copied to the end."""
    rows.append(list(draw.choice(rows[1:])))
    return Slip(f"{table}.csv", len(rows), ("DUPLICATE_ROW",))


def one_cell_more(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a comma too many."""
    at = draw.randrange(1, len(rows))
    rows[at].insert(draw.randrange(len(rows[at]) + 1), "")
    return Slip(f"{table}.csv", at + 1, ("RAGGED_ROW",))


def one_cell_less(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a comma too few."""
    at = draw.randrange(1, len(rows))
    if len(rows[at]) < 3:  # a row of one blank cell is a blank line
        return None
    rows[at].pop(draw.randrange(len(rows[at])))
    return Slip(f"{table}.csv", at + 1, ("RAGGED_ROW",))


def column_of_nothing(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a column that no table has."""
    for i, row in enumerate(rows):
        row.append("" if i else "remarks of mine")
    return Slip(f"{table}.csv", 1, ("UNKNOWN_COLUMN",))


def repeated_column(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a column that stands twice."""
    at = draw.randrange(len(rows[0]))
    for row in rows:
        row.append(row[at])
    return Slip(f"{table}.csv", 1, ("DUPLICATE_COLUMN",))


def missing_column(draw: random.Random, table: str, rows: Rows) -> Slip | None:
    """Slip: a column that is needed is gone."""
    columns = declared(TABLES[table])
    needed = [h for h in rows[0] if h in columns and columns[h][1].required]
    at = rows[0].index(draw.choice(needed))
    for row in rows:
        row.pop(at)
    return Slip(f"{table}.csv", 1, ("MISSING_COLUMN",))


def is_code(cell: Cell) -> bool:
    """Whether a cell names something."""
    return bool(cell.text) and cell.spec.kind.startswith("code")


IN_TABLES = {
    "a needed cell is blank": in_cell(
        lambda cell: cell.spec.required, lambda _: " ", "MISSING_VALUE"
    ),
    "a code is misspelt": in_cell(
        lambda cell: bool(cell.spec.refers and cell.text),
        lambda text: text + "~", "UNKNOWN_CODE",
    ),
    "text stands for a number": in_cell(
        is_number, lambda text: f"{text} or so", "NOT_A_NUMBER"
    ),
    "a number has a decimal comma": in_cell(
        is_number, lambda text: "1,5", "NOT_A_NUMBER"
    ),
    "a number is below zero": in_cell(is_number, lambda text: "-1", "OUT_OF_RANGE"),
    "a number is beyond belief": in_cell(
        is_number, lambda text: "9" * 17, "OUT_OF_RANGE"
    ),
    "a word is misspelt": in_cell(
        lambda cell: " or " in cell.spec.kind and not is_number(cell),
        lambda text: f"{text}x", "NOT_A_CHOICE",
    ),
    "a day is none": in_cell(
        lambda cell: cell.spec.kind == "date", lambda text: "2025-02-30", "NOT_A_DATE"
    ),
    "a code holds what cannot be seen": in_cell(
        is_code, lambda text: f"{text[:1]}\u200b{text[1:]}", "HIDDEN_CHARACTER"
    ),
    "a code holds a bracket": in_cell(is_code, lambda text: f"{text}]", "BAD_CODE"),
    "a row is repeated": repeated_row,
    "a cell too many": one_cell_more,
    "a cell too few": one_cell_less,
    "a strange column": column_of_nothing,
    "a repeated column": repeated_column,
    "a missing column": missing_column,
}  # fmt: skip
"""Slips in tables, by what happened."""

OF_STUDIES = ("grid.yaml", "outcomes.yaml")
"""Files beside a scenario that studies read, and loading it does not."""
IN_YAML = {
    "a strange key": ("qq: 1", "UNKNOWN_KEY"),
    "a repeated key": ("format: 1", "DUPLICATE_KEY"),
    "a number that is none": ("note: .nan", "NOT_FINITE"),
    "an alias": ("note: *x", "ALIAS"),
    "a tag": ("note: !t x", "TAG"),
    "a code without quotes": ("note: 007", "LEADING_ZERO"),
}
"""Slips in YAML files: a line, and the code it must be told with."""


def spoil_table(draw: random.Random, folder: Path, how: str) -> Slip | None:
    """Spoil one table of a scenario; None where this slip fits none of it."""
    table = draw.choice(
        sorted(p.stem for p in folder.glob("*.csv") if p.stem in TABLES)
    )
    path = folder / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    slip = IN_TABLES[how](draw, table, rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return slip


def spoil_yaml(draw: random.Random, folder: Path, how: str) -> Slip:
    """Spoil one YAML file of a scenario."""
    line, code = IN_YAML[how]
    names = [
        p.relative_to(folder) for p in sorted(folder.rglob("*.yaml"))
        if p.name not in OF_STUDIES
    ]  # fmt: skip
    name = draw.choice(names)
    text = (folder / name).read_text("utf-8")
    if text.startswith("{"):  # JSON on several lines: a line more after the first key
        first, brace, rest = text.partition(",\n")
        at = first.count("\n") + 2
        text = f"{first}{brace}{line},\n{rest}"
    else:
        text = text.rstrip("\n") + f"\n{line}\n"
        at = text.count("\n")
    (folder / name).write_text(text, "utf-8")
    return Slip(name.as_posix(), at, (code,))

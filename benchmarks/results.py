"""Rows of results: one figure each, with what it takes to read it years later."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of one benchmark."""

    run: str
    """When the run began, in UTC."""
    benchmark: str
    size: str
    regime: str
    seed: int
    metric: str
    """Ends with its unit where it has one."""
    median: float | None
    lowest: float | None
    highest: float | None
    repeats: int
    goal: str
    note: str = ""
    """What went wrong, where something did."""
    commit: str
    source: str
    """Hash of the package's source, changes not yet committed included."""
    machine: str
    system: str
    python: str
    packages: str


COLUMNS = tuple(entry.name for entry in fields(Row))
_WHOLE = ("seed", "repeats")
_NUMBERS = ("median", "lowest", "highest")


def append(path: Path, rows: Iterable[Row]) -> None:
    """Add rows to a CSV file, and to the JSON lines beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists() or not path.stat().st_size
    written = [asdict(row) for row in rows]
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerows(written)
    with path.with_suffix(".jsonl").open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in written)


def read(path: Path) -> list[Row]:
    """Rows of a CSV file.

    Raises
    ------
    ValueError
        When the file is no file of results, saying in which line.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            known = tuple(reader.fieldnames or ()) == COLUMNS
        except (csv.Error, UnicodeDecodeError):
            known = False
        if not known:
            raise ValueError(f"{path}, line 1: these are no results of benchmarks")
        rows = []
        try:
            for cells in reader:
                rows.append(Row(**{k: _value(k, text) for k, text in cells.items()}))
        except (TypeError, ValueError, csv.Error) as error:
            raise ValueError(
                f"{path}, line {reader.line_num}: {error}; take the line out"
            ) from error
        return rows


def _value(column: str, text: str) -> Any:
    if column in _WHOLE:
        return int(text)
    if column in _NUMBERS:
        return float(text) if text else None
    return text

"""Writes a generated scenario as a folder that anybody could have written by hand."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from benchmarks.funding import PARTNERSHIP, instruments, rulebook_text
from benchmarks.sizes import REGIMES, SIZES
from benchmarks.tables import base, tables

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.tables import Row

DATE: Final = "2025-01-01"

OBJECTIVE: Final = """\
format: 1
id: objective
name: Points of generated scenarios
note: needs served lead; fit is a welcome extra, and coordination is paid for
weights:
  need_coverage: 1
  strategic_fit: 10
  coordination_cost: 1
parameters:
  strategic_fit: {observer_share: 0.2}
  coordination_cost: {per_case: 20, per_member: 5, per_observer: 1}
"""


def scenario_files(size: str, regime: str, seed: int) -> dict[str, str]:
    """Text of every file of a scenario, by its path inside the folder."""
    made = base(SIZES[size], REGIMES[regime], seed)
    found = tables(made)
    books, found["budgets"] = instruments(made)
    rulebooks = {f"rulebooks/{b['id']}.yaml": b for b in (PARTNERSHIP, *books)}
    settings = [
        "format: 1",
        f"title: Generated scenario {size} {regime} {seed}",
        f"date: {DATE}",
        "rulebooks:",
        *(f"  - {name}" for name in rulebooks),
        "objective: objective.yaml",
    ]
    return {
        "scenario.yaml": "\n".join(settings) + "\n",
        "objective.yaml": OBJECTIVE,
        **{name: rulebook_text(book) for name, book in rulebooks.items()},
        **{f"{name}.csv": _csv(rows) for name, rows in found.items()},
    }


def write_scenario(folder: Path, size: str, regime: str, seed: int) -> Path:
    """Write a scenario into a new or empty folder; returns the folder.

    Raises
    ------
    FileExistsError
        When the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty: name a new folder")
    for name, text in scenario_files(size, regime, seed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())  # bytes: the same line ends everywhere
    return folder


def _csv(rows: list[Row]) -> str:
    header = list(dict.fromkeys(column for row in rows for column in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()

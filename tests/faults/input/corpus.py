"""The corpus of malformed inputs: one valid scenario, and files with one slip each.

A folder below `files` is one fixture: its file takes the place of the same file of
`files/base`. `files/index.csv` says, in one row per fault, at which file, line and
column or field it must be told, under which code, with which value shown and which
remedy. Names begin with the number of the kind of fault; 00 stands for slips of
meaning, 99 for several slips at once.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILES: Final = Path(__file__).parent / "files"
BASE: Final = FILES / "base"


@dataclass(frozen=True)
class Expected:
    """One fault as it must be told."""

    file: str
    line: int | None
    where: str
    """Column of a settings file, field of a table, or nothing."""
    code: str
    shows: str
    """Part of the problem, with the value that was found."""
    remedy: str

    @classmethod
    def of(cls, row: dict[str, str]) -> Expected:
        """The fault that one row of the index describes."""
        line = int(row["line"]) if row["line"] else None
        words = (row["where"], row["code"], row["shows"], row["remedy"])
        return cls(row["file"], line, *words)

    def fits(self, told: dict[str, Any]) -> bool:
        """Whether a fault as `check --json` tells it is this one."""
        where = "" if not self.where else str(told["field"] or told["column"])
        return (
            (told["file"], told["line"], where) == (self.file, self.line, self.where)
            and told["code"] == self.code
            and self.shows in told["problem"]
            and self.remedy in told["remedy"]
        )


def index() -> dict[str, list[Expected]]:
    """Every fixture with the faults it must be told for."""
    found: dict[str, list[Expected]] = {}
    with (FILES / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["fixture"], []).append(Expected.of(row))
    return found


def lay_out(fixture: str, folder: Path) -> Path:
    """Write a fixture as a scenario folder; ``base`` is the valid scenario."""
    shutil.copytree(BASE, folder)
    if fixture != BASE.name:
        shutil.copytree(FILES / fixture, folder, dirs_exist_ok=True)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, to see that nothing is written."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

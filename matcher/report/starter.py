"""Scenario folders as files: the one to start from, and tables built anew."""

from __future__ import annotations

import csv
import difflib
import io
import re
from typing import TYPE_CHECKING, Final

from matcher import library
from matcher.errors import Faults, InputError, Place, WriteFailed, did_you_mean
from matcher.report.folder import write_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STARTER: Final = "starter"
_SCHEMA: Final = "scenario"
_MODELINE: Final = re.compile(r"(# yaml-language-server: \$schema=).*")


def write_starter(folder: Path) -> list[str]:
    """Copy the bundled scenario to start from; returns the names of the files.

    Raises
    ------
    WriteFailed
        When the folder holds anything already, or cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise WriteFailed(f"{folder} is not empty; name a new folder")
    source = library.scenario_path(STARTER)
    files = {
        path.relative_to(source).as_posix(): path.read_text("utf-8")
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    schema = library.schema_path(f"{_SCHEMA}.schema")
    place = f".schema/{schema.name}"
    files[place] = schema.read_text("utf-8")
    settings = files["scenario.yaml"]
    files["scenario.yaml"] = _MODELINE.sub(rf"\g<1>{place}", settings, count=1)
    write_folder(folder, files)
    return list(files)


def source_of(folder: Path) -> Path:
    """The source folder of a scenario.

    Raises
    ------
    InputError
        When there is none.
    """
    if (folder / "source").is_dir():
        return folder / "source"
    faults = Faults()
    hint = "" if folder.is_dir() else did_you_mean(folder.name, _beside(folder))
    problem = "holds no folder source" if folder.is_dir() else f"does not exist{hint}"
    faults.add("NO_SOURCE", Place(str(folder)), problem,
               "name a scenario folder that was built from public data")  # fmt: skip
    raise InputError(faults)


def _beside(folder: Path) -> list[str]:
    parent = folder.parent
    return [path.name for path in parent.iterdir()] if parent.is_dir() else []


def changes(folder: Path, tables: Mapping[str, str]) -> dict[str, str]:
    """What differs between a folder's tables and new ones, in words by file."""
    found: dict[str, str] = {}
    for name, text in tables.items():
        try:
            old = (folder / name).read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            found[name] = f"new, {len(_rows(text)) - 1} rows"
            continue
        if old == text:
            continue
        lines = difflib.ndiff(_rows(old), _rows(text))
        marks = [line[0] for line in lines]
        found[name] = f"{marks.count('+')} rows added, {marks.count('-')} rows removed"
    return found


def _rows(text: str) -> list[str]:
    try:
        return ["\x1f".join(row) for row in csv.reader(io.StringIO(text))]
    except csv.Error:
        return text.splitlines()

"""Read the source files kept with a scenario: CSV extracts and the recipe.

Everything is exact: numbers become `Fraction`, never a binary float, so that a
rebuild gives the same bytes on every platform. Mistakes are collected with
file and line and raised together.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from matcher.errors import Fault, Faults, InputError, Place, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

RECIPE: Final = "recipe.yaml"
_NOTES: Final = frozenset({"basis", "source"})
"""Keys allowed in every block of a recipe: they say where a figure comes from."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a source table, with its place and the common fault list."""

    at: Place
    cells: Mapping[str, str]
    faults: Faults

    def text(self, name: str) -> str:
        """Return the cell as written; a blank one is a fault."""
        value = self.cells[name]
        if not value:
            self.faults.add(
                "BLANK_CELL", self.at.at(name), "the cell is blank", "fill it in"
            )
        return value

    def maybe(self, name: str) -> str:
        """Return the cell as written, which may be blank."""
        return self.cells[name]

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes of a cell that lists them with ``|`` between."""
        return tuple(code for code in self.cells[name].split("|") if code)

    def number(self, name: str) -> Fraction | None:
        """Return the exact number in the cell, or None for a blank one."""
        value = self.cells[name]
        if not value:
            return None
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            self.faults.add(
                "NOT_A_NUMBER",
                self.at.at(name),
                f'"{value}" is not a number',
                "write a plain number or leave the cell blank",
            )
            return None


def read_table(path: Path, columns: Sequence[str], faults: Faults) -> list[SourceRow]:
    """Read a source table that has exactly the given columns.

    Parameters
    ----------
    path
        The CSV file.
    columns
        Its header, in order.
    faults
        Collector for everything found wrong.

    Returns
    -------
    list of SourceRow
        The rows in file order; none when the file cannot be used.
    """
    place = Place(f"{path.parent.name}/{path.name}")
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.add("UNREADABLE", place, f"cannot be read ({error})", "restore the file")
        return []
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        return _rows(reader, place.file, columns, faults)
    except csv.Error as error:
        at = Place(place.file, reader.line_num)
        faults.add("BAD_CSV", at, f"is not CSV ({error})", "repair the line")
        return []


def _rows(
    reader: Any, file: str, columns: Sequence[str], faults: Faults
) -> list[SourceRow]:
    header: list[str] = next(reader, [])
    if header != list(columns):
        faults.add(
            "BAD_HEADER",
            Place(file, 1),
            f"the columns are {', '.join(header) or 'missing'}",
            f"use {', '.join(columns)}",
        )
        return []
    rows = []
    for cells in reader:
        at = Place(file, reader.line_num)
        if len(cells) != len(header):
            faults.add(
                "BAD_ROW",
                at,
                f"has {len(cells)} cells, the header {len(header)}",
                "add or remove cells",
            )
            continue
        rows.append(SourceRow(at, dict(zip(header, cells, strict=True)), faults))
    return rows


class Node:
    """A block of the recipe that knows its path and which keys were asked for."""

    def __init__(self, data: object, path: str, faults: Faults, file: str) -> None:
        self.path, self.faults, self.file = path, faults, file
        self._asked: set[str] = set(_NOTES)
        self._data: dict[str, Any] = {}
        if isinstance(data, dict):
            self._data = {str(key): value for key, value in data.items()}
        else:
            self.fault("", "NOT_A_BLOCK", "is not a block of keys", "indent keys below")

    def fault(self, key: str, code: str, problem: str, remedy: str) -> None:
        """Note a fault of one key of this block."""
        path = ".".join(part for part in (self.path, key) if part)
        self.faults.add(code, Place(self.file, field=path), problem, remedy)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def _get(self, key: str) -> Any:
        self._asked.add(key)
        if key not in self._data:
            self.fault(key, "MISSING_KEY", "is missing", "add it")
        return self._data.get(key)

    def text(self, key: str) -> str:
        """Return a text."""
        value = self._get(key)
        if not isinstance(value, str):
            if key in self._data:
                self.fault(
                    key, "NOT_TEXT", f"{value!r} is not text", "put it in quotes"
                )
            return ""
        return value

    def number(self, key: str, default: int | None = None) -> Fraction:
        """Return an exact number: the decimal as it is written in the file."""
        if key not in self._data and default is not None:
            return Fraction(default)
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            if key in self._data:
                self.fault(
                    key, "NOT_A_NUMBER", f"{value!r} is no number", "use a number"
                )
            return Fraction(0)
        return Fraction(str(value))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a key left out is an empty list."""
        if key not in self._data:
            return ()
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault(key, "NOT_TEXTS", "is not a list of texts", "use [a, b]")
        return ()

    def block(self, key: str) -> Node:
        """Return the block below a key."""
        value = self._get(key)
        path = f"{self.path}.{key}" if self.path else key
        return Node({} if value is None else value, path, self.faults, self.file)

    def blocks(self, key: str) -> list[Node]:
        """Return the blocks of a list; a key left out is an empty list."""
        if key not in self._data:
            return []
        value = self._get(key)
        path = f"{self.path}.{key}" if self.path else key
        if not isinstance(value, list):
            self.fault(key, "NOT_A_LIST", "is not a list", "start each item with -")
            return []
        return [
            Node(item, f"{path}[{place}]", self.faults, self.file)
            for place, item in enumerate(value, start=1)
        ]

    def words(self) -> dict[str, str]:
        """Return this block as name -> text, sorted by name."""
        return {key: self.text(key) for key in sorted(set(self._data) - _NOTES)}

    def named(self) -> Iterator[tuple[str, Node]]:
        """Walk over the blocks of this block, sorted by name."""
        for key in sorted(set(self._data) - _NOTES):
            yield key, self.block(key)

    def numbers(self) -> dict[str, Fraction]:
        """Return this block as name -> exact number, sorted by name."""
        return {key: self.number(key) for key in sorted(set(self._data) - _NOTES)}

    def close(self) -> None:
        """Note a fault for every key nobody asked for."""
        for key in sorted(set(self._data) - self._asked):
            hint = did_you_mean(key, self._asked - set(self._data))
            self.fault(key, "UNKNOWN_KEY", f"is not a key here{hint}", "remove it")


def read_recipe(folder: Path, faults: Faults) -> Node:
    """Read the recipe of a scenario's source folder.

    Raises
    ------
    InputError
        When the file is missing or is not YAML; nothing can follow then.
    """
    place = Place(f"{folder.name}/{RECIPE}")
    reader = YAML(typ="safe", pure=True)
    try:
        data = reader.load((folder / RECIPE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("UNREADABLE", place, f"cannot be read ({error})", "restore it")
        raise InputError([*faults, fault]) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Place(place.file, 0 if mark is None else mark.line + 1)
        problem = f"is not YAML ({getattr(error, 'problem', None) or error})"
        fault = Fault("BAD_YAML", at, problem, "repair the line")
        raise InputError([*faults, fault]) from error
    return Node(data, "", faults, place.file)

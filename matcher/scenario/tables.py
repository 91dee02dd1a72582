"""CSV tables: text cells with their rows, then typed records, all faults at once.

Reading and typing are two steps, because an assumption may overwrite cells in
between. A ragged row, a repeated column, an unknown column or a repeated key
is a fault at its row; nothing is shifted, renamed, dropped or coerced.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.letters import CellProblem, nearest, skeleton, told
from matcher.scenario.records import TABLES, Row, declared
from matcher.scenario.yamlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from matcher.scenario.columns import Column

MAX_BYTES: Final = 50_000_000
MAX_ROWS: Final = 1_000_000
"""Larger files are refused before they are parsed: they are no scenario."""
MAX_COLUMNS: Final = 1_000
MAX_TOLD: Final = 1_000
"""Faults that are worth telling: beyond them a table is wrong as a whole."""


NEEDED: Final = ("regions", "cases")
"""Tables without which there is nothing to propose."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table's text is written, as the scenario declares it."""

    decimal: str = "."
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as text: header, and per row its line and one cell per column."""

    table: str
    file: str
    header: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]
    origins: Mapping[tuple[int, str], Place] = field(default_factory=dict)
    """Line of the assumption that set a cell, by row and column."""

    def with_column(
        self, header: str, changes: Mapping[int, str], origin: Place
    ) -> RawTable:
        """The same table with some cells of one column set, by row."""
        wide = header in self.header
        column = self.header.index(header) if wide else len(self.header)
        cells = tuple(
            (*row[:column], changes.get(i, row[column] if wide else ""),
             *row[column + 1 :])
            for i, row in enumerate(self.cells)
        )  # fmt: skip
        headers = self.header if wide else (*self.header, header)
        origins = {**self.origins, **{(i, header): origin for i in changes}}
        return replace(self, header=headers, cells=cells, origins=origins)

    def place(self, row: int, header: str = "") -> Place:
        """Place of a row, or of one of its cells: where its text was written."""
        here = Place(self.file, self.lines[row], 0, header)
        return self.origins.get((row, header), here)

    def path(self, row: int, header: str) -> str:
        """Path of a cell, as an assumption writes it."""
        known = [name for name in TABLES[self.table].KEY if name in self.header]
        parts = [self.cells[row][self.header.index(name)] for name in known]
        return f"{self.table}.{'/'.join(parts).rstrip('/')}.{header}"


def read_table(path: Path, shown: str, record: type[Row], dialect: Dialect) -> RawTable:
    """Read one CSV file as text and check its shape and header.

    Raises
    ------
    InputError
        With every fault of shape: ragged rows, unknown or repeated columns.
    """
    text = read_text(path, shown, MAX_BYTES)
    faults = Faults()
    rows = _split(text, shown, dialect, faults)
    if not rows:
        faults.add("EMPTY_FILE", Place(shown, 1), "is empty",
                   f"write the header {','.join(declared(record))}")  # fmt: skip
        raise InputError(faults)
    header = tuple(cell.strip() for cell in rows[0][1])
    if len(header) > MAX_COLUMNS:
        faults.add("TOO_MANY_COLUMNS", Place(shown, rows[0][0]),
                   f"has {len(header):,} columns, more than {MAX_COLUMNS:,}",
                   "write one row per line")  # fmt: skip
        raise InputError(faults)
    _check_header(header, record, Place(shown, rows[0][0]), faults)
    for line, cells in rows[1:]:
        if len(faults.found) > MAX_TOLD:
            break
        if len(cells) != len(header):
            faults.add(
                "RAGGED_ROW",
                Place(shown, line),
                f"has {len(cells)} cells where the header has {len(header)}",
                "add or remove a comma, or quote text that holds one",
            )
    if record.TABLE in NEEDED and len(rows) == 1:
        faults.add("EMPTY_TABLE", Place(shown, rows[0][0]), "has no rows",
                   f"add a row for each of the {record.TABLE}")  # fmt: skip
    faults.raise_if_any()
    marks = tuple(line for line, _ in rows[1:])
    body = tuple(tuple(cell.strip() for cell in cells) for _, cells in rows[1:])
    if dialect.decimal == ",":
        body = _decimal_points(body, header, marks, shown, record, faults)
        faults.raise_if_any()
    return RawTable(record.TABLE, shown, header, marks, body)


def _split(
    text: str, shown: str, dialect: Dialect, faults: Faults
) -> list[tuple[int, list[str]]]:
    """Rows with the line each begins at; blank lines are passed over."""
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True
    )
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                faults.add(
                    "TOO_MANY_ROWS",
                    Place(shown, line),
                    f"has more than {MAX_ROWS:,} rows",
                    "split the scenario",
                )
                break
    except csv.Error as error:
        faults.add("BAD_CSV", Place(shown, line), f"cannot be read: {error}",
                   "check the quotes of this row")  # fmt: skip
        raise InputError(faults) from None
    return rows


def _check_header(
    header: Sequence[str], record: type[Row], place: Place, faults: Faults
) -> None:
    columns = declared(record)
    if len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        sign = ";" if ";" in header[0] else "\\t"
        faults.add(
            "WRONG_DELIMITER",
            place,
            f'cells are separated by "{sign}", where a comma is expected',
            f"declare it in scenario.yaml: tables: {{{record.TABLE}: {{file: "
            f'{place.file}, delimiter: "{sign}"}}}}, and decimal: "," if need be',
        )
        raise InputError(faults)
    for i, name in enumerate(header):
        stem = name.split(".", 1)[0]
        prefixed = "." in name and stem in columns and columns[stem][1].prefix
        plain = name in columns and not columns[name][1].prefix
        if name in header[:i]:
            faults.add("DUPLICATE_COLUMN", place, f'column "{name}" stands twice',
                       "keep one of them")  # fmt: skip
        elif not (plain or prefixed):
            faults.add("UNKNOWN_COLUMN", place,
                       f'"{name}" is no column of {record.TABLE}'
                       + did_you_mean(name, columns),
                       f"use {', '.join(columns)}")  # fmt: skip
    for name, (_, spec) in columns.items():
        if spec.required and name not in header:
            faults.add("MISSING_COLUMN", place, f'column "{name}" is missing',
                       f"add it: {spec.doc}")  # fmt: skip


def _decimal_points(
    cells: tuple[tuple[str, ...], ...],
    header: Sequence[str],
    lines: Sequence[int],
    shown: str,
    record: type[Row],
    faults: Faults,
) -> tuple[tuple[str, ...], ...]:
    """Turn declared decimal commas of number columns into points."""
    columns = declared(record)
    numeric = [
        name in columns and columns[name][1].kind.startswith(("number", "EUR"))
        for name in header
    ]
    for line, row in zip(lines, cells, strict=True):
        for name, cell, is_number in zip(header, row, numeric, strict=True):
            if is_number and "." in cell:
                faults.add("MIXED_DECIMALS", Place(shown, line, 0, name),
                           f'"{cell}" holds a point where a decimal comma is declared',
                           "write every number of the table the same way")  # fmt: skip
    return tuple(
        tuple(
            cell.replace(",", ".") if is_number else cell
            for cell, is_number in zip(row, numeric, strict=True)
        )
        for row in cells
    )


def to_records(raw: RawTable, record: type[Row], faults: Faults) -> list[Any]:
    """Turn a raw table into typed records; bad cells become faults.

    A row with a bad cell yields no record, so that its fault is told once.
    """
    columns = declared(record)
    records: list[Any] = []
    seen: dict[tuple[Any, ...], Place] = {}
    looks: dict[str, str] = {}
    for i, cells in enumerate(raw.cells):
        if len(faults.found) > MAX_TOLD:
            break
        values = _row_values(raw, i, cells, columns, faults)
        if values is None:
            continue
        row = record(at=raw.place(i), **values)
        first = seen.setdefault(row.key, row.at)
        if first is not row.at:
            shown = ", ".join(str(part) for part in row.key if part not in (None, ""))
            faults.add("DUPLICATE_ROW", row.at,
                       f"{shown} stands twice, first at line {first.line}",
                       f"keep one row per {' and '.join(record.KEY)}")  # fmt: skip
            continue
        name = row.key[0]
        twin = looks.setdefault(skeleton(name), name) if len(row.KEY) == 1 else name
        if twin != name:
            faults.add("LOOK_ALIKE", raw.place(i, record.KEY[0]),
                       f"{told(name)} looks like {told(twin)}, but is another code",
                       "retype one of them in the letters of the other")  # fmt: skip
        records.append(row)
    return records


def _row_values(
    raw: RawTable,
    i: int,
    cells: Sequence[str],
    columns: Mapping[str, tuple[str, Column]],
    faults: Faults,
) -> dict[str, Any] | None:
    values: dict[str, Any] = {
        name: {} for name, spec in columns.values() if spec.prefix
    }
    good = True
    for header, cell in zip(raw.header, cells, strict=True):
        stem, _, rest = header.partition(".")
        name, spec = columns[header if header in columns else stem]
        try:
            value = _cell_value(cell, spec)
        except CellProblem as problem:
            where = f"{raw.path(i, header)}: " if (i, header) in raw.origins else ""
            faults.add(problem.code, raw.place(i, header), f"{where}{problem}",
                       problem.remedy)  # fmt: skip
            good = False
            continue
        if spec.prefix:
            if value is not None:
                values[name][rest] = value
        else:
            values[name] = value
    return values if good else None


def _cell_value(cell: str, spec: Column) -> Any:
    if cell == "":
        if spec.required:
            raise CellProblem("MISSING_VALUE", f"is blank, but needed: {spec.doc}",
                              f"fill in a {spec.kind}")  # fmt: skip
        return spec.blank
    if spec.many:
        return tuple(spec.parse(part.strip()) for part in cell.split("|"))
    return spec.parse(cell)


def key_cells(raw: RawTable | None) -> set[str]:
    """First key of every row as written, also of rows with a bad cell elsewhere."""
    name = TABLES[raw.table].KEY[0] if raw else ""
    if raw is None or name not in raw.header:
        return set()
    column = raw.header.index(name)
    return {cells[column] for cells in raw.cells if cells[column]}


def check_references(
    records: Sequence[Row], known: Mapping[str, Collection[Any]], faults: Faults
) -> None:
    """Check that every code that names a row of another table exists there."""
    if not records:
        return
    for header, (name, spec) in declared(type(records[0])).items():
        if not spec.refers or spec.refers not in known:
            continue
        keys = known[spec.refers]
        for row in records:
            value = getattr(row, name)
            for code in value if spec.many else (value,):
                if code is not None and code not in keys:
                    faults.add(
                        "UNKNOWN_CODE",
                        row.at.at(header),
                        f"{told(code)} is not in {spec.refers}{nearest(code, keys)}",
                        f"add it to {spec.refers}, or correct the code",
                    )

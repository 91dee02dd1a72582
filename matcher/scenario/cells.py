"""Paths of assumptions that lead to cells of tables: ``TABLE.KEY.COLUMN``."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.errors import did_you_mean
from matcher.scenario.change import changed, is_part, shown
from matcher.scenario.columns import CENTS, exact_number
from matcher.scenario.letters import CellProblem
from matcher.scenario.records import TABLES, declared
from matcher.scenario.setting import Override

if TYPE_CHECKING:
    from matcher.scenario.change import Change, Written
    from matcher.scenario.tables import RawTable


def matching(raw: RawTable | None, key: list[str]) -> list[int]:
    """Rows whose first key columns equal ``key``; ``*`` fits anything."""
    if raw is None:
        return []
    headers = TABLES[raw.table].KEY
    columns = [
        raw.header.index(name) if name in raw.header else None for name in headers
    ]
    return [
        i for i, cells in enumerate(raw.cells)
        if len(key) <= len(columns) and all(
            part in ("*", cells[column] if column is not None else "")
            for part, column in zip(key, columns, strict=False)
        )
    ]  # fmt: skip


def set_cells(written: Written, table: str, rest: str, change: Change) -> None:
    """Set one column of the rows that a path names; ``rest`` is KEY.COLUMN."""
    raw = written.tables.get(table)
    plain = [name for name, (_, c) in declared(TABLES[table]).items() if not c.prefix]
    known = dict.fromkeys((*raw.header, *plain)) if raw else {}
    header = next((name for name in known if rest.endswith("." + name)), None)
    if raw is None or header is None:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" names no column of {table}'
            + did_you_mean(rest.rpartition(".")[2], declared(TABLES[table])),
            f"write {table}.KEY.COLUMN; key parts are joined by /",
        )
        return
    key = rest[: -len(header) - 1]
    rows = matching(raw, key.split("/"))
    if not rows:
        first = raw.header.index(TABLES[table].KEY[0])
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" fits no row of {table}'
            + did_you_mean(key, {cells[first] for cells in raw.cells}),
            "use a key of the table, or * for every row",
        )
        return
    column = raw.header.index(header) if header in raw.header else None
    changes: dict[int, str] = {}
    for i in rows:
        old = "" if column is None else raw.cells[i][column]
        try:
            new = _cell_text(old, change.value, money=_is_money(table, header))
        except CellProblem as problem:
            change.refuse(
                problem.code,
                f"{change.path}, {raw.file}:{raw.lines[i]}: {problem}",
                problem.remedy,
            )
            continue
        if new is not None:
            changes[i] = new
            path = raw.path(i, header)
            written.overrides.append(Override(path, old, new, change.place))
    written.tables[table] = raw.with_column(header, changes, change.place)


def _is_money(table: str, header: str) -> bool:
    columns = declared(TABLES[table])
    return header in columns and columns[header][1].kind.startswith("EUR")


def _cell_text(old: str, value: Any, *, money: bool) -> str | None:
    """New text of a cell; None where the old one is at fault, which is told itself."""
    if value is None:
        return ""
    try:
        before = exact_number(old) if old else None
    except CellProblem:
        if is_part(value):
            return None
        before = None
    new = changed(before, value)
    if money and isinstance(new, Fraction):
        new = Fraction(new * CENTS // 1, CENTS)  # down to whole cents
    return shown(new)

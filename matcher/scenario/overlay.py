"""Assumptions as overlays: the same scenario with some inputs changed.

An overlay works on what was written, before it is typed: cells of tables,
numbers of rulebooks, keys of the settings. So a changed value passes exactly
the same checks as an original one, and its origin is kept as an `Override`.
Precedence is plain: rulebook and tables as written, then the assumption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.errors import Faults, Place, did_you_mean
from matcher.scenario.columns import CENTS, CellProblem, exact_number
from matcher.scenario.records import TABLES, declared
from matcher.scenario.setting import Override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.scenario.tables import RawTable

ASSUMED = "assumption"
"""Source key of a number that an assumption set."""

_RELATIVE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*x")
_SLIP = re.compile(r"[-+]?[\d.,]+\s*([xX*]|%)")
"""Looks like a part of the old value, but is not written as one."""
_SETTINGS = ("date", "exchanges", "limits", "objective", "solve")


@dataclass(slots=True)
class Written:
    """What was written, as far as an assumption may change it."""

    settings: dict[str, Any]
    tables: dict[str, RawTable]
    rulebooks: dict[str, dict[str, Any]]
    overrides: list[Override]


@dataclass(frozen=True, slots=True)
class Change:
    """One ``set`` entry of an assumption."""

    path: str
    value: Any
    place: Place
    assumption: str
    faults: Faults

    def refuse(self, code: str, problem: str, remedy: str) -> None:
        """Note a fault at the line of the entry."""
        self.faults.add(code, self.place, problem, remedy)


def decimal_text(value: Fraction) -> str:
    """Write an exact fraction with a finite decimal expansion as plain text."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    digits, scaled = 0, value
    while scaled.denominator != 1:
        digits, scaled = digits + 1, scaled * 10
        if digits > 30:
            raise ValueError(f"{value} has no finite decimal form")
    text = str(int(scaled)).rjust(digits + 1, "0")
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def apply(
    written: Written,
    name: str,
    changes: Mapping[str, Any],
    places: Mapping[str, Place],
    faults: Faults,
) -> None:
    """Apply the ``set`` entries of assumption ``name`` in place, in order."""
    for path, value in changes.items():
        head, _, rest = path.partition(".")
        change = Change(path, value, places[path], name, faults)
        if head == "instruments" and rest:
            _set_rulebook(written, rest, change)
        elif head in TABLES and rest:
            _set_cells(written, head, rest, change)
        elif head in _SETTINGS:
            _set_setting(written, change)
        else:
            known = ("instruments", *TABLES, *_SETTINGS)
            change.refuse(
                "UNKNOWN_PATH",
                f'"{path}" begins with no known part{did_you_mean(head, known)}',
                "begin with instruments., a table name or a setting",
            )


def _changed(old: Fraction | None, value: Any) -> Fraction | str:
    """New value: absolute as given, relative such as ``0.5x`` times the old one."""
    if isinstance(value, str) and (match := _RELATIVE.fullmatch(value.strip())):
        if old is None:
            raise CellProblem("RELATIVE_TO_UNKNOWN",
                              f"{value} of an unknown value is unknown",
                              "give an absolute value")  # fmt: skip
        return old * Fraction(match.group(1))
    if isinstance(value, str) and _SLIP.fullmatch(value.strip()):
        raise CellProblem(
            "BAD_VALUE", f'"{value}" is no part of a value', "write it as 0.5x"
        )
    if isinstance(value, (Fraction, str)):
        return value
    raise CellProblem(
        "BAD_VALUE", f"{value!r} cannot be set", "give a number or a word"
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return decimal_text(value) if isinstance(value, Fraction) else str(value)


def _set_rulebook(written: Written, rest: str, change: Change) -> None:
    instrument, _, field = rest.partition(".")
    book = written.rulebooks.get(instrument)
    if book is None or not field:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}": no rulebook "{instrument}" here'
            + did_you_mean(instrument, written.rulebooks),
            "write instruments.ID.FIELD",
        )
        return
    if field == "envelope":
        rows = _matching(written.tables.get("budgets"), [instrument])
        relative = isinstance(change.value, str) and _RELATIVE.fullmatch(
            change.value.strip()
        )
        if rows and relative:  # the pool is what its rows add up to
            _set_cells(written, "budgets", f"{instrument}.amount", change)
            if "envelope" not in book:
                return
        elif _matching(written.tables.get("budgets"), [instrument, ""]):
            # rows for the whole instrument stand before the rulebook's number
            _set_only_row(written, instrument, change)
            return
    try:
        changed = _replace(book, field.split("."), change.value, change.assumption)
    except CellProblem as problem:
        change.refuse(problem.code, f"{change.path}: {problem}", problem.remedy)
        return
    except (KeyError, IndexError, ValueError, TypeError):
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" leads nowhere',
            f"{instrument} has {', '.join(book)}",
        )
        return
    new_book, old, new = changed
    new_book.setdefault("sources", {})
    new_book["sources"] = {
        **new_book["sources"],
        ASSUMED: f"assumption {change.assumption}",
    }
    written.rulebooks[instrument] = new_book
    written.overrides.append(
        Override(change.path, _shown(old), _shown(new), change.place)
    )


def _set_only_row(written: Written, instrument: str, change: Change) -> None:
    """Set the one row of budgets that holds an instrument's whole money."""
    if len(_matching(written.tables["budgets"], [instrument, ""])) == 1:
        _set_cells(written, "budgets", f"{instrument}/.amount", change)
        return
    change.refuse(
        "AMBIGUOUS_PATH",
        f'"{change.path}": several rows of budgets hold the money of {instrument}',
        f"set budgets.{instrument}//YEAR.amount, or a part: 0.5x",
    )


def _replace(
    node: Any, steps: list[str], value: Any, assumption: str
) -> tuple[Any, Any, Any]:
    """Copy of ``node`` with the value at ``steps`` replaced, with old and new."""
    if not steps:
        return _replace_value(node, value)
    step = steps[0]
    if isinstance(node, tuple):
        i = int(step)
        inner, old, new = _replace(node[i], steps[1:], value, assumption)
        return (*node[:i], inner, *node[i + 1 :]), old, new
    if step == "rate" and len(steps) == 1:
        parts = [_replace_value(entry, value) for entry in node[step]]
        rates = tuple(part[0] for part in parts)
        return {**node, step: rates}, parts[0][1], parts[0][2]
    if step not in node and len(steps) == 1:
        inner, old, new = _replace_value({"value": None, "source": ASSUMED}, value)
    else:
        inner, old, new = _replace(node.get(step, {}), steps[1:], value, assumption)
    return {**node, step: inner}, old, new


def _replace_value(node: Any, value: Any) -> tuple[Any, Any, Any]:
    if isinstance(node, dict) and "value" in node:
        old = node["value"]
        new = _changed(old if isinstance(old, Fraction) else None, value)
        marked = {**node, "value": new, "source": ASSUMED, "confidence": ASSUMED}
        return marked, old, new
    new = _changed(node if isinstance(node, Fraction) else None, value)
    return new, node, new


def _matching(raw: RawTable | None, key: list[str]) -> list[int]:
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


def _set_cells(written: Written, table: str, rest: str, change: Change) -> None:
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
    rows = _matching(raw, key.split("/"))
    if not rows:
        first = raw.header.index(TABLES[table].KEY[0])
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" fits no row of {table}'
            + did_you_mean(key, {cells[first] for cells in raw.cells}),
            "use a key of the table, or * for every row",
        )
        return
    if header not in raw.header:  # a column left out is a column of blanks
        raw = raw.widened(header)
    column = raw.header.index(header)
    changes: dict[int, str] = {}
    for i in rows:
        old = raw.cells[i][column]
        try:
            new = _cell_text(old, change.value, money=_is_money(table, header))
        except CellProblem as problem:
            change.refuse(
                problem.code,
                f"{change.path}, {raw.file}:{raw.lines[i]}: {problem}",
                problem.remedy,
            )
            continue
        changes[i] = new
        parts = [
            raw.cells[i][raw.header.index(k)]
            for k in TABLES[table].KEY
            if k in raw.header
        ]
        where = f"{table}.{'/'.join(parts).rstrip('/')}.{header}"
        written.overrides.append(Override(where, old, new, change.place))
    written.tables[table] = raw.with_column(column, changes)


def _is_money(table: str, header: str) -> bool:
    columns = declared(TABLES[table])
    return header in columns and columns[header][1].kind.startswith("EUR")


def _cell_text(old: str, value: Any, *, money: bool) -> str:
    if value is None:
        return ""
    try:
        before = exact_number(old) if old else None
    except CellProblem:
        before = None
    new = _changed(before, value)
    if money and isinstance(new, Fraction):
        new = Fraction(new * CENTS // 1, CENTS)  # down to whole cents
    return _shown(new)


def _set_setting(written: Written, change: Change) -> None:
    steps = change.path.split(".")
    try:
        written.settings, old, new = _replace_setting(
            written.settings, steps, change.value
        )
    except CellProblem as problem:
        change.refuse(problem.code, f"{change.path}: {problem}", problem.remedy)
    except TypeError:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" leads nowhere',
            "weights can be set where the scenario lists them by term",
        )
    else:
        written.overrides.append(
            Override(change.path, _shown(old), _shown(new), change.place)
        )


def _replace_setting(node: Any, steps: list[str], value: Any) -> tuple[Any, Any, Any]:
    if not steps:
        new = _changed(node if isinstance(node, Fraction) else None, value)
        return new, node, new
    if node is not None and not isinstance(node, dict):
        raise TypeError("not a mapping")
    inner, old, new = _replace_setting((node or {}).get(steps[0]), steps[1:], value)
    return {**(node or {}), steps[0]: inner}, old, new

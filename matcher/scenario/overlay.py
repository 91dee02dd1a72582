"""Assumptions as overlays: the same scenario with some inputs changed.

An overlay works on what was written, before it is typed: cells of tables,
numbers of rulebooks, keys of the settings. So a changed value passes exactly
the same checks as an original one, and its origin is kept as an `Override`.
Precedence is plain: rulebook and tables as written, then the assumption.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.errors import Faults, Place, did_you_mean
from matcher.scenario.cells import matching, set_cells
from matcher.scenario.change import RELATIVE, Change, Written, changed, is_part, shown
from matcher.scenario.letters import CellProblem, quoted
from matcher.scenario.records import TABLES
from matcher.scenario.rulebook import fields_at
from matcher.scenario.setting import Override

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSUMED = "assumption"
"""Source key of a number that an assumption set."""
EXPECTED = "objective.expected"
"""Path to a key of the objective, whether its weights stand in a file or not."""
FIXED = ("format", "id", "kind")
"""What makes a rulebook the one it is."""
_SETTINGS = (
    "date", "exchanges", "horizon", "limits", "objective", "solve", "wait_for",
)  # fmt: skip


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
            set_cells(written, head, rest, change)
        elif path == EXPECTED:
            _set_expected(written, change)
        elif head in _SETTINGS:
            _set_setting(written, change)
        else:
            known = ("instruments", *TABLES, *_SETTINGS)
            remedy = "begin with instruments., a table name or a setting"
            if value is None and RELATIVE.fullmatch(path):  # {a: 0,5x} are two entries
                remedy = "write parts with a decimal point: 0.5x"
            change.refuse(
                "UNKNOWN_PATH",
                f"{quoted(path)} begins with no known part{did_you_mean(head, known)}",
                remedy,
            )


def _set_rulebook(written: Written, rest: str, change: Change) -> None:
    instrument, _, name = rest.partition(".")
    book = written.rulebooks.get(instrument)
    if book is None or not name:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}": no rulebook "{instrument}" here'
            + did_you_mean(instrument, written.rulebooks),
            "write instruments.ID.FIELD",
        )
        return
    steps = name.split(".")
    if steps[0] in FIXED:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}": an assumption changes no {steps[0]} of a rulebook',
            "write another rulebook, and name it under rulebooks",
        )
        return
    if _astray(book["kind"], steps, change):
        return
    if name == "envelope":
        rows = matching(written.tables.get("budgets"), [instrument])
        if rows and is_part(change.value):  # the pool is what its rows add up to
            set_cells(written, "budgets", f"{instrument}.amount", change)
            if "envelope" not in book:
                return
        elif matching(written.tables.get("budgets"), [instrument, ""]):
            # rows for the whole instrument stand before the rulebook's number
            _set_only_row(written, instrument, change)
            return
    _set_number(written, instrument, steps, change)


def _astray(kind: str, steps: list[str], change: Change) -> bool:
    """Tell a path that leads to no field of a rulebook of this kind."""
    for end, step in enumerate(steps):
        known = fields_at(kind, steps[:end])
        if known is None or (known and step not in known and not step.isdigit()):
            change.refuse(
                "UNKNOWN_PATH",
                f'"{change.path}" leads nowhere: no field "{step}"'
                + did_you_mean(step, known or ()),
                f"use one of {', '.join(known or ())}",
            )
            return True
    return False


def _set_number(
    written: Written, instrument: str, steps: list[str], change: Change
) -> None:
    """Set a number of a rulebook and cite the assumption as its source."""
    book = written.rulebooks[instrument]
    try:
        new_book, old, new = _replace(book, steps, change.value, change.assumption)
        texts = (shown(old), shown(new))
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
    cited = {ASSUMED: f"assumption {change.assumption}"}
    sources = {**new_book.get("sources", {}), **cited}
    written.rulebooks[instrument] = {**new_book, "sources": sources}
    path = tuple(int(step) if step.isdigit() else step for step in steps)
    each = range(len(book["rate"])) if path == ("rate",) else ()
    for at in (path, *((*path, i) for i in each)):
        places = written.origins.setdefault(instrument, {})
        places[at] = places[(*at, "value")] = change.place
    written.overrides.append(Override(change.path, *texts, change.place))


def _set_only_row(written: Written, instrument: str, change: Change) -> None:
    """Set the one row of budgets that holds an instrument's whole money."""
    if len(matching(written.tables["budgets"], [instrument, ""])) == 1:
        set_cells(written, "budgets", f"{instrument}/.amount", change)
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
        new = changed(old if isinstance(old, Fraction) else None, value)
        marked = {**node, "value": new, "source": ASSUMED, "confidence": ASSUMED}
        return marked, old, new
    new = changed(node if isinstance(node, Fraction) else None, value)
    return new, node, new


def _set_setting(written: Written, change: Change) -> None:
    steps = change.path.split(".")
    try:
        settings, old, new = _replace_setting(written.settings, steps, change.value)
        texts = (shown(old), shown(new))
    except CellProblem as problem:
        change.refuse(problem.code, f"{change.path}: {problem}", problem.remedy)
    except TypeError:
        change.refuse(
            "UNKNOWN_PATH",
            f'"{change.path}" leads nowhere',
            "weights can be set where the scenario lists them by term",
        )
    else:
        written.settings = settings
        written.origins.setdefault("", {})[tuple(steps)] = change.place
        written.overrides.append(Override(change.path, *texts, change.place))


def _set_expected(written: Written, change: Change) -> None:
    if not isinstance(change.value, bool):
        change.refuse("BAD_VALUE", f"{change.path}: true or false is needed",
                      "write true or false")  # fmt: skip
        return
    written.expected = change.value
    written.overrides.append(
        Override(change.path, "", shown(change.value), change.place)
    )


def _replace_setting(node: Any, steps: list[str], value: Any) -> tuple[Any, Any, Any]:
    if not steps:
        if value is None:  # taken back: the settings say which keys may be left out
            return None, node, None
        new = changed(node if isinstance(node, Fraction) else None, value)
        return new, node, new
    if node is not None and not isinstance(node, dict):
        raise TypeError("not a mapping")
    inner, old, new = _replace_setting((node or {}).get(steps[0]), steps[1:], value)
    return {**(node or {}), steps[0]: inner}, old, new

"""A program as text for people: labels instead of indices, one row per line.

::

    maximise
      2 provide[D1/K/best,A] - member[A,D1]

    consortium_size
      consortium_size[D1]: member[A,D1] + member[B,D1] - 2 open[D1] >= 0

    bounds
      0 <= share[A,D1,1] <= 100000

    whole
      0 <= exchange[A/K,B/K/1+,D1] <= 3

    yes or no
      member[A,D1] member[B,D1]

The text depends on nothing but the program, so two programs can be compared line
by line. Numbers are the shortest that give the same double.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.program.program import Arrays, Program

WIDTH: Final = 88
INDENT: Final = "  "
_TIE: Final = "\0"
"""Stands for a blank at which no line is broken; no id can hold it."""


def write(program: Program, *, rules: Iterable[str] | None = None) -> str:
    """The program in words, or the part of it that some rules wrote.

    Parameters
    ----------
    program
        What to write.
    rules
        Names of rules: only their rows, and the columns these touch, are written,
        without the points. None writes everything; a column that no row and no point
        speaks of is left out all the same.
    """
    arrays = program.arrays
    shown = None if rules is None else frozenset(rules)
    by_rule = _rows_by_rule(program, shown)
    touched = np.zeros(arrays.num_columns, dtype=bool)
    for rows in by_rule.values():
        for i, _ in rows:
            touched[arrays.indices[arrays.indptr[i] : arrays.indptr[i + 1]]] = True
    if shown is None:
        touched |= arrays.objective != 0
    columns = np.nonzero(touched)[0].tolist()
    labels = _labels(program, columns)
    sections = (
        [] if shown is not None else [_section("maximise", [_goal(arrays, labels)])]
    )
    for rule, rows in by_rule.items():
        lines = [f"{_tied(label)}: {_row(arrays, i, labels)}" for i, label in rows]
        sections.append(_section(rule, lines))
    sections += _kinds(arrays, columns, labels)
    return "\n".join(sections)


def number(value: float) -> str:
    """Shortest text that gives the same double; whole numbers without a point."""
    if np.isfinite(value) and value == int(value):
        return str(int(value))
    return repr(float(value))


def _rows_by_rule(
    program: Program, shown: frozenset[str] | None
) -> dict[str, list[tuple[int, str]]]:
    """Index and label of every row to be written, by rule in order of first rows."""
    found: dict[str, list[tuple[int, str]]] = {}
    start = 0
    for block in program.rows:
        if shown is None or block.rule in shown:
            rows = ((start + i, block.label(i)) for i in range(block.size))
            found.setdefault(block.rule, []).extend(rows)
        start += block.size
    return found


def _labels(program: Program, columns: Sequence[int]) -> dict[int, str]:
    return {j: _tied(program.column_label(j)) for j in columns}


def _goal(arrays: Arrays, labels: dict[int, str]) -> str:
    priced = np.nonzero(arrays.objective)[0]
    goal = _sum([(arrays.objective[j], labels[int(j)]) for j in priced])
    return f"{goal} {_signed(arrays.offset)}" if arrays.offset else goal


def _tied(label: str) -> str:
    return label.replace(" ", _TIE)


def _row(arrays: Arrays, i: int, labels: dict[int, str]) -> str:
    entries = slice(arrays.indptr[i], arrays.indptr[i + 1])
    pairs = zip(arrays.data[entries], arrays.indices[entries], strict=True)
    left = _sum([(value, labels[int(j)]) for value, j in pairs])
    low, high = arrays.row_lower[i], arrays.row_upper[i]
    if low == high:
        return f"{left} ={_TIE}{number(low)}"
    if np.isinf(low) and np.isinf(high):
        return f"{left} is free"
    if np.isinf(low):
        return f"{left} <={_TIE}{number(high)}"
    if np.isinf(high):
        return f"{left} >={_TIE}{number(low)}"
    return f"{number(low)} <= {left} <= {number(high)}"


def _sum(entries: Sequence[tuple[float, str]]) -> str:
    """Coefficients and labels as a sum; a coefficient of one is not written."""
    if not entries:
        return "0"
    parts = [_signed(value, label) for value, label in entries]
    # The leading plus of a sum says nothing, and a leading minus sits close.
    parts[0] = parts[0].removeprefix(f"+{_TIE}").replace(f"-{_TIE}", "-", 1)
    return " ".join(parts)


def _signed(value: float, label: str = "") -> str:
    sign = "-" if value < 0 else "+"
    size = number(abs(value))
    shown = ([] if size == "1" and label else [size]) + ([label] if label else [])
    return _TIE.join([sign, *shown])


def _kinds(
    arrays: Arrays, columns: Sequence[int], labels: dict[int, str]
) -> Iterator[str]:
    """Bounds of the columns, apart by kind: continuous, whole, yes or no."""
    free: list[str] = []
    whole: list[str] = []
    binary: list[str] = []
    for j in columns:
        low, high = arrays.lower[j], arrays.upper[j]
        if arrays.integer[j] and (low, high) == (0, 1):
            binary.append(labels[j])
            continue
        bounds = f"{number(low)} <= {labels[j]} <= {number(high)}"
        (whole if arrays.integer[j] else free).append(bounds)
    for title, lines in (
        ("bounds", free), ("whole", whole), ("yes or no", [" ".join(binary)]),
    ):  # fmt: skip
        if any(lines):
            yield _section(title, lines)


def _section(title: str, lines: Iterable[str]) -> str:
    wrapped = [
        textwrap.fill(
            line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT * 3,
            break_long_words=False, break_on_hyphens=False,
        )
        for line in lines
    ]  # fmt: skip
    return "\n".join([title, *wrapped, ""]).replace(_TIE, " ")

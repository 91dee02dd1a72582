"""Results as tables: on the terminal, and as Markdown."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from benchmarks.results import Row

HEADS: Final = ("Metric", "Median", "Lowest", "Highest", "Repeats")
Cells = tuple[str, ...]


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str, int], list[Row]]:
    """Rows by run, benchmark and seed, in the order they were written."""
    groups: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.run, row.benchmark, row.seed].append(row)
    return groups


def _cells(row: Row) -> Cells:
    if row.note:
        return row.metric, row.note, "", "", "0"
    numbers = (row.median, row.lowest, row.highest)
    return row.metric, *(_number(n) for n in numbers), str(row.repeats)


def _number(value: float | None) -> str:
    """Four digits that mean something; whole numbers in full."""
    if value is None:
        return "none"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def _title(group: Sequence[Row]) -> str:
    first = group[0]
    return f"{first.benchmark}, seed {first.seed}"


def _tables(group: Sequence[Row]) -> Iterator[tuple[tuple[str, ...], list[Cells]]]:
    """Heads and rows: one row per problem where problems were solved, or per metric."""
    problems: dict[str, dict[str, Row]] = defaultdict(dict)
    plain = []
    for row in group:
        name, of_problem, figure = row.metric.partition(": ")
        if of_problem:
            problems[name][figure] = row
        else:
            plain.append(_cells(row))
    if problems:
        figures = tuple(dict.fromkeys(f for told in problems.values() for f in told))
        yield (
            ("Problem", *figures),
            [
                (name, *(_number(told[f].median) for f in figures))
                for name, told in problems.items()
            ],
        )
    if plain:
        yield HEADS, plain


def show(rows: Sequence[Row], console: Console) -> None:
    """Print every benchmark as a table."""
    for group in _grouped(rows).values():
        goal = f"goal: {group[0].goal}"
        for heads, body in _tables(group):
            table = Table(title=_title(group), caption=goal)
            table.add_column(heads[0])
            for head in heads[1:]:
                table.add_column(head, justify="right")
            for cells in body:
                table.add_row(*cells)
            console.print(table)


def markdown(rows: Sequence[Row]) -> str:
    """The same as a Markdown page."""
    lines = ["# Benchmark results", "", *(f"- {text}" for text in setups(rows))]
    for group in _grouped(rows).values():
        lines += ["", f"## {_title(group)}", "", f"Goal: {group[0].goal}."]
        for heads, body in _tables(group):
            lines += ["", f"| {' | '.join(heads)} |"]
            lines.append(f"|---|{'---:|' * (len(heads) - 1)}")
            for cells in body:
                told = (text.replace("|", "\\|") for text in cells)
                lines.append(f"| {' | '.join(told)} |")
    return "\n".join(lines) + "\n"


def setups(rows: Sequence[Row]) -> Iterator[str]:
    """One line for each run: when, of what, on what."""
    seen = dict.fromkeys(
        f"Run {row.run}: commit {row.commit[:12] or 'unknown'}, source {row.source}; "
        f"{row.machine}; {row.system}; Python {row.python}; {row.packages}"
        for row in rows
    )
    yield from seen

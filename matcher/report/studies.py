"""A study as text, as plain data and as files: the same for every kind of study."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol

from matcher import __version__
from matcher.proposal.jsonform import dumps
from matcher.report.manifest import input_hashes, text_hash, versions
from matcher.report.words import clean, number_text, points, table_text
from matcher.study.table import EUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console
    from rich.table import Table as Grid

    from matcher.program.solution import SolveOptions, Stop
    from matcher.report.words import Cell as Written
    from matcher.scenario.load import Scenario
    from matcher.study.table import Cell, Table

STUDY: Final = "study.json"
"""Its presence says that a folder is a study and may be replaced by a newer one."""
UNKNOWN: Final = "-"
YES, NO = "yes", "no"
WIDEST: Final = 10_000
"""Characters: wider than any table."""


class Study(Protocol):
    """What every study offers to its readers."""

    @property
    def kind(self) -> str:
        """One word, such as ``compare``."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words, the most important first."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """What was found, in rows."""

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""

    @property
    def stop(self) -> Stop:
        """Why the last solve stopped."""

    @property
    def reached(self) -> bool:
        """Whether every answer came within the gap asked for."""

    def plain(self) -> dict[str, Any]:
        """What a reading program looks for beside the tables."""


def document(study: Study, scenario: Scenario) -> dict[str, Any]:
    """A study as plain data: its own keys, then every table as a list of records."""
    return {
        "format": 1,
        "study": study.kind,
        "scenario": scenario.name,
        "matcher": __version__,
        "status": study.status,
        "stop": str(study.stop),
        "reached": study.reached,
        **study.plain(),
        "sentences": list(study.sentences),
        "tables": {table.name: list(table.records()) for table in study.tables},
    }


def files(
    study: Study, data: Mapping[str, Any], scenario: Scenario, options: SolveOptions,
    backend: str,
) -> dict[str, str]:  # fmt: skip
    """Every file of a study by name; ``data`` is its `document`."""
    found = {STUDY: dumps(data)}
    for table in study.tables:
        found[f"{table.name}.csv"] = table_file(table)
    manifest = {
        "format": 1,
        "study": study.kind,
        "scenario": scenario.name,
        "backend": backend,
        "gap_asked": options.gap,
        "time_limit": options.time_limit,
        "seed": options.seed,
        "threads": options.threads,
        "versions": versions(),
        "inputs": input_hashes(scenario),
        "files": {name: text_hash(text) for name, text in sorted(found.items())},
    }
    return {**found, "manifest.json": dumps(manifest)}


def table_file(table: Table) -> str:
    """A table of a study as CSV text."""
    rows = [
        [_written(name, cell) for name, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return table_text(table.columns, rows)


def _written(column: str, cell: Cell) -> Written:
    """A cell as it stands in a file: exact, money in EUR."""
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, int) and column.endswith(EUR):
        return number_text(Fraction(cell, 100))
    return cell


def show(study: Study, title: str, to: Console) -> None:
    """Print a study: what was found in words, then its tables but for details."""
    to.print(clean(title), style="bold")
    to.print()
    for sentence in study.sentences:
        to.print(clean(sentence), soft_wrap=True)
    for table in study.tables:
        if not table.detail:
            to.print()
            _show_table(table, to)


def _show_table(table: Table, to: Console) -> None:
    """Print a table; a wide one of few rows is turned on its side."""
    from rich.measure import Measurement

    to.print(clean(table.title), style="bold")
    if not table.rows:
        to.print("none")
        return
    rows = [tuple(_shown(table, row)) for row in table.rows]
    numbers = [
        all(_is_number(row[i]) for row in table.rows) for i in range(len(table.columns))
    ]
    names = tuple(clean(name).replace("_", " ") for name in table.columns)
    grid = _grid(names, rows, numbers)
    free = to.options.update(max_width=WIDEST)
    width = Measurement.get(to, free, grid).maximum
    if width > to.width and 2 * len(rows) <= len(names):
        turned = [tuple(cells) for cells in zip(names, *rows, strict=True)]
        grid = _grid(turned[0], turned[1:], [False] + [True] * len(rows))
        width = Measurement.get(to, free, grid).maximum
    if not to.is_terminal:  # a file or a pager takes lines of any length
        to.width = max(width, to.width)
    to.print(grid)


def _grid(
    names: tuple[str, ...], rows: list[tuple[str, ...]], numbers: list[bool]
) -> Grid:
    from rich.table import Table as Grid

    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, number in zip(names, numbers, strict=True):
        grid.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _is_number(cell: Cell) -> bool:
    number = isinstance(cell, (int, Fraction)) and not isinstance(cell, bool)
    return cell is None or number


def _shown(table: Table, row: tuple[Cell, ...]) -> Iterator[str]:
    """Cells as people read them."""
    for column, cell in zip(table.columns, row, strict=True):
        if cell is None:
            yield UNKNOWN
        elif isinstance(cell, bool):
            yield YES if cell else NO
        elif isinstance(cell, int) and column.endswith(EUR):
            yield f"{round(Fraction(cell, 100)):,}"  # the column is in EUR
        elif isinstance(cell, Fraction):
            yield points(cell)
        else:
            yield clean(cell)

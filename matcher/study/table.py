"""A table of a study: plain rows, one fact each, for every form of output.

A cell holds text, a whole number, an exact `Fraction` (points, shares), a truth value,
or None where nothing is known. Money is in cents in columns whose name ends in `EUR`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.proposal.jsonform import euro, points

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = str | int | Fraction | bool | None
EUR: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Table:
    """One question and its answer in rows."""

    name: str
    """Name of the file and of the key in plain data, such as ``regret``."""
    title: str
    """The question in a few words, for people."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    detail: bool = False
    """Too long for a terminal: only in files, plain data and data frames."""

    def records(self) -> Iterator[dict[str, Any]]:
        """Rows as plain data: numbers as numbers, money in EUR."""
        for row in self.rows:
            yield {
                column: plain(column, cell)
                for column, cell in zip(self.columns, row, strict=True)
            }

    @property
    def frame(self) -> Any:
        """The rows as a pandas data frame, money in EUR."""
        from matcher.proposal.frames import frame

        cells = (tuple(record.values()) for record in self.records())
        return frame(self.columns, cells)


def plain(column: str, cell: Cell) -> Any:
    """A cell as plain data."""
    if isinstance(cell, int) and not isinstance(cell, bool) and column.endswith(EUR):
        return euro(cell)
    return points(cell) if isinstance(cell, Fraction) else cell

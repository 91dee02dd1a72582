"""Labelled blocks of rows and columns: names for people, made only on demand.

A block holds index arrays, never a list of strings: a program of 10^5 rows is
labelled for free and only the rows somebody asks for are spelled out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

COUPLING = -1
"""In the place of a case: a row couples, or a column speaks of, several or none."""


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """What the rows or columns of a block speak of, one entry each.

    ``names[i]`` are the ids of axis i (for example all region ids) and
    ``index[i]``, shape (size,), picks one of them for each entry.
    """

    names: tuple[tuple[str, ...], ...]
    index: tuple[Ints, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.index):
            raise ValueError("names and index of a subject must have the same length")

    def ids(self, i: int) -> tuple[str, ...]:
        """Ids of entry i, one per axis."""
        return tuple(
            names[index[i]] for names, index in zip(self.names, self.index, strict=True)
        )


@dataclass(frozen=True, eq=False, slots=True)
class ColumnBlock:
    """Consecutive columns that stand for the same kind of decision.

    ``case`` holds, for each column, the index of the one case it speaks of, or
    `COUPLING` (applications for several cases, needs covered anywhere).
    """

    name: str
    start: int
    size: int
    subject: Subject
    case: Ints

    def label(self, i: int) -> str:
        """Readable name of the i-th column of this block."""
        return f"{self.name}[{','.join(self.subject.ids(i))}]"


@dataclass(frozen=True, eq=False, slots=True)
class RowBlock:
    """Consecutive rows of one rule.

    ``case`` holds, for each row, the index of the one case it lives in, or
    `COUPLING` where it couples several (needs, assets, effort, envelopes).
    """

    rule: str
    size: int
    subject: Subject
    case: Ints

    def label(self, i: int) -> str:
        """Readable name of the i-th row of this block."""
        return f"{self.rule}[{','.join(self.subject.ids(i))}]"

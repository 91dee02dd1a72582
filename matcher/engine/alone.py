"""The part of a program that one case needs when hardly any other is launched.

Whatever lives in a closed case is zero: its columns and rows are left out before
the solve. What several cases share stays, and so do cases that a pin opens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import csr_array

from matcher.program.blocks import COUPLING
from matcher.program.program import Arrays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Bools, Ints


_Key = TypeVar("_Key")


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """Rows and columns that are left, in the order of the whole program."""

    arrays: Arrays
    rows: Ints
    """Index in the whole program of each row."""

    def groups(self, groups: Mapping[_Key, Ints]) -> dict[_Key, Ints]:
        """Groups of rows of the whole program as rows of this part."""
        found = {
            key: np.nonzero(np.isin(self.rows, rows))[0] for key, rows in groups.items()
        }
        return {key: rows for key, rows in found.items() if len(rows)}


def launched(arrays: Arrays, column: int) -> Arrays:
    """The program with one case launched."""
    lower = arrays.lower.copy()
    lower[column] = 1.0
    return replace(arrays, lower=lower)


def alone(assembly: Assembly, d: int) -> Part:
    """The program with one case launched, and no other but those that are pinned.

    What is asked of all cases together, such as a least number of them, is not
    asked of one.
    """
    opened = assembly.layout.open
    pinned = {pin.case for pin in assembly.inst.setting.pins if not pin.forbid}
    closed = np.array([name not in pinned for name in assembly.inst.setting.cases])
    closed[d] = False
    case = np.concatenate([block.case for block in assembly.program.rows])
    arrays = launched(assembly.program.arrays, opened[d])
    upper = arrays.upper.copy()
    upper[opened[closed]] = 0.0
    together = (case == COUPLING) & (arrays.row_lower > 0)
    row_lower = np.where(together, -np.inf, arrays.row_lower)
    return _without(replace(arrays, upper=upper, row_lower=row_lower), case, closed)


def _without(arrays: Arrays, case: Ints, closed: Bools) -> Part:
    """Leave out the columns that only closed cases have, and the rows thus empty.

    ``case`` holds the case of each row, `COUPLING` where it couples several.
    """
    shut = (case != COUPLING) & closed[case]
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    theirs = np.zeros(arrays.num_columns, dtype=bool)
    theirs[arrays.indices[shut[row]]] = True
    theirs[arrays.indices[((case != COUPLING) & ~shut)[row]]] = False
    theirs &= (arrays.lower <= 0) & (arrays.upper >= 0)
    left = np.zeros(arrays.num_rows, dtype=bool)
    left[row[~theirs[arrays.indices]]] = True
    left |= (arrays.row_lower > 0) | (arrays.row_upper < 0)
    rows, columns = np.nonzero(left)[0], np.nonzero(~theirs)[0]
    whole = arrays.matrix()
    part = csr_array(csr_array(whole[rows])[:, columns])
    part.sort_indices()
    return Part(
        Arrays(
            indptr=part.indptr.astype(np.int64),
            indices=part.indices.astype(np.int64),
            data=np.array(part.data, dtype=np.float64),
            row_lower=arrays.row_lower[rows],
            row_upper=arrays.row_upper[rows],
            lower=arrays.lower[columns],
            upper=arrays.upper[columns],
            objective=arrays.objective[columns],
            integer=arrays.integer[columns],
            offset=arrays.offset,
        ),
        rows,
    )

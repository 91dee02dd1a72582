"""A program in which one limit of several may be raised, whichever serves best.

The program at hand has all of them raised, limit i by extra_i. One of them stays so::

    activity_i <= limit_i + extra_i * chosen_i
    sum_i chosen_i <= 1

Rows that are implied by the limits still know them all raised, so that the program
may allow a little too much: its bound holds, what it chooses is to be solved again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Floats
    from matcher.program.program import Arrays

Key = tuple[str, ...]
"""Ids that a row speaks of."""


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """The program with a column for each limit that may be raised, put last."""

    arrays: Arrays
    keys: tuple[Key, ...]

    def chosen(self, x: Floats) -> Key | None:
        """The limit that an answer raises."""
        on = np.nonzero(x[len(x) - len(self.keys) :] > 0.5)[0]
        return self.keys[int(on[0])] if len(on) else None


def limits_of(assembly: Assembly, rule: str) -> dict[Key, tuple[int, float]]:
    """Row and limit of everything a rule speaks of."""
    upper, start = assembly.program.arrays.row_upper, 0
    found: dict[Key, tuple[int, float]] = {}
    for block in assembly.program.rows:
        if block.rule == rule:
            for i in range(block.size):
                found[block.subject.ids(i)] = start + i, float(upper[start + i])
        start += block.size
    return found


def one_raised(assembly: Assembly, rule: str, before: Mapping[Key, float]) -> Choice:
    """The program in which one limit of a rule is raised at most.

    Parameters
    ----------
    assembly
        The program with every limit raised.
    rule
        Rule whose rows hold the limits.
    before
        Limits that are not raised; what is not named stays as it is.
    """
    raised = [
        (key, row, upper - before[key])
        for key, (row, upper) in limits_of(assembly, rule).items()
        if key in before and upper > before[key]
    ]
    keys = tuple(key for key, _, _ in raised)
    row = np.array([row for _, row, _ in raised], dtype=np.int64)
    extra = np.array([more for _, _, more in raised])
    arrays, count = assembly.program.arrays, len(keys)
    shape = arrays.num_rows, count
    more = csr_array(coo_array((-extra, (row, np.arange(count))), shape=shape))
    matrix = csr_array(hstack([arrays.matrix(), more], format="csr"))
    upper = arrays.row_upper.copy()
    upper[row] -= extra
    wide = replace(
        arrays,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=np.array(matrix.data, dtype=np.float64),
        row_upper=upper,
        lower=np.append(arrays.lower, np.zeros(count)),
        upper=np.append(arrays.upper, np.ones(count)),
        objective=np.append(arrays.objective, np.zeros(count)),
        integer=np.append(arrays.integer, np.ones(count, dtype=bool)),
    )
    own = np.arange(arrays.num_columns, arrays.num_columns + count)
    return Choice(wide.with_row(own, np.ones(count), upper=1.0), keys)

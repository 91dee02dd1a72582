"""Whole cents: after the decisions, the money is settled exactly.

Backends that work in doubles treat money as continuous. Once every whole column
is fixed, what remains is a small program in money alone; it is solved again in
whole cents, preferring grants over own money. If no whole-cent settlement
exists, the caller solves the full program in whole cents instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Floats

POLISH_SECONDS = 60.0
"""The money program has no yes-or-no decisions left; it takes well under a second."""
POLISH_GAP = 0.01
"""How much grant money is preferred over own money is a taste, not the objective."""


def in_whole_cents(arrays: Arrays) -> Arrays:
    """The same program with every column whole, money included."""
    return replace(arrays, integer=np.ones(arrays.num_columns, dtype=bool))


def settle(
    assembly: Assembly, x: Floats, worker: Worker, *, seed: int
) -> Floats | None:
    """Whole cents for every money column, the other columns as they are.

    Returns None when the decisions allow no settlement in whole cents.
    """
    arrays = assembly.program.arrays
    free = ~arrays.integer
    if not free.any():
        return x
    money = _money_only(assembly, x, free)
    options = SolveOptions(gap=POLISH_GAP, time_limit=POLISH_SECONDS, seed=seed)
    solution = worker.solve(money, options)
    if solution.x is None:
        return None
    settled = x.copy()
    settled[free] = np.rint(solution.x)
    return settled


def _money_only(assembly: Assembly, x: Floats, free: np.ndarray) -> Arrays:
    """Program in the free columns, the others moved into the row bounds."""
    arrays = assembly.program.arrays
    matrix = csr_array(
        (arrays.data, arrays.indices, arrays.indptr),
        shape=(arrays.num_rows, arrays.num_columns),
    )
    fixed = np.rint(matrix @ np.where(free, 0.0, x))
    part = csr_array(matrix[:, np.nonzero(free)[0]])
    rows = np.nonzero(np.diff(part.indptr))[0]
    part = csr_array(part[rows])
    part.sort_indices()
    grants = np.zeros(arrays.num_columns)
    columns = assembly.layout.grant
    grants[columns[columns >= 0]] = 1.0
    return Arrays(
        indptr=part.indptr.astype(np.int64),
        indices=part.indices.astype(np.int64),
        data=np.array(part.data, dtype=np.float64),
        row_lower=arrays.row_lower[rows] - fixed[rows],
        row_upper=arrays.row_upper[rows] - fixed[rows],
        lower=arrays.lower[free].copy(),
        upper=arrays.upper[free].copy(),
        objective=grants[free],
        integer=np.ones(int(free.sum()), dtype=bool),
    )

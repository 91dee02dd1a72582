"""Whole cents: after the decisions, the money is settled exactly.

Backends that work in doubles treat money as continuous, in units of about
10,000 EUR. Once every whole column is fixed, what remains is a small program in
money alone. It is solved once more with a margin of a few cents in every row,
preferring grants over own money; rounding to cents then uses up the margin, and
every row is checked in whole numbers. Where some budget fits to the cent there
is no margin: then CP-SAT, which knows only whole numbers, settles it exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from matcher.backends.client import open_worker
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions
from matcher.program.units import UNIT, in_solver_units

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Floats

SETTLE_SECONDS: Final = 60.0
"""No yes-or-no decision is left in the money; it takes well under a second."""
SETTLE_GAP: Final = 0.01
"""How much grants are preferred over own money is a taste, not the objective."""
MARGIN: Final = 2.0
"""Cents by which rounding may move each amount, and a cent for the solver."""
EXACT: Final = "cpsat"


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
    options = SolveOptions(gap=SETTLE_GAP, time_limit=SETTLE_SECONDS, seed=seed)
    cents = _with_margin(money, worker, options)
    if cents is None:
        with open_worker(EXACT) as exact:
            cents = exact.solve(in_whole_cents(money), options).x
    if cents is None:
        return None
    settled = x.copy()
    settled[free] = cents
    return settled


def _with_margin(money: Arrays, worker: Worker, options: SolveOptions) -> Floats | None:
    """Continuous amounts with room to round, rounded; None where that fails."""
    row = np.repeat(np.arange(money.num_rows), np.diff(money.indptr))
    room = np.zeros(money.num_rows)
    np.add.at(room, row, MARGIN * np.abs(money.data))
    equal = money.row_lower == money.row_upper
    roomy = replace(
        money,
        row_lower=np.where(equal, money.row_lower, money.row_lower + room),
        row_upper=np.where(equal, money.row_upper, money.row_upper - room),
        integer=np.zeros(money.num_columns, dtype=bool),
    )
    if (roomy.row_lower > roomy.row_upper).any():
        return None
    answer = worker.solve(in_solver_units(roomy), options)
    if answer.x is None:
        return None
    cents = _round_to_sums(money, np.maximum(answer.x * UNIT, 0.0), equal)
    activity = money.activity(cents)  # whole numbers below 2^53: exact in doubles
    holds = (activity >= money.row_lower) & (activity <= money.row_upper)
    inside = (cents >= money.lower) & (cents <= money.upper)
    return cents if holds.all() and inside.all() else None


def _round_to_sums(money: Arrays, x: Floats, equal: np.ndarray) -> Floats:
    """Round down, then up by a cent where rows of a fixed sum need it.

    The rows of fixed sum are the costs of each case and layer: they share no column.
    """
    cents = np.floor(x + 0.5 / UNIT)
    for i in np.nonzero(equal)[0]:
        columns = money.indices[money.indptr[i] : money.indptr[i + 1]]
        missing = int(money.row_upper[i] - cents[columns].sum())
        order = np.argsort(cents[columns] - x[columns], kind="stable")
        cents[columns[order[:missing]]] += 1.0
    return cents


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

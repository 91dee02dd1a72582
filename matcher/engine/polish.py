"""Whole cents: after the decisions, the money is settled exactly.

Backends that work in doubles treat money as continuous, in units of about
10,000 EUR. Once every decision is fixed, what remains is a small program: which
instruments pay, and how much. It is solved once more with grants preferred over own
money. Its amounts are rounded to cents and every row is checked in whole numbers; where
rounding breaks one, CP-SAT, which knows only whole numbers, looks for cents nearby.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from matcher.program.layout import NONE
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions
from matcher.program.units import UNIT, in_solver_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.backends.client import Worker
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Bools, Floats

SETTLE_SECONDS: Final = 60.0
"""No yes-or-no decision is left in the money; it takes well under a second."""
NEAR: Final = (2.0, 20.0, 1_000.0)
"""Cents around the continuous amounts in which whole cents are looked for, one after
the other: rounding moves money along a few members, a cent each, so ten euros are
ample, and the closer they stay the rounder the sums are."""
NEARLY: Final = 1e-3
"""Part of all grants within which it does not matter which instruments pay: proving
the last of it takes seconds, which nobody has after Ctrl-C."""
DUST: Final = 0.02
"""Cents; what a solver computes as 99.99 cents is a euro. Ten times what tolerances of
1e-9 in units of `UNIT` cents let through."""
ROOM: Final = 10_000.0
"""Cents kept free in every limit on money when a plan is looked for a second time."""


def with_room(arrays: Arrays) -> Arrays:
    """The program with every limit on money lowered by `ROOM`.

    A solver's zero is not quite zero, so a plan may use up a budget with amounts
    that a region outside the case seems to pay. Where such a plan cannot be
    settled, one that leaves a little room can; the bound of the first solve holds.
    """
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    money = np.zeros(arrays.num_rows, dtype=bool)
    money[row[~arrays.integer[arrays.indices]]] = True
    limits = money & (arrays.row_upper > ROOM) & (arrays.row_lower != arrays.row_upper)
    return replace(
        arrays, row_upper=np.where(limits, arrays.row_upper - ROOM, arrays.row_upper)
    )


WHOLE_ONLY: Final = ("cpsat",)
"""Backends that know whole numbers only: their money is in whole cents throughout."""


def suited(arrays: Arrays, worker: Worker) -> Arrays:
    """The program in the form that suits a backend: whole cents, or large units."""
    if worker.name in WHOLE_ONLY:
        return in_whole_cents(arrays)
    return in_solver_units(arrays)


def in_whole_cents(arrays: Arrays) -> Arrays:
    """The same program with every column whole, money included."""
    return replace(arrays, integer=np.ones(arrays.num_columns, dtype=bool))


def in_money_grid(arrays: Arrays) -> tuple[Arrays, int] | None:
    """The program with money in multiples of a grid, and the grid in cents.

    The grid is the largest sum of which every cost is a multiple, often 100 EUR.
    A plan in it is a plan in cents, and far sooner found by a backend that knows
    whole numbers only; its bound says nothing. None where costs share no grid.
    """
    free = ~arrays.integer
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    money = free[arrays.indices]
    paid = np.zeros(arrays.num_rows, dtype=bool)
    paid[row[money]] = True
    equal = paid & (arrays.row_lower == arrays.row_upper)
    costs = np.abs(arrays.data[equal[row] & ~money]).astype(np.int64)
    grid = int(np.gcd.reduce(costs, initial=0))
    if grid <= 1 or arrays.row_upper[equal].any():
        return None
    rough = replace(
        arrays,
        data=np.where(money, arrays.data * grid, arrays.data),
        lower=np.where(free, np.ceil(arrays.lower / grid), arrays.lower),
        upper=np.where(free, np.floor(arrays.upper / grid), arrays.upper),
    )
    return in_whole_cents(rough), grid


def settle(
    assembly: Assembly, x: Floats, worker: Worker, exact: Worker
) -> Floats | None:
    """Whole cents for every money column, the decisions as they are.

    Which instruments pay is part of the money: grants go before own money.
    ``exact`` is a worker that knows whole numbers only; it is asked where plain
    rounding fails. Returns None when the decisions allow no settlement.
    """
    arrays = assembly.program.arrays
    if arrays.integer.all():
        return x
    live = _of_members(assembly, x)
    free = ~arrays.integer & live
    x = np.where(arrays.integer | live, x, 0.0)
    options = SolveOptions(time_limit=SETTLE_SECONDS)
    x = _with_payers(assembly, x, live, worker, options)
    money = _money_only(assembly, x, free)
    # Without decisions the best amounts are a corner of the limits: round sums.
    smooth = replace(money, integer=np.zeros(money.num_columns, dtype=bool))
    answer = worker.solve(in_solver_units(smooth), options)
    if answer.x is None:
        return None
    amounts = np.clip(answer.x * UNIT, money.lower, money.upper)
    cents: Floats | None = _round_to_sums(money, amounts)
    for near in NEAR if not _holds(money, cents) else ():
        close = replace(
            money,
            lower=np.maximum(money.lower, np.floor(amounts) - near),
            upper=np.minimum(money.upper, np.ceil(amounts) + near),
            objective=np.zeros(money.num_columns),
        )
        cents = exact.solve(close, options).x
        if cents is not None:
            break
    if cents is None:
        return None
    settled = x.copy()
    settled[free] = cents
    return settled


def _of_members(assembly: Assembly, x: Floats) -> Bools:
    """Columns about members of launched cases: nobody else pays, so the rest is 0."""
    cols, paid = assembly.layout, assembly.layout.grants
    on = np.append(x > 0.5, False)  # index -1 (no column) reads as off
    live = np.zeros(len(x) + 1, dtype=bool)
    member, opened = on[cols.member], on[cols.open]
    live[cols.share[member]] = True
    live[paid.column[member[paid.region, paid.case]]] = True
    for look_up in (cols.uses, cols.state, cols.counted):
        live[look_up[:, opened]] = True
    return live[:-1]


def _with_payers(
    assembly: Assembly, x: Floats, live: Bools, worker: Worker, options: SolveOptions
) -> Floats:
    """The decisions with those instruments paying that together grant the most."""
    arrays, cols = assembly.program.arrays, assembly.layout
    left = ~arrays.integer
    # States and counted members follow from who is a member; a solver may leave them
    # at zero where nothing asks for them, but an instrument that could pay may ask.
    own_count = np.where(cols.counted != cols.member, cols.counted, NONE)
    for look_up in (cols.uses, cols.state, own_count):
        left[look_up[look_up != NONE]] = True
    left &= live
    part = replace(_money_only(assembly, x, left), integer=arrays.integer[left])
    answer = worker.solve(in_solver_units(part), replace(options, gap=NEARLY))
    found = x.copy()
    if answer.x is not None:
        found[left] = np.rint(answer.x)
    return np.where(arrays.integer, found, x)


def _holds(money: Arrays, cents: Floats | None) -> bool:
    """Whether whole cents meet every row; sums below 2^53 are exact in doubles."""
    if cents is None:
        return False
    activity = money.activity(cents)
    rows = (activity >= money.row_lower) & (activity <= money.row_upper)
    inside = (cents >= money.lower) & (cents <= money.upper)
    return bool(rows.all() and inside.all())


def _round_to_sums(money: Arrays, x: Floats) -> Floats:
    """Round down, and by a cent up or down again where rows need it.

    A share is raised where the grants it carries need it. Then the rows of fixed sum,
    the costs of each case and layer, are evened out: they share no column.
    """
    cents = np.floor(x + DUST)
    raised = _raise_shares(money, cents)
    for i in np.nonzero(money.row_lower == money.row_upper)[0]:
        columns = money.indices[money.indptr[i] : money.indptr[i + 1]]
        missing = int(money.row_upper[i] - cents[columns].sum())
        if missing >= 0:
            order = np.argsort(cents[columns] - x[columns], kind="stable")
        else:
            order = np.lexsort([-x[columns], raised[columns]])
        cents[columns[order[: abs(missing)]]] += np.sign(missing)
    return cents


def _raise_shares(money: Arrays, cents: Floats) -> NDArray[np.bool_]:
    """Raise the one share of each row whose grants are too much for it; which ones."""
    raised = np.zeros(len(cents), dtype=bool)
    over = money.activity(cents) - money.row_upper
    for i in np.nonzero(over > 0)[0]:
        entries = slice(money.indptr[i], money.indptr[i + 1])
        bears = np.nonzero(money.data[entries] < 0)[0]
        if len(bears) == 1:
            column = money.indices[entries][bears[0]]
            cents[column] += np.ceil(over[i] / -money.data[entries][bears[0]])
            raised[column] = True
    return raised


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
    grants[assembly.layout.grants.column] = 1.0
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

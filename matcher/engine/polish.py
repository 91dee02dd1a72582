"""Whole cents: after the decisions, the money is settled exactly.

Backends that work in doubles treat money as continuous, in units of about
10,000 EUR. Once every decision is fixed, what remains is a small program: which
instruments pay, and how much. It is solved once more with grants preferred over own
money and own money over loans, and its amounts are put in whole cents (`cents`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.cents import SETTLE_SECONDS, whole_cents, with_fixed
from matcher.formulation.expected import uncertain
from matcher.program.layout import NONE
from matcher.program.solution import SolveOptions
from matcher.program.units import in_solver_units

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Arrays, Bools, Floats

NEARLY: Final = 1e-3
"""Part of all grants within which it does not matter which instruments pay: proving
the last of it takes seconds, which nobody has after Ctrl-C."""
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
    assembly: Assembly, x: Floats, worker: Worker, exact: Worker, *, hurry: bool = False
) -> Floats | None:
    """Whole cents for every money column, the decisions as they are.

    Which instruments pay is part of the money: grants go before own money, and
    that before loans. In a hurry those pay that the solver had pay; choosing them takes
    seconds.
    ``exact`` is a worker that knows whole numbers only; it is asked where plain
    rounding fails. Returns None when the decisions allow no settlement.
    """
    arrays = assembly.program.arrays
    if arrays.integer.all():
        return x
    live = of_members(assembly, x)
    free = ~arrays.integer & live
    x = np.where(arrays.integer | live, x, 0.0)
    options = SolveOptions(time_limit=SETTLE_SECONDS)
    if not hurry:
        x = _with_payers(assembly, x, live, worker, options)
    return whole_cents(arrays, preferred(assembly), x, free, worker, exact, hurry=hurry)


def preferred(assembly: Assembly) -> Floats:
    """What is worth paying: a grant before private, own and lent money, in that order.

    Own money is what the others leave, so that it is worth nothing by itself.
    """
    money, paid = assembly.inst.money, assembly.layout.grants
    worth = np.where(money.repayable, -1.0, np.where(money.aid, 1.0, 0.5))
    points = np.zeros(assembly.program.arrays.num_columns)
    points[paid.column] = worth[paid.instrument]
    return points


def of_members(assembly: Assembly, x: Floats) -> Bools:
    """Columns about members of launched cases: nobody else pays, so the rest is 0."""
    cols, paid = assembly.layout, assembly.layout.grants
    on = np.append(x > 0.5, False)  # index -1 (no column) reads as off
    live = np.zeros(len(x) + 1, dtype=bool)
    member, opened = on[cols.member], on[cols.open]
    live[cols.share[member]] = True
    live[paid.column[member[paid.region, paid.case]]] = True
    for look_up in (cols.uses, cols.state, cols.counted):
        live[look_up[:, opened]] = True
    live[cols.applications.own] = True
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
    uses = cols.uses.copy()
    if len(assembly.derived):  # who pays decides what the plan is worth
        uses[uncertain(assembly.inst)] = NONE
    for look_up in (uses, cols.state, own_count):
        left[look_up[look_up != NONE]] = True
    left[cols.applications.own] = True
    left &= live
    part = with_fixed(arrays, preferred(assembly), x, left)
    quick = replace(options, gap=NEARLY, rough=True)
    answer = worker.solve(in_solver_units(part), quick)
    found = x.copy()
    if answer.x is not None:
        found[left] = np.rint(answer.x)
    return np.where(arrays.integer, found, x)

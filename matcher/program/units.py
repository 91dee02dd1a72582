"""Money in units that doubles like: thousands instead of cents, by powers of two.

Solvers that compute in doubles hold every row to an absolute tolerance of about
1e-6. In cents, where a case costs 10^8 to 10^9, that is finer than a double can
tell. So continuous columns are measured in larger units and the rows they stand
in are divided alike; powers of two make both steps exact and undone exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from matcher.program.program import Arrays, Floats

UNIT: Final = 2.0**20
"""Cents in one solver unit, about 10,000 EUR: a tolerance of 1e-6 is then a cent."""


def in_solver_units(arrays: Arrays) -> Arrays:
    """The same program, continuous columns in `UNIT` and their rows near one."""
    free = ~arrays.integer
    if not free.any():
        return arrays
    data = np.where(free[arrays.indices], arrays.data * UNIT, arrays.data)
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    money = np.zeros(arrays.num_rows, dtype=bool)
    money[row[free[arrays.indices]]] = True
    smallest = np.full(arrays.num_rows, np.inf)
    np.minimum.at(
        smallest, row[free[arrays.indices]], np.abs(data[free[arrays.indices]])
    )
    factor = np.where(
        money, 2.0 ** -np.floor(np.log2(np.where(money, smallest, 1.0))), 1.0
    )
    return replace(
        arrays,
        data=data * factor[row],
        row_lower=arrays.row_lower * factor,
        row_upper=arrays.row_upper * factor,
        lower=np.where(free, arrays.lower / UNIT, arrays.lower),
        upper=np.where(free, arrays.upper / UNIT, arrays.upper),
        objective=np.where(free, arrays.objective * UNIT, arrays.objective),
    )


def in_cents(arrays: Arrays, x: Floats) -> Floats:
    """An answer to the program in solver units, in the units of ``arrays``."""
    return np.where(arrays.integer, x, x * UNIT)

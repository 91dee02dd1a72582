"""Whole cents for amounts of money, once everything else is decided.

What remains is a linear program; its amounts are rounded to cents and every row is
checked in whole numbers. Where rounding breaks one, CP-SAT, which knows only whole
numbers, looks for cents nearby.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions
from matcher.program.units import UNIT, in_solver_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.backends.client import Worker
    from matcher.program.program import Bools, Floats

SETTLE_SECONDS: Final = 60.0
"""No yes-or-no decision is left in the money; it takes well under a second."""
NEAR: Final = (2.0, 20.0, 1_000.0)
"""Cents around the continuous amounts in which whole cents are looked for, one after
the other: rounding moves money along a few members, a cent each, so ten euros are
ample, and the closer they stay the rounder the sums are."""
NEARBY_SECONDS: Final = 2.0
"""Among amounts so close, finding some is quick; the best of them may not be."""
ENOUGH: Final = 1e-8
"""Part of all that is paid by which the cents found may be less than the best: a few
cents of a million, not worth looking for until the time is up."""
PREFERENCE_DECIMALS: Final = 3
"""Enough to tell grants from loans; whole-number solvers need a last digit."""
FAR: Final = 2**62
"""Farther than any sum of money."""
DUST: Final = 0.02
"""Cents; what a solver computes as 99.99 cents is a euro. Ten times what tolerances of
1e-9 in units of `UNIT` cents let through."""


def whole_cents(
    arrays: Arrays, points: Floats, x: Floats, free: Bools, worker: Worker,
    exact: Worker, *, hurry: bool = False,
) -> Floats | None:  # fmt: skip
    """The answer with its free columns, all of them money, in whole cents.

    They are the best amounts, rounded. Where that breaks a row, they are whole cents
    near those amounts (`NEAR`) that keep every row: as good as are found in
    `NEARBY_SECONDS`, not always the best.

    Parameters
    ----------
    arrays
        The program.
    points
        What a cent of each column is worth here, shape (n,).
    x
        The answer; its other columns stay as they are.
    free
        Columns to settle, shape (n,).
    worker, exact
        A solver that computes in doubles, and one that knows whole numbers only.
    hurry
        Take the first whole cents found, whatever a few of them are worth.

    Returns None when there are no amounts, or no whole cents were found near the best.
    """
    # Without decisions the best amounts are a corner of the limits: round sums.
    money = with_fixed(arrays, points, x, free)
    options = SolveOptions(time_limit=SETTLE_SECONDS)
    answer = worker.solve(in_solver_units(money), options)
    if answer.x is None:
        return None
    amounts = np.clip(answer.x * UNIT, money.lower, money.upper)
    cents: Floats | None = _round_to_sums(money, amounts)
    brief = SolveOptions(gap=ENOUGH, time_limit=NEARBY_SECONDS)
    wanted = np.round(0 * money.objective if hurry else money.objective,
                      PREFERENCE_DECIMALS)  # fmt: skip
    for near in NEAR if not _holds(money, cents) else ():
        close = replace(
            money,
            lower=np.maximum(money.lower, np.floor(amounts) - near),
            upper=np.minimum(money.upper, np.ceil(amounts) + near),
            objective=wanted,
            integer=np.ones(money.num_columns, dtype=bool),
        )
        cents = exact.solve(close, brief).x
        if cents is not None:
            break
    if cents is None:
        return None
    settled = x.copy()
    settled[free] = cents
    return settled


def _holds(money: Arrays, cents: Floats | None) -> bool:
    """Whether whole cents meet every row, computed in whole numbers."""
    if cents is None:
        return False
    row = np.repeat(np.arange(money.num_rows), np.diff(money.indptr))
    activity = np.zeros(money.num_rows, dtype=np.int64)
    parts = np.rint(money.data).astype(np.int64) * cents.astype(np.int64)[money.indices]
    np.add.at(activity, row, parts)
    far = float(FAR)
    low = np.ceil(np.clip(money.row_lower, -far, far)).astype(np.int64)
    high = np.floor(np.clip(money.row_upper, -far, far)).astype(np.int64)
    inside = (cents >= money.lower) & (cents <= money.upper)
    return bool(((activity >= low) & (activity <= high)).all() and inside.all())


def _round_to_sums(money: Arrays, x: Floats) -> Floats:
    """Round down, and by a cent up or down again where rows need it.

    A share is raised where the grants it carries need it. Then the rows of fixed sum,
    the costs of each case and layer, are evened out: they share no column. What
    applications ask for is added up last.
    """
    cents = np.floor(x + DUST)
    raised = _raise_shares(money, cents)
    for i in np.nonzero(money.row_lower == money.row_upper)[0]:
        entries = slice(money.indptr[i], money.indptr[i + 1])
        columns, adds = money.indices[entries], money.data[entries] < 0
        if adds.any() and not adds.all():
            asked, granted = columns[~adds], columns[adds]
            cents[asked] = 0
            cents[asked[np.argmax(x[asked])]] = cents[granted].sum()
            continue
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


def with_fixed(arrays: Arrays, points: Floats, x: Floats, free: Bools) -> Arrays:
    """Program in the free columns under new points, the others fixed as in ``x``."""
    matrix = arrays.matrix()
    fixed = np.rint(matrix @ np.where(free, 0.0, x))
    part = csr_array(matrix[:, np.nonzero(free)[0]])
    rows = np.nonzero(np.diff(part.indptr))[0]
    part = csr_array(part[rows])
    part.sort_indices()
    return Arrays(
        indptr=part.indptr.astype(np.int64),
        indices=part.indices.astype(np.int64),
        data=np.array(part.data, dtype=np.float64),
        row_lower=arrays.row_lower[rows] - fixed[rows],
        row_upper=arrays.row_upper[rows] - fixed[rows],
        lower=arrays.lower[free].copy(),
        upper=arrays.upper[free].copy(),
        objective=points[free],
        integer=arrays.integer[free],
    )

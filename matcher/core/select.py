"""Which things to choose under several budgets: a portfolio.

::

    maximise    value . x                    (or minimise)
    subject to  use x <= budget              each of m budgets, in its own unit
                gain x >= least              what must be reached, if anything
                sum of x over a group <= 1   each group of alternatives
                x[a] <= x[b]                 a needs b
                x[j] is 0 or 1
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.core._arguments import dense, places, refuse, spread, table, word
from matcher.core._indices import indices
from matcher.core._results import kept
from matcher.core._solve import Desk, Figures, columns, matrix_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike
    from scipy.sparse import csr_array

    from matcher.program.program import Arrays, Bools, Floats


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Selection(Figures):
    """What to choose, and how good that is: the sum of the values chosen."""

    chosen: Bools | None
    """True where the thing is chosen, shape (n,); None without a plan."""

    def _decided(self) -> str:
        if self.chosen is None:
            return ""
        return f"{int(self.chosen.sum())} of {len(self.chosen)} chosen"


def select(
    value: ArrayLike, use: Any, budget: ArrayLike, *,
    at_least: tuple[Any, ArrayLike] | None = None,
    exclusive: Sequence[ArrayLike] | None = None, requires: ArrayLike | None = None,
    sense: str = "max", backend: str = "auto", gap: float = 0.0,
    time_limit: float | None = None,
) -> Selection:  # fmt: skip
    """Choose things of the best total value under several budgets.

    Parameters
    ----------
    value
        Shape (n,), in any unit; may be negative and fractional.
    use
        Shape (m, n), dense or sparse: what each thing takes of each budget, in the
        unit of that budget; 0 or more.
    budget
        Shape (m,), or one number for all: what there is; ``inf`` for no limit.
    at_least
        A pair ``(gain, least)`` of shapes (k, n) and (k,): what each thing adds to
        each of k sums, and what each sum must reach. With ``sense="min"`` the cheapest
        choice that reaches them.
    exclusive
        Groups of things; at most one of each group is chosen. A group is a list of
        indices, or true and false for each thing, shape (n,).
    requires
        Shape (p, 2), pairs of indices ``(a, b)``: a is chosen only if b is.
    sense
        ``"max"`` or ``"min"`` of the total value.
    backend
        ``"auto"``, ``"highs"``, ``"cpsat"`` or ``"cbc"``.
    gap
        Relative gap that is good enough; 0 for a proof.
    time_limit
        Seconds; None for no limit.

    Raises
    ------
    ValueError
        When an argument has a wrong shape, is no number, is negative where it must
        not be, or names a thing that is not there: argument, index and value.
    matcher.errors.SolverFailed, matcher.errors.AnswerRejected
        When no solver could be used, or its answer overruns a budget.

    Examples
    --------
    >>> from matcher.core import select
    >>> found = select([10, 7, 3, 8.5], [[5, 4, 1, 4], [1, 0, 2, 3]], [9, 4])
    >>> found.chosen.tolist(), found.objective
    ([True, False, False, True], 18.5)
    """
    word("sense", sense, ("max", "min"))
    sign = 1.0 if sense == "max" else -1.0
    worth = dense("value", value, (None,))
    arrays = columns(sign * worth)
    arrays = _with_budgets(arrays, use, budget)
    if at_least is not None:
        arrays = _with_least(arrays, at_least)
    if exclusive is not None:
        arrays = _with_groups(arrays, exclusive)
    if requires is not None:
        arrays = _with_needs(arrays, requires)
    with Desk(backend, gap=gap, time_limit=time_limit) as desk:
        answer = desk.solve(arrays)
    chosen = kept(arrays, answer)
    total = None if chosen is None else math.fsum(worth[chosen])
    return Selection(chosen, **asdict(answer.figures(sign, total)))


def _with_budgets(arrays: Arrays, use: Any, budget: ArrayLike) -> Arrays:
    """One row per budget that limits anything."""
    taken = table("use", use, (None, arrays.num_columns), lower=0)
    there = spread("budget", budget, taken.shape[0], lower=0, infinite=True)
    limited = np.nonzero(np.isfinite(there))[0]
    return _below(arrays, taken[limited], there[limited])


def _with_least(arrays: Arrays, at_least: tuple[Any, ArrayLike]) -> Arrays:
    """One row per sum that must be reached."""
    if not isinstance(at_least, (tuple, list)) or len(at_least) != 2:
        raise refuse("at_least", (), repr(at_least), "be a pair (gain, least)")
    gain, least = at_least
    added = table("at_least[0]", gain, (None, arrays.num_columns))
    reached = spread("at_least[1]", least, added.shape[0])
    return arrays.with_rows(added, reached, np.full(len(reached), np.inf))


def _with_groups(arrays: Arrays, exclusive: Sequence[ArrayLike]) -> Arrays:
    """One row per group of alternatives."""
    if not isinstance(exclusive, Iterable):
        raise refuse("exclusive", (), repr(exclusive), "be a list of groups")
    groups = [
        indices(f"exclusive[{i}]", group, arrays.num_columns)
        for i, group in enumerate(exclusive)
    ]
    if not groups:
        return arrays
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    shape = len(groups), arrays.num_columns
    rows = matrix_of(row, np.concatenate(groups), 1.0, shape)
    return _below(arrays, rows, np.ones(len(groups)))


def _with_needs(arrays: Arrays, requires: ArrayLike) -> Arrays:
    """One row per pair of which the first needs the second."""
    pairs = places("requires", requires, (None, 2))
    outside = pairs >= arrays.num_columns
    if outside.any():
        i, side = (int(at[0]) for at in np.nonzero(outside))
        rule = f"be an index below {arrays.num_columns}"
        raise refuse("requires", (i, side), int(pairs[i, side]), rule)
    count = len(pairs)
    row = np.repeat(np.arange(count), 2)
    signs = np.tile([1.0, -1.0], count)
    shape = count, arrays.num_columns
    rows = matrix_of(row, pairs.ravel(), signs, shape)
    return _below(arrays, rows, np.zeros(count))


def _below(arrays: Arrays, rows: csr_array, upper: Floats) -> Arrays:
    return arrays.with_rows(rows, np.full(len(upper), -np.inf), upper)

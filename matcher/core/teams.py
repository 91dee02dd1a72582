"""Teams for several cases that compete for the same people.

A case is launched with a team that covers everything it asks for, or not at all. The
program stands in `matcher.core._covering`; here is added what couples the cases:
``sum over d of effort[i, d] x[i, d] <= capacity[i]``.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.core._arguments import dense, refuse, spread
from matcher.core._covering import demand, program, providers
from matcher.core._pairs import marked
from matcher.core._results import kept
from matcher.core._solve import Desk, Figures, matrix_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.core._covering import Size
    from matcher.program.program import Arrays, Bools, Floats, Ints


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Teams(Figures):
    """Which cases are launched, with whom, and how good that is.

    The objective is the expected sum of the members' values.
    """

    launched: Bools | None
    """True where the case is launched, shape (d,); None without a plan."""
    members: Bools | None
    """True where the candidate is a member of the case, shape (n, d)."""
    providers: Ints | None
    """Best member for each capability of each case, the first of several, shape
    (d, k); -1 where it is not asked for or the case is not launched."""

    def _decided(self) -> str:
        if self.launched is None:
            return ""
        return f"{int(self.launched.sum())} of {len(self.launched)} cases launched"


def teams(
    value: ArrayLike, level: ArrayLike, required: ArrayLike, *,
    capacity: ArrayLike = 1, effort: ArrayLike | None = None,
    success: ArrayLike = 1.0, size: Size = (1, None), states: Any = None,
    min_states: ArrayLike = 0, total: ArrayLike | None = None,
    fix: Any = None, forbid: Any = None,
    backend: str = "auto", gap: float = 0.0, time_limit: float | None = None,
) -> Teams:  # fmt: skip
    """Decide which cases to launch and with whom, for the largest expected value.

    A case that is not covered is not launched and brings nothing.

    Parameters
    ----------
    value
        Shape (n, d), what each candidate brings to each case if the case succeeds;
        negative where it costs.
    level
        Shape (n, k), whole numbers from 0: how good each candidate is at each
        capability. What is unknown should count as 0.
    required
        Shape (d, k), whole numbers: the level that at least one member of the case
        must have; 0 where the capability is not asked for.
    capacity
        Shape (n,), or one number for all: most cases per candidate; with ``effort``
        what each candidate has of its unit; ``inf`` for no limit.
    effort
        Shape (n, d), what the case takes of the candidate's capacity; 1 without it.
    success
        Shape (d,), or one number: probability from 0 to 1 that the case succeeds. The
        value of its members counts times that.
    size
        Fewest and most members of a launched case, numbers or shape (d,); None for no
        upper limit.
    states
        Shape (n,), any label: the state of each candidate.
    min_states
        Fewest distinct states among the members of a launched case, number or (d,).
    total
        Shape (d, k): least sum of the members' levels; 0 where none is asked for.
    fix, forbid
        Who must and who may not be a member: a boolean matrix (n, d), or a list of
        pairs (candidate, case). A case with a fixed member is launched.
    backend, gap, time_limit
        As in `matcher.core.select`.

    Raises
    ------
    ValueError
        When an argument has a wrong shape, is no number, is negative where it must
        not be, or names what is not there: argument, index and value.
    matcher.errors.SolverFailed, matcher.errors.AnswerRejected
        When no solver could be used, or its answer breaks a row.

    Examples
    --------
    >>> from matcher.core import teams
    >>> level = [[1, 0], [0, 2], [3, 3]]
    >>> plan = teams([[1, 2], [2, 1], [5, 3]], level, [[1, 2], [3, 0]])
    >>> plan.launched.tolist(), plan.objective
    ([True, False], 8.0)
    """
    needed = dense("required", required, lower=0, whole=True)
    cases = len(needed)
    worth = dense("value", value, (None, cases))
    sums = np.zeros(needed.shape) if total is None else dense(
        "total", total, needed.shape, lower=0
    )  # fmt: skip
    asked = demand(level, needed, sums, size, states, min_states)
    dense("value", worth, asked.shape)
    expected = worth * _chances(success, cases)
    lower, upper = _decided(asked.shape, fix, forbid)
    arrays = program(expected, asked, lower=lower, upper=upper, launch=False)
    arrays = _with_capacity(arrays, asked.shape, capacity, effort)
    with Desk(backend, gap=gap, time_limit=time_limit) as desk:
        answer = desk.solve(arrays)
    taken = kept(arrays, answer)
    if taken is None:
        return Teams(None, None, None, **asdict(answer.figures(1.0, None)))
    members = taken[: worth.size].reshape(worth.shape)
    launched = taken[worth.size : worth.size + cases]
    told = answer.figures(1.0, math.fsum(expected[members]))
    by = providers(asked, members, launched)
    return Teams(launched, members, by, **asdict(told))


def _chances(success: ArrayLike, cases: int) -> Floats:
    """Probability of each case, shape (d,)."""
    found = spread("success", success, cases, lower=0)
    if (found > 1).any():
        d = int((found > 1).argmax())
        place = () if np.ndim(success) == 0 else (d,)
        raise refuse("success", place, repr(float(found[d])), "be 1 or less")
    return found


def _with_capacity(
    arrays: Arrays, shape: tuple[int, int], capacity: ArrayLike,
    effort: ArrayLike | None,
) -> Arrays:  # fmt: skip
    """One row per candidate whose capacity limits anything."""
    count, cases = shape
    has = spread("capacity", capacity, count, lower=0, infinite=True)
    takes = np.ones(shape)
    if effort is not None:
        takes = dense("effort", effort, shape, lower=0)
    limited = np.nonzero(np.isfinite(has))[0]
    row = np.repeat(np.arange(len(limited)), cases)
    at = (limited[:, None] * cases + np.arange(cases)[None, :]).ravel()
    rows = matrix_of(
        row, at, takes[limited].ravel(), (len(limited), arrays.num_columns)
    )
    return arrays.with_rows(rows, np.full(len(limited), -np.inf), has[limited])


def _decided(shape: tuple[int, int], fix: Any, forbid: Any) -> tuple[Floats, Floats]:
    """Lower and upper bounds of every membership, shape (n, d) each."""
    lower, upper = np.zeros(shape), np.ones(shape)
    must, out = marked("fix", fix, shape), marked("forbid", forbid, shape)
    both = np.intersect1d(must, out)
    if len(both):
        pair = tuple(int(at) for at in np.unravel_index(both[0], shape))
        raise ValueError(f"forbid holds {pair}; it must not stand in fix as well")
    lower.flat[must] = 1.0
    upper.flat[out] = 0.0
    return lower, upper

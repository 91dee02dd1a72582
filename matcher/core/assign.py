"""Which row goes to which column: one each, many to many, with weights, or fairly."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from matcher.core._arguments import (
    dense,
    is_sparse,
    numbers,
    refuse,
    spread,
    table,
    word,
)  # fmt: skip
from matcher.core._choose import Found, best
from matcher.core._fair import leximin, max_min
from matcher.core._pairs import Pairs, bounds, marked, read_pairs
from matcher.core._solve import ROUND_OFF, Desk, Figures, figures, unit_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.program.program import Bools, Floats, Ints

SENSES = {"max": 1.0, "min": -1.0}
OBJECTIVES = {"total": best, "max_min": max_min, "leximin": leximin}


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Assignment(Figures):
    """Who goes where, and how good that is.

    The objective is the sum of the values of all pairs, whatever was sought; the bound
    of a fair plan is that among plans as fair. ``seconds`` is all the time it took, and
    ``backend`` is ``scipy`` or ``numpy`` where an algorithm without a solver answered.
    """

    choice: Ints | None
    """Column of each row, -1 for none, shape (n,); None without a plan, and where a row
    may have several columns."""
    pairs: csr_array | None
    """True where row and column are paired, shape (n, m), sparse; None without one."""
    worst: float | None
    """Value of the row that fares worst, 0 without a column; None without rows."""
    reason: str = ""
    """Why there is no plan, where that is plain to see."""

    def _decided(self) -> str:
        if self.pairs is None:
            return self.reason
        return f"{self.pairs.nnz} pairs of {self.pairs.shape[0]} rows"


def assign(
    value: ArrayLike | csr_array, *,
    use: ArrayLike | csr_array | None = None, capacity: ArrayLike | None = None,
    per_row: Any = "exactly", per_column: Any = None, groups: ArrayLike | None = None,
    forbid: Any = None, fix: Any = None, sense: str = "max", objective: str = "total",
    backend: str = "auto", gap: float = 0.0, time_limit: float | None = None,
) -> Assignment:  # fmt: skip
    """Assign rows to columns so that the total value is best, or the rows fare fairly.

    Parameters
    ----------
    value
        Shape (n, m), in any unit: what each pair is worth. Of a sparse matrix only the
        stored pairs are allowed, stored zeros among them.
    use
        What a pair takes of its column's capacity, in the unit of `capacity`, 0 or
        more: shape (n, m), dense or sparse, or (n,) for the same in every column. Not
        given, each pair takes 1.
    capacity
        Shape (m,) or one number: what each column has, 0 or more; ``inf`` for no limit.
    per_row
        How many columns a row gets: ``"exactly"`` one, ``"at_most"`` one, or a tuple
        ``(least, most)`` of whole numbers or arrays (n,). ``inf`` for no limit.
    per_column
        How many rows a column gets: a tuple ``(least, most)`` of whole numbers or
        arrays (m,); None for any number.
    groups
        Shape (n,), whole numbers: a column gets at most one row of each group.
        Negative for a row in no group.
    forbid, fix
        Pairs that must not and that must be chosen: a boolean matrix (n, m), dense or
        sparse, or a list of pairs (row, column).
    sense
        ``"max"``, or ``"min"`` where values are costs.
    objective
        ``"total"``: the best sum. ``"max_min"``: the worst row as well off as can be,
        then the best sum. ``"leximin"``: the worst row, then the second worst, and so
        on; rows get at most one column. A row without a column has the value 0; with
        several, their sum.
    backend
        ``"auto"``, ``"highs"``, ``"cpsat"`` or ``"cbc"``. ``auto`` takes an algorithm
        made for the question where there is one; it heeds no time limit.
    gap, time_limit
        Relative gap at which to stop, and seconds for everything together.

    Raises
    ------
    ValueError
        For an argument that cannot be, naming it, the index and the value.
    matcher.errors.SolverFailed, matcher.errors.AnswerRejected
        When the solver fails, or its answer breaks a limit.

    Examples
    --------
    >>> from matcher.core import assign
    >>> found = assign([[5, 1], [4, 3], [3, 3]], per_column=(0, 2))
    >>> found.choice.tolist(), found.objective
    ([0, 0, 1], 12.0)
    """
    began = time.monotonic()
    word("sense", sense, tuple(SENSES))
    word("objective", objective, tuple(OBJECTIVES))
    sign = SENSES[sense]
    pairs = _question(value, sign, forbid, fix)
    n, m = pairs.size
    pairs = replace(
        pairs,
        per_row=bounds("per_row", per_row, n),
        per_column=bounds("per_column", per_column, m),
        group=None if groups is None else _groups(groups, n),
    )
    pairs = _limited(pairs, use, capacity)
    if objective == "leximin" and not pairs.single:
        i = int((pairs.per_row[1] > 1).argmax())
        most = f"{pairs.per_row[1][i]:g}"
        raise refuse("per_row[1]", (i,), most, "be 0 or 1 for the objective 'leximin'")
    with Desk(backend, gap=gap, time_limit=time_limit) as desk:
        found = OBJECTIVES[objective](pairs, desk)
    return _told(pairs, found, sign, time.monotonic() - began)


def _question(value: Any, sign: float, forbid: Any, fix: Any) -> Pairs:
    """The pairs that are allowed, with those that are fixed."""
    pairs = read_pairs(value, sign)
    m = pairs.size[1]
    place = pairs.row * m + pairs.column
    barred, tied = marked("forbid", forbid, pairs.size), marked("fix", fix, pairs.size)
    allowed = ~np.isin(place, barred)
    for where, why in (
        (np.isin(tied, barred), "forbidden"), (~np.isin(tied, place), "not in value"),
    ):  # fmt: skip
        if where.any():
            row, column = divmod(int(tied[where.argmax()]), m)
            raise ValueError(
                f"fix holds ({row}, {column}), which is {why}; fix allowed pairs only"
            )
    return replace(pairs, fixed=np.isin(place, tied)).only(allowed)


def _groups(groups: ArrayLike, size: int) -> Ints:
    """Groups as numbers from 0, negative for none."""
    found = dense("groups", groups, (size,), whole=True)
    _, number = np.unique(found, return_inverse=True)
    return np.where(found < 0, -1, number)


def _limited(pairs: Pairs, use: Any, capacity: Any) -> Pairs:
    """With capacities; pairs that use more than their column has are left out."""
    if capacity is None:
        if use is not None:
            raise ValueError("use is given without capacity; give both, or capacity")
        return pairs
    n, m = pairs.size
    room = spread("capacity", capacity, m, lower=0, infinite=True)
    full = room + ROUND_OFF * np.maximum(1.0, room)
    if use is None:
        least, most = pairs.per_column
        return replace(pairs, per_column=(least, np.minimum(most, np.floor(full))))
    if is_sparse(use):
        taken = _looked_up(table("use", use, (n, m), lower=0), pairs)
    elif numbers("use", use).ndim == 1:
        taken = dense("use", use, (n,), lower=0)[pairs.row]
    else:
        taken = dense("use", use, (n, m), lower=0)[pairs.row, pairs.column]
    pairs = replace(pairs, use=taken, capacity=room)
    return pairs.only(pairs.fixed | (taken <= full[pairs.column]))


def _looked_up(matrix: csr_array, pairs: Pairs) -> Floats:
    """Values of a sparse matrix at the pairs, 0 where it stores none."""
    m = pairs.size[1]
    stored = matrix.tocoo()
    place = stored.row.astype(np.int64) * m + stored.col
    asked = pairs.row * m + pairs.column
    at = np.searchsorted(place, asked)
    at[at == len(place)] = 0
    if not len(place):
        return np.zeros(pairs.count)
    return np.where(place[at] == asked, stored.data[at], 0.0)


def _told(pairs: Pairs, found: Found, sign: float, seconds: float) -> Assignment:
    """What is found, in the caller's own terms."""
    chosen = found.chosen
    bound = None if found.bound is None else sign * found.bound
    total = None if chosen is None else math.fsum(sign * pairs.value[chosen])
    told = asdict(figures(
        found.status, total, bound, seconds=seconds, backend=found.backend,
        unit=unit_of(pairs.value),
    ))  # fmt: skip
    if chosen is None:
        reason = pairs.why_not() if found.status == "infeasible" else ""
        return Assignment(None, None, None, reason, **told)
    rows = pairs.row_values(chosen)
    worst = sign * float(rows.min()) + 0.0 if len(rows) else None
    return Assignment(_choice(pairs, chosen), _matrix(pairs, chosen), worst, **told)


def _choice(pairs: Pairs, chosen: Bools) -> Ints | None:
    """Column of each row, where no row can have several."""
    if not pairs.single:
        return None
    choice = np.full(pairs.size[0], -1, dtype=np.int64)
    choice[pairs.row[chosen]] = pairs.column[chosen]
    choice.setflags(write=False)
    return choice


def _matrix(pairs: Pairs, chosen: Bools) -> csr_array:
    """The chosen pairs as a sparse boolean matrix."""
    at = pairs.row[chosen], pairs.column[chosen]
    return csr_array((np.ones(len(at[0]), dtype=bool), at), shape=pairs.size)

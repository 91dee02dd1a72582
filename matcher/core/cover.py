"""One team that covers every capability it is asked for: the best of all such teams.

The program stands in `matcher.core._covering`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.core._arguments import dense, refuse
from matcher.core._covering import demand, program, providers
from matcher.core._indices import indices
from matcher.core._results import kept
from matcher.core._solve import Desk, Figures

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.core._covering import Size
    from matcher.program.program import Bools, Floats, Ints


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Team(Figures):
    """Who is in the team, who provides what, and how good that is.

    The objective is the sum of the members' values.
    """

    members: Bools | None
    """True where the candidate is a member, shape (n,); None without a team."""
    providers: Ints | None
    """Best member for each capability, the first of several; -1 where it is not asked
    for. Shape (k,)."""

    def _decided(self) -> str:
        if self.members is None:
            return ""
        return f"{int(self.members.sum())} of {len(self.members)} candidates"


def cover(
    value: ArrayLike, level: ArrayLike, required: ArrayLike, *,
    size: Size = (1, None), states: Any = None, min_states: int = 0,
    total: ArrayLike | None = None, fix: ArrayLike | None = None,
    forbid: ArrayLike | None = None, backend: str = "auto", gap: float = 0.0,
    time_limit: float | None = None,
) -> Team:  # fmt: skip
    """Find the team of the largest value that covers every required capability.

    Parameters
    ----------
    value
        Shape (n,), what each candidate brings; negative where it costs.
    level
        Shape (n, k), whole numbers from 0: how good each candidate is at each
        capability. What is unknown should count as 0.
    required
        Shape (k,), whole numbers: the level that at least one member must have; 0
        where the capability is not asked for.
    size
        Fewest and most members; None for no upper limit.
    states
        Shape (n,), any label: the state of each candidate.
    min_states
        Fewest distinct states among the members.
    total
        Shape (k,): least sum of the members' levels; 0 where none is asked for.
    fix, forbid
        Candidates who must and who may not be members: a list of indices, or true and
        false for each, shape (n,).
    backend, gap, time_limit
        As in `matcher.core.select`.

    Raises
    ------
    ValueError
        When an argument has a wrong shape, is no number, is negative where it must
        not be, or names a candidate who is not there: argument, index and value.
    matcher.errors.SolverFailed, matcher.errors.AnswerRejected
        When no solver could be used, or its answer breaks a row.

    Examples
    --------
    >>> from matcher.core import cover
    >>> team = cover([3, 1, -2], [[1, 0], [0, 2], [3, 3]], [1, 2], size=(1, 2))
    >>> team.members.tolist(), team.providers.tolist()
    ([True, True, False], [0, 1])
    """
    worth = dense("value", value, (None,))
    needed = dense("required", required, (None,), lower=0, whole=True)
    sums = np.zeros(len(needed)) if total is None else dense(
        "total", total, needed.shape, lower=0
    )  # fmt: skip
    asked = demand(level, needed[None], sums[None], size, states, min_states)
    dense("value", worth, (asked.shape[0],))
    lower, upper = _decided(len(worth), fix, forbid)
    arrays = program(
        worth[:, None], asked, lower=lower[:, None], upper=upper[:, None], launch=True
    )
    with Desk(backend, gap=gap, time_limit=time_limit) as desk:
        answer = desk.solve(arrays)
    taken = kept(arrays, answer)
    if taken is None:
        return Team(None, None, **asdict(answer.figures(1.0, None)))
    members = taken[: len(worth)]
    by = providers(asked, members[:, None], np.ones(1, dtype=bool))[0]
    told = answer.figures(1.0, math.fsum(worth[members]))
    return Team(members, by, **asdict(told))


def _decided(
    count: int, fix: ArrayLike | None, forbid: ArrayLike | None
) -> tuple[Floats, Floats]:
    """Lower and upper bounds of the candidates, shape (n,) each."""
    lower, upper = np.zeros(count), np.ones(count)
    if fix is not None:
        lower[indices("fix", fix, count)] = 1.0
    if forbid is not None:
        out = indices("forbid", forbid, count)
        if lower[out].any():
            i = int(lower[out].argmax())
            raise refuse("forbid", (i,), int(out[i]), "not stand in fix as well")
        upper[out] = 0.0
    return lower, upper

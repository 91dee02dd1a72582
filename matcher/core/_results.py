"""What a plan takes, once a solver has answered: every limit is added up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.core._solve import ROUND_OFF
from matcher.errors import AnswerRejected

if TYPE_CHECKING:
    from matcher.core._solve import Answer
    from matcher.program.program import Arrays, Bools, Floats


def kept(arrays: Arrays, answer: Answer) -> Bools | None:
    """Which columns of a yes-or-no program are taken, read-only; None without a plan.

    Solvers that compute in doubles may overrun a row by their tolerance. A plan that
    costs more than there is is no plan, so each row is added up again.

    Raises
    ------
    matcher.errors.AnswerRejected
        When a row is overrun by more than round-off.
    """
    if answer.x is None:
        return None
    x: Floats = np.rint(answer.x)
    size = abs(arrays.matrix()) @ np.abs(x)
    room = ROUND_OFF * np.maximum(1.0, size)
    sums = arrays.activity(x)
    over = np.maximum(arrays.row_lower - sums, sums - arrays.row_upper)
    if (over > room).any():
        worst = float(over[over > room].max())
        raise AnswerRejected(
            f"the plan of {answer.backend} breaks a limit by {worst:g}; measure uses "
            "and limits in whole numbers, or use the backend cpsat, which is exact"
        )
    taken = np.asarray(x > 0, dtype=bool)
    taken.setflags(write=False)
    return taken

"""What selections and teams share once a solver has answered.

::

    taken = kept(arrays, answer)                            # None without a plan
    return headline("Selection", "2 of 9 chosen", result)   # for __repr__
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from matcher.core._solve import ROUND_OFF
from matcher.errors import AnswerRejected

if TYPE_CHECKING:
    from matcher.core._solve import Answer
    from matcher.program.program import Arrays, Bools, Floats


class Told(Protocol):
    """The figures that every result has."""

    @property
    def status(self) -> str:
        """What is known."""

    @property
    def objective(self) -> float | None:
        """Value of the plan, None without one."""

    @property
    def bound(self) -> float | None:
        """No plan is better, None if unknown."""


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


def headline(name: str, what: str, told: Told) -> str:
    """One line for a result: what was decided, and how good it is."""
    figures = [what, told.status]
    for label in ("objective", "bound"):
        number = getattr(told, label)
        if number is not None:
            figures.append(f"{label} {number:g}")
    return f"{name}({', '.join(figures)})"

"""What a solver answered, before anybody believes it.

A `Solution` keeps the solver's own words (`native_status`) beside the two values
the rest of the house reads: *what* is known (`Status`) and *why the solver
stopped* (`Stop`). No incumbent means ``x is None``: never a vector of zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Status(StrEnum):
    """What is known about the program after the solver stopped."""

    OPTIMAL = "optimal"
    """An answer within the asked gap, proven by the solver's bound."""
    FEASIBLE = "feasible"
    """An answer whose distance to the best is wider than the asked gap."""
    INFEASIBLE = "infeasible"
    """The solver proved that no answer exists."""
    UNBOUNDED = "unbounded"
    """The solver proved that answers of any value exist."""
    UNKNOWN = "unknown"
    """Nothing is known: a limit was reached first, or the solver failed."""


class Stop(StrEnum):
    """Why the solver stopped."""

    FINISHED = "finished"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """Raw answer of one backend to one program (maximisation, points)."""

    status: Status
    stop: Stop
    x: NDArray[np.float64] | None
    """Value per column, in the order of the program's columns; None without one."""
    objective: float | None
    """The solver's own float for the value of ``x``; diagnostic only."""
    bound: float | None
    """Proven upper bound on the objective of every answer; None if unknown."""
    seconds: float
    backend: str
    version: str
    native_status: str
    message: str = ""
    """For a failed solve: what went wrong and what to do, in plain words."""

    def uninterrupted(self) -> Solution:
        """The solution itself, unless Ctrl-C cut it short: half an answer is none.

        Raises
        ------
        KeyboardInterrupt
            When it did.
        """
        if self.stop is Stop.INTERRUPTED:
            raise KeyboardInterrupt
        return self


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """What the caller asks of a backend.

    ``gap`` is relative, 0 means proven optimal; ``time_limit`` in seconds, None
    means none. ``start`` is a full vector to begin from (a hint, never trusted).
    """

    gap: float = 0.0
    time_limit: float | None = None
    seed: int = 0
    threads: int = 1
    start: NDArray[np.float64] | None = None
    rough: bool = False
    """Any answer within the gap will do: a backend may use what is quicker, though it
    was seen to lose the best one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a running solve: seconds so far, best value, proven bound."""

    seconds: float
    incumbent: float | None
    bound: float | None

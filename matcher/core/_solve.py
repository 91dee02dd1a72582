"""How the numerical core asks a solver: a program without labels, a believable answer.

::

    arrays = columns(points, upper=1)                        # no rows yet
    arrays = arrays.with_rows(matrix_of(rows, at, data, shape), row_lower, row_upper)
    with Desk(backend, gap=gap, time_limit=time_limit) as desk:
        answer = desk.solve(arrays)                          # maximises
    answer.status, answer.x, answer.bound                    # x is None without a plan
    told = answer.figures(sign, value)                       # in the caller's own sense

Programs are those of `matcher.program`, and the solvers work in processes of their own
(`matcher.backends`), as for scenarios. Arguments are read by `matcher.core._arguments`.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from scipy.sparse import csr_array

from matcher.backends.client import open_worker
from matcher.backends.contract import BACKENDS
from matcher.backends.fitness import unfit
from matcher.core._arguments import limits, word
from matcher.errors import SolverFailed
from matcher.program.program import Arrays, Bools, Floats, Ints
from matcher.program.solution import SolveOptions, Status, Stop

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.backends.client import Worker
    from matcher.program.solution import Solution

ROUND_OFF: Final = 1e-9
"""Relative slack for sums of the same doubles in another order."""
CLOSED: Final = 1e-8
"""A bound this close to the value, relatively, says the same: solvers stop within 1e-9
of the best, and state that as their bound."""
LEAST: Final = 1e-290
"""Points below have no room for sums in doubles; they are left as they are."""
SECOND_SECONDS: Final = 20.0
"""How long CP-SAT may look for a plan where HiGHS, chosen by ``auto``, says there is
none: it was seen to say so of programs that have one."""


def columns(
    points: Floats, *, upper: ArrayLike = 1.0, lower: ArrayLike = 0.0,
    whole: bool | Bools = True,
) -> Arrays:  # fmt: skip
    """A program without rows: columns with points to be maximised, shape (n,)."""
    size = len(points)
    none = np.zeros(0)
    return Arrays(
        indptr=np.zeros(1, dtype=np.int64), indices=none.astype(np.int64), data=none,
        row_lower=none.copy(), row_upper=none.copy(),
        lower=np.broadcast_to(np.asarray(lower, np.float64), size).copy(),
        upper=np.broadcast_to(np.asarray(upper, np.float64), size).copy(),
        objective=np.array(points, dtype=np.float64),
        integer=np.broadcast_to(np.asarray(whole, bool), size).copy(),
    )  # fmt: skip


def unit_of(points: Floats) -> float:
    """A power of ten that makes small points reach from 0.1 to 1; 1 for larger ones.

    Solvers take absolute differences of 1e-9 for none: in a unit of 1e-9 any plan would
    be as good as the best.
    """
    top = float(np.abs(points).max(initial=0.0))
    return 10.0 ** math.ceil(math.log10(top)) if LEAST < top < 1 else 1.0


def matrix_of(
    rows: Ints, at: Ints, data: ArrayLike, shape: tuple[int, int]
) -> csr_array:
    """CSR matrix from triplets, repeated ones added up; for `Arrays.with_rows`."""
    values = np.broadcast_to(np.asarray(data, np.float64), len(rows)).copy()
    found = csr_array((values, (rows, at)), shape=shape)
    found.sum_duplicates()
    return found


@dataclass(frozen=True, eq=False, repr=False, slots=True, kw_only=True)
class Figures:
    """What every result tells, in the caller's own sense and units."""

    status: str
    """``optimal``, ``feasible``, ``infeasible`` or ``unknown``."""
    objective: float | None
    """Value of the plan; None without one."""
    bound: float | None
    """No plan is better; None if unknown."""
    gap: float | None
    """``|bound - objective| / |objective|``; None without both."""
    seconds: float
    """What the solver took."""
    backend: str
    """Who answered."""

    def __repr__(self) -> str:
        told = [self._decided() or "no plan", self.status]
        for label in ("objective", "bound"):
            number = getattr(self, label)
            if number is not None:
                told.append(f"{label} {number:g}")
        return f"{type(self).__name__}({', '.join(told)})"

    def _decided(self) -> str:
        """What is decided, in a few words; blank without a plan."""
        return ""


def figures(
    status: str, objective: float | None, bound: float | None, *, seconds: float,
    backend: str, unit: float = 1.0,
) -> Figures:  # fmt: skip
    """Figures with the relative gap ``|bound - objective| / |objective|``.

    A bound within `CLOSED` of the objective is the objective; ``unit`` is what values
    near 0 are measured by, see `unit_of`.
    """
    gap = None
    if objective is not None and bound is not None:
        apart = abs(bound - objective)
        gap = apart / abs(objective) if objective else float("inf")
        if apart <= CLOSED * max(unit, abs(objective)):
            bound, gap = objective, 0.0
    return Figures(
        status=status, objective=objective, bound=bound, gap=gap, seconds=seconds,
        backend=backend,
    )  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """A believable answer of a solver to a program that is maximised."""

    status: str
    """``optimal``, ``feasible``, ``infeasible``, ``unbounded`` or ``unknown``."""
    x: Floats | None
    """Value per column, whole where the column is; None without a plan."""
    bound: float | None
    """No plan has more points; None if unknown."""
    seconds: float
    backend: str
    interrupted: bool = False
    """Whether Ctrl-C ended it: then no further solve should be begun."""
    unit: float = 1.0
    """Points were handed over in this unit, see `unit_of`."""

    def figures(self, sign: float, objective: float | None) -> Figures:
        """Figures in the caller's sense: `sign` is -1 where points are costs.

        ``objective`` is the value of the plan, computed by the caller from its own
        arrays; None without a plan.
        """
        bound = None if self.bound is None else sign * self.bound
        return figures(
            self.status, objective, bound, seconds=self.seconds, backend=self.backend,
            unit=self.unit,
        )  # fmt: skip


class Desk:
    """Workers that solve one program after the other under one time limit.

    ``auto`` is HiGHS; a program that doubles cannot be trusted with goes to CP-SAT,
    which is exact. Nothing is started before the first solve.

    Raises
    ------
    ValueError
        For an unknown backend, a gap or a time limit out of range.
    """

    def __init__(
        self,
        backend: str = "auto",
        *,
        gap: float = 0.0,
        time_limit: float | None = None,
    ) -> None:
        word("backend", backend, ("auto", *BACKENDS))
        limits(gap, time_limit)
        self.backend = backend
        self.gap = gap
        self.time_limit = time_limit
        self._began = time.monotonic()
        self._workers: dict[str, Worker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers.values():
            worker.close()

    @property
    def left(self) -> float | None:
        """Seconds that are left of the time limit, never below 0; None without one."""
        if self.time_limit is None:
            return None
        return max(0.0, self._began + self.time_limit - time.monotonic())

    def solve(
        self, arrays: Arrays, *, start: Floats | None = None, gap: float | None = None
    ) -> Answer:
        """Maximise within the time that is left; ``start`` is a plan to begin from.

        Raises
        ------
        matcher.errors.SolverFailed
            When the solver cannot be started or fails, with its own words.
        """
        unit = unit_of(arrays.objective)
        arrays = arrays.with_points(arrays.objective / unit)
        options = SolveOptions(
            gap=self.gap if gap is None else gap, time_limit=self.left, start=start
        )
        name = self.backend
        if name == "auto":
            exact = bool(arrays.integer.all()) and bool(unfit(arrays))
            name = "cpsat" if exact else "highs"
        solution = self._ask(name, arrays, options)
        doubted = self.backend == "auto" and name == "highs" and arrays.integer.all()
        if doubted and solution.status is Status.INFEASIBLE:
            solution = self._second(arrays, options, solution)
        bound = None if solution.bound is None else solution.bound * unit
        return Answer(
            str(solution.status), solution.x, bound, solution.seconds,
            solution.backend, solution.stop is Stop.INTERRUPTED, unit,
        )  # fmt: skip

    def _ask(self, name: str, arrays: Arrays, options: SolveOptions) -> Solution:
        if name not in self._workers:
            self._workers[name] = open_worker(name)
        solution = self._workers[name].solve(arrays, options)
        if solution.stop is Stop.FAILED:
            words = solution.message or solution.native_status
            raise SolverFailed(f"{solution.backend} failed: {words}")
        return solution

    def _second(
        self, arrays: Arrays, options: SolveOptions, first: Solution
    ) -> Solution:
        """The exact solver's plan where it has one, else the first answer."""
        left = self.left
        seconds = SECOND_SECONDS if left is None else min(left, SECOND_SECONDS)
        timed = SolveOptions(gap=options.gap, time_limit=seconds)
        try:
            second = self._ask("cpsat", arrays, timed)
        except SolverFailed:  # it takes no coefficients with many decimals
            return first
        return first if second.x is None else second

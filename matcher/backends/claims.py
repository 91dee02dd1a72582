"""Whether an answer may be used at all, judged by the program it answers.

A backend may be wrong, or its process may answer another question. Nothing here
knows a rule of the domain: what is refused contradicts the program, the answer's
own figures, or a vector that everybody can check. What is accepted is still judged
against the inputs, exactly, by whoever uses it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.backends.answers import WITH_ANSWER, failure
from matcher.program.solution import Solution, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.program.program import Arrays, Floats
    from matcher.program.solution import SolveOptions

WHOLE = 1e-6
"""Farthest a whole-valued column may be from a whole number: the solvers run with
1e-6 or tighter. Within it values are rounded, beyond it the answer is refused."""

AGREE = 1e-6
"""Sums of floats in different orders, and solvers' tolerances on the numbers in them:
slack relative to the size of a sum before two figures count as contradicting."""

KEPT = 1e-5
"""Slack of a row relative to the size of its sum. Solvers keep rows to 1e-7 after a
scaling of their own, so ten times `AGREE` is nothing that round-off explains; what is
smaller is for the exact check to judge."""


def accept(
    solution: Solution,
    arrays: Arrays,
    options: SolveOptions,
    found: Floats | None = None,
) -> Solution:
    """`solution` with whole values rounded, or a failure if it cannot be right.

    Parameters
    ----------
    solution
        What the backend answered.
    arrays, options
        What it was asked.
    found
        A vector it reported on its way, which a later claim may not deny.
    """
    fault = _malformed(solution, arrays) or _broken(solution, arrays)
    fault = fault or _contradicted(solution, options.gap, arrays.offset)
    fault = fault or _refuted(solution, arrays, (options.start, found))
    if fault:
        return _refuse(solution, fault)
    if solution.x is None:
        return solution
    solution = replace(solution, x=rounded(solution.x, arrays))
    if solution.bound is not None and solution.objective is not None:
        return replace(solution, bound=max(solution.bound, solution.objective))
    if solution.status is Status.OPTIMAL:
        told = "the solver claimed an optimum without a bound"
        return replace(solution, status=Status.FEASIBLE, message=told)
    return solution


def rounded(x: Floats, arrays: Arrays) -> Floats:
    """Copy of x with whole-valued columns rounded where within `WHOLE` of one."""
    nearest = np.rint(x)
    snap = arrays.integer & (np.abs(x - nearest) <= WHOLE)
    # Adding zero turns -0.0 into 0.0, which would otherwise show up in reports.
    return np.where(snap, nearest, x) + 0.0


def _malformed(solution: Solution, arrays: Arrays) -> str:
    """What keeps the answer from being read at all."""
    x = solution.x
    if solution.bound is not None and not np.isfinite(solution.bound):
        return f"stated the bound {solution.bound!r}"
    if solution.status not in WITH_ANSWER:
        return f"sent an answer and said {solution.status}" if x is not None else ""
    if x is None:
        return "claimed an answer and sent none"
    if x.shape != (arrays.num_columns,):
        return f"sent {x.shape} values for {arrays.num_columns} columns"
    if not np.isfinite(x).all():
        return "sent values that are no numbers"
    if solution.objective is None or not np.isfinite(solution.objective):
        return f"stated the value {solution.objective!r}"
    return ""


def _broken(solution: Solution, arrays: Arrays) -> str:
    """Where the answer and the program it is for do not fit together."""
    x = solution.x
    if x is None or solution.objective is None:
        return ""
    apart = np.where(arrays.integer, np.abs(x - np.rint(x)), 0.0)
    if (apart > WHOLE).any():
        j = int(apart.argmax())
        return f"sent {float(x[j])!r} for column {j}, which must be whole"
    room = KEPT * np.maximum(1.0, np.abs(x))
    outside = (x < arrays.lower - room) | (x > arrays.upper + room)
    if outside.any():
        j = int(outside.argmax())
        span = f"{float(arrays.lower[j])!r} to {float(arrays.upper[j])!r}"
        return f"sent {float(x[j])!r} for column {j}, which lies in {span}"
    fault = _broken_row(x, arrays)
    if fault:
        return fault
    value = float(arrays.objective @ x) + arrays.offset
    size = max(1.0, abs(arrays.offset), float(np.abs(arrays.objective) @ np.abs(x)))
    if abs(value - solution.objective) > AGREE * size:
        return f"stated the value {solution.objective!r} for an answer worth {value!r}"
    return ""


def _broken_row(x: Floats, arrays: Arrays) -> str:
    """The first row that the answer breaks by more than round-off, in words."""
    activity = arrays.activity(x)
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    sizes = np.abs(arrays.data * x[arrays.indices])
    sums = np.bincount(row, weights=sizes, minlength=arrays.num_rows)
    room = KEPT * np.maximum(1.0, sums)
    broken = (activity < arrays.row_lower - room) | (activity > arrays.row_upper + room)
    if not broken.any():
        return ""
    i = int(broken.argmax())
    span = f"{float(arrays.row_lower[i])!r} to {float(arrays.row_upper[i])!r}"
    return f"sent an answer that breaks row {i}: {float(activity[i])!r} is not {span}"


def _contradicted(solution: Solution, gap: float, offset: float) -> str:
    """How the answer's own figures contradict each other."""
    value, bound = solution.objective, solution.bound
    if value is None or bound is None:
        return ""
    # Solvers measure the relative gap against either number, with or without the
    # constant; the widest of these is what "within the gap" can honestly mean.
    size = max(1.0, *map(abs, (value, bound, value - offset, bound - offset)))
    if bound < value - AGREE * size:
        return f"stated the bound {bound!r} below its own answer {value!r}"
    if solution.status is Status.OPTIMAL and bound - value > (gap + AGREE) * size:
        return f"claimed the optimum {value!r} under the bound {bound!r}, far from it"
    return ""


def _fenced(arrays: Arrays) -> bool:
    """Whether every column that carries points is bounded on both sides."""
    priced = arrays.objective != 0
    return bool(np.isfinite([arrays.lower[priced], arrays.upper[priced]]).all())


def _refuted(
    solution: Solution, arrays: Arrays, vectors: Iterable[Floats | None]
) -> str:
    """Which known vector the answer denies: nothing at all, the start, one found."""
    impossible = solution.status is Status.INFEASIBLE
    if solution.status is Status.UNBOUNDED and _fenced(arrays):
        return "called unbounded what has bounds on all sides"
    if not impossible and solution.bound is None:
        return ""
    nothing = np.clip(np.zeros(arrays.num_columns), arrays.lower, arrays.upper)
    for x in (nothing, *vectors):
        if x is None or not _keeps_all(x, arrays):
            continue
        value = float(arrays.objective @ x) + arrays.offset
        if impossible:
            return f"called infeasible what has an answer of value {value!r}"
        bound = solution.bound
        if bound is not None and value - bound > AGREE * max(1.0, abs(value)):
            return f"stated the bound {bound!r}, though an answer of {value!r} exists"
    return ""


def _keeps_all(x: Floats, arrays: Arrays) -> bool:
    """Whether x keeps every row and column, without any slack."""
    if x.shape != (arrays.num_columns,) or not np.isfinite(x).all():
        return False
    inside = (x >= arrays.lower) & (x <= arrays.upper)
    if not (inside & (~arrays.integer | (x == np.rint(x)))).all():
        return False
    activity = arrays.activity(x)
    kept = (activity >= arrays.row_lower) & (activity <= arrays.row_upper)
    return bool(kept.all())


def _refuse(solution: Solution, reason: str) -> Solution:
    """Failed solution that keeps the solver's own words."""
    return failure(
        f"backend {solution.backend} {reason}; its answer is not used",
        backend=solution.backend,
        version=solution.version,
        native=solution.native_status,
        seconds=solution.seconds,
    )

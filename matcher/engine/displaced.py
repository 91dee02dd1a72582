"""What launching one more case costs a plan, and whom it displaces.

The case is launched first beside, or in the place of one of, the consortia as they
are, which is quick and changes no more than it must, then with everything free, from
there. Either way the answer tells which launched cases and members give way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.alone import launched
from matcher.engine.polish import suited
from matcher.program.layout import NONE
from matcher.program.solution import Solution, SolveOptions, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.backends.client import Worker
    from matcher.engine.stages import Stage
    from matcher.program.program import Arrays
    from matcher.proposal.proposal import CasePlan

SAME: Final = 1e-6
"""Points; solvers settle values no finer, and weights are coarser by far."""
SWAP_PART: Final = 0.5
"""Part of the time for swaps; the free solve begins where they ended."""
MOST_NAMED: Final = 3
"""Cases or members that one sentence can bear."""
MORE_TIME: Final = "pin it and allow more time with --time"
"""A plan with the case pinned is sought in all the time there is."""


@dataclass(frozen=True, slots=True)
class Forced:
    """What is known of plans that launch the case."""

    best: float | None
    """Points of the best such plan found; None without one."""
    bound: float | None
    """No such plan brings more; None if unknown."""
    impossible: bool
    settled: bool
    """Proven, as far as the plan itself is."""
    displaced: str
    """Who gives way, in words."""


def in_points(value: float) -> str:
    """Points with at most four significant digits, never as a power of ten."""
    text = f"{value:.4g}"
    if "e" in text:
        text = f"{value:,.0f}" if abs(value) > 1 else f"{value:.6f}".rstrip("0")
    return f"{text} point{'' if text == '1' else 's'}"


def asked(worker: Worker, arrays: Arrays, options: SolveOptions) -> Solution:
    """The answer to a program in cents; Ctrl-C is raised, not answered."""
    return worker.solve(suited(arrays, worker), options).uninterrupted()


def forced(stage: Stage, worker: Worker, d: int, seconds: float) -> Forced:
    """Launch a case beside, or in the place of, those that are launched."""
    layout = stage.question.asked.layout
    whole = launched(stage.question.asked.program.arrays, layout.open[d])
    until = time.perf_counter() + seconds
    near = _swapped(stage, worker, whole, d, SWAP_PART * seconds)
    best = float(stage.proposal.objective or 0)
    if near is not None and _worth(near) >= best - SAME:
        return _known(stage, near, near, bound=None, settled=True)
    gap, start = float(stage.proposal.gap or 0), None if near is None else near.x
    rest = max(until - time.perf_counter(), SWAP_PART * seconds)
    free = asked(worker, whole, SolveOptions(gap=gap, time_limit=rest, start=start))
    kept = near if near and _worth(near) >= _worth(free) - SAME else free
    return _known(stage, kept, free, bound=free.bound,
                  settled=free.status is Status.OPTIMAL)  # fmt: skip


def _swapped(
    stage: Stage, worker: Worker, whole: Arrays, d: int, seconds: float
) -> Solution | None:
    """The best answer that keeps every consortium, or all but one.

    Such programs are small. Who serves whom and who pays are free in all of them.
    """
    began, best = time.perf_counter(), None
    for gone in (None, *stage.proposal.by_case):
        left = seconds - (time.perf_counter() - began)
        if left <= 0:
            break
        kept = [plan for plan in stage.proposal.cases if plan.case != gone]
        # Half of what is left, so that one hard swap leaves time for the others.
        answer = asked(worker, _keeping(stage, whole, d, kept),
                       SolveOptions(time_limit=left / 2))  # fmt: skip
        if answer.x is not None and (best is None or _worth(answer) > _worth(best)):
            best = answer
        if best is not None and gone is None:
            break  # there is room beside all of them
    return best


def _worth(answer: Solution) -> float:
    """Points of an answer; below all without one."""
    found = answer.x is not None and answer.objective is not None
    return answer.objective or 0.0 if found else -np.inf


def _known(
    stage: Stage, kept: Solution, free: Solution, *, bound: float | None, settled: bool
) -> Forced:
    best = None if kept.x is None else _worth(kept)
    impossible = kept.x is None and free.status is Status.INFEASIBLE
    told = "" if kept.x is None else _displaced(stage, kept.x > 0.5)
    return Forced(best, bound, impossible, settled, told)


def _keeping(stage: Stage, arrays: Arrays, d: int, kept: Sequence[CasePlan]) -> Arrays:
    """The program with some consortia as they are, and no other case but ``d``."""
    layout, labels = stage.question.asked.layout, stage.question.asked.inst.labels
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    plans = {plan.case: plan for plan in kept}
    for other, name in enumerate(labels.cases.ids):
        if other == d:
            continue
        plan = plans.get(name)
        upper[layout.open[other]] = lower[layout.open[other]] = float(plan is not None)
        for look_up, there in (
            (layout.member, plan.members if plan else ()),
            (layout.lead, (plan.lead,) if plan else ()),
            (layout.observer, plan.observers if plan else ()),
        ):
            column = look_up[:, other]
            on = np.zeros(len(column), dtype=bool)
            on[labels.regions.encode(there)] = True
            lower[column[on]] = 1.0
            upper[column[~on & (column != NONE)]] = 0.0
    return replace(arrays, lower=lower, upper=upper)


def _displaced(stage: Stage, on: np.ndarray) -> str:
    """Launched cases that drop out, or else members that leave their case."""
    layout, labels = stage.question.asked.layout, stage.question.asked.inst.labels
    out, left = [], []
    for plan in stage.proposal.cases:
        d = labels.cases.index[plan.case]
        if not on[layout.open[d]]:
            out.append(plan.case)
            continue
        columns = layout.member[labels.regions.encode(plan.members), d]
        left += [
            f"{region} leaves {plan.case}"
            for region, column in zip(plan.members, columns, strict=True)
            if not on[column]
        ]
    if out:
        return f"{_few(out)} {'drops' if len(out) == 1 else 'drop'} out"
    return _few(left)


def _few(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = [*names[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
    return " and ".join([part for part in (", ".join(shown[:-1]), *shown[-1:]) if part])

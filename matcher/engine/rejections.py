"""Why a case is not launched: the first reason, found by solving, not by guessing.

Each case that was left out is tried alone. If no plan for it exists, the rules
in conflict are named; if it brings no more than it costs, that is the reason;
otherwise it is forced into the plan, and the points it would cost are told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.conflict import grouped, smallest_conflict
from matcher.engine.polish import suited
from matcher.formulation.assemble import assemble
from matcher.program.solution import Solution, SolveOptions, Status, Stop
from matcher.proposal.proposal import Rejected
from matcher.proposal.verdict import show

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Arrays

ALONE_SECONDS = 10.0
FORCED_SECONDS = 10.0
"""Reasons are worth a little time; what is not found by then is told as such."""
MOST_FORCED = 12
"""Forced solves take as long as the main one, so only so many are made."""


def why_not_launched(
    stage: Stage, worker: Worker, *, quick: bool
) -> tuple[Rejected, ...]:
    """First reason for every case that is not launched, sorted by case."""
    launched = set(stage.proposal.by_case)
    cases = stage.question.asked.inst.labels.cases.ids
    left_out = [d for d, name in enumerate(cases) if name not in launched]
    reasons = []
    for count, d in enumerate(left_out):
        reason = ""
        if not quick:
            try:
                reason = _reason(stage, worker, d, force=count < MOST_FORCED)
            except KeyboardInterrupt:
                quick = True  # the plan is found: reasons are worth no more waiting
        reasons.append(
            Rejected(cases[d], reason or "not launched in the best plan found")
        )
    return tuple(reasons)


def _reason(stage: Stage, worker: Worker, d: int, *, force: bool) -> str:
    setting = stage.question.asked.inst.setting
    case = list(setting.cases.values())[d]
    for pin in setting.pins:
        if pin.forbid and pin.region is None and pin.case == case.case:
            return f"vetoed ({pin.at.file}:{pin.at.line})" + (
                f": {pin.reason}" * bool(pin.reason)
            )
    pinned = any(not pin.forbid for pin in setting.pins)
    alone = _alone(stage.question.asked, d)
    answer = _ask(worker, alone, ALONE_SECONDS)
    if answer.status is Status.INFEASIBLE:
        return f"no plan for it alone: {_contradiction(stage, worker, d)}"
    if answer.x is None or answer.objective is None:
        return f"no plan for it was found within {ALONE_SECONDS:g} s"
    if not pinned and answer.status is Status.OPTIMAL and answer.objective <= 0:
        return f"it brings no more than it costs: {answer.objective:g} points alone"
    return _crowded_out(stage, worker, d, answer.objective, force=force)


def _crowded_out(
    stage: Stage, worker: Worker, d: int, alone: float, *, force: bool
) -> str:
    asked = stage.question.asked
    arrays, opened = asked.program.arrays, asked.layout.open
    best = stage.proposal.objective
    if best is None or not force:
        return f"worth {alone:g} points alone, but not beside the launched cases"
    answer = _ask(worker, _forced(arrays, opened[d]), FORCED_SECONDS)
    if answer.status is Status.INFEASIBLE:
        return f"worth {alone:g} points alone, but the pins leave no room for it"
    if answer.bound is None:
        return f"worth {alone:g} points alone; what it displaces was not found in time"
    if answer.status is Status.OPTIMAL and answer.objective is not None:
        loss = float(best) - answer.objective
        if loss <= 1e-6:
            return "a tie: a plan of the same value launches it"
        return (
            f"worth {alone:g} points alone, but launching it costs the plan "
            f"{loss:.4g} points"
        )
    least = float(best) - answer.bound
    words = f"at least {least:.4g}" if least > 0 else "an unknown number of"
    return (
        f"worth {alone:g} points alone; launching it costs the plan {words} points "
        f"(best plan {show(best)})"
    )


def _ask(worker: Worker, arrays: Arrays, seconds: float) -> Solution:
    """Solve within a time limit; Ctrl-C is raised, not answered."""
    answer = worker.solve(suited(arrays, worker), SolveOptions(time_limit=seconds))
    if answer.stop is Stop.INTERRUPTED:
        raise KeyboardInterrupt
    return answer


def _forced(arrays: Arrays, column: int) -> Arrays:
    """The program with one case launched."""
    lower = arrays.lower.copy()
    lower[column] = 1.0
    return replace(arrays, lower=lower)


def _alone(assembly: Assembly, d: int) -> Arrays:
    """The program with one case launched, and no other but those that are pinned."""
    arrays, opened = assembly.program.arrays, assembly.layout.open
    setting = assembly.inst.setting
    pinned = {pin.case for pin in setting.pins if not pin.forbid}
    upper = arrays.upper.copy()
    for other, name in enumerate(setting.cases):
        if other != d and name not in pinned:
            upper[opened[other]] = 0.0
    return _forced(replace(arrays, upper=upper), opened[d])


def _contradiction(stage: Stage, worker: Worker, d: int) -> str:
    """Rules that contradict launching the case, with nothing else launched."""
    asked = stage.question.asked
    inst, name = asked.inst, asked.inst.labels.cases.ids[d]
    assembly = assemble(inst, (), funding=asked.funding, every_column=True)
    forced = _alone(assembly, d)
    groups = grouped(assembly.program, inst.labels.cases.ids)
    merged: dict[tuple[str, str], list[np.ndarray]] = {}
    for (rule, _), rows in groups.items():
        merged.setdefault((rule, name), []).append(rows)
    by_rule = {key: np.concatenate(parts) for key, parts in merged.items()}
    core = smallest_conflict(forced, by_rule, worker)
    return (
        " with ".join(sorted({rule for rule, _ in core}))
        or "the rules contradict each other"
    )

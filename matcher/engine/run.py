"""The composition root: a scenario in, a verified proposal out.

It only wires: every step is a function of another room, handed what it needs.
Both answers are always sought: what is *needed* (no rule about money) and what
is *fundable* (all rules); their difference is a result (R68).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from matcher.backends.client import open_worker
from matcher.engine.certify import reconciled
from matcher.engine.confirm import confirmed
from matcher.engine.conflict import explain_conflict
from matcher.engine.fallback import STOPPED, with_fallback, with_nothing_later
from matcher.engine.missing import smallest_missing
from matcher.engine.rejections import why_not_launched
from matcher.engine.solving import Clock, Task
from matcher.engine.stages import (
    Stage,
    describe,
    described,
    open_workers,
    run_stage,
    unknown,
)
from matcher.engine.ties import without_ties
from matcher.errors import Faults, InputError
from matcher.formulation.assemble import assemble, possible_members
from matcher.formulation.bind import bind
from matcher.problem.encode import encode
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.dated import after_grants
from matcher.proposal.earmarked import missed_earmarks
from matcher.proposal.proposal import Rejected
from matcher.proposal.standing import commitments_due
from matcher.rules import asking
from matcher.verify.notes import untested

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.formulation.bind import BoundTerm
    from matcher.problem.instance import Instance
    from matcher.program.solution import Progress, Solution
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

UNTRACED = (
    {
        "rule": "",
        "subject": "",
        "sentence": "which rules contradict each other was not found in time; "
        "try another backend",
        "lines": "",
    },
)
"""Stands in the place of a conflict that a backend could not trace."""

TIES_LEFT = (
    "ties are not settled where an answer is awaited: another run may name another plan"
)
NO_ROOM = "the best plan with a fallback has no room for it"
PLAIN = "in the plan without waiting: "
UNAWAITED = (
    "a plan that waits for nothing brings more, as what is asked of several cases "
    "together must hold after a no, too: without wait_for"
)
UNCONFIRMED = "no second solver is asked where an answer is awaited"

Report = Callable[[str, "Progress"], None]
"""Called with the name of the stage and its progress."""


def prepare(setting: Setting) -> tuple[Instance, tuple[BoundTerm, ...]]:
    """Encode a setting and bind its objective; nothing is solved.

    Raises
    ------
    InputError
        When a rule lacks a figure, naming every cell to fill in, when an objective
        term does not exist, or when too many sets of instruments may pay in a case.
    """
    inst = encode(setting)
    faults = Faults()
    joining = possible_members(inst)
    for rule in asking().values():
        rule.unknowns(setting, joining, faults)
    try:
        terms = bind(setting)
    except InputError as error:
        raise InputError((*faults, *error.faults)) from None
    faults.raise_if_any()
    if setting.objective.expected:  # too many combinations of instruments are a fault
        assemble(inst, terms, funding=True)
    return inst, terms


def run(
    setting: Setting,
    *,
    backend: str | None = None,
    options: SolveOptions | None = None,
    report: Report | None = None,
    tie_break: bool | None = None,
    confirm: str | None = None,
) -> Proposal:
    """Solve a setting with one backend and return the verified proposal.

    Parameters
    ----------
    setting
        What to solve.
    backend
        ``highs``, ``cpsat`` or ``cbc``; None takes the setting's own.
    options
        Limits, gap, seed, threads; None takes the setting's own.
    report
        Told the progress of each stage.
    tie_break
        Settle ties between proven best plans, so that every backend names the same
        plan; None takes the setting's own.
    confirm
        Backend that is asked for a plan above the bound; None asks nobody.

    Raises
    ------
    InputError
        When a rule lacks a figure, or an objective term does not exist.
    SolverFailed, AnswerRejected
        When the backend fails, or its answer does not hold.
    """
    clock = Clock()
    waits = setting.has_money and setting.wait_for in setting.instruments
    # what is awaited plays a part only once there is a plan without it
    inst, terms = prepare(replace(setting, wait_for=None))
    clock.lap("encode")
    chosen = options or options_of(setting)
    with open_workers(backend or setting.solve.backend) as workers:
        clock.lap("start")
        needed = run_stage(inst, terms, workers, chosen, clock, funding=False,
                           report=_named(report, "needed"))  # fmt: skip
        fundable = needed
        if setting.has_money and needed.solution.stop is Stop.INTERRUPTED:
            fundable = replace(needed, proposal=unknown(setting))
        elif setting.has_money:
            fundable = run_stage(inst, terms, workers, chosen, clock, funding=True,
                                 report=_named(report, "fundable"))  # fmt: skip
        if setting.has_money:
            both = reconciled(needed.proposal, fundable.proposal, setting)
            needed, fundable = (
                replace(stage, proposal=answer)
                for stage, answer in zip((needed, fundable), both, strict=True)
            )
        settles_ties = setting.solve.tie_break if tie_break is None else tie_break
        if settles_ties and not waits:
            needed, fundable = _each(
                needed, fundable,
                lambda stage: without_ties(stage, workers, chosen, clock),
            )  # fmt: skip
        if confirm is not None and not waits:
            with open_worker(confirm) as second:
                needed, fundable = _each(
                    needed, fundable, lambda stage: confirmed(stage, second, chosen)
                )
            clock.lap("confirm")
        proposal = _complete(setting, needed, fundable, workers.chosen, clock)
        if setting.has_money and fundable.solution.stop is not Stop.INTERRUPTED:
            at_once = replace(setting, wait_for=None)
            pieces = smallest_missing(
                at_once, needed.proposal, fundable.proposal, workers
            )
            proposal = replace(proposal, missing=pieces)
            clock.lap("explain")
        if waits:
            told = (TIES_LEFT,) * settles_ties + (UNCONFIRMED,) * (confirm is not None)
            proposal = replace(proposal, notes=(*proposal.notes, *told))
        meta = {"needed": describe(needed), "fundable": describe(fundable)}
        if waits and fundable.proposal.objective is not None:
            task = Task(workers, chosen, clock, _named(report, "fallback"))
            planned, solution = _waiting(fundable, setting, terms, task)
            proposal = in_place_of(proposal, planned, notes_on(planned, setting))
            if solution is not None:
                meta["fallback"] = described(solution)
    seconds = {phase: round(s, 3) for phase, s in clock.seconds.items()}
    return replace(proposal, meta={**meta, "seconds": seconds})


def _waiting(
    fundable: Stage, setting: Setting, terms: Sequence[BoundTerm], task: Task
) -> tuple[Proposal, Solution | None]:
    """The plan with a fallback; after Ctrl-C the one in which nothing comes later."""
    try:
        return with_fallback(fundable, setting, terms, task)
    except KeyboardInterrupt:
        planned = with_nothing_later(fundable, setting)
        stopped = replace(fundable.solution, stop=Stop.INTERRUPTED)
        return replace(planned, notes=(STOPPED,)), stopped


def in_place_of(plain: Proposal, planned: Proposal, told: tuple[str, ...]) -> Proposal:
    """A plan with a fallback, with what was found out about the plan without one.

    ``told`` are the notes on the plan with a fallback.
    """
    how = [n for n in plain.notes if n in (TIES_LEFT, UNCONFIRMED, STOPPED)]
    reasons = {left.case: left.reason for left in plain.rejected}
    if planned.objective is None:
        return replace(
            planned, needed=plain.needed, notes=(*told, *how, *planned.notes)
        )
    back = planned.fallback
    later = {plan.case for plan in back.cases} if back else set()
    left_out = sorted({*reasons, *plain.by_case} - planned.by_case.keys())
    better = plain.objective is not None and plain.objective > planned.objective
    worth = [f"{UNAWAITED} {float(plain.objective or 0):.6g} points"] if better else []
    return replace(
        planned,
        needed=plain.needed,
        notes=tuple(dict.fromkeys((*told, *how, *planned.notes, *worth))),
        missing=tuple(piece for piece in plain.missing if piece.case not in later),
        rejected=tuple(
            Rejected(
                case,
                f"launched only if {back.instrument} says no"
                if back and case in later
                else f"{PLAIN}{reasons[case]}"
                if case in reasons
                else NO_ROOM,
            )
            for case in left_out
        ),
    )


def options_of(setting: Setting) -> SolveOptions:
    """Solve options as the scenario states them."""
    solve = setting.solve
    limit = None if solve.time_limit is None else float(solve.time_limit)
    return SolveOptions(float(solve.gap), limit, solve.seed, solve.threads)


def _each(
    needed: Stage, fundable: Stage, change: Callable[[Stage], Stage]
) -> tuple[Stage, Stage]:
    """Both stages changed, once where they are one; Ctrl-C leaves them as they are."""
    try:
        changed = change(needed)
        return changed, changed if fundable is needed else change(fundable)
    except KeyboardInterrupt:
        stopped = replace(fundable.solution, stop=Stop.INTERRUPTED)
        return needed, replace(fundable, solution=stopped)


def _complete(
    setting: Setting, needed: Stage, fundable: Stage, worker: Worker, clock: Clock
) -> Proposal:
    """Add what was needed, why cases are left out or why nothing is possible."""
    proposal = fundable.proposal
    interrupted = Stop.INTERRUPTED in (needed.solution.stop, fundable.solution.stop)
    if proposal.status == "infeasible":
        conflict = explain_conflict(
            fundable.question.full.inst, worker, funding=setting.has_money
        )
        proposal = replace(proposal, conflict=conflict or UNTRACED)
    elif proposal.objective is not None:
        reasons = why_not_launched(fundable, worker, quick=interrupted)
        proposal = replace(proposal, rejected=reasons)
    clock.lap("explain")
    notes = (*notes_on(proposal, setting), *proposal.notes)
    if interrupted:
        notes = (*notes, STOPPED)
    return replace(proposal, needed=needed.proposal, notes=notes)


def notes_on(proposal: Proposal, setting: Setting) -> tuple[str, ...]:
    """What a reader of a plan must know beside it, as far as the inputs tell."""
    return (
        *untested(setting),
        *commitments_due(proposal, setting),
        *after_grants(proposal, setting),
        *missed_earmarks(proposal, setting),
    )


def _named(report: Report | None, stage: str) -> Callable[[Progress], None] | None:
    if report is None:
        return None
    return lambda progress: report(stage, progress)

"""The composition root: a scenario in, a verified proposal out.

It only wires: every step is a function of another room, handed what it needs.
Both answers are always sought: what is *needed* (no rule about money) and what
is *fundable* (all rules); their difference is a result (R68).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from matcher.backends.client import open_worker
from matcher.engine.certify import reconciled
from matcher.engine.confirm import confirmed
from matcher.engine.conflict import explain_conflict
from matcher.engine.fallback import STOPPED
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
from matcher.engine.waiting import TIES_LEFT, UNCONFIRMED, in_place_of, waited_for
from matcher.errors import Faults, InputError
from matcher.formulation.assemble import possible_members, refuse_too_many_sets
from matcher.formulation.bind import bind
from matcher.problem.encode import encode
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.dated import after_grants
from matcher.proposal.earmarked import missed_earmarks
from matcher.proposal.standing import commitments_due
from matcher.rules import asking
from matcher.verify.notes import untested

if TYPE_CHECKING:
    from matcher.engine.solving import Workers
    from matcher.formulation.bind import BoundTerm
    from matcher.problem.instance import Instance
    from matcher.program.solution import Progress
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
    refuse_too_many_sets(inst)
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
    with open_workers(backend or setting.solve.backend) as workers:
        return propose(
            setting, workers, options=options, report=report, tie_break=tie_break,
            confirm=confirm,
        )  # fmt: skip


def propose(
    setting: Setting,
    workers: Workers,
    *,
    options: SolveOptions | None = None,
    report: Report | None = None,
    tie_break: bool | None = None,
    confirm: str | None = None,
) -> Proposal:
    """Solve a setting with workers that are open, and stay so: `run` says the rest."""
    order = _Order(
        setting, workers, options or options_of(setting), report, Clock(),
        setting.solve.tie_break if tie_break is None else tie_break, confirm,
    )  # fmt: skip
    # what is awaited plays a part only once there is a plan without it
    inst, terms = prepare(order.at_once)
    order.clock.lap("encode")
    answers = _solved(order, inst, terms)
    answers = _untied(order, answers)
    answers = _confirmed(order, answers)
    proposal = _explained(order, answers)
    proposal = _with_missing(order, answers, proposal)
    proposal, meta = _with_fallback(order, answers, proposal, terms)
    seconds = {phase: round(s, 3) for phase, s in order.clock.seconds.items()}
    return replace(proposal, meta={**meta, "seconds": seconds})


@dataclass(frozen=True, slots=True)
class _Order:
    """What a proposal is asked for with."""

    setting: Setting
    workers: Workers
    options: SolveOptions
    report: Report | None
    clock: Clock
    settles_ties: bool
    confirm: str | None

    @property
    def at_once(self) -> Setting:
        """The setting in which no answer is awaited."""
        return replace(self.setting, wait_for=None)

    @property
    def waits(self) -> bool:
        """Whether the answer of an instrument is awaited."""
        setting = self.setting
        return setting.has_money and setting.wait_for in setting.instruments

    def named(self, stage: str) -> Callable[[Progress], None] | None:
        """Told the progress of one stage, under its name."""
        report = self.report
        return None if report is None else lambda progress: report(stage, progress)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What is needed and what is fundable: one stage where money plays no part."""

    needed: Stage
    fundable: Stage

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended either."""
        stops = (self.needed.solution.stop, self.fundable.solution.stop)
        return Stop.INTERRUPTED in stops

    def each(self, change: Callable[[Stage], Stage]) -> _Answers:
        """Both changed; Ctrl-C leaves them as they are."""
        try:
            needed = change(self.needed)
            one = self.fundable is self.needed
            return _Answers(needed, needed if one else change(self.fundable))
        except KeyboardInterrupt:
            stopped = replace(self.fundable.solution, stop=Stop.INTERRUPTED)
            return replace(self, fundable=replace(self.fundable, solution=stopped))


def _solved(order: _Order, inst: Instance, terms: Sequence[BoundTerm]) -> _Answers:
    """Both answers, neither of which contradicts the other."""
    how = (inst, terms, order.workers, order.options, order.clock)
    needed = run_stage(*how, funding=False, report=order.named("needed"))
    if not order.setting.has_money:
        return _Answers(needed, needed)
    if needed.solution.stop is Stop.INTERRUPTED:
        fundable = replace(needed, proposal=unknown(order.setting))
    else:
        fundable = run_stage(*how, funding=True, report=order.named("fundable"))
    needs, funds = reconciled(needed.proposal, fundable.proposal, order.setting)
    return _Answers(replace(needed, proposal=needs), replace(fundable, proposal=funds))


def _untied(order: _Order, answers: _Answers) -> _Answers:
    """The same with ties settled, where that is asked for and no answer is awaited."""
    if not order.settles_ties or order.waits:
        return answers
    return answers.each(
        lambda stage: without_ties(stage, order.workers, order.options, order.clock)
    )


def _confirmed(order: _Order, answers: _Answers) -> _Answers:
    """The same with a second opinion, where one is asked for and no answer awaited."""
    if order.confirm is None or order.waits:
        return answers
    with open_worker(order.confirm) as second:
        answers = answers.each(lambda stage: confirmed(stage, second, order.options))
    order.clock.lap("confirm")
    return answers


def _explained(order: _Order, answers: _Answers) -> Proposal:
    """Add what was needed, why cases are left out or why nothing is possible."""
    fundable, setting, worker = answers.fundable, order.setting, order.workers.chosen
    proposal = fundable.proposal
    if proposal.status == "infeasible":
        conflict = explain_conflict(
            fundable.question.full.inst, worker, funding=setting.has_money
        )
        proposal = replace(proposal, conflict=conflict or UNTRACED)
    elif proposal.objective is not None:
        reasons = why_not_launched(fundable, worker, quick=answers.interrupted)
        proposal = replace(proposal, rejected=reasons)
    order.clock.lap("explain")
    notes = (*notes_on(proposal, setting), *proposal.notes)
    if answers.interrupted:
        notes = (*notes, STOPPED)
    return replace(proposal, needed=answers.needed.proposal, notes=notes)


def _with_missing(order: _Order, answers: _Answers, proposal: Proposal) -> Proposal:
    """The same with the smallest missing piece, unless money plays no part."""
    needed, fundable = answers.needed, answers.fundable
    if not order.setting.has_money or fundable.solution.stop is Stop.INTERRUPTED:
        return proposal
    pieces = smallest_missing(
        order.at_once, needed.proposal, fundable.proposal, order.workers
    )
    order.clock.lap("explain")
    return replace(proposal, missing=pieces)


def _with_fallback(
    order: _Order, answers: _Answers, plain: Proposal, terms: Sequence[BoundTerm]
) -> tuple[Proposal, dict[str, Any]]:
    """The plan with a fallback where an answer is awaited; how all was solved."""
    fundable, setting = answers.fundable, order.setting
    meta = {"needed": describe(answers.needed), "fundable": describe(fundable)}
    if not order.waits:
        return plain, meta
    asked = order.confirm is not None
    told = (TIES_LEFT,) * order.settles_ties + (UNCONFIRMED,) * asked
    plain = replace(plain, notes=(*plain.notes, *told))
    if fundable.proposal.objective is None:
        return plain, meta
    task = Task(order.workers, order.options, order.clock, order.named("fallback"))
    planned, solution = waited_for(fundable, setting, terms, task)
    if solution is not None:
        meta["fallback"] = described(solution)
    return in_place_of(plain, planned, notes_on(planned, setting)), meta


def options_of(setting: Setting) -> SolveOptions:
    """Solve options as the scenario states them."""
    solve = setting.solve
    limit = None if solve.time_limit is None else float(solve.time_limit)
    return SolveOptions(float(solve.gap), limit, solve.seed, solve.threads)


def notes_on(proposal: Proposal, setting: Setting) -> tuple[str, ...]:
    """What a reader of a plan must know beside it, as far as the inputs tell."""
    return (
        *untested(setting),
        *commitments_due(proposal, setting),
        *after_grants(proposal, setting),
        *missed_earmarks(proposal, setting),
    )

"""Plans close to the best: what else could be decided, and for how many points less.

A plan that was found is ruled out, and the best of the others is sought, again and
again. Each is settled and verified like the first. Two plans are different when some
region is a member of some case in one of them and not in the other, so with M the
members of a plan that was found every further plan keeps::

    sum of member[r,d] over (r,d) not in M  -  sum of member[r,d] over M  >=  1 - |M|

Leads, observers, exchanges and payments alone make no other plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.certify import ROUND_OFF
from matcher.engine.desk import open_desk
from matcher.engine.margin import Margin
from matcher.engine.question import Question
from matcher.engine.run import Report, notes_on, options_of
from matcher.engine.stages import answered, describe
from matcher.engine.ties import without_ties
from matcher.errors import AnswerRejected
from matcher.program.blocks import COUPLING, RowBlock, Subject
from matcher.program.layout import NONE
from matcher.program.solution import Stop
from matcher.proposal.difference import difference, memberships_of
from matcher.proposal.verdict import show

if TYPE_CHECKING:
    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME: Final = "another_plan"
"""Stands in the place of a rule on the rows that rule out plans found before."""
COUNT: Final = 5
WITHIN: Final = Margin(Fraction(1, 20))


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The best plan and those next to it, each verified, best first."""

    best: Proposal
    others: tuple[Proposal, ...]
    complete: bool
    """No further plan lies within the margin."""
    proven: bool
    """No plan that is not listed is worth more than one that is."""
    within: Margin
    stop: Stop
    """Why the last solve stopped."""

    @property
    def plans(self) -> tuple[Proposal, ...]:
        """All of them, in the order of their points."""
        return (self.best, *self.others)

    @property
    def differences(self) -> tuple[str, ...]:
        """For each of the others, how it differs from the best, in one sentence."""
        return tuple(difference(self.best, other) for other in self.others)


def alternatives(
    setting: Setting,
    *,
    count: int = COUNT,
    within: Margin = WITHIN,
    backend: str | None = None,
    options: SolveOptions | None = None,
    tie_break: bool | None = None,
    report: Report | None = None,
) -> Alternatives:
    """Find the best plan of a setting, all rules in force, and plans close to it.

    No answer of an instrument is awaited: these plans have no fallback.

    Parameters
    ----------
    setting
        What to solve.
    count
        Most plans beside the best one.
    within
        How far below the best one they may lie.
    backend
        ``highs``, ``cpsat`` or ``cbc``; None takes the setting's own.
    options
        Limits of each solve; with a gap above 0 the order is not proven.
    tie_break
        Settle ties between proven plans, so that every backend names them in the
        same order; None takes the setting's own.
    report
        Told the progress of each solve.

    Raises
    ------
    InputError
        When a rule lacks a figure, or an objective term does not exist.
    SolverFailed, AnswerRejected
        When the backend fails, or an answer does not hold.
    """
    options = options or options_of(setting)
    ties = setting.solve.tie_break if tie_break is None else tie_break
    with open_desk(backend or setting.solve.backend, options, report) as desk:
        return best_few(setting, desk, count=count, within=within, ties=ties)


def best_few(
    setting: Setting, desk: Desk, *, count: int, within: Margin, ties: bool
) -> Alternatives:
    """The same on workers that are open; with ``ties`` those are settled.

    Raises
    ------
    InputError, SolverFailed, AnswerRejected
        As `alternatives`.
    """
    # Plans are compared as they are at once, without what a later answer would change.
    setting = replace(setting, wait_for=None)
    search = _Search(desk, within, ties=ties)
    question: Question | None = desk.question(setting)
    while question is not None and len(search.found) <= count and search.goes_on:
        question = search.next(question)
    return search.outcome(setting)


@dataclass
class _Search:
    """Plans found so far, and what is known of all others."""

    desk: Desk
    within: Margin
    ties: bool
    found: list[Stage] = field(default_factory=list)
    last: Stage | None = None
    """The latest answer, with or without a plan."""
    exhausted: bool = False
    """Nobody may be a member of anything that could make another plan."""
    stop: Stop = Stop.FINISHED

    @property
    def goes_on(self) -> bool:
        """Whether the latest answer leaves something to look for."""
        if self.last is None:
            return True
        points = self.last.proposal.objective
        running = self.stop is not Stop.INTERRUPTED
        return running and points is not None and points >= self.floor

    @property
    def floor(self) -> Fraction:
        """Fewest points of interest, by the best plan so far."""
        return self.within.floor(max(map(_points, self.found)))

    def next(self, question: Question) -> Question | None:
        """Answer a question; the question after it leaves out what was found."""
        desk, number = self.desk, len(self.found)
        what = f"other plan {number}" if number else "best plan"
        stage = answered(question, desk.task(what, desk.options))
        self.stop = stage.solution.stop
        if self.ties:
            try:
                stage = without_ties(stage, desk.workers, desk.options, desk.clock)
            except KeyboardInterrupt:
                self.stop = Stop.INTERRUPTED
        self.last = stage
        if stage.proposal.objective is None:
            return None
        self._refuse_contradiction(stage.proposal)
        self.found.append(stage)
        rest = _leaving_out(question, stage.proposal)
        self.exhausted = rest is None
        return rest

    def _refuse_contradiction(self, plan: Proposal) -> None:
        """Refuse a plan that was ruled out, or is worth more than was said possible."""
        known = [stage.proposal for stage in self.found]
        if memberships_of(plan) in map(memberships_of, known):
            raise AnswerRejected("the solver gave a plan that was ruled out")
        bound = known[0].bound if known else None
        worth = plan.objective or Fraction(0)
        if bound is None:
            return
        if worth > bound + ROUND_OFF * max(abs(bound), Fraction(1)):
            raise AnswerRejected(
                f"another plan is worth {show(worth)} points, but the solver said that "
                f"none brings more than {show(bound)}"
            )

    def outcome(self, setting: Setting) -> Alternatives:
        """What was found, ranked, with what is proven about it."""
        assert self.last is not None
        if not self.found:
            none = _finished(self.last, setting, None)
            complete = none.status == "infeasible"
            return Alternatives(none, (), complete, complete, self.within, self.stop)
        near = [stage for stage in self.found if _points(stage) >= self.floor]
        first = self.found[0]
        # Equal plans in an order of their own, whatever order they were found in.
        ranked = sorted(near, key=lambda stage: (
            -_points(stage), stage is not first, sorted(memberships_of(stage.proposal))
        ))  # fmt: skip
        bound = first.proposal.bound
        plans = [_finished(stage, setting, bound) for stage in ranked]
        proven = all(stage.proposal.status == "optimal" for stage in near)
        return Alternatives(
            plans[0], tuple(plans[1:]), self._complete(), proven, self.within, self.stop
        )

    def _complete(self) -> bool:
        """Whether no plan beside those found is worth as much as the floor."""
        assert self.last is not None
        last = self.last.proposal
        below = last.bound is not None and last.bound < self.floor
        return self.exhausted or last.status == "infeasible" or below


def _points(stage: Stage) -> Fraction:
    return stage.proposal.objective or Fraction(0)


def _finished(stage: Stage, setting: Setting, bound: Fraction | None) -> Proposal:
    """The plan of a stage, with the bound that holds for all plans."""
    plan, worth = stage.proposal, stage.proposal.objective
    meta = {"fundable": describe(stage)}
    if worth is None:
        return replace(plan, meta=meta)
    if bound is not None:
        bound = max(bound, worth)
    return replace(
        plan, bound=bound, status="optimal" if bound == worth else "feasible",
        notes=(*notes_on(plan, setting), *plan.notes), meta=meta,
    )  # fmt: skip


def _leaving_out(question: Question, plan: Proposal) -> Question | None:
    """The question without one plan; None where no membership is left to change."""
    if not (question.asked.layout.member != NONE).any():
        return None
    asked = _with_cut(question.asked, plan)
    full = _with_cut(question.full, plan) if question.merged else asked
    return Question(asked, full)


def _with_cut(assembly: Assembly, plan: Proposal) -> Assembly:
    """The program with one more row, which the memberships of a plan do not meet."""
    member, labels = assembly.layout.member, assembly.inst.labels
    inside = np.zeros(member.shape, dtype=bool)
    for case in plan.cases:
        regions = labels.regions.encode(case.members)
        inside[regions, labels.cases.index[case.case]] = True
    columns = member[member != NONE]
    signs = np.where(inside[member != NONE], -1.0, 1.0)
    order = np.argsort(columns)
    program = assembly.program
    arrays = program.arrays.with_row(
        columns[order], signs[order], lower=1.0 - float(inside.sum())
    )
    subject = Subject((("memberships",),), (np.zeros(1, dtype=np.int64),))
    row = RowBlock(NAME, 1, subject, np.array([COUPLING]))
    rows = (*program.rows, row)
    return replace(assembly, program=replace(program, arrays=arrays, rows=rows))

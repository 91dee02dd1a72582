"""Plans with some of the changes between two assumptions made, drawn near each other.

Every set of changes is solved once. Of all plans worth as much as its best one, the one
nearest to a plan known before is taken; where nothing is proven best, the consortia of
that plan are kept if no better plan is known. So a difference is told only where it
pays, or where nothing proves that it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from matcher.study.comparison.aligned import CHANGE, OPEN, TIE, differences
from matcher.study.comparison.ties import nearest, proven, undone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.attribution.changes import Split
    from matcher.study.comparison.aligned import Difference, Judged
    from matcher.study.course import Course

Some = frozenset[int]
"""Changes that are made, by index."""
Subject = tuple[str, str]
"""Case and region; no region for a case as a whole."""


def solved(desk: Desk, setting: Setting, course: Course) -> Stage:
    """The best plan of a setting.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended the solve.
    InputError, SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    stage = course.heed(desk.best(setting))
    if course.halted:
        raise KeyboardInterrupt
    return stage


def drawn_near(desk: Desk, stage: Stage, reference: Proposal) -> Proposal:
    """The plan nearest to a reference, of those worth as much as the best one known.

    Consortia of the reference that turn out to be worth more than the plan found are
    taken, too.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended a solve.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    plan = stage.proposal
    if plan.objective is None or reference.objective is None:
        return plan
    if proven(plan):
        return nearest(desk, stage, plan, reference) or plan
    same = tried(desk, stage.question.full.inst.setting, reference)
    if same.objective is None or same.objective < plan.objective:
        return plan
    return as_known(same, plan)


def tried(desk: Desk, setting: Setting, other: Proposal) -> Proposal:
    """The best that consortia of another plan can do in a setting.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended the solve.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    stage = desk.kept(setting, other.cases)
    stage.solution.uninterrupted()
    return stage.proposal


def as_known(found: Proposal, known: Proposal) -> Proposal:
    """A plan found otherwise, with what is proven of all plans of its setting."""
    status = "optimal" if found.objective == known.bound else "feasible"
    return replace(found, bound=known.bound, status=status, notes=known.notes)


def judged(
    desk: Desk, before: tuple[Stage, Proposal], after: tuple[Stage, Proposal]
) -> Judged:
    """Differences between two plans, each with what is proven of it.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended a solve.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    (old_stage, old), (stage, new) = before, after
    if old.objective is None or new.objective is None:
        return ()
    every = differences(old, new)
    if not every:
        return ()
    mine = undone(desk, stage, new, every)
    left = {each.turned for each in every if each not in mine.those}
    theirs = undone(desk, old_stage, old, left)
    ties = mine.those | {each.turned for each in theirs.those}
    rest = CHANGE if mine.complete and theirs.complete else OPEN
    return tuple((each, TIE if each in ties else rest) for each in every)


@dataclass(frozen=True, slots=True)
class Turned:
    """What is other than at the start once some changes are made."""

    those: frozenset[Subject]
    sure: bool
    """Whether this is proven."""


@dataclass
class Replay:
    """Every set of changes that was solved so far."""

    desk: Desk
    split: Split
    course: Course
    plans: dict[Some, tuple[Stage, Proposal]] = field(default_factory=dict)
    """The best plan known of each set of changes, with the solve it is from."""
    found: int = 0
    """How often a plan turned out to be better than the one known."""
    _turned: dict[Some, Turned] = field(default_factory=dict)

    def plan(self, done: Collection[int]) -> Proposal:
        """The best plan known with some changes made.

        Raises
        ------
        KeyboardInterrupt
            When Ctrl-C ended the solve.
        InputError, SolverFailed, AnswerRejected
            As `matcher.engine.run.run`.
        """
        some = frozenset(done)
        if some not in self.plans:
            stage = solved(self.desk, self.split.setting(some), self.course)
            self.plans[some] = stage, stage.proposal
        return self.plans[some][1]

    def near(self, done: Collection[int], reference: Proposal) -> Proposal:
        """The plan nearest to a reference with some changes made."""
        some = frozenset(done)
        self.plan(some)
        stage, known = self.plans[some]
        found = drawn_near(self.desk, replace(stage, proposal=known), reference)
        if found.objective != known.objective:
            self.plans[some] = stage, found
            self.found += 1
            self._turned.clear()
        return found

    def share(self) -> None:
        """Try the consortia of better plans wherever a plan is not proven best.

        Otherwise less money might seem to bring more, only because nobody found the
        better plan where there is more.

        Raises
        ------
        KeyboardInterrupt
            When Ctrl-C ended a solve.
        SolverFailed, AnswerRejected
            As `matcher.engine.run.run`.
        """
        known = [plan for _, plan in self.plans.values() if plan.objective is not None]
        best = sorted(known, key=lambda plan: -(plan.objective or 0))
        for some, (stage, plan) in list(self.plans.items()):
            if proven(plan) or plan.status == "infeasible":
                continue
            better = self._better(stage, plan, best)
            if better is not None:
                self.plans[some] = stage, better
                self.found += 1
                self._turned.clear()

    def _better(
        self, stage: Stage, known: Proposal, others: Iterable[Proposal]
    ) -> Proposal | None:
        """The first of some better plans whose consortia are better here as well."""
        setting = stage.question.full.inst.setting
        for other in others:
            assert other.objective is not None
            if known.objective is not None and other.objective <= known.objective:
                return None
            found = tried(self.desk, setting, other)
            if found.objective is not None and (
                known.objective is None or found.objective > known.objective
            ):
                return as_known(found, known)
        return None

    def judged(
        self, before: tuple[Some, Proposal], after: tuple[Some, Proposal]
    ) -> Judged:
        """What is proven of the differences between two plans."""
        (old, reference), (new, plan) = before, after
        return judged(
            self.desk,
            (self.plans[old][0], reference),
            (self.plans[new][0], plan),
        )

    def turned(self, done: Collection[int]) -> Turned | None:
        """What no best plan with these changes has as the plan of the start.

        None without a plan.
        """
        some = frozenset(done)
        if some not in self._turned:
            start = self.plan(())
            plan = self.near(some, start)
            if plan.objective is None or start.objective is None:
                return None
            every = differences(start, plan)
            back = undone(self.desk, self.plans[some][0], plan, every)
            left = {_subject(each) for each in every if each not in back.those}
            self._turned[some] = Turned(frozenset(left), back.complete)
        return self._turned[some]


def _subject(each: Difference) -> Subject:
    return each.case, each.region

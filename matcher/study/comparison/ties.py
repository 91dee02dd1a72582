"""What of a difference is a change, and what is only another plan worth as much.

Among all plans of a setting that are worth as much as its best one, the plan nearest to
a reference is sought: with M the members, L the leads and O the observers of the
reference, and n more than twice all leads and observers there could be::

    maximise  n * (sum of member over M - sum of member elsewhere)
              + sum of lead over L - sum of lead elsewhere
              + sum of observer over O - sum of observer elsewhere
    subject to  points >= those of the best plan

What then still differs is tried: a plan is sought that is worth as much and undoes as
many of the differences as can be undone at once. Those it undoes are ties; the others
are tried again, until none can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.question import Question
from matcher.engine.solving import Task, solve
from matcher.engine.stages import checked
from matcher.engine.worth import worth_at_least
from matcher.formulation.kept import given
from matcher.program.blocks import COUPLING, RowBlock, Subject
from matcher.program.layout import NONE
from matcher.program.solution import Status
from matcher.study.comparison.aligned import (
    LEAD,
    NOTHING,
    OBSERVER,
    PARTNER,
    differences,
    roles_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Floats
    from matcher.program.solution import Progress, Solution, SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.study.comparison.aligned import Difference

NAME: Final = "worth_as_much"
"""Stands in the place of a rule on the row that asks for plans worth as much."""

NEARER_SECONDS: Final = 60.0
"""For a plan nearer to the reference where the best one is not known: it is worth no
more, and the search seldom ends by itself."""
LOOKING: Final = "other plans worth as much"
"""Names these solves where progress is told."""


@dataclass(frozen=True, slots=True)
class Undone:
    """Which differences some plan that is worth as much does without."""

    those: frozenset[Difference]
    complete: bool
    """Whether no plan that is worth as much does without any of the others."""


def proven(proposal: Proposal) -> bool:
    """Whether no plan is worth more."""
    return proposal.objective is not None and proposal.bound == proposal.objective


def nearest(
    desk: Desk, stage: Stage, found: Proposal, reference: Proposal
) -> Proposal | None:
    """The plan nearest to a reference of all that are worth as much as the one found.

    ``found`` is the best plan known of the stage. Where it is not proven best, a nearer
    plan is looked for from there on, for a while. None where plans are not worth
    multiples of a step, or without an answer in time.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend fails, or its answer does not hold.
    KeyboardInterrupt
        When Ctrl-C ended the solve.
    """
    if not differences(reference, found):
        return None
    options = replace(desk.options, gap=0.0)
    if not proven(found):
        limits = (options.time_limit, NEARER_SECONDS)
        seconds = min(limit for limit in limits if limit is not None)
        start = _columns_of(desk, stage, found)
        options = replace(options, time_limit=seconds, start=start)

    def alike(assembly: Assembly) -> Floats:
        return _likeness(assembly, reference)

    plan, _ = _as_good(desk, stage, found, alike, options)
    return plan


def _columns_of(desk: Desk, stage: Stage, found: Proposal) -> Floats | None:
    """A plan in columns of the small form of a stage's question."""
    question = stage.question
    setting = question.full.inst.setting
    answer = desk.kept(setting, found.cases, drop=False).solution.uninterrupted()
    return None if answer.x is None else question.lowered(answer.x)


def undone(
    desk: Desk, stage: Stage, found: Proposal, differing: Collection[Difference]
) -> Undone:
    """Which differences from a reference a plan that is worth as much does without.

    ``found`` is the best plan of the stage. Nothing is known of them where it is not
    proven best, or where plans are not worth multiples of a step.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend fails, or its answer does not hold.
    KeyboardInterrupt
        When Ctrl-C ended the solve.
    """
    left = set(differing)
    those: set[Difference] = set()
    if not proven(found):
        return Undone(frozenset(), not left)
    while left:
        some = sorted(left)

        def most(assembly: Assembly, some: Iterable[Difference] = some) -> Floats:
            return sum(
                (_undoing(assembly, each) for each in some),
                start=np.zeros(assembly.program.arrays.num_columns),
            )

        options = replace(desk.options, gap=0.0)
        plan, best = _as_good(desk, stage, found, most, options)
        if plan is None:
            return Undone(frozenset(those), complete=False)
        without = {each for each in some if _does_without(plan, each)}
        if not without:
            return Undone(frozenset(those), complete=best)
        those |= without
        left -= without
    return Undone(frozenset(those), complete=True)


def _as_good(
    desk: Desk, stage: Stage, found: Proposal,
    points: Callable[[Assembly], Floats], options: SolveOptions,
) -> tuple[Proposal | None, bool]:  # fmt: skip
    """The plan that other points prefer of all that are worth as much as the one found.

    Also whether it is proven that none is preferred to it.
    """
    question = stage.question
    asked = _preferring(question.asked, found, points)
    full = _preferring(question.full, found, points) if question.merged else asked
    if asked is None or full is None:
        return None, False
    task = Task(desk.workers, options, desk.clock, _told(desk, found))
    desk.solves += 1
    answer = solve(Question(asked, full), task).uninterrupted()
    if answer.x is None:
        return None, False
    plan = checked(question, _of_unknown_value(answer), desk.clock)
    assert plan.objective is not None
    assert found.objective is not None
    if plan.objective < found.objective:  # its cents could not be settled as well
        return None, False
    bound = None if found.bound is None else max(found.bound, plan.objective)
    status = "optimal" if bound == plan.objective else "feasible"
    known = replace(
        plan, bound=bound, status=status, notes=found.notes, needed=found.needed
    )
    return known, answer.status is Status.OPTIMAL


def _told(desk: Desk, found: Proposal) -> Callable[[Progress], None] | None:
    """Told that time goes by: all that is found is worth as much as the plan known."""
    report, worth, bound = desk.report, found.objective, found.bound
    if report is None or worth is None:
        return None
    most = None if bound is None else float(bound)
    return lambda p: report(LOOKING, replace(p, incumbent=float(worth), bound=most))


def _of_unknown_value(answer: Solution) -> Solution:
    """The answer without what it claims of its points: they were those of likeness."""
    return replace(answer, objective=None, bound=None)


def _preferring(
    assembly: Assembly, found: Proposal, points: Callable[[Assembly], Floats]
) -> Assembly | None:
    """The program of plans worth as much, under other points.

    None where plans are not worth multiples of a step.
    """
    program = assembly.program
    assert found.objective is not None
    arrays = worth_at_least(program.arrays, found.objective)
    if arrays is None:
        return None
    subject = Subject((("points",),), (np.zeros(1, dtype=np.int64),))
    row = RowBlock(NAME, 1, subject, np.array([COUPLING]))
    arrays = arrays.with_points(points(assembly))
    return replace(
        assembly, program=replace(program, arrays=arrays, rows=(*program.rows, row))
    )


def _likeness(assembly: Assembly, reference: Proposal) -> Floats:
    """Points for what is as in the reference, less those for what is not."""
    cols = assembly.layout
    wanted = given(assembly.inst, reference.cases)
    found = np.zeros(assembly.program.arrays.num_columns)
    others = [getattr(cols, name) for name in (LEAD, OBSERVER)]
    most = 1 + sum(int((look_up != NONE).sum()) for look_up in others)
    for name, weight in (("member", 2 * most), (LEAD, 1), (OBSERVER, 1)):
        look_up = getattr(cols, name)
        there = look_up != NONE
        found[look_up[there]] = np.where(wanted[name][there], weight, -weight)
    return found


def _undoing(assembly: Assembly, each: Difference) -> Floats:
    """Points for a plan that does without a difference, but for a constant."""
    labels, cols = assembly.inst.labels, assembly.layout
    found = np.zeros(assembly.program.arrays.num_columns)
    d = labels.cases.index[each.case]
    if not each.region:
        found[cols.open[d]] = 1.0 if each.before else -1.0
        return found
    at = labels.regions.index[each.region], d
    for look_up, sign in zip(
        (cols.member, cols.lead, cols.observer), _signs(each), strict=True
    ):
        if look_up[at] != NONE:
            found[look_up[at]] += sign
    return found


def _signs(each: Difference) -> tuple[int, int, int]:
    """How to be a member, the lead or an observer speaks for doing without."""
    if each.kind == "role changes":
        return {LEAD: (0, 1, 0), PARTNER: (1, -1, 0), OBSERVER: (0, 0, 1)}[each.before]
    sign = 1 if each.before else -1
    watching = OBSERVER in (each.before, each.after)
    return (0, 0, sign) if watching else (sign, 0, 0)


def _does_without(plan: Proposal, each: Difference) -> bool:
    """Whether a plan is like the reference where another one is not."""
    if not each.region:
        return (each.case in plan.by_case) == bool(each.before)
    role = roles_of(plan).get((each.case, each.region), NOTHING)
    if each.kind == "role changes":
        return role == each.before
    watching = OBSERVER in (each.before, each.after)
    there = role == OBSERVER if watching else role in (LEAD, PARTNER)
    return there == bool(each.before)

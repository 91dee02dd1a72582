"""Objective terms in the order of their importance, each before all that follow.

The best of the first term; among all plans that have so much of it, the best of the
second; and so on. The scenario's own objective decides between plans that are equal
in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher.engine.goals import ALL, goals, met
from matcher.objectives import all_terms
from matcher.proposal.jsonform import points
from matcher.proposal.verdict import show
from matcher.study.course import FOUND, Course
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from matcher.engine.desk import Desk
    from matcher.program.solution import Stop
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario


@dataclass(frozen=True, slots=True)
class Priority:
    """One term in its place of the order."""

    term: str
    value: Fraction
    """What the plan has of it, in the term's own unit."""
    at_most: Fraction | None
    """No plan that keeps what the terms before reached has more."""
    alone: Fraction
    """The most that was found for the term by itself."""
    alone_at_most: Fraction | None

    @property
    def cost(self) -> Fraction:
        """What of the term is given up for those before it."""
        return self.alone - self.value


@dataclass(frozen=True, slots=True)
class Priorities:
    """The plan that the order leads to, and what each term gave up."""

    order: tuple[str, ...]
    stages: tuple[Priority, ...]
    plan: Proposal | None
    """Verified, with the points of the scenario's own objective."""
    status: str
    """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
    stop: Stop
    reached: bool
    kind: str = field(default="priorities", init=False)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the most important first."""
        return tuple(_sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The terms in order, and the plan."""
        return _stages(self.stages), _plan(self.plan)

    def plain(self) -> dict[str, Any]:
        """The order, and the points of the plan."""
        worth = self.plan.objective if self.plan else None
        return {"order": list(self.order), "points": points(worth)}


def priorities(
    scenario: Scenario, desk: Desk, order: Sequence[str], *, assumption: str = ""
) -> Priorities:
    """Find the best plan by terms in order.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers; with a gap above 0 each stage is that near to its best.
    order
        Different terms of the objective, the most important first, with any weight.
    assumption
        What holds.

    Raises
    ------
    InputError
        When an assumption or a term does not exist.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    parts = goals(scenario.setting(assumption), order, desk)
    course = Course()
    found = met(parts, (*order, ALL), desk)
    for stage in found.stages:
        course.heed(stage)
    stages: list[Priority] = []
    for term in order if found.plan is not None else ():
        if course.halted:
            break
        best = met(parts, (term,), desk)
        for stage in best.stages:
            course.heed(stage)
        value = found.values[term]
        alone = max(best.values.get(term, value), value)
        stages.append(
            Priority(term, value, found.bounds[term], alone, best.bounds.get(term))
        )
    return Priorities(
        tuple(order), tuple(stages), found.plan,
        found.status if found.plan is None else FOUND, course.stop, course.reached,
    )  # fmt: skip


def _stages(stages: Sequence[Priority]) -> Table:
    columns = ("priority", "term", "unit", "value", "at_most", "alone",
               "alone_at_most", "cost")  # fmt: skip
    rows = tuple(
        (n, s.term, all_terms()[s.term].UNIT, s.value, s.at_most, s.alone,
         s.alone_at_most, s.cost)
        for n, s in enumerate(stages, 1)
    )  # fmt: skip
    return Table("priorities", "What each term reaches in its place", columns, rows)


def _plan(plan: Proposal | None) -> Table:
    rows = tuple(
        (each.case, each.lead, " ".join(each.partners), " ".join(each.observers))
        for each in (plan.cases if plan else ())
    )
    columns = ("case", "lead", "partners", "observers")
    return Table("plan", "The plan that the order leads to", columns, rows)


def _sentences(found: Priorities) -> Iterator[str]:
    """What a decision maker reads aloud."""
    if found.plan is None:
        yield f"There is no plan: the setting is {found.status}."
        return
    cases = ", ".join(found.plan.by_case) or "no case"
    yield (f"In the order {', '.join(found.order)} the best plan launches {cases}; it "
           f"is worth {show(found.plan.objective or 0)} points of the scenario's own "
           "objective.")  # fmt: skip
    for stage in found.stages:
        if stage.cost:
            yield (f"{stage.term} reaches {show(stage.value)}, where by itself "
                   f"{show(stage.alone)} was found: {show(stage.cost)} is given up for "
                   "the terms before it.")  # fmt: skip
        else:
            yield f"{stage.term} reaches {show(stage.value)}, as much as by itself."
    if len(found.stages) < len(found.order):
        yield "Not every term was looked at: the plan is not yet the one looked for."
    open_ = [s.term for s in found.stages if s.at_most != s.value]
    if open_:
        yield (f"Only within the gap asked for: {', '.join(open_)}; at_most tells what "
               "is proven.")  # fmt: skip

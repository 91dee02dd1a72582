"""Each weight of the objective a little higher and lower, to see what it decides.

One weight at a time; the others keep theirs. For every change the setting is solved
again, and set beside what the consortia of the plan at hand can do under the new
weights. Cases and the best few plans are ranked by their points before and after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.engine.alternatives import best_few
from matcher.engine.goals import with_weights
from matcher.engine.margin import Margin
from matcher.proposal.difference import difference, memberships_of
from matcher.proposal.jsonform import points
from matcher.proposal.verdict import show
from matcher.study.course import Course, standing
from matcher.study.goals.ranks import PLAN, Ranked, case_values, moves, plan_values
from matcher.study.table import Table
from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.program.solution import Stop
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

BY: Final = Fraction(1, 5)
PLANS: Final = 5
"""Best plans that are ranked."""
ANY: Final = Margin(Fraction(1))
"""However far they lie below the best."""


@dataclass(frozen=True, slots=True)
class Change:
    """One weight changed, and what is best then."""

    term: str
    part: Fraction
    """Part by which the weight is changed: 1/5 or -1/5."""
    weight: Fraction
    """The weight after the change."""
    best: Proposal
    """The best plan found under the new weights."""
    old: Fraction | None
    """Points of the old plan's consortia under the new weights."""
    difference: str
    """How the members of the best plan differ from the old one's; empty where they
    are the same, or the old plan is as good."""
    moved: int
    """Memberships that enter or leave with it."""
    moves: tuple[Ranked, ...]
    """Cases and plans whose rank changes."""

    @property
    def name(self) -> str:
        """The change in a few words, such as ``scope +20%``."""
        return f"{self.term} {percent(self.part)}"

    @property
    def still_best(self) -> bool | None:
        """Whether the old consortia are as good as any; None: not proven."""
        if self.old is None or self.best.objective is None:
            return None
        if self.best.objective > self.old:
            return False
        return True if self.best.bound == self.old else None


@dataclass(frozen=True, slots=True)
class Weights:
    """What becomes of the best plan when a weight changes."""

    by: Fraction
    base: Proposal
    """The best plan under the weights as they are."""
    changes: tuple[Change, ...]
    plans: tuple[Proposal, ...]
    """The best few plans under the weights as they are, best first."""
    ranked: bool
    """Whether it is proven that these are the best few."""
    complete: bool
    """Whether every weight was tried."""
    unweighted: tuple[str, ...]
    """Terms of weight 0, which a part changes nothing of."""
    stop: Stop
    reached: bool
    kind: str = field(default="weights", init=False)

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        return standing((self.base,))

    @property
    def stable(self) -> bool | None:
        """Whether the old plan stays the best under every change; None: not proven."""
        told = [change.still_best for change in self.changes]
        if False in told:
            return False
        return True if self.complete and None not in told else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the most important first."""
        return tuple(_sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The changes, the ranks that change, and the plans that are ranked."""
        return _changes(self.changes), _ranks(self.changes), _plans(self)

    def plain(self) -> dict[str, Any]:
        """Whether the plan is stable."""
        return {
            "by": points(self.by), "stable": self.stable,
            "points": points(self.base.objective),
        }  # fmt: skip


def weights(
    scenario: Scenario, desk: Desk, *, assumption: str = "", by: Fraction = BY
) -> Weights:
    """Change every weight of a scenario's objective, one at a time.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers; with a gap of 0 every answer is proven.
    assumption
        What holds.
    by
        Part by which each weight is raised and lowered, above 0.

    Raises
    ------
    InputError
        When an assumption does not exist.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    setting, course = scenario.setting(assumption), Course()
    base = course.heed(desk.best(setting))
    known = setting.objective.weights
    idle = tuple(name for name, weight in known.items() if not weight)
    plans: tuple[Proposal, ...] = ()
    ranked, changes = False, []
    if base.proposal.objective is not None and not course.halted:
        near = best_few(setting, desk, count=PLANS - 1, within=ANY, ties=False)
        course.stop = near.stop
        plans, ranked = near.plans, near.proven
        worths = {**case_values(base.proposal, setting), **plan_values(plans)}
        with course.until_interrupted():
            for term in (name for name, weight in known.items() if weight):
                for part in (by, -by):
                    if course.halted:
                        break
                    new = {**known, term: known[term] * (1 + part)}
                    found, old = _again(with_weights(setting, new), base, desk, course)
                    before, after = map(memberships_of, (base.proposal, found))
                    told = difference(base.proposal, found) if before != after else ""
                    changes.append(Change(
                        term, part, new[term], found, old.objective, told,
                        len(before ^ after), tuple(moves(worths, known, new)),
                    ))  # fmt: skip
    return Weights(
        by, base.proposal, tuple(changes), plans, ranked,
        len(changes) == 2 * (len(known) - len(idle)), idle, course.stop,
        course.reached,
    )  # fmt: skip


def _again(
    changed: Setting, base: Stage, desk: Desk, course: Course
) -> tuple[Proposal, Proposal]:
    """The best plan under other weights, and the best of the consortia as they are."""
    assert base.solution.x is not None
    start = base.question.lowered(base.solution.x)
    same = desk.question(changed).asked.program.arrays.num_columns == len(start)
    found = course.heed(desk.best(changed, start=start if same else None)).proposal
    old = _valued(base.proposal, changed)
    if found.objective is not None and found.objective > _worth(old):
        # Beaten as it is: its consortia may still do as well in another way.
        kept = course.heed(desk.kept(changed, base.proposal.cases, drop=False)).proposal
        old = kept if kept.objective is not None else old
        if found.objective > _worth(old):
            return found, old
    # As good, or better than what was found: nothing speaks for another plan.
    bound = None if found.bound is None else max(found.bound, _worth(old))
    status = "optimal" if bound == old.objective else "feasible"
    return replace(old, bound=bound, status=status), old


def _valued(plan: Proposal, setting: Setting) -> Proposal:
    """A plan as it is, with its points under the weights of a setting."""
    terms = exact_terms(plan, setting)
    worth = sum((term.points for term in terms), Fraction(0))
    return replace(plan, terms=terms, objective=worth, bound=None)


def _worth(plan: Proposal) -> Fraction:
    return plan.objective or Fraction(0)


def percent(part: Fraction) -> str:
    """A change as one writes it, such as ``+20%``."""
    return f"{float(part * 100):+g}%"


def _changes(changes: Iterable[Change]) -> Table:
    columns = ("term", "change", "weight", "points", "at_most", "old_plan",
               "still_best", "members_changed", "difference")  # fmt: skip
    rows = tuple(
        (c.term, percent(c.part), c.weight, c.best.objective, c.best.bound, c.old,
         c.still_best, c.moved, c.difference or None)
        for c in changes
    )  # fmt: skip
    return Table("weights", "One weight changed at a time", columns, rows)


def _ranks(changes: Iterable[Change]) -> Table:
    columns = ("term", "change", "what", "name", "rank_before", "rank_after",
               "points_before", "points_after")  # fmt: skip
    rows = tuple(
        (c.term, percent(c.part), m.what, m.name, m.before, m.after,
         m.points_before, m.points_after)
        for c in changes for m in c.moves
    )  # fmt: skip
    return Table("ranks", "Cases and plans whose rank changes", columns, rows)


def _plans(found: Weights) -> Table:
    rows = tuple(
        (number, plan.objective, " ".join(plan.by_case),
         difference(found.base, plan))
        for number, plan in enumerate(found.plans, 1)
    )  # fmt: skip
    return Table("plans", "The best plans under the weights as they are",
                 ("plan", "points", "cases", "difference"), rows)  # fmt: skip


def _sentences(found: Weights) -> Iterator[str]:
    """What a decision maker reads aloud."""
    if found.base.objective is None:
        yield f"There is no plan: the setting is {found.base.status}."
        return
    span = percent(found.by).lstrip("+")
    if found.stable:
        yield (f"The plan is stable: with any one weight {span} higher or lower no "
               "plan brings more than its consortia: proven.")  # fmt: skip
    elif found.stable is None and not found.complete:
        yield "Not every weight was tried, so that nothing is said of the others."
    elif found.stable is None:
        yield (f"Nothing better was found with any one weight {span} higher or lower; "
               "that there is nothing was not proven for every weight.")  # fmt: skip
    else:
        beaten = [c for c in found.changes if c.still_best is False]
        yield (f"The plan is not stable: with {', '.join(c.name for c in beaten)} "
               "another plan brings more.")  # fmt: skip
        for change in beaten:
            assert change.best.objective is not None
            assert change.old is not None
            more = show(change.best.objective - change.old)
            what = change.difference or "the same members exchange otherwise"
            yield f"With {change.name}: {what}; {more} points more."
        if found.base.bound != found.base.objective:
            yield ("The plan as it is was found within a gap: what beats it may have "
                   "done so before any weight was changed.")  # fmt: skip
    first = [
        c.name for c in found.changes
        for m in c.moves if (m.what, m.before) == (PLAN, 1) and m.after > 1
    ]  # fmt: skip
    if first:
        yield f"Of the best plans, the first falls back with {', '.join(first)}."
    elif found.plans:
        yield f"Of the {len(found.plans)} best plans, the first stays first throughout."
    if not found.ranked and found.plans:
        yield "That these are the best plans was found within a gap, not proven."
    if found.unweighted:
        yield f"Of weight 0 and therefore left aside: {', '.join(found.unweighted)}."

"""Which single input change makes which difference between two assumptions.

The changes are made one by one, in the order written, and each alone, and each left
out. A region turns in a case where no best plan gives it the role that it has in the
plan of the start. A change that turns it alone suffices; one without which all the
others do not turn it is necessary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher.program.solution import Stop
from matcher.proposal.jsonform import points
from matcher.rules._shared import line
from matcher.study.attribution.changes import split
from matcher.study.attribution.reasons import sentences, why
from matcher.study.attribution.replay import Replay
from matcher.study.attribution.shapley import MOST, ORDERS, exact, sampled
from matcher.study.comparison.aligned import TIE
from matcher.study.comparison.words import same_points
from matcher.study.course import Course, standing
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from matcher.engine.desk import Desk
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.study.attribution.changes import Change
    from matcher.study.attribution.replay import Some
    from matcher.study.attribution.shapley import Part, Value
    from matcher.study.comparison.aligned import Difference, Judged
    from matcher.study.table import Cell


@dataclass(frozen=True, slots=True)
class Step:
    """One more change made."""

    change: Change
    before: Proposal
    """Last plan known before it."""
    plan: Proposal
    """The plan nearest to that one."""
    judged: Judged


@dataclass(frozen=True, slots=True)
class Share:
    """What one change does by itself, and what it accounts for."""

    change: Change
    alone: Fraction | None
    """Points more when it alone is made."""
    last: Fraction | None
    """Points more when it is made after all others."""
    part: Part
    """Its Shapley value."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A difference between the two plans, and what brings it about."""

    difference: Difference
    proof: str
    """What is proven of it, as `matcher.study.comparison.aligned` calls it."""
    alone: tuple[int, ...] = ()
    """Changes of which each turns it alone."""
    necessary: tuple[int, ...] = ()
    """Changes without which all the others do not turn it."""
    enough: bool = False
    """Whether the necessary ones together turn it, without any other."""
    sure: bool = True
    """Whether all of this is proven."""


@dataclass(frozen=True)
class Attribution:
    """The way from one assumption to another, and what each change of it does."""

    names: tuple[str, str]
    """The assumption to start from and the one to end with."""
    changes: tuple[Change, ...]
    """In the order made."""
    start: Proposal | None
    end: Proposal | None
    """The plan of the other assumption that is nearest to that of the start; None
    after Ctrl-C."""
    steps: tuple[Step, ...]
    shares: tuple[Share, ...]
    flips: tuple[Flip, ...]
    orders: int | None
    """Orders drawn for the Shapley values; None: all of them count."""
    same_points: bool
    """Whether points count the same things under both assumptions."""
    awaited: tuple[str, ...]
    """Assumptions of the two that await an answer."""
    stop: Stop
    reached: bool
    kind: str = field(default="attribution", init=False)

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        return standing((self.start, *(s.plan for s in self.steps), self.end))

    @property
    def difference(self) -> Fraction | None:
        """Points more at the end, between the plans found."""
        return _less(self.end, self.start)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return tuple(sentences(self))

    def why(self, flip: Flip) -> str:
        """What brings a difference about, in one sentence."""
        return why(flip, self.changes)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The steps, what each change accounts for, and what turns what."""
        return (
            self._steps(), self._turns(), self._shapley(), self._flips(),
            self._reasons(),
        )  # fmt: skip

    def _steps(self) -> Table:
        columns = ("step", "change", "at", "points", "bound", "difference", "changes",
                   "ties")  # fmt: skip
        rows: list[tuple[Cell, ...]] = []
        if self.start is not None:
            first = self.start
            rows.append((0, self.names[0], "", first.objective, first.bound, None, None,
                         None))  # fmt: skip
        for i, step in enumerate(self.steps, 1):
            counts: tuple[int | None, int | None] = (None, None)
            if step.plan.objective is not None and step.before.objective is not None:
                ties = sum(proof == TIE for _, proof in step.judged)
                counts = len(step.judged) - ties, ties
            rows.append((
                i, step.change.text, line(step.change.at), step.plan.objective,
                step.plan.bound, _less(step.plan, step.before), *counts,
            ))  # fmt: skip
        return Table("steps", "One change after the other", columns, tuple(rows))

    def _turns(self) -> Table:
        rows = tuple(
            (i, d.case, d.region, d.before, d.after, proof)
            for i, step in enumerate(self.steps, 1)
            for d, proof in step.judged
        )
        columns = "step", "case", "region", "before", "after", "verdict"
        return Table("turns", "What turns at which step", columns, rows, detail=True)

    def _shapley(self) -> Table:
        columns = ("step", "change", "at", "alone", "last", "shapley", "at_least",
                   "at_most", "standard_error")  # fmt: skip
        rows = tuple(
            (i, s.change.text, line(s.change.at), s.alone, s.last, s.part.points,
             s.part.at_least, s.part.at_most, s.part.error)
            for i, s in enumerate(self.shares, 1)
        )  # fmt: skip
        title = "Points that each change accounts for"
        return Table("shapley", title, columns, rows)

    def _flips(self) -> Table:
        columns = "case", "region", "before", "after", "verdict", "alone", "necessary"
        rows = tuple(
            (f.difference.case, f.difference.region, f.difference.before,
             f.difference.after, f.proof, _steps_of(f.alone), _steps_of(f.necessary))
            for f in self.flips
        )  # fmt: skip
        title = "Which steps turn whom: alone, and which are necessary"
        return Table("flips", title, columns, rows)

    def _reasons(self) -> Table:
        rows = tuple(
            (f.difference.case, f.difference.region, self.why(f)) for f in self.flips
        )
        columns = "case", "region", "why"
        return Table("reasons", "What turns whom, in words", columns, rows, detail=True)

    def plain(self) -> dict[str, Any]:
        """The two assumptions, the changes and the difference they add up to."""
        return {
            "from": self.names[0],
            "to": self.names[1],
            "changes": [
                {"path": c.path, "text": c.text, "at": line(c.at)} for c in self.changes
            ],
            "difference": points(self.difference),
            "orders": "all" if self.orders is None else self.orders,
        }


def attribution(
    scenario: Scenario, desk: Desk, to: str, *, start: str = "", orders: int = ORDERS
) -> Attribution:
    """Say which single change makes which difference between two assumptions.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers; their seed draws the orders.
    to
        Assumption to end with; several hold together as ``a+b``.
    start
        Assumption to start from; empty: the scenario as written.
    orders
        Orders drawn where there are more than `shapley.MOST` changes.

    Raises
    ------
    InputError
        When an assumption does not exist, or changes cannot be made one by one.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    way = split(scenario, start, to)
    work = _Work(Replay(desk, way, Course()), orders)
    stop = None
    try:
        work.do()
    except KeyboardInterrupt:
        stop = Stop.INTERRUPTED
    ends = [scenario.setting(name) for name in (start, to)]
    course = work.replay.course
    return Attribution(
        names=way.names, changes=way.changes, start=work.start, end=work.end,
        steps=tuple(work.steps), shares=work.shares, flips=tuple(work.flips),
        orders=None if len(way.changes) <= MOST else orders,
        same_points=same_points(*ends),
        awaited=tuple(
            name for name, s in zip(way.names, ends, strict=True) if s.wait_for
        ),
        stop=stop or course.stop, reached=stop is None and course.reached,
    )  # fmt: skip


class _Work:
    """What is known so far."""

    def __init__(self, replay: Replay, orders: int) -> None:
        self.replay, self.orders = replay, orders
        self.changes = replay.split.changes
        self.every = replay.split.every
        self.start: Proposal | None = None
        self.end: Proposal | None = None
        self.steps: list[Step] = []
        self.flips: list[Flip] = []
        self.shares: tuple[Share, ...] = ()

    def do(self) -> None:
        """Both ends, the steps between, what turns whom, and the parts."""
        found = -1
        while found != self.replay.found:  # a better plan may change what came before
            found = self.replay.found
            self.start = start = self.replay.plan(())
            self.steps = []
            for step in self._stepped(start):
                self.steps.append(step)  # one by one: Ctrl-C leaves those before
            self.end = self.replay.near(self.every, start)
            self.flips = self._turned(start, self.end)
            self.shares = self._parts()
            self.replay.share()

    def _stepped(self, former: Proposal) -> Iterator[Step]:
        done: Some = frozenset()
        last = done  # changes made in the last plan known
        for i, change in enumerate(self.changes):
            before, done = former, done | {i}
            plan = self.replay.near(done, former)
            told = self.replay.judged((last, former), (done, plan))
            if plan.objective is not None:
                former, last = plan, done
            yield Step(change, before, plan, told)

    def _turned(self, start: Proposal, end: Proposal) -> list[Flip]:
        """What brings each difference about."""
        told = self.replay.judged((frozenset(), start), (self.every, end))
        alone = [self.replay.turned({i}) for i in range(len(self.changes))]
        without = [self.replay.turned(self.every - {i}) for i in range(len(alone))]
        known = [turned for turned in (*alone, *without) if turned is not None]
        sure = len(known) == 2 * len(alone) and all(turned.sure for turned in known)
        flips = []
        for difference, proof in told:
            subject = difference.case, difference.region
            if proof == TIE:
                flips.append(Flip(difference, proof))
                continue
            suffice = [i for i, t in enumerate(alone) if t and subject in t.those]
            needed = [i for i, t in enumerate(without) if t and subject not in t.those]
            both = self.replay.turned(needed) if needed and not suffice else None
            flips.append(
                Flip(
                    difference, proof, tuple(suffice), tuple(needed),
                    enough=both is not None and subject in both.those,
                    sure=sure and (both is None or both.sure),
                )
            )  # fmt: skip
        return flips

    def _parts(self) -> tuple[Share, ...]:
        """What each change accounts for."""
        replay, count = self.replay, len(self.changes)

        def value(some: Some) -> Value:
            plan = replay.plan(some)
            return plan.objective, plan.bound

        if count <= MOST:
            parts = exact(count, value)
        else:
            parts = sampled(count, value, self.orders, replay.desk.options.seed)
        return tuple(
            Share(
                change, _less(replay.plan({i}), replay.plan(())),
                _less(replay.plan(self.every), replay.plan(self.every - {i})), part,
            )
            for i, (change, part) in enumerate(zip(self.changes, parts, strict=True))
        )  # fmt: skip


def _steps_of(changes: Sequence[int]) -> str:
    """Changes by the number of their step."""
    return ", ".join(str(i + 1) for i in changes)


def _less(one: Proposal | None, other: Proposal | None) -> Fraction | None:
    """Points of one plan less those of another, where both are known."""
    if one is None or other is None:
        return None
    if one.objective is None or other.objective is None:
        return None
    return one.objective - other.objective

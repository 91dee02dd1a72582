"""Two objective terms against each other: every plan that no other plan beats in both.

The exact epsilon-constraint method. With a the first term and b the second, in their
own units::

    maximise a, then b, then the own objective,  subject to  b >= epsilon

begins at both ends; between two neighbours epsilon is set half-way, then just above
the lower one, until nothing can lie between any two. Where both terms take values on
a lattice, one step of it is "just above", and the front is complete.
Source: Ehrgott, Multicriteria Optimization, chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from matcher.engine.goals import ALL, RESOLUTION, Goals, goals, met
from matcher.proposal.difference import difference, memberships_of
from matcher.proposal.jsonform import points
from matcher.proposal.verdict import show
from matcher.study.course import FOUND, Course
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from matcher.engine.desk import Desk
    from matcher.engine.goals import Met
    from matcher.problem.instance import Floats
    from matcher.program.solution import Stop
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.study.table import Cell


CHOOSING_SECONDS: Final = 20.0
"""For the choice between plans that are equal in both terms; what was found stands."""


@dataclass(frozen=True, slots=True)
class Point:
    """A plan of the front, verified, and what it is worth in both terms."""

    first: Fraction
    second: Fraction
    first_at_most: Fraction | None
    """No plan with as much of the second term has more of the first."""
    proven: bool
    """Nothing beats it in both terms: proven."""
    plan: Proposal
    start: Floats | None = field(default=None, compare=False, repr=False)
    """The plan as columns of the program, to begin other searches from."""


@dataclass(frozen=True, slots=True)
class Front:
    """Plans that no other found plan beats in both terms, most of the first first."""

    terms: tuple[str, str]
    points: tuple[Point, ...]
    complete: bool
    """Proven that no other point belongs to the front."""
    searched: bool
    """Nothing more was found between any two points, within the gap asked for."""
    steps: Mapping[str, Fraction]
    """Values nearer than this are not told apart, by term."""
    coarse: tuple[str, ...]
    """Terms without a lattice: the front is to the resolution of `steps`."""
    status: str
    """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
    stop: Stop
    reached: bool
    kind: str = field(default="front", init=False)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the most important first."""
        return tuple(_sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The points of the front."""
        return (_table(self),)

    def plain(self) -> dict[str, Any]:
        """The terms, and whether the front is complete."""
        return {
            "terms": list(self.terms),
            "complete": self.complete,
            "searched": self.searched,
            "steps": {name: points(step) for name, step in self.steps.items()},
        }


def front(
    scenario: Scenario, desk: Desk, terms: tuple[str, str], *, assumption: str = "",
    most: int | None = None,
) -> Front:  # fmt: skip
    """Find the front of two terms of a scenario's objective.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers; with a gap of 0 the front is proven.
    terms
        Two different terms of the objective, with any weight.
    assumption
        What holds.
    most
        Points after which to stop; None looks for all. Those found first lie far
        from each other.

    Raises
    ------
    InputError
        When an assumption or a term does not exist.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    parts = goals(scenario.setting(assumption), terms, desk)
    search = _Search(parts, terms, desk)
    search.run(most)
    coarse = tuple(name for name in terms if not parts.on_lattice(name))
    return Front(
        terms, tuple(_undominated(search.found)),
        search.finished and search.proven and not coarse, search.finished,
        {name: parts.step(name) for name in terms}, coarse,
        FOUND if search.found else search.status,
        search.course.stop, search.course.reached,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Box:
    """Room between two neighbours in which points may lie."""

    low: Point
    """Less of the second term."""
    high: Point
    below: Fraction
    """Known: no point of the second term from here up to that of ``high``."""
    halved: bool
    """The upper half was looked at already, and is empty."""


@dataclass(slots=True)
class _Search:
    parts: Goals
    terms: tuple[str, str]
    desk: Desk
    course: Course = field(default_factory=Course)
    found: list[Point] = field(default_factory=list)
    proven: bool = True
    finished: bool = False
    status: str = "unknown"

    def run(self, most: int | None) -> None:
        """Find both ends, then points between neighbours, the widest room first."""
        first, second = self.terms
        low = self._met((first, second, ALL), {}, None)
        if low is None or self.course.halted:
            self.finished = self.status == "infeasible"
            return
        high = self._met((second, first, ALL), {}, low.start)
        if high is None or self.course.halted:
            return
        boxes = [] if low.second == high.second else [
            _Box(low, high, high.second, halved=False)
        ]  # fmt: skip
        with self.course.until_interrupted():
            while boxes and not self.course.halted and len(self.found) != most:
                box = max(boxes, key=_room)
                boxes.remove(box)
                boxes += self._within(box)
        self.finished = not boxes and not self.course.halted

    def _within(self, box: _Box) -> Iterator[_Box]:
        """Look into a room; yields what remains of it."""
        first, second = self.terms
        step = self.parts.step(second)
        least = box.low.second + step
        if least >= box.below:
            return
        parts = (box.below - box.low.second) / step
        middle = box.low.second + step * max(1, ceil(parts / 2))
        epsilon = least if box.halved or middle >= box.below else middle
        floors, start = {second: epsilon}, box.high.start
        best = met(self.parts, (first,), self.desk, floors=floors, start=start)
        self._heed(best)
        told_apart = Fraction(0) if self.parts.on_lattice(first) else RESOLUTION
        if best.plan is None:
            self.proven = False  # the high end is such a plan: time ran out
        elif best.values[first] > box.high.first + told_apart:
            order = (first, second, ALL)
            point = self._met(order, floors, start)
            if point is not None:
                yield _Box(box.low, point, epsilon, halved=False)
                yield _Box(point, box.high, box.below, halved=False)
                return
        else:
            bound = best.bounds[first]
            known = bound is not None and bound <= box.high.first + told_apart
            self.proven = self.proven and known
        yield _Box(box.low, box.high, epsilon, halved=True)

    def _met(
        self, order: tuple[str, ...], floors: Mapping[str, Fraction],
        start: Floats | None,
    ) -> Point | None:  # fmt: skip
        """The point of a search in some order, noted; None without a plan."""
        first, second = self.terms
        found = met(
            self.parts, order, self.desk, floors=floors, start=start,
            patience=CHOOSING_SECONDS,
        )  # fmt: skip
        self._heed(found)
        if not self.found:
            self.status = found.status
        if found.plan is None:
            self.proven = self.proven and found.status == "infeasible"
            return None
        self.proven = self.proven and found.proven
        x = found.stages[-1].solution.x
        point = Point(
            found.values[first], found.values[second],
            found.bounds.get(first), found.proven, found.plan,
            None if x is None else self.parts.question.lowered(x),
        )  # fmt: skip
        self.found.append(point)
        return point

    def _heed(self, found: Met) -> None:
        for goal, stage in zip(found.bounds, found.stages, strict=False):
            if goal == ALL:  # chooses between equals: no claim hangs on it
                self.course.stop = stage.solution.stop
            else:
                self.course.heed(stage)


def _room(box: _Box) -> Fraction:
    """How much of the front may lie in a room."""
    return (box.below - box.low.second) * (box.low.first - box.high.first)


def _undominated(found: Iterable[Point]) -> Iterator[Point]:
    """Points that no other is as good as in both terms, most of the first first."""
    best: Fraction | None = None
    for point in sorted(found, key=lambda p: (-p.first, -p.second)):
        if best is None or point.second > best:
            best = point.second
            yield point


def _table(found: Front) -> Table:
    first, second = found.terms
    columns = ("point", first, second, f"{first}_at_most", "points", "cases",
               "members", "proven", "difference")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    before: Proposal | None = None
    for number, point in enumerate(found.points, 1):
        plan = point.plan
        rows.append((
            number, point.first, point.second, point.first_at_most, plan.objective,
            " ".join(plan.by_case), len(memberships_of(plan)), point.proven,
            difference(before, plan) if before else None,
        ))  # fmt: skip
        before = plan
    title = f"{first} against {second}: plans that none beats in both"
    return Table("front", title, columns, tuple(rows))


def _sentences(found: Front) -> Iterator[str]:
    """What a decision maker reads aloud."""
    first, second = found.terms
    if not found.points:
        yield f"There is no plan: the setting is {found.status}."
        return
    top, end = found.points[0], found.points[-1]
    count = len(found.points)
    if count == 1 and not found.searched:
        yield (f"The one plan found has {show(top.first)} of {first} and "
               f"{show(top.second)} of {second}.")  # fmt: skip
    elif count == 1:
        yield (f"One plan has most of both: {show(top.first)} of {first} and "
               f"{show(top.second)} of {second}.")  # fmt: skip
    else:
        yield (f"From most {first} to most {second}, {count} plans are beaten by none "
               f"that was found in both: {first} falls from {show(top.first)} to "
               f"{show(end.first)}, {second} rises from {show(top.second)} to "
               f"{show(end.second)}.")  # fmt: skip
    if found.complete:
        yield "The front is complete: proven."
    elif found.searched and found.coarse:
        fine = ", ".join(f"{show(found.steps[n])} of {n}" for n in found.coarse)
        yield f"The front is to a resolution of {fine}; between, more may lie."
    elif found.searched:
        yield ("Nothing more was found between the points, within the gap asked for; "
               "a gap of 0 would prove it.")  # fmt: skip
    else:
        yield "The front is not complete: more may lie between the points."
    yield ("Other terms count only between plans that are equal in both: there the "
           "scenario's own objective decides.")  # fmt: skip

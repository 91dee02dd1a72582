"""What the next sum of money and the next half person would bring, by solving again.

The duals of an integer program are no prices: they tell nothing of the step from one
whole plan to another. So each limit is raised by itself, and the plan sought anew.
Raising a limit rules out no plan, so that nothing is ever worth less afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.certify import proven_bound
from matcher.formulation.raised import limits_of, one_raised
from matcher.program.layout import NONE
from matcher.proposal.verdict import show
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Floats
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.course import Course

MONEY: Final = 100_000_00
"""Cents that each instrument gets more."""
PEOPLE: Final = Fraction(1, 2)
"""FTE that each region gets more."""
CAP: Final = "region_cap"
"""Rule whose rows hold what an instrument sets aside for each region."""
UNKNOWN: Final = "unknown"
"""The limit is blank: nothing is tested, so that nothing can be said of more."""
NO_LIMIT: Final = "unlimited"
NOT_ASKED: Final = "no solve"
"""No set of cases asks for more people than now, and for no more than then."""
WITH_OTHERS: Final = "together"
"""Proven worth nothing even together with other regions."""
SOLVED: Final = "solved"
BEST_ROW: Final = "best region"
"""Of all regions that the instrument pays, the one where it brings most."""

DUALS: Final = (
    "What a little more would bring was found by solving again: the duals of an "
    "integer program are not prices."
)


@dataclass(frozen=True, slots=True)
class Next:
    """One limit raised, and what that is worth."""

    what: str
    """Instrument, or ``effort``."""
    region: str
    """Region whose limit it is; empty for the whole instrument."""
    more: str
    now: Fraction | None
    after: Fraction | None
    """Points of the best plan found; None where nothing was solved."""
    at_least: Fraction | None
    """Proven least difference."""
    at_most: Fraction | None
    """Proven largest difference; None where no bound is known."""
    how: str

    @property
    def difference(self) -> Fraction | None:
        """Points more, between the plans that were found."""
        if self.after is None or self.now is None:
            return None
        return self.after - self.now


def table(found: Iterable[Next]) -> Table:
    """What each step more would bring."""
    columns = ("what", "region", "more", "now", "after", "difference", "at_least",
               "at_most", "how")  # fmt: skip
    rows = tuple(
        (n.what, n.region, n.more, n.now, n.after, n.difference, n.at_least,
         n.at_most, n.how)
        for n in found
    )  # fmt: skip
    return Table("next", "What a little more would bring", columns, rows)


def told(found: Sequence[Next]) -> Iterator[str]:
    """What a little more would bring, and what is not known of it."""
    best = max(found, key=lambda n: n.difference or Fraction(0))
    if best.difference:
        where = f" for {best.region}" if best.region else ""
        yield (f"Of all that may grow a little, {best.more} of {best.what}{where} "
               f"brings most: {show(best.difference)} points more.")  # fmt: skip
    elif any(n.after is not None for n in found):
        yield "No little more by itself brought a better plan."
    if any(n.after is not None and n.at_most != n.at_least for n in found):
        yield ("A difference lies between at_least and at_most; what lies between "
               "them is not proven.")  # fmt: skip
    people = [n.region for n in found if n.how == UNKNOWN and n.region]
    if people:
        yield (f"How many people {', '.join(people)} have is unknown, so that nothing "
               "can be said of half an FTE more there.")  # fmt: skip
    money = [n.what for n in found if n.how == UNKNOWN and not n.region]
    if money:
        yield f"How much money {', '.join(money)} has is unknown: nothing limits it."
    yield DUALS


def following(
    setting: Setting, base: Stage, desk: Desk, course: Course
) -> tuple[Next, ...]:
    """Raise every limit on money and people by itself.

    Parameters
    ----------
    setting
        What is raised from.
    base
        Its best plan; it must have one.
    desk
        Open workers.
    course
        Told how each solve went; nothing more is begun once it is halted.
    """
    raising = _Raising(setting, base, desk, course)
    return tuple(chain(raising.money(), raising.people()))


@dataclass(frozen=True, slots=True)
class _Raising:
    """One setting with its best plan, from which limits are raised."""

    setting: Setting
    base: Stage
    desk: Desk
    course: Course

    @property
    def now(self) -> Proposal:
        return self.base.proposal

    def money(self) -> Iterator[Next]:
        """The next money of every instrument."""
        more = f"EUR {MONEY // 100:,}"
        for name in self.setting.instruments:
            if self.course.halted:
                return
            whole, regions = _limited(self.setting, name)
            if whole:
                raised = with_money(self.setting, name, (None,))
                yield self._solved(raised, name, "", more, SOLVED)
            if regions:
                yield self._best_region(name, regions, more)
            if not whole and not regions:
                yield self._unsolved(name, "", more, UNKNOWN)

    def people(self) -> Iterator[Next]:
        """The next people of every region."""
        asking = []
        for name, region in self.setting.regions.items():
            capacity = region.effort_capacity
            if capacity is None:
                yield self._unsolved("effort", name, _FTE, UNKNOWN)
            elif not isinstance(capacity, Fraction):
                yield self._same("effort", name, _FTE, NO_LIMIT, at_most=Fraction(0))
            elif any(capacity < sum_ <= capacity + PEOPLE for sum_ in self._sums(name)):
                asking.append(name)
            else:
                yield self._same("effort", name, _FTE, NOT_ASKED, at_most=Fraction(0))
        yield from self._each(asking)

    def _each(self, regions: Sequence[str]) -> Iterator[Next]:
        """Regions by themselves; where many together bring nothing, so does each."""
        if self.course.halted or not regions:
            return
        raised = with_people(self.setting, regions)
        if len(regions) == 1:
            yield self._solved(raised, "effort", regions[0], _FTE, SOLVED)
            return
        if self.now.bound == self.now.objective:
            bound = self._stage(raised).proposal.bound
            if bound == self.now.objective:
                for name in regions:
                    yield self._same("effort", name, _FTE, WITH_OTHERS, Fraction(0))
                return
            middle = len(regions) // 2
            for half in (regions[:middle], regions[middle:]):
                yield from self._each(half)
            return
        for name in regions:
            yield from self._each((name,))

    def _sums(self, region: str) -> set[Fraction]:
        """Efforts that cases which a region may join can ask of it, in all sets."""
        layout, labels = self.base.question.full.layout, self.base.question.full.inst
        row = labels.labels.regions.index[region]
        sums = {Fraction(0)}
        for d, case in enumerate(self.setting.cases.values()):
            each = case.effort_per_partner or Fraction(0)
            asked = {Fraction(0)}
            if layout.member[row, d] != NONE:
                asked.add(each)
            if layout.lead[row, d] != NONE:
                asked.add(each + (case.effort_base or 0))
            sums = {one + other for one in sums for other in asked}
        return sums

    def _stage(self, raised: Setting) -> Stage:
        """The best plan with a limit raised."""
        start = self._start(self.desk.question(raised).asked)
        return self.course.heed(self.desk.best(raised, start=start))

    def _start(self, asked: Assembly) -> Floats | None:
        """The plan at hand to begin from, where a program has the same columns."""
        question, x = self.base.question, self.base.solution.x
        mine, theirs = question.asked.program.arrays, asked.program.arrays
        same = mine.num_columns == theirs.num_columns
        return question.lowered(x) if same and x is not None else None

    def _solved(
        self, raised: Setting, what: str, region: str, more: str, how: str,
        most: Fraction | None = None,
    ) -> Next:  # fmt: skip
        """Solve with a limit raised; ``most`` is a bound known beforehand."""
        found, now = self._stage(raised).proposal, self.now
        assert now.objective is not None
        if found.objective is None or found.objective < now.objective:
            kept = self.course.heed(self.desk.kept(raised, now.cases, drop=False))
            found = replace(kept.proposal, bound=found.bound)
        bounds = [b for b in (found.bound, most) if b is not None]
        least = Fraction(0)
        if found.objective is not None and now.bound is not None:
            least = max(least, found.objective - now.bound)
        largest = max(min(bounds) - now.objective, least) if bounds else None
        return Next(what, region, more, now.objective, found.objective, least, largest,
                    how)  # fmt: skip

    def _unsolved(self, what: str, region: str, more: str, how: str) -> Next:
        now = self.now.objective
        return Next(what, region, more, now, None, None, None, how)

    def _same(
        self, what: str, region: str, more: str, how: str, at_most: Fraction | None
    ) -> Next:
        now = self.now.objective
        return Next(what, region, more, now, now, Fraction(0), at_most, how)

    def _best_region(self, name: str, regions: Sequence[str], more: str) -> Next:
        """The region whose row of an instrument the money serves best."""
        if len(regions) == 1:
            raised = with_money(self.setting, name, regions)
            return self._solved(raised, name, regions[0], more, SOLVED)
        every = with_money(self.setting, name, regions)
        loose = self.desk.question(every).asked
        tight = limits_of(self.base.question.asked, CAP)
        before = {k: n for k, (_, n) in tight.items() if k[0] == name}
        choice = one_raised(loose, CAP, before)
        if not choice.keys:
            return self._same(name, "", more, BEST_ROW, Fraction(0))
        start = self._start(loose)
        if start is not None:  # nothing is raised to begin with
            start = np.append(start, np.zeros(len(choice.keys)))
        options = replace(self.desk.options, start=start)
        task = self.desk.task(f"{name}, any region", options)
        answer = task.answered(choice.arrays)
        self.course.note(answer)
        now = self.now.objective
        assert now is not None
        bound = proven_bound(choice.arrays, now, answer.bound)
        most = None if loose.rounded else bound
        key = None
        if answer.x is not None:
            key = choice.chosen(np.rint(answer.x))
        if key is None or self.course.halted:
            at_most = None if most is None else max(most - now, Fraction(0))
            return self._same(name, "", more, BEST_ROW, at_most)
        raised = with_money(self.setting, name, (key[1],))
        return self._solved(raised, name, key[1], more, BEST_ROW, most)


_FTE: Final = f"{float(PEOPLE):g} FTE"


def _limited(setting: Setting, instrument: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the whole of an instrument is limited, and regions with a limit."""
    rows = [row for row in setting.budgets if row.instrument == instrument]
    whole = [row for row in rows if row.region is None]
    regions = {
        row.region for row in rows
        if row.region is not None and isinstance(row.amount, int)
    }  # fmt: skip
    stated = setting.instruments[instrument].envelope is not None
    known = all(isinstance(row.amount, int) for row in whole)
    return (known if whole else stated), tuple(sorted(regions))


def with_money(
    setting: Setting, instrument: str, regions: Sequence[str | None]
) -> Setting:
    """The setting with `MONEY` more in an instrument, as a whole or for regions."""
    left, rows = set(regions), []
    for row in setting.budgets:
        mine = row.instrument == instrument and row.region in left
        if mine and isinstance(row.amount, int):
            left.discard(row.region)  # of several years, one gets it
            rows.append(replace(row, amount=row.amount + MONEY))
        else:
            rows.append(row)
    setting = replace(setting, budgets=tuple(rows))
    book = setting.instruments[instrument]
    if None not in left or book.envelope is None:
        return setting
    stated = book.envelope.model_copy(update={"value": book.envelope.value + MONEY})
    raised = book.model_copy(update={"envelope": stated})
    return replace(setting, instruments={**setting.instruments, instrument: raised})


def with_people(setting: Setting, regions: Iterable[str]) -> Setting:
    """The setting with `PEOPLE` more in each of some regions."""
    changed = dict(setting.regions)
    for name in regions:
        capacity = changed[name].effort_capacity
        assert isinstance(capacity, Fraction)
        changed[name] = replace(changed[name], effort_capacity=capacity + PEOPLE)
    return replace(setting, regions=changed)

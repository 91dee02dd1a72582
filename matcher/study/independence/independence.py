"""What is left of a plan without any direct EU money, and what would win most back.

With v the points of the best plan, v' those without direct EU money::

    index of dependence = 1 - v' / v          (unknown where v is 0 or less)

A case brings what the plan would be worth less without it, its money and its people
left unused. The same is said of euros: what public sources grant for good. Who pays
what is not unique, so that euros are those of one plan of equal value. Direct EU money
is that of every instrument whose rulebook says ``management: direct``.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.program.solution import Stop
from matcher.scenario.load import BASELINE
from matcher.study.attribution.changes import Held, held, resolved
from matcher.study.attribution.replay import (
    as_known,
    drawn_near,
    judged,
    solved,
    tried,
)
from matcher.study.comparison.ties import proven
from matcher.study.course import Course
from matcher.study.independence.dependence import Gain, Independence
from matcher.study.independence.opening import OPEN_UP, Opening, is_regional, openings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Judged

TAKEN_IN: Final = "it is in play"


def independence(
    scenario: Scenario, desk: Desk, *, assumption: str = ""
) -> Independence:
    """Solve a scenario with and without direct EU money, and what would win back most.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers.
    assumption
        What holds in both; several hold together as ``a+b``.

    Raises
    ------
    InputError
        When an assumption does not exist.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    setting = scenario.setting(assumption)
    work = _Work(desk, replace(setting, wait_for=None))
    stop = None
    try:
        work.do(_every(scenario, assumption, work.without))
    except KeyboardInterrupt:
        stop = Stop.INTERRUPTED
    books = setting.instruments
    return Independence(
        assumption=setting.assumption or BASELINE,
        direct=tuple(name for name, book in books.items() if book.direct),
        unsaid=tuple(n for n, book in books.items() if book.management is None),
        settings=(work.setting, work.without), plans=(work.before, work.after),
        told=work.told, gains=tuple(sorted(work.gains, key=_order)),
        stop=stop or work.course.stop, reached=stop is None and work.course.reached,
    )  # fmt: skip


class _Work:
    """What is known so far."""

    def __init__(self, desk: Desk, setting: Setting) -> None:
        self.desk, self.setting, self.course = desk, setting, Course()
        self.without = without_direct(setting)
        self.before: Proposal | None = None
        self.after: Proposal | None = None
        self.told: Judged = ()
        self.tried: list[tuple[Opening, Stage]] = []
        self.gains: list[Gain] = []

    def do(self, changes: Iterable[Opening]) -> None:
        """Both plans, then every change of a regional instrument."""
        whole = solved(self.desk, self.setting, self.course)
        self.before = whole.proposal
        left = solved(self.desk, self.without, self.course)
        self.after = left.proposal
        self._compare(whole, left)
        before, after = self.before.objective, self.after.objective
        if before is None or after is None or before <= after:
            return  # no loss is known
        for opening in changes:
            stage = self._changed(opening, left)
            self.tried.append((opening, stage))
            # what is better there may be possible without the change as well
            better = self._at_least(left, self.after, stage.proposal)
            if better is not self.after:
                self.after = better
                self._compare(whole, left)
            self.gains = [self._gain(*each, self.after) for each in self.tried]

    def _compare(self, whole: Stage, left: Stage) -> None:
        """Draw both plans near to each other, and judge what differs."""
        assert self.before is not None
        assert self.after is not None
        self.before = self._at_least(whole, self.before, self.after)
        known = replace(left, proposal=self.after)
        self.after = drawn_near(self.desk, known, self.before)
        self.told = judged(self.desk, (whole, self.before), (left, self.after))

    def _at_least(self, stage: Stage, known: Proposal, other: Proposal) -> Proposal:
        """The plan known of a setting, or consortia of another that do better in it."""
        if other.objective is None or known.status == "infeasible" or proven(known):
            return known
        if known.objective is not None and known.objective >= other.objective:
            return known
        setting = stage.question.full.inst.setting
        same = tried(self.desk, setting, other)
        if same.objective is None or (
            known.objective is not None and same.objective <= known.objective
        ):
            return known
        return as_known(same, known)

    def _changed(self, opening: Opening, left: Stage) -> Stage:
        """The best plan with a change, begun from the one without it where it fits."""
        start = None
        if left.solution.x is not None:
            small = left.question.lowered(left.solution.x)
            asked = self.desk.question(opening.setting).asked.program.arrays
            start = small if asked.num_columns == len(small) else None
        stage = self.course.heed(self.desk.best(opening.setting, start=start))
        if self.course.halted:
            raise KeyboardInterrupt
        return stage

    def _gain(self, opening: Opening, stage: Stage, after: Proposal) -> Gain:
        """What a change wins back."""
        then = self._at_least(stage, stage.proposal, after)
        assert after.objective is not None
        least = most = None
        if then.objective is not None and after.bound is not None:
            least = then.objective - after.bound
            least = max(least, Fraction(0)) if opening.widens else least
        if then.bound is not None:
            most = then.bound - after.objective
        return Gain(opening, after.objective, then.objective, least, most)


def without_direct(setting: Setting) -> Setting:
    """The setting without any direct EU money."""
    books = {n: book for n, book in setting.instruments.items() if not book.direct}
    return replace(
        setting,
        assumption=f"{setting.assumption or BASELINE} without direct EU money",
        instruments=books, wait_for=None,
        budgets=tuple(row for row in setting.budgets if row.instrument in books),
    )  # fmt: skip


def _every(scenario: Scenario, assumption: str, setting: Setting) -> Iterator[Opening]:
    """Every change of a regional instrument; those left out may be taken in."""
    for name, book in setting.instruments.items():
        if is_regional(book):
            for found in openings(setting, name):
                told = f"{name}: {found.text}"
                yield replace(found, setting=replace(found.setting, assumption=told))
    stated = held(scenario, assumption)
    for name, book in scenario.setting().instruments.items():
        if name in stated.without and is_regional(book):
            rest = {n: at for n, at in stated.without.items() if n != name}
            told = f"{name}: {TAKEN_IN}"
            more = resolved(scenario, Held(stated.sets, rest), told)
            yield Opening(name, OPEN_UP, TAKEN_IN,
                          replace(without_direct(more), assumption=told))  # fmt: skip


def _order(gain: Gain) -> tuple[bool, Fraction, str, str]:
    """Most points first, what has no plan last."""
    won = gain.won
    return (
        won is None,
        -(won or Fraction(0)),
        gain.opening.instrument,
        gain.opening.text,
    )

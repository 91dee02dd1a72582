"""The smallest missing piece: what little would make an unfundable case fundable.

Of the cases that are launched where no rule about money holds, and not in the fundable
plan, the most valuable one without any fundable plan of its own is looked at, or the
next one where no piece helps it. Where all have a plan of their own, it is the most
valuable one for which there is no money beside the others.

Four kinds of pieces are tried, each by itself: euros in one place, one rate, one
condition on a consortium, one region's commitment. The euros are what a program with
one free slack on one limit asks for at least; the rest is found by halving and by
counting. Every piece that is told was put into the setting, and a plan was found that
keeps every rule, judged from the changed inputs. That one step less would not do is
asked of a second solver, exact in whole numbers; where it does not say so in time, the
text says that less may be enough.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from matcher.engine.pieces import (
    CENTS,
    OF_MONEY,
    amount,
    commitments,
    conditions,
    rates,
)
from matcher.engine.question import ask
from matcher.engine.solving import Clock, Task
from matcher.engine.stages import checked
from matcher.errors import AnswerRejected, SolverFailed
from matcher.formulation.assemble import assemble
from matcher.problem.encode import encode
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status
from matcher.proposal.proposal import Missing
from matcher.scenario.setting import PlacedPin
from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from matcher.engine.pieces import Piece
    from matcher.engine.solving import Workers
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Ints
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

MOST_SECONDS: Final = 8.0
"""Time for all trials: a piece is worth little beside the plan."""
TRIAL_SECONDS: Final = 2.0
"""Time for one trial; without an answer by then the piece is not told."""
ROUND_UP: Final = (0, 1, 10)
"""Euros added to what the solver in doubles asks for, until whole cents fit."""
PERHAPS: Final = "; perhaps less is enough"
"""Stands behind a piece of which nobody proved that a step less would not do."""
POINT_PER_CENT: Final = 1e-6
"""So that costs are of the size of the columns, in units of about 10,000 EUR."""


def smallest_missing(
    setting: Setting, needed: Proposal, fundable: Proposal, workers: Workers,
    seconds: float = MOST_SECONDS,
) -> tuple[Missing, ...]:  # fmt: skip
    """Pieces that would make the best unfundable case fundable: money comes first.

    Ctrl-C, a failing solver and the end of the time end the search; what was found
    is told.
    """
    search = Search(setting, workers, time.perf_counter() + seconds)
    found: list[Missing] = []
    if fundable.status == "unknown":  # whatever is left out may only lack time
        return ()
    try:
        for case, others in search.targets(needed, fundable):
            beside = f", to launch it beside {', '.join(others)}" if others else ""
            for kind, least in search.pieces(case, others):
                perhaps = "" if least.sure else PERHAPS
                text = f"{least.piece.told(least.steps)}{beside}{perhaps}"
                found.append(Missing(case, kind, text))
            if found:
                break
    except (TimeoutError, KeyboardInterrupt, SolverFailed):
        pass  # the plan is found: pieces are worth no more waiting
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Least:
    """A piece, and the fewest steps of it that are known to do."""

    piece: Piece
    steps: int
    sure: bool
    """A second solver says that a step less would not do."""


@dataclass(frozen=True)
class Search:
    """Trials on one setting within one budget of time."""

    setting: Setting
    workers: Workers
    until: float

    def targets(
        self, needed: Proposal, fundable: Proposal
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Cases to look at, each with those that it is to be launched beside.

        The most valuable come first. The first that some piece helps is enough; cases
        that have a plan of their own count only where none is without.
        """
        left = [plan for plan in needed.cases if plan.case not in fundable.by_case]
        worths = {
            plan.case: sum(
                term.points
                for term in exact_terms(replace(needed, cases=(plan,)), self.setting)
            )
            for plan in left
        }
        ranked = sorted(worths, key=lambda case: (-worths[case], case))
        payable = True
        for case in ranked:
            if self.possible(only(self.setting, (case,))) is False:
                payable = False
                yield case, ()
        launched = tuple(fundable.by_case)
        for case in ranked if payable else ():
            if self.possible(only(self.setting, (case, *launched))) is False:
                yield case, launched

    def possible(self, setting: Setting, *, exact: bool = False) -> bool | None:
        """Whether a plan is found that keeps every rule, judged from the setting.

        None where that did not come out in time. With ``exact`` the solver is asked
        that knows whole numbers only; then False is about the rules themselves, never
        about rows that are stricter.
        """
        worker = self.workers.exact if exact else self.workers.smooth
        question, task = ask(encode(setting), (), funding=True), self._task()
        answer = task.answered(question.asked.program.arrays, worker).uninterrupted()
        if answer.x is None:
            stricter = exact and question.full.rounded
            lost = answer.status is Status.INFEASIBLE and not stricter
            return False if lost else None
        x = task.settled(question, answer.x)
        if x is None:
            return None
        try:
            checked(question, replace(answer, x=x), task.clock)
        except AnswerRejected:
            return None
        return True

    def _task(self) -> Task:
        """A trial within what is left of the time."""
        left = self.until - time.perf_counter()
        if left <= 0:
            raise TimeoutError
        options = SolveOptions(time_limit=min(left, TRIAL_SECONDS))
        return Task(self.workers, options, Clock())

    def pieces(self, case: str, others: tuple[str, ...]) -> Iterator[tuple[str, Least]]:
        """Kind of every piece that does, and the least of that kind."""
        alone = only(self.setting, (case, *others))
        for kind, found in (
            ("money", self._money(alone)),
            ("rate", self._least(rates(alone))),
            ("condition", self._least(conditions(alone, case))),
            ("commitment", self._commitment(alone, case)),
        ):
            for piece, steps in found:
                least = self._by_both(piece, steps)
                if least.steps:  # nothing is missing where none is needed
                    yield kind, least

    def _by_both(self, piece: Piece, steps: int) -> Least:
        """A piece that does, made less as long as the exact solver says it may be."""
        less: bool | None = True
        while less and steps:
            try:
                less = self.possible(piece.changed(steps - 1), exact=True)
            except TimeoutError:
                less = None
            if less:
                steps = self._halved(piece, 0, steps - 1)[0]
        return Least(piece, steps, less is False)

    def _halved(self, piece: Piece, low: int, high: int) -> tuple[int, bool]:
        """Fewest steps that do, and whether the search for them came to its end.

        ``low`` steps are too few, and ``high`` do.
        """
        while high - low > 1:
            middle = (low + high) // 2
            try:
                found = self.possible(piece.changed(middle))
            except TimeoutError:
                found = None
            if found is None:  # not known in time: fewer steps might do
                return high, False
            low, high = (low, middle) if found else (middle, high)
        return high, True

    def _money(self, alone: Setting) -> Iterator[tuple[Piece, int]]:
        """The fewest euros in one place."""
        found = self._fewest_euros(alone)
        if found is None:
            return
        rule, ids, euros = found
        piece, short = amount(alone, rule, ids), euros - 1
        for enough in (euros + more for more in ROUND_UP):
            if self.possible(piece.changed(enough)):
                yield piece, self._halved(piece, short, enough)[0]
                return
            short = enough

    def _commitment(self, alone: Setting, case: str) -> Iterator[tuple[Piece, int]]:
        """The region whose commitment lacks the fewest levels."""
        for _, piece in commitments(alone, case):
            if self.possible(piece.changed(1)):
                yield piece, 1
                return

    def _fewest_euros(self, alone: Setting) -> tuple[str, tuple[str, ...], int] | None:
        """Rule, subject and euros of the cheapest single limit to raise."""
        assembly = assemble(encode(alone), (), funding=True, every_column=True)
        limits = _limits(assembly)
        if not limits:
            return None
        rows = np.array([row for row, _, _ in limits])
        arrays = _one_raised(assembly.program.arrays, rows)
        task, worker = self._task(), self.workers.smooth
        answer = task.answered(arrays, worker).uninterrupted()
        if answer.x is None or answer.status is not Status.OPTIMAL:
            return None  # fewer euros might do
        first = assembly.program.arrays.num_columns
        cents = answer.x[first : first + len(rows)]
        which = int(np.argmax(cents))
        _, rule, ids = limits[which]
        return rule, ids, max(math.ceil((cents[which] - 1) / CENTS), 1)

    def _least(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, int]]:
        """The piece with the fewest steps; of equal ones the first."""
        best: tuple[int, Piece] | None = None
        for piece in pieces:
            most = piece.most if best is None else min(piece.most, best[0] - 1)
            if most < 1 or not self.possible(piece.changed(most)):
                continue
            steps, sure = self._halved(piece, 0, most)
            best = (steps, piece) if sure else best
        if best is not None:
            yield best[1], best[0]


def only(setting: Setting, cases: Collection[str]) -> Setting:
    """The setting in which these cases are launched, and no others, for no points."""
    at = setting.places["limits"]
    fixed = [PlacedPin(case, None, None, case not in cases, "", at)
             for case in setting.cases]  # fmt: skip
    pins = (*(pin for pin in setting.pins if pin.case in cases), *fixed)
    objective = replace(setting.objective, weights={}, parameters={}, expected=False)
    return replace(
        setting, pins=pins, objective=objective, min_cases=None, max_cases=None,
        wait_for=None,
    )  # fmt: skip


def _limits(assembly: Assembly) -> list[tuple[int, str, tuple[str, ...]]]:
    """Row, rule and subject of every limit on an amount."""
    found, start = [], 0
    for block in assembly.program.rows:
        if block.rule in OF_MONEY:
            found += [
                (start + i, block.rule, block.subject.ids(i)) for i in range(block.size)
            ]
        start += block.size
    return found


def _one_raised(arrays: Arrays, rows: Ints) -> Arrays:
    """The program in which one of some limits may be raised, at the least cost.

    ::

        row_i - s_i <= limit_i,   s_i <= M z_i,   sum of z_i <= 1,   least sum of s_i
    """
    n, count = arrays.num_columns, len(rows)
    most = float(arrays.upper[~arrays.integer].sum())
    whole = arrays.matrix()
    each = np.arange(count)
    slack = csr_array((-np.ones(count), (rows, each)), shape=(arrays.num_rows, count))
    nothing = csr_array((arrays.num_rows, count))
    linked = hstack([
        csr_array((count, n)),
        csr_array((np.ones(count), (each, each)), shape=(count, count)),
        csr_array((np.full(count, -most), (each, each)), shape=(count, count)),
    ])  # fmt: skip
    one = hstack([csr_array((1, n + count)), csr_array(np.ones((1, count)))])
    matrix = csr_array(vstack([hstack([whole, slack, nothing]), linked, one]))
    matrix.sort_indices()
    zeros, ones = np.zeros(count), np.ones(count)
    return Arrays(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=np.array(matrix.data, dtype=np.float64),
        row_lower=np.concatenate([arrays.row_lower, np.full(count + 1, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, zeros, [1.0]]),
        lower=np.concatenate([arrays.lower, zeros, zeros]),
        upper=np.concatenate([arrays.upper, most * ones, ones]),
        objective=np.concatenate([np.zeros(n), -POINT_PER_CENT * ones, zeros]),
        integer=np.concatenate([arrays.integer, zeros > 0, ones > 0]),
    )

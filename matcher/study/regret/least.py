"""The search for consortia of least regret, one assumption after the other.

The program of a few assumptions bounds that of all: what is least under some cannot be
less under more. So it starts with the two that pull hardest against each other; while
what is found loses more under an assumption that was left out, that one is added.
Where the program is large, plans near to those known are tried first.
Source: scenario relaxation, Assavapokee et al., Computers & Operations Research 35
(2008).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.certify import FINEST
from matcher.engine.desk import begun_jointly
from matcher.engine.solving import CLOSING_SECONDS, SMALL, Task
from matcher.engine.stages import as_proven
from matcher.program.solution import Status, Stop
from matcher.study.regret.robust import World, nows, program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matcher.engine.desk import Desk
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Floats
    from matcher.program.solution import Solution
    from matcher.study.regret.cross import Consortia
    from matcher.study.regret.robust import Program

WHAT: Final = "least regret"
"""Names these solves where progress is told."""
NEAR: Final = 10 * FINEST
"""Points within which a regret and its bound count as equal where points are no
multiples of a step."""

NEARBY_SECONDS: Final = 20.0
"""For each neighbourhood of a plan; most take less."""

Lost = dict[str, Fraction | None]
"""Regret of consortia by assumption; None where they cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Consortia that were found, and what is proven of all others."""

    found: tuple[Consortia, ...]
    """Consortia that may be best; what else they say is not heeded."""
    at_least: Fraction | None
    """No plan's largest regret is smaller."""
    impossible: bool
    """Whether it is proven that none can be carried out under every assumption."""
    near: Fraction
    """Points within which a regret and its bound count as equal."""
    stop: Stop


@dataclass
class Search:
    """Looks for consortia whose largest regret is least.

    They keep every rule but those about money under one of the assumptions at least,
    and what is launched of them keeps every rule under each.
    """

    desk: Desk
    worlds: Mapping[str, World]
    """By assumption; of equal ones one is enough."""
    lost: Callable[[Consortia], Lost]
    """Says exactly what consortia lose; KeyboardInterrupt after Ctrl-C."""
    drop: bool
    """Whether cases may be dropped under an assumption."""
    _found: list[Consortia] = field(default_factory=list)
    _near: Fraction = Fraction(0)
    _barren: int = 0
    _stop: Stop = Stop.FINISHED

    def decided(self, listed: Mapping[str, Consortia]) -> Decided:
        """Search, beginning from the plans known, by assumption.

        Raises
        ------
        SolverFailed, AnswerRejected
            When the backend fails, or its answer cannot be read.
        """
        known = min(listed.values(), key=lambda plans: order(self.lost(plans)))
        if (most := largest(self.lost(known))) == 0:
            return Decided((), most, False, self._near, self._stop)
        try:
            bounds = [
                self._least(now, known, self._first(known, listed))
                for now in nows(self.worlds.values())
            ]
        except KeyboardInterrupt:
            stop = Stop.INTERRUPTED
            return Decided(tuple(self._found), None, False, self._near, stop)
        proven = [bound for bound in bounds if bound is not None]
        return Decided(
            tuple(self._found), min(proven) if len(proven) == len(bounds) else None,
            self._barren == len(bounds), self._near, self._stop,
        )  # fmt: skip

    def _first(self, known: Consortia, listed: Mapping[str, Consortia]) -> list[str]:
        """The assumption that hurts most, and the one that hurts its own plan most."""
        worst = self._worst(known, self.worlds)
        other = self._worst(listed[worst], self.worlds)
        return list(dict.fromkeys((worst, other)))

    def _worst(self, plans: Consortia, among: Mapping[str, World] | set[str]) -> str:
        """Where consortia lose most; first of all where they cannot be carried out."""
        lost = self.lost(plans)
        names = [name for name in self.worlds if name in among]
        return max(names, key=lambda name: _size(lost[name]))

    def _least(
        self, now: Assembly, known: Consortia, chosen: list[str]
    ) -> Fraction | None:
        """Find the least regret with one program of the plan decided now; its bound.

        Where no plan is better than the one known, that one's regret is the bound.

        Raises
        ------
        KeyboardInterrupt
            When Ctrl-C ended a solve.
        """
        at_least: Fraction | None = None
        while True:
            made = program(now, [self.worlds[n] for n in chosen], drop=self.drop)
            if made.arrays.num_columns > SMALL:
                known = self._climbed(made, known)
            most = largest(self.lost(known))
            answer = self._answer(made, self._start(made, chosen, known), most)
            answer = as_proven(answer, made.joint)
            if answer.status is Status.INFEASIBLE:
                self._barren += most is None
                return most
            self._near = max(self._near, Fraction(0) if made.exact else NEAR)
            bounds = [b for b in (at_least, made.at_least(answer)) if b is not None]
            at_least = max(bounds, default=None)
            if answer.x is None:
                answer.uninterrupted()
                return at_least
            plans = made.consortia(answer.x)
            self._found.append(plans)
            answer.uninterrupted()
            known = min(known, plans, key=lambda one: order(self.lost(one)))
            left = self.worlds.keys() - set(chosen)
            lost = self.lost(plans)
            inside = max(_size(lost[name]) for name in chosen)
            if not left or _size(lost[self._worst(plans, left)]) <= inside:
                break
            chosen = [*chosen, self._worst(plans, left)]
        if self._stop is Stop.FINISHED:
            self._settle(now, known)
        return at_least

    def _climbed(self, made: Program, known: Consortia) -> Consortia:
        """Better consortia near to those known: further cases, then one decided anew.

        A large program is not solved in time, but its neighbourhoods are.
        """
        every = set(made.joint.now.inst.labels.cases.ids)
        until = time.monotonic() + (self.desk.options.time_limit or float("inf"))
        waiting = ["", *sorted(plan.case for plan in known)]
        while waiting and (left := until - time.monotonic()) > 0:
            case = waiting.pop(0)
            free = every - {plan.case for plan in known} | {case}
            most = largest(self.lost(known))
            if most is None or made.steps(most) < 1:
                break
            arrays = made.around(known, free, made.steps(most) - 1)
            task = self._task(None)
            seconds = min(left, NEARBY_SECONDS)
            task = replace(task, options=replace(task.options, time_limit=seconds))
            answer = task.answered(arrays)
            answer.uninterrupted()
            if answer.x is None:
                continue
            plans = made.consortia(answer.x)
            self._found.append(plans)
            if order(self.lost(plans)) < order(self.lost(known)):
                known = plans
                waiting += [plan.case for plan in known if plan.case not in waiting]
        return known

    def _settle(self, now: Assembly, known: Consortia) -> None:
        """Of all plans that lose as little take the one with the most points in sum."""
        made = program(now, list(self.worlds.values()), drop=self.drop)
        most = largest(self.lost(known))
        start = self._start(made, list(self.worlds), known)
        if most is None:
            return
        answer = self._task(start).answered(made.summed(made.steps(most)))
        if answer.x is not None:
            self._found.append(made.consortia(answer.x))
        answer.uninterrupted()

    def _task(self, start: Floats | None) -> Task:
        return self.desk.task(WHAT, replace(self.desk.options, start=start))

    def _start(
        self, made: Program, chosen: Sequence[str], known: Consortia
    ) -> Floats | None:
        """What is known as an answer of the program, in units that suit the backend."""
        most = largest({name: self.lost(known)[name] for name in chosen})
        if most is None:
            return None
        x = begun_jointly(made.joint, known, self._task(None), drop=self.drop)
        return None if x is None else np.append(x, float(made.steps(most)))

    def _answer(
        self, made: Program, start: Floats | None, most: Fraction | None
    ) -> Solution:
        """An answer to be believed; the exact solver's plan if a small one came late.

        Late is what the other solver did not finish in time.
        """
        task = self._task(start)
        arrays = made.arrays if most is None else made.capped(made.steps(most))
        answer = task.believed(arrays)
        late = answer.stop is Stop.TIME_LIMIT and answer.backend not in WHOLE_ONLY
        if late and arrays.num_columns <= SMALL:
            options = replace(task.options, time_limit=CLOSING_SECONDS, start=answer.x)
            exact = replace(task, options=options).answered(arrays, task.workers.exact)
            if exact.x is not None:
                bounds = [b for b in (answer.bound, exact.bound) if b is not None]
                answer = replace(exact, bound=min(bounds, default=None))
            elif exact.stop is Stop.INTERRUPTED:
                answer = replace(answer, stop=exact.stop)
        self._told(answer)
        return answer

    def _told(self, answer: Solution) -> None:
        """Remember why a solve stopped early."""
        if answer.stop is not Stop.FINISHED:
            self._stop = answer.stop


def largest(lost: Lost) -> Fraction | None:
    """Largest regret; None where consortia cannot be carried out.

    It is nothing where they beat every plan known at home.
    """
    cells = [cell for cell in lost.values() if cell is not None]
    return max([*cells, Fraction(0)]) if len(cells) == len(lost) else None


def _size(lost: Fraction | None) -> tuple[bool, Fraction]:
    """A key that orders regrets; what cannot be carried out is the greatest."""
    return lost is None, lost or Fraction(0)


def order(lost: Lost) -> tuple[bool, Fraction, Fraction]:
    """A key that orders consortia by largest regret, then by all regrets together."""
    whole = sum((cell for cell in lost.values() if cell is not None), Fraction(0))
    return (*_size(largest(lost)), whole)

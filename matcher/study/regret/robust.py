"""The program that asks for the consortia that lose least in the worst case.

Over the plans that may be decided now, with the best b[s] and the points v[s] that a
plan brings under assumption s::

    minimise    t
    subject to  t + v[s] >= b[s]       for every assumption s

Among all plans of least t the one with the most points in sum is taken. The regret t is
counted in whole steps: every plan is worth multiples of one step, and so is every
regret. Source: minimax regret, Savage, The Theory of Statistical Decision (1951).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from matcher.engine.certify import FINEST, proven_bound, step_of_all
from matcher.engine.question import Question, ask
from matcher.formulation.decode import decode, whole_values
from matcher.formulation.joint import joined
from matcher.formulation.kept import decided_as

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from matcher.formulation.assemble import Assembly
    from matcher.formulation.joint import Joint
    from matcher.program.program import Arrays, Floats
    from matcher.program.solution import Solution
    from matcher.study.regret.cross import Consortia

ROUNDED_STEPS: Final = 2
"""Steps by which a bound may be wrong where points are rounded to `FINEST`: one for
the regret, one for the coefficients."""
DIGITS: Final = 3
"""Digits of points behind the step there: points carry nine."""


@dataclass(frozen=True, slots=True)
class World:
    """One assumption, as the program knows it."""

    question: Question
    best: Fraction
    """Points of the best plan known."""
    bound: Fraction | None
    """No plan is worth more."""


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """The joint program with its column of regret, the last one."""

    joint: Joint
    arrays: Arrays
    step: Fraction
    exact: bool
    """Whether all points are multiples of the step."""

    def steps(self, regret: Fraction) -> int:
        """A regret in whole steps, rounded up."""
        return math.ceil(regret / self.step)

    def at_least(self, solution: Solution) -> Fraction | None:
        """Proven bound on the largest regret of every plan."""
        lowest = Fraction(-self.arrays.upper[-1])
        bound = proven_bound(self.arrays, lowest, solution.bound)
        if bound is None:
            return None
        least = -bound if self.exact else -bound - ROUNDED_STEPS
        return max(least, Fraction(0)) * self.step

    def capped(self, steps: int) -> Arrays:
        """The program in which no regret is above so many steps."""
        upper = self.arrays.upper.copy()
        upper[-1] = min(upper[-1], steps)
        return replace(self.arrays, upper=upper)

    def around(self, plans: Consortia, free: Collection[str], steps: int) -> Arrays:
        """The program capped, in which all but some cases are decided as in a plan."""
        now = self.joint.now
        decided = np.array([case not in free for case in now.inst.labels.cases.ids])
        return decided_as(self.capped(steps), now, plans, decided)

    def summed(self, steps: int) -> Arrays:
        """The program capped likewise, and for the most points in sum."""
        weights = [1.0] * len(self.joint.blocks)
        points = np.append(self.joint.points(weights), 0.0)
        return self.capped(steps).with_points(points)

    def consortia(self, x: Floats) -> Consortia:
        """The consortia decided in an answer.

        Raises
        ------
        AnswerRejected
            When the answer is not whole.
        """
        now, _ = self.joint.split(x)
        return decode(self.joint.now, whole_values(self.joint.now, now))


def nows(worlds: Iterable[World]) -> list[Assembly]:
    """Programs of the plan decided now: one for all, where only money differs."""
    found: dict[str, Assembly] = {}
    for world in worlds:
        now = ask(world.question.full.inst, (), funding=False).asked
        found.setdefault(now.program.arrays.digest(), now)
    return list(found.values())


def program(now: Assembly, worlds: Sequence[World], *, drop: bool) -> Program:
    """The joint program of some assumptions with the rows of regret.

    ``drop`` says whether cases may be dropped under an assumption.
    """
    joint = joined(now, [world.question.asked for world in worlds])
    arrays = joint.arrays if drop else _all_launched(joint)
    step, exact = _step(joint, worlds)
    reach = []
    for world in worlds:
        block = world.question.asked.program.arrays
        far = np.maximum(np.abs(block.lower), np.abs(block.upper))
        reach.append(float(world.best) + float(np.abs(block.objective) @ far))
    most = math.ceil(max(reach) / float(step)) + 1
    arrays = _with_column(arrays, most)
    for start, world in zip(joint.starts[1:-1], worlds, strict=True):
        arrays = _with_regret(arrays, int(start), world, step)
    return Program(joint, arrays, step, exact)


def _step(joint: Joint, worlds: Sequence[World]) -> tuple[Fraction, bool]:
    """Largest step of which every regret is a multiple, `FINEST` without one."""
    step = step_of_all(block.program.arrays for block in joint.blocks)
    if step is None or step < FINEST:
        return FINEST, False
    exact = all(
        ((world.best - Fraction(block.program.arrays.offset)) / step).denominator == 1
        for world, block in zip(worlds, joint.blocks, strict=True)
    )
    return (step, True) if exact else (FINEST, False)


def _all_launched(joint: Joint) -> Arrays:
    """The program in which every case decided goes ahead under every assumption."""
    arrays, cases = joint.arrays, len(joint.now.layout.open)
    row = np.tile(np.arange(cases), 2)
    for start, block in zip(joint.starts[1:-1], joint.blocks, strict=True):
        columns = np.concatenate([joint.now.layout.open, block.layout.open + start])
        data = np.repeat([-1.0, 1.0], cases)
        shape = cases, arrays.num_columns
        matrix = csr_array(coo_array((data, (row, columns)), shape=shape))
        arrays = arrays.with_rows(matrix, np.zeros(cases), np.full(cases, np.inf))
    return arrays


def _with_column(arrays: Arrays, most: int) -> Arrays:
    """The program with a column of regret, to be kept small."""
    return replace(
        arrays,
        lower=np.append(arrays.lower, 0.0),
        upper=np.append(arrays.upper, float(most)),
        objective=np.append(np.zeros(arrays.num_columns), -1.0),
        integer=np.append(arrays.integer, True),
        offset=0.0,
    )


def _with_regret(arrays: Arrays, start: int, world: World, step: Fraction) -> Arrays:
    """Rows by which the regret is at least that under one assumption.

    What no plan of the assumption can be worth is no part of the program either: that
    brings the bound closer.
    """
    own = world.question.asked.program.arrays
    priced = np.nonzero(own.objective)[0]
    worth = np.round(own.objective[priced] / float(step), DIGITS)
    priced, worth = priced[worth != 0], worth[worth != 0]
    best = (world.best - Fraction(own.offset)) / step
    arrays = arrays.with_row(
        np.append(priced + start, arrays.num_columns - 1), np.append(worth, 1.0),
        lower=float(math.floor(best)),
    )  # fmt: skip
    if world.bound is None or not len(priced):
        return arrays
    most = math.ceil((world.bound - Fraction(own.offset)) / step)
    return arrays.with_row(priced + start, worth, upper=float(most))

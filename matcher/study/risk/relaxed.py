"""An upper bound on plans for many outcomes, from the programs of a few of them.

B: the few outcomes that have a block in a joint program; e(x): points of effort.
Every outcome s is held against the blocks that have all its money, and against the best
that is possible where it alone is sure to come::

    v[s] <= e(x) + points of block b       for b in B ampler than s
    v[s] <= cap[s]
    maximise (1 - L) * sum_s p[s] v[s] + L * (eta - sum_s p[s] short[s] / level)
    short[s] >= eta - v[s]                  short[s] >= 0

What a plan brings in s is at most what it brings in an ampler outcome, and at most
cap[s]: every plan is a plan here, worth no less, so that the bound holds for all. Where
every outcome has a block it is the program itself. v, eta and short are counted in
whole steps, of which all points are multiples.

Kept to what some plans agree on, the same program is small, and says which of their
consortia go well together (`between`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.certify import FINEST, proven_bound, step_of_all
from matcher.engine.desk import begun_jointly
from matcher.engine.solving import Task
from matcher.engine.stages import as_proven
from matcher.formulation.decode import decode, whole_values
from matcher.formulation.joint import joined
from matcher.formulation.kept import crossed
from matcher.program.solution import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.formulation.joint import Joint
    from matcher.program.program import Arrays, Floats, Ints
    from matcher.program.solution import Solution
    from matcher.study.risk.twostage import (
        Consortia,
        Decided,
        Measure,
        TwoStage,
        Weights,
    )

ZERO: Final = Fraction(0)
WHAT: Final = "few outcomes together"
"""Names these solves where progress is told."""
BETWEEN: Final = "between plans"
"""Names those that are kept to what plans agree on."""
BETWEEN_SECONDS: Final = 120.0
"""For each of those: what they bring, they bring early."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the blocks of a few outcomes prove, and the consortia they would have."""

    plans: Consortia | None
    bound: Fraction | None
    """No plan is worth more."""
    impossible: bool
    """No plan keeps every rule in all of the blocks."""


@dataclass(frozen=True, eq=False, slots=True)
class _Group:
    """Outcomes that nothing in the program tells apart."""

    weight: Fraction
    blocks: tuple[int, ...]
    """Positions of the blocks that bound it."""
    cap: Fraction | None


@dataclass(frozen=True, eq=False, slots=True)
class _Program:
    """The joint program of some blocks, with the columns of its objective."""

    joint: Joint
    arrays: Arrays
    groups: tuple[_Group, ...]
    worth: list[tuple[Ints, Floats, Floats]]
    """What a plan is worth by block, in steps: columns, points and their reach."""
    tops: list[int]
    """Most steps of each group."""
    slack: Fraction
    """What counting in whole steps may take from the bound."""

    def proven(self, answer: Solution, known: Fraction | None) -> Fraction | None:
        """Bound on what any plan is worth; ``known`` is the worth of one."""
        if answer.bound is None:
            return None
        at_hand = Fraction(answer.objective or 0) if known is None else known
        bound = proven_bound(self.arrays, at_hand, answer.bound)
        return None if bound is None else bound + self.slack

    def consortia(self, answer: Solution) -> Consortia | None:
        """What an answer decides now; None without a plan."""
        if answer.x is None:
            return None
        now, _ = self.joint.split(answer.x[: self.joint.arrays.num_columns])
        return decode(self.joint.now, whole_values(self.joint.now, now))


def over(two: TwoStage, blocks: Iterable[int], i: int) -> tuple[int, ...]:
    """Blocks that bound a lot: those ampler than it, without ampler ones than those."""
    above = [b for b in blocks if two.ampler[b, i]]
    return tuple(
        b for b in above if not any(c != b and two.ampler[b, c] for c in above)
    )


def relaxed(
    two: TwoStage, weights: Weights, measure: Measure, blocks: Sequence[int],
    known: tuple[Decided, Fraction] | None, *, gap: float,
) -> Relaxed:  # fmt: skip
    """Solve the joint program of a few lots.

    Parameters
    ----------
    two, weights, measure
        The lots, their probabilities, and what a spread of points is worth.
    blocks
        Lots that get a block.
    known
        A plan to begin from, and what it is worth.
    gap
        Relative gap at which to stop.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend fails, or its answer cannot be read.
    """
    program = _of_few(two, weights, measure, blocks, ())
    start = None if known is None else _start(program, two, known[0], measure)
    options = replace(two.desk.options, gap=gap, start=start)
    answer = two.desk.task(WHAT, options).believed(program.arrays)
    answer = as_proven(answer.uninterrupted(), program.joint)
    bound = program.proven(answer, None if known is None else known[1])
    impossible = answer.status is Status.INFEASIBLE
    return Relaxed(program.consortia(answer), bound, impossible)


def between(
    two: TwoStage, weights: Weights, measure: Measure, blocks: Sequence[int],
    plans: Sequence[Decided], *, gap: float,
) -> Consortia | None:  # fmt: skip
    """The best for a few lots of all that keeps to what some plans agree on.

    Parameters are those of `relaxed`; the search begins from the first of the
    ``plans``. None without an answer in time.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend fails, or its answer cannot be read.
    """
    program = _of_few(two, weights, measure, blocks, [plan.cases for plan in plans])
    start = _start(program, two, plans[0], measure)
    limit = two.desk.options.time_limit
    seconds = BETWEEN_SECONDS if limit is None else min(limit, BETWEEN_SECONDS)
    options = replace(two.desk.options, gap=gap, start=start, time_limit=seconds)
    answer = two.desk.task(BETWEEN, options).answered(program.arrays)
    return program.consortia(answer.uninterrupted())


def _of_few(
    two: TwoStage, weights: Weights, measure: Measure, blocks: Sequence[int],
    several: Sequence[Consortia],
) -> _Program:  # fmt: skip
    """The joint program of a few lots, kept to what several plans agree on."""
    now, parts = two.now.asked, [two.lots[b].question.asked for b in blocks]
    if several:
        now = crossed(now, several, drop=False)
        parts = [crossed(part, several, drop=True) for part in parts]
    groups = _groups(two, weights, blocks)
    return _program(two, joined(now, parts), blocks, groups, measure)


def _groups(two: TwoStage, weights: Weights, blocks: Sequence[int]) -> list[_Group]:
    place = {b: k for k, b in enumerate(blocks)}
    found: dict[tuple[tuple[int, ...], Fraction | None], Fraction]
    found = defaultdict(Fraction)
    for i, weight in weights.items():
        above = tuple(place[b] for b in over(two, blocks, i))
        found[above, two.alone.most[i]] += weight
    return [_Group(weight, *key) for key, weight in found.items()]


def _program(
    two: TwoStage, joint: Joint, blocks: Sequence[int], groups: Sequence[_Group],
    measure: Measure,
) -> _Program:  # fmt: skip
    """The joint program, then columns v of each group, eta, and what v falls short."""
    step, exact = _step(joint)
    worth = [_worth(joint, k, step) for k in range(len(blocks))]
    most_of = [*(g.cap for g in groups), *(two.alone.most[b] for b in blocks)]
    caps = [None if cap is None else math.ceil(cap / step) for cap in most_of]
    reach = [math.ceil(np.abs(points) @ far) for _, points, far in worth]
    most = max([*reach, *(abs(cap) for cap in caps if cap is not None)]) + 1
    tops = [most if cap is None else cap for cap in caps]
    n, first = len(groups), joint.arrays.num_columns
    arrays = _with_columns(
        joint.arrays, [*[-most] * (n + 1), *[0] * n], [*tops[:n], most, *[2 * most] * n]
    )
    for g, group in enumerate(groups):
        for k in group.blocks:
            columns, points, _ = worth[k]
            arrays = arrays.with_row(
                np.append(columns, first + g), np.append(-points, 1.0), upper=0.0
            )
        short = np.array([first + g, first + n, first + n + 1 + g])
        arrays = arrays.with_row(short, np.array([1.0, -1.0, 1.0]), lower=0.0)
    for (columns, points, _), top in zip(worth, tops[n:], strict=True):
        if len(columns):
            arrays = arrays.with_row(columns, points, upper=float(top))
    mean, worst = (1 - measure.aversion) * step, measure.aversion * step
    counts = [float(mean * g.weight) for g in groups]
    tail = [-float(worst * g.weight / measure.level) for g in groups]
    objective = np.concatenate([np.zeros(first), counts, [float(worst)], tail])
    slack = ZERO if exact else FINEST * (4 + 4 / measure.level)
    return _Program(
        joint, arrays.with_points(objective), tuple(groups), worth, tops[:n], slack
    )


def _worth(joint: Joint, k: int, step: Fraction) -> tuple[Ints, Floats, Floats]:
    """What a plan is worth in a block, in steps: columns, points and their reach."""
    parts = (joint.now, 0), (joint.blocks[k], int(joint.starts[k + 1]))
    columns, points, reach = [], [], []
    for part, start in parts:
        own = part.program.arrays
        priced = np.nonzero(own.objective)[0]
        columns.append(priced + start)
        points.append(own.objective[priced] / float(step))
        reach.append(np.maximum(np.abs(own.lower), np.abs(own.upper))[priced])
    digits = 0 if step > FINEST else 3
    worth = np.round(np.concatenate(points), digits)
    some = worth != 0
    return np.concatenate(columns)[some], worth[some], np.concatenate(reach)[some]


def _step(joint: Joint) -> tuple[Fraction, bool]:
    """Largest step of which all points are multiples; `FINEST` and False without."""
    step = step_of_all(part.program.arrays for part in (joint.now, *joint.blocks))
    return (step, True) if step and step > FINEST else (FINEST, False)


def _with_columns(arrays: Arrays, lower: list[int], upper: list[int]) -> Arrays:
    """The program with further whole columns, in no row yet."""
    return replace(
        arrays,
        lower=np.append(arrays.lower, np.array(lower, dtype=np.float64)),
        upper=np.append(arrays.upper, np.array(upper, dtype=np.float64)),
        objective=np.zeros(arrays.num_columns + len(lower)),
        integer=np.append(arrays.integer, np.ones(len(lower), dtype=bool)),
    )


def _start(
    program: _Program, two: TwoStage, known: Decided, measure: Measure
) -> Floats | None:
    """A plan at hand as an answer of the program, in units that suit the backend."""
    task = Task(two.desk.workers, two.desk.options, two.desk.clock)
    x = begun_jointly(program.joint, known.cases, task)
    if x is None:
        return None
    brought = [points @ np.rint(x[columns]) for columns, points, _ in program.worth]
    v = np.array([
        min([*(float(brought[k]) for k in group.blocks), float(top)])
        for group, top in zip(program.groups, program.tops, strict=True)
    ])  # fmt: skip
    order = np.argsort(v)
    weight = np.cumsum([float(program.groups[g].weight) for g in order])
    tail = int(np.searchsorted(weight, float(measure.level)))
    eta = v[order[min(tail, len(v) - 1)]]
    return np.concatenate([x, np.rint(v), [eta], np.maximum(eta - v, 0.0)])

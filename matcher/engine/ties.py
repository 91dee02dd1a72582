"""One answer where several are equally good: a rule that settles every tie.

Among all plans worth as much as the best one, the plan with the fewest memberships is
taken, then the fewest observers; where several remain, the one that a fixed order of
names prefers. That order is arbitrary but always the same: every decision has two
numbers drawn from its name, and plans are compared by the sums of the first, then of
the second. The sums of two plans are practically never equal, so that every solver
ends up with the same plan.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.solving import Task
from matcher.engine.stages import checked
from matcher.engine.worth import worth_at_least
from matcher.program.solution import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from matcher.engine.solving import Clock, Workers
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Floats
    from matcher.program.solution import SolveOptions

UNSETTLED: Final = "ties were not settled in time: another run may name another plan"

DRAWN_BITS: Final = 14
"""Bits of a number drawn from a name: sums over a thousand decisions stay far below
what a solver in doubles tells apart."""
DECISIONS: Final = (
    "open", "member", "lead", "observer", "provide", "exchange", "supply", "serve",
)  # fmt: skip
"""Columns that a reader of the proposal sees; the rest follows from them."""


def without_ties(
    stage: Stage, workers: Workers, options: SolveOptions, clock: Clock
) -> Stage:
    """The stage with the preferred one of all its best plans.

    A plan that is not proven best comes back as it is, and so does one whose ties
    were not settled within the time limit: its notes say so.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend fails, or its answer does not hold.
    """
    best = stage.proposal.objective
    if best is None or stage.proposal.bound != best:
        return stage
    question = stage.question
    task = Task(workers, replace(options, gap=0.0), clock)
    decided = _preferred(question.asked, best, task)
    x = None if decided is None else task.settled(question, decided)
    if x is None:
        notes = (*stage.proposal.notes, UNSETTLED)
        return replace(stage, proposal=replace(stage.proposal, notes=notes))
    solution = replace(stage.solution, x=x)
    plan = checked(question, solution, clock)
    known = stage.proposal
    proposal = replace(plan, bound=known.bound, status=known.status, notes=known.notes)
    return replace(stage, solution=solution, proposal=proposal)


def _preferred(asked: Assembly, best: Fraction, task: Task) -> Floats | None:
    """The preferred decisions of all that are worth as much; None without proof."""
    arrays = worth_at_least(asked.program.arrays, best)
    x = None
    for cost in _preferences(asked) if arrays is not None else ():
        assert arrays is not None
        answer = task.answered(arrays.with_points(-cost)).uninterrupted()
        if answer.x is None or answer.status is not Status.OPTIMAL:
            return None
        x = answer.x
        priced = np.nonzero(cost)[0]
        least = float(cost @ np.rint(x))
        arrays = arrays.with_row(priced, cost[priced], upper=least)
    return x


def _preferences(asked: Assembly) -> Iterator[Floats]:
    """Costs to be least, one after the other, per column."""
    program = asked.program
    count = program.arrays.num_columns
    blocks = {block.name: block for block in program.columns}
    fewest = np.zeros(count)
    for name, weight in (("member", blocks["observer"].size + 1), ("observer", 1)):
        block = blocks[name]
        fewest[block.start : block.start + block.size] = weight
    yield fewest
    for draw in range(2):
        drawn = np.zeros(count)
        for name in DECISIONS:
            block = blocks[name]
            drawn[block.start : block.start + block.size] = [
                _number(f"{draw} {block.label(i)}") for i in range(block.size)
            ]
        yield drawn


def _number(name: str) -> int:
    """Whole number from 1 to 2 ** `DRAWN_BITS`, always the same for a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return 1 + int.from_bytes(digest[:4]) % 2**DRAWN_BITS

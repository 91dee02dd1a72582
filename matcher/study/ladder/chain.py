"""Nested plans of several steps: whoever has joined stays.

Two chains are quickly found: upwards, each step keeps what the one before decided and
adds to it; downwards, each takes from the one above. The better one is where the
program over all steps begins, unless its value is proven best already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.certify import proven_bound
from matcher.engine.question import Question
from matcher.formulation.decode import decode, whole_values
from matcher.formulation.nested import containing, nested, within
from matcher.proposal.difference import memberships_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Floats
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.study.course import Course

    Bounding = Callable[[Assembly, Iterable[CasePlan]], Assembly]


@dataclass(frozen=True, slots=True)
class Chain:
    """Nested plans, least money first, each verified in its own setting."""

    stages: tuple[Stage, ...]
    most: Fraction | None
    """No chain is worth more; None where nothing is proven."""

    @property
    def plans(self) -> tuple[Proposal, ...]:
        """The plan of each step."""
        return tuple(stage.proposal for stage in self.stages)

    @property
    def value(self) -> Fraction:
        """Points of all steps together."""
        return _value(self.stages)


def best_chain(free: Sequence[Stage], desk: Desk, course: Course) -> Chain | None:
    """The nested plans that are worth most together.

    Parameters
    ----------
    free
        The best plan of each step by itself, least money first; all have one.
    desk
        Open workers.
    course
        Told how each solve went.

    Returns
    -------
    Chain | None
        None where no chain was found.
    """
    bounds = [stage.proposal.bound for stage in free]
    most = None if None in bounds else sum((b for b in bounds if b), Fraction(0))
    found = [tuple(free)] if _is_chain(free) else []
    if not found:
        found = _quick(free, desk, course)
    best = max(found, key=_value, default=None)
    if course.halted or (best is not None and _value(best) == most):
        return None if best is None else Chain(best, most)
    joint, bound = _jointly(free, best, desk, course)
    every = [*found, joint] if joint is not None else found
    if not every:
        return None
    known = [b for b in (most, bound) if b is not None]
    best = max(every, key=_value)
    return Chain(best, max(min(known), _value(best)) if known else None)


def _value(stages: Iterable[Stage]) -> Fraction:
    return sum((s.proposal.objective or Fraction(0) for s in stages), Fraction(0))


def _is_chain(stages: Sequence[Stage]) -> bool:
    """Whether every step has a plan, with all members of the step before."""
    plans = [stage.proposal for stage in stages]
    return all(plan.objective is not None for plan in plans) and all(
        memberships_of(less) <= memberships_of(more) for less, more in pairwise(plans)
    )


def _quick(
    free: Sequence[Stage], desk: Desk, course: Course
) -> list[tuple[Stage, ...]]:
    """The chain built upwards and the one built downwards, as far as they exist."""
    up = _one_by_one(free, containing, desk, course)
    down = _one_by_one(free[::-1], within, desk, course)[::-1]
    full = len(free)
    return [chain for chain in (up, down) if len(chain) == full and _is_chain(chain)]


def _one_by_one(
    free: Sequence[Stage], bounding: Bounding, desk: Desk, course: Course
) -> tuple[Stage, ...]:
    """Steps in turn, each bound by the plan before it, until one has no plan."""
    chain = [free[0]]
    for stage in free[1:]:
        plans, question = chain[-1].proposal.cases, stage.question
        if course.halted or chain[-1].proposal.objective is None:
            break
        full = bounding(question.full, plans)
        asked = bounding(question.asked, plans) if question.merged else full
        what = stage.proposal.assumption or "baseline"
        start = _start(chain[-1:])  # upwards, it is a plan of the larger step as well
        if start is not None and len(start) != asked.program.arrays.num_columns:
            start = None
        bound = Question(asked, full)
        chain.append(course.heed(desk.answer(bound, f"nested, {what}", start)))
    return tuple(chain)


def _jointly(
    free: Sequence[Stage], best: Sequence[Stage] | None, desk: Desk, course: Course
) -> tuple[tuple[Stage, ...] | None, Fraction | None]:
    """The chain that one program over all steps decides, and its proven bound."""
    steps = nested([stage.question.asked for stage in free])
    options = replace(desk.options, start=_start(best) if best else None)
    task = desk.task("nested plans of all steps", options)
    answer = task.answered(steps.arrays)
    course.note(answer)
    chain = None
    if answer.x is not None and not course.halted:
        chain = tuple(
            course.heed(desk.kept(stage.question.full.inst.setting,
                                  decode(block, whole_values(block, part)), drop=False))
            for stage, block, part in zip(
                free, steps.blocks, steps.split(answer.x), strict=True
            )
        )  # fmt: skip
        chain = chain if _is_chain(chain) else None
    rounded = any(stage.question.full.rounded for stage in free)
    known = [_value(stages) for stages in (best, chain) if stages is not None]
    worth = max(known, default=Fraction(0))
    return chain, None if rounded else proven_bound(steps.arrays, worth, answer.bound)


def _start(stages: Sequence[Stage]) -> Floats | None:
    """A chain as columns of the program over all steps."""
    parts = [
        stage.question.lowered(stage.solution.x)
        for stage in stages if stage.solution.x is not None
    ]  # fmt: skip
    return np.concatenate(parts) if len(parts) == len(stages) else None

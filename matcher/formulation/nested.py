"""Plans of one setting with ever more money, in which whoever has joined stays.

A block of columns for each step, each with every rule of its own setting; with
k the step before k'::

    open_k[d]     <= open_k'[d]
    member_k[r,d] <= member_k'[r,d]

Leads, observers, exchanges and payments are free at every step. What a step is worth
counts the same as any other: the objective is the plain sum over the steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from matcher.formulation.joint import LinkRows, side_by_side
from matcher.formulation.kept import given
from matcher.program.layout import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Floats
    from matcher.program.program import Arrays
    from matcher.proposal.proposal import CasePlan


@dataclass(frozen=True, eq=False, slots=True)
class Nested:
    """A block for each step, least money first, and the program of all."""

    blocks: tuple[Assembly, ...]
    arrays: Arrays
    """Columns of each block in turn; its objective is the sum over all."""

    def split(self, x: Floats) -> tuple[Floats, ...]:
        """An answer as what is done at each step."""
        widths = [block.program.arrays.num_columns for block in self.blocks]
        return tuple(np.split(x, np.cumsum(widths)[:-1]))


def nested(blocks: Sequence[Assembly]) -> Nested:
    """Join steps of the same regions and cases, least money first."""
    points = [block.program.arrays.objective for block in blocks]
    arrays = side_by_side(blocks).with_points(np.concatenate(points))
    start = 0
    for less, more in pairwise(blocks):
        arrays = _staying(arrays, less, more, start)
        start += less.program.arrays.num_columns
    return Nested(tuple(blocks), arrays)


def _staying(arrays: Arrays, less: Assembly, more: Assembly, start: int) -> Arrays:
    """Rows by which cases and members of a step, at ``start``, are in the next."""
    after = start + less.program.arrays.num_columns
    kept = [(less.layout.open + start, 1.0), (more.layout.open + after, -1.0)]
    arrays = LinkRows(0.0, kept).on(arrays)
    mine, theirs = less.layout.member, more.layout.member
    both, lost = (mine != NONE) & (theirs != NONE), (mine != NONE) & (theirs == NONE)
    stays = [(mine[both] + start, 1.0), (theirs[both] + after, -1.0)]
    arrays = LinkRows(0.0, stays).on(arrays)
    return LinkRows(0.0, [(mine[lost] + start, 1.0)]).on(arrays)


def containing(assembly: Assembly, plans: Iterable[CasePlan]) -> Assembly:
    """The program in which these cases are launched with at least these members.

    Members that no column stands for are not asked for: look at what comes back.
    """
    member, at = given(assembly.inst, plans)["member"], assembly.layout
    lower = assembly.program.arrays.lower.copy()
    lower[at.open[member.any(axis=0)]] = 1.0
    lower[at.member[member & (at.member != NONE)]] = 1.0
    return _bounded(assembly, replace(assembly.program.arrays, lower=lower))


def within(assembly: Assembly, plans: Iterable[CasePlan]) -> Assembly:
    """The program in which at most these cases are launched, with no other members."""
    member, at = given(assembly.inst, plans)["member"], assembly.layout
    upper = assembly.program.arrays.upper.copy()
    upper[at.open[~member.any(axis=0)]] = 0.0
    upper[at.member[~member & (at.member != NONE)]] = 0.0
    return _bounded(assembly, replace(assembly.program.arrays, upper=upper))


def _bounded(assembly: Assembly, arrays: Arrays) -> Assembly:
    return replace(assembly, program=replace(assembly.program, arrays=arrays))

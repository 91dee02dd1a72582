"""One plan of consortia for several settings: decided now, carried out as money allows.

Columns: the plan that is decided (``now``), then one block for each setting. The plan
keeps every rule but those about money; each block keeps every rule of its setting, and
launches some of the plan's cases with just the members, lead and observers decided::

    open_s[d]   <= open[d]
    role_s[r,d] <= role[r,d]
    role[r,d] - role_s[r,d] <= open[d] - open_s[d]   for member, lead and observer

Who serves whom and who pays is left to each setting. Source: here-and-now decisions
with recourse, Birge and Louveaux, Introduction to Stochastic Programming, chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array

from matcher.program.layout import NONE
from matcher.program.program import Arrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Floats, Ints

ROLES: Final = ("member", "lead", "observer")


@dataclass(frozen=True, eq=False, slots=True)
class Joint:
    """The plan decided now, a block for each setting, and the program of all."""

    now: Assembly
    blocks: tuple[Assembly, ...]
    arrays: Arrays
    """Columns of ``now``, then those of each block; its objective is zero."""

    @property
    def rounded(self) -> bool:
        """Whether some row of some part is stricter than its rule."""
        return any(part.rounded for part in (self.now, *self.blocks))

    @property
    def starts(self) -> Ints:
        """First column of ``now`` and of each block, and the number of columns."""
        widths = [part.program.arrays.num_columns for part in (self.now, *self.blocks)]
        return np.concatenate([[0], np.cumsum(widths)])

    def split(self, x: Floats) -> tuple[Floats, tuple[Floats, ...]]:
        """An answer as the plan decided now and what is done in each setting."""
        now, *blocks = (x[a:b] for a, b in pairwise(self.starts))
        return now, tuple(blocks)

    def points(self, weights: Sequence[float]) -> Floats:
        """Objective that weighs the points of each block, shape (n,)."""
        parts = [np.zeros(self.now.program.arrays.num_columns)]
        for weight, block in zip(weights, self.blocks, strict=True):
            parts.append(weight * block.program.arrays.objective)
        return np.concatenate(parts)


def joined(now: Assembly, blocks: Sequence[Assembly]) -> Joint:
    """Join settings of the same regions and cases under one plan.

    Parameters
    ----------
    now
        Program of the plan decided now, assembled without money.
    blocks
        Program of each setting.
    """
    joint = Joint(now, tuple(blocks), side_by_side((now, *blocks)))
    arrays = joint.arrays
    for block, start in zip(blocks, joint.starts[1:], strict=False):
        arrays = _linked(arrays, now, block, int(start))
    return replace(joint, arrays=arrays)


def side_by_side(assemblies: Sequence[Assembly]) -> Arrays:
    """Several programs as one, not yet linked, its objective zero."""
    parts = [assembly.program.arrays for assembly in assemblies]
    matrix = csr_array(block_diag([part.matrix() for part in parts], format="csr"))
    return Arrays(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=np.array(matrix.data, dtype=np.float64),
        row_lower=np.concatenate([part.row_lower for part in parts]),
        row_upper=np.concatenate([part.row_upper for part in parts]),
        lower=np.concatenate([part.lower for part in parts]),
        upper=np.concatenate([part.upper for part in parts]),
        objective=np.zeros(sum(part.num_columns for part in parts)),
        integer=np.concatenate([part.integer for part in parts]),
    )


def _linked(arrays: Arrays, now: Assembly, block: Assembly, start: int) -> Arrays:
    """Rows by which a block launches what was decided, as it was decided."""
    open_ = block.layout.open + start

    def left_out(case: Ints) -> list[tuple[Ints, float]]:
        return [(open_[case], 1.0), (now.layout.open[case], -1.0)]

    rows = [LinkRows(0.0, [(open_, 1.0), (now.layout.open, -1.0)])]
    for role in ROLES:
        decided, done = getattr(now.layout, role), getattr(block.layout, role)
        region, case = np.nonzero((decided != NONE) & (done != NONE))
        mine, theirs = done[region, case] + start, decided[region, case]
        rows += [
            LinkRows(0.0, [(mine, 1.0), (theirs, -1.0)]),
            LinkRows(0.0, [(theirs, 1.0), (mine, -1.0), *left_out(case)]),
        ]
        region, case = np.nonzero((decided != NONE) & (done == NONE))
        both = [(decided[region, case], 1.0), *left_out(case)]
        rows.append(LinkRows(0.0, both))
        region, case = np.nonzero((decided == NONE) & (done != NONE))
        rows.append(LinkRows(0.0, [(done[region, case] + start, 1.0)]))
    for some in rows:
        arrays = some.on(arrays)
    return arrays


@dataclass(frozen=True, slots=True)
class LinkRows:
    """Rows of the same shape that link programs, sum of entries <= upper."""

    upper: float
    entries: list[tuple[Ints, float]]
    """Columns, one per row, and their coefficient."""

    def on(self, arrays: Arrays) -> Arrays:
        """The program with these rows."""
        count = len(self.entries[0][0])
        row = np.tile(np.arange(count), len(self.entries))
        column = np.concatenate([columns for columns, _ in self.entries])
        data = np.repeat([value for _, value in self.entries], count)
        shape = count, arrays.num_columns
        matrix = csr_array(coo_array((data, (row, column)), shape=shape))
        return arrays.with_rows(
            matrix, np.full(count, -np.inf), np.full(count, self.upper)
        )

"""Two plans in one program: what is done with a yes, and what is left with a no.

The answer of one instrument is awaited. Both plans keep every rule by themselves, so
that people and money are reserved for either. What does not rest on the answer begins
at once and is the same in both::

    now[d] = open[d] - uses[f,d]                 in the plan for a yes
    |x_yes[j] - x_no[j]| <= most_j * (1 - now[d])       every column j of case d

In the plan for a no the instrument pays nothing. Points: the plan for a yes counts what
rests on the answer, and the chance of a yes times the rest; the plan for a no counts
with the chance of a no. Source: R73, fallback sequences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from matcher.formulation.joint import side_by_side
from matcher.program.blocks import COUPLING
from matcher.program.layout import NONE

if TYPE_CHECKING:
    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Bools, Floats, Ints
    from matcher.program.program import Arrays


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """The plans for a yes and for a no, and the program that decides both."""

    yes: Assembly
    no: Assembly
    arrays: Arrays
    """Columns of the plan for a yes, then those of the plan for a no."""

    def split(self, x: Floats) -> tuple[Floats, Floats]:
        """An answer of the program as answers of the two plans."""
        width = self.yes.program.arrays.num_columns
        return x[:width], x[width:]


def paired(yes: Assembly, no: Assembly, instrument: int, chance: float) -> Pair:
    """Join the two plans.

    Parameters
    ----------
    yes
        The program assembled with ``instrument`` awaited.
    no
        The program of the same instance, assembled as usual.
    instrument
        Index of the instrument whose answer is awaited.
    chance
        Chance of a yes.
    """
    without = _unpaid(no, instrument)
    no = replace(no, program=replace(no.program, arrays=without))
    first = yes.program.arrays
    column, case = _shared_columns(yes)
    links, upper = _links(yes, no, instrument, column, case)
    both = side_by_side((yes, no)).with_rows(links, np.full(len(upper), -np.inf), upper)
    later = (1 - chance) * without.objective
    return Pair(yes, no, both.with_points(np.concatenate([first.objective, later])))


def begins_now(pair: Pair, instrument: int, yes: Floats) -> Bools:
    """Cases that are launched whatever the answer is, shape (D,)."""
    cols = pair.yes.layout
    uses = np.append(yes, 0.0)[cols.uses[instrument]]
    return np.asarray((yes[cols.open] > 0.5) & (uses < 0.5))


def _unpaid(no: Assembly, instrument: int) -> Arrays:
    """The plan for a no: the instrument pays nothing, in no application."""
    cols, arrays = no.layout, no.program.arrays
    uses = cols.uses[instrument]
    upper = arrays.upper.copy()
    upper[uses[uses != NONE]] = 0.0
    upper[cols.grants.column[cols.grants.instrument == instrument]] = 0.0
    return replace(arrays, upper=upper)


def _shared_columns(assembly: Assembly) -> tuple[Ints, Ints]:
    """Every column that both plans have, and the case it speaks of; shape (C,) each."""
    every = np.concatenate([block.case for block in assembly.program.columns])
    column = np.nonzero(every[: assembly.layout.of_cases] != COUPLING)[0]
    return column, every[column]


def _links(
    yes: Assembly, no: Assembly, instrument: int, column: Ints, case: Ints
) -> tuple[csr_array, Floats]:
    """Rows by which a case that begins at once is the same in both plans."""
    cols, arrays = yes.layout, yes.program.arrays
    width, count = arrays.num_columns, len(column)
    most = np.maximum(arrays.upper[column], no.program.arrays.upper[column])
    kept = np.nonzero(most > 0)[0]
    column, case, most = column[kept], case[kept], most[kept]
    count = len(column)
    uses = cols.uses[instrument, case]
    at = np.arange(count)
    asks = uses != NONE
    entries = []
    for shift, sign in ((0, 1.0), (count, -1.0)):
        entries += [
            (at + shift, column, np.full(count, sign)),
            (at + shift, column + width, np.full(count, -sign)),
            (at + shift, cols.open[case], most),
            (at[asks] + shift, uses[asks], -most[asks]),
        ]
    row, index, data = (np.concatenate([e[i] for e in entries]) for i in range(3))
    shape = (2 * count, width + no.program.arrays.num_columns)
    return csr_array(coo_array((data, (row, index)), shape=shape)), np.tile(most, 2)

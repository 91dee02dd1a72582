"""What is asked of a solver, and how its answer reads on the layers as they are.

Layers of cost that no rule tells apart are asked about as one. The decisions are the
same whole columns in the same order; only the money has fewer columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.formulation.assemble import Assembly, assemble
from matcher.problem.layers import with_merged_layers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.formulation.bind import BoundTerm
    from matcher.problem.instance import Floats, Instance


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """One question in two forms: small for solvers, full for answers."""

    asked: Assembly
    """Layers merged: every plan of the full form is a plan of it, worth the same."""
    full: Assembly
    """Every layer by itself; the same assembly where nothing merges."""

    @property
    def merged(self) -> bool:
        """Whether the two forms differ."""
        return self.asked is not self.full

    def lifted(self, x: Floats) -> Floats:
        """Decisions of an answer in the columns of the full form, its money at zero."""
        full = self.full.program.arrays
        found = np.zeros(full.num_columns)
        found[full.integer] = x[self.asked.program.arrays.integer]
        return found

    def lowered(self, x: Floats) -> Floats:
        """A plan of the full form as one to begin from: its decisions, no money."""
        arrays = self.asked.program.arrays
        found = np.zeros(arrays.num_columns)
        found[arrays.integer] = x[self.full.program.arrays.integer]
        return found


def ask(
    inst: Instance, terms: Iterable[BoundTerm], *, funding: bool, apart: bool = False
) -> Question:
    """Assemble both forms; without money they are one.

    With ``apart`` the points of each term are kept by themselves.
    """
    terms = tuple(terms)
    full = assemble(inst, terms, funding=funding, apart=apart)
    small = with_merged_layers(inst)
    if small is inst or not full.funding:
        return Question(full, full)
    return Question(assemble(small, terms, funding=funding, apart=apart), full)

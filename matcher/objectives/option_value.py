"""Option value: regions that watch a case today and fit it may join it later.

::

    sum_{r,d} fit[r,d] * option[r,d]
    option[r,d]       <= observer[r,d]
    sum_r option[r,d] <= most_per_case * open[d]

The observers of a case that fit best count, so many of them and no more. Source:
priorities and case_topics tables; ``most_per_case`` of the objective file (R53, R64,
R84).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Whole

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "overlaps of priorities of observers"
NAME = "option_value"
CARRIED = False
BY_CASE = True


class Parameters(Strict):
    """How many options a case can have."""

    most_per_case: Whole
    """Observers of a case that count at most."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Add one column per possible observer that fits, and one row per case."""
    cols, labels = model.cols, model.inst.labels
    fit = model.inst.fit.toarray()
    region, case = np.nonzero((cols.observer != NONE) & (fit > 0))
    names = (labels.regions.ids, labels.cases.ids)
    option = model.add.add_columns("option", Subject(names, (region, case)), 1,
                                   case=case)  # fmt: skip
    model.add_points(option, float(weight) * fit[region, case], case)
    at = np.arange(len(option))
    parts = [(at, option, 1), (at, cols.observer[region, case], -1)]
    model.pair_rows(NAME, region, case, parts, upper=0)
    cases, row, count = np.unique(case, return_inverse=True, return_counts=True)
    most = np.minimum(count, parameters.most_per_case)
    opened = (np.arange(len(cases)), cols.open[cases], -most)
    model.case_rows(NAME, cases, [(row, option, 1), opened], upper=0)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the best fits of every case's observers."""
    total = Fraction(0)
    for plan in proposal.cases:
        fits = sorted(facts.fit(name, plan.case) for name in plan.observers)
        total += sum(fits[::-1][: parameters.most_per_case])
    return total

"""Scope: how many different needs are served to a fair part.

::

    sum_n covered[n]
    ceil(share * left_n) * covered[n] <= sum_{a,d} exchange[a,n,d]

left: units of the need that its own region leaves unserved; share: parameter
of the objective file. At least one unit must be served (R20, R22).
"""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Share

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts, NeedKey
    from matcher.proposal.proposal import Proposal

UNIT = "needs covered"
NAME = "scope"
CARRIED = True
BY_CASE = False
"""A need may be served in several cases, each with another chance."""
ROUND_OFF = 1e-9
"""Keeps a product that should be whole from being rounded up."""


class Parameters(Strict):
    """When a need counts as covered."""

    share: Share
    """Part of the need that must be served."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Add one column and one coupling row per need that somebody may serve."""
    from matcher.program.blocks import COUPLING, Subject

    inst, cols = model.inst, model.cols
    taken = cols.moves.taken
    needs = np.unique(taken.line)
    if not len(needs):
        return
    names = inst.labels.needs.ids
    covered = model.add.add_columns("covered", Subject((names,), (needs,)), 1,
                                    case=COUPLING)  # fmt: skip
    model.add.add_points(covered, float(weight))
    floor = np.ceil(float(parameters.share) * inst.exchanges.left[needs] - ROUND_OFF)
    at = np.searchsorted(needs, taken.line)
    parts = [
        (at, taken.column, 1),
        (np.arange(len(needs)), covered, -np.maximum(floor, 1)),
    ]
    model.coupling_rows(NAME, names, needs, parts, lower=0)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Count the needs served to their share."""
    got: dict[NeedKey, int] = defaultdict(int)
    for plan in proposal.cases:
        for e in plan.exchanges:
            got[facts.serves(e)] += e.units
    covered = [
        key for key, units in got.items()
        if units >= max(1, math.ceil(parameters.share * facts.missing(key)))
    ]  # fmt: skip
    return Fraction(len(covered))

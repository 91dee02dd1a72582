"""Launched cases: each counts once.

::

    sum_d open[d]

Under an expected objective this is the number of cases that can be expected to be
funded. Source: the number of cases a decision maker looks for (R43, R73).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.scenario.rulebook import Strict

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "cases"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """No parameters."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every launched case the weight."""
    opened = model.cols.open
    model.add_points(opened, float(weight), np.arange(len(opened)))


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Count the launched cases."""
    return Fraction(len(proposal.cases))

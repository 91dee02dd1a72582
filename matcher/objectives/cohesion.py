"""Cohesion: regions of the categories that policy wants on board take part.

::

    sum_{r,d} points(category_r) * member[r,d]

Source: ``category.SCHEME`` columns of the regions table; ``points`` of the
objective file (R97, R98).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np

from matcher.objectives._names import Names
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "points of categories"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """Points for a membership, by category."""

    scheme: Annotated[str, Names.SCHEME]
    """Classification scheme."""
    points: Annotated[Mapping[str, Number], Names.CATEGORY]
    """Points by category; a category that is not named gets none."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every membership the points of its region's category."""
    categories = [
        g.category.get(parameters.scheme, "")
        for g in model.inst.setting.regions.values()
    ]
    worth = {name: float(weight * value) for name, value in parameters.points.items()}
    each = np.array([worth.get(category, 0.0) for category in categories])
    region, case, column = model.cols.members
    model.add_points(column, each[region], case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the points of all memberships."""
    regions = facts.setting.regions
    categories = [
        regions[name].category.get(parameters.scheme, "")
        for plan in proposal.cases
        for name in plan.members
    ]
    return sum((parameters.points.get(c, Fraction(0)) for c in categories), Fraction(0))

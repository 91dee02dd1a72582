"""Coordination costs: it rises with cases, members, states and observers.

::

    - sum_d per_case * open[d] - sum_{r,d} per_member * member[r,d]
    - sum_{s,d} per_state * state[s,d] - sum_{r,d} per_observer * observer[r,d]
    state[s,d] >= member[r,d]     for every member r of the state

Source: parameters of the objective file (R88).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from matcher.program.layout import present
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "points of coordination"
NAME = "coordination_cost"
CARRIED = False
BY_CASE = True

Cost = Annotated[Number, Field(ge=0)]


class Parameters(Strict):
    """Points that coordination takes away."""

    per_case: Cost = Fraction(0)
    """For each launched case."""
    per_member: Cost = Fraction(0)
    """For each membership."""
    per_state: Cost = Fraction(0)
    """For each state among the members of a case."""
    per_observer: Cost = Fraction(0)
    """For each observer of a case."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Charge cases, members, states and observers."""
    cols = model.cols
    for look_up, cost in (
        (cols.open[None, :], parameters.per_case),
        (cols.member, parameters.per_member),
        (cols.state, parameters.per_state),
        (cols.observer, parameters.per_observer),
    ):
        _, case, column = present(look_up)
        model.add_points(column, -float(weight * cost), case)
    if parameters.per_state * weight > 0:
        # a state must not be left out where a member comes from it
        region, case, member = cols.members
        state = cols.state[model.inst.region_state[region], case]
        at = np.arange(len(member))
        parts = [(at, state, 1), (at, member, -1)]
        model.pair_rows(NAME, region, case, parts, lower=0)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Count cases, members, states and observers; the value is negative."""
    regions = facts.setting.regions
    total = Fraction(0)
    for plan in proposal.cases:
        states = {regions[name].state for name in plan.members}
        total += parameters.per_case + parameters.per_member * len(plan.members)
        total += parameters.per_state * len(states)
        total += parameters.per_observer * len(plan.observers)
    return -total

"""Shared facilities: days at a partner's facility spare building another one.

::

    sum_{a,n,d} points_k(n) * exchange[a,n,d]

points: ``per_unit`` for capabilities of the class ``facility``; the objective file may
state others for some capabilities, whatever their class. Source: column ``class`` of
the capabilities table; parameters of the objective file (R23, R32).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from matcher.objectives._names import Names
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

UNIT = "points of shared facilities"
NAME = "shared_facilities"
CARRIED = True
BY_CASE = True

Credit = Annotated[Number, Field(ge=0)]


class Parameters(Strict):
    """Points for what need not be built."""

    per_unit: Credit
    """For each exchanged unit of a capability of the class `facility`."""
    capabilities: Annotated[Mapping[str, Credit], Names.CAPABILITY] = Field(
        default_factory=dict
    )
    """Points per unit of single capabilities, in place of that."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every exchanged unit the points of its capability."""
    ex, taken = model.inst.exchanges, model.cols.moves.taken
    usual = {"facility": parameters.per_unit}
    stated = parameters.capabilities
    each = np.array([
        float(weight * stated.get(name, usual.get(row.kind or "", Fraction(0))))
        for name, row in model.inst.setting.capabilities.items()
    ])  # fmt: skip
    capability = ex.need_capability[taken.line]
    if len(capability):
        model.add_points(taken.column, each[capability], taken.case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the points of all exchanged units."""
    total = Fraction(0)
    for plan in proposal.cases:
        for e in plan.exchanges:
            if e.capability in parameters.capabilities:
                total += parameters.capabilities[e.capability] * e.units
            elif facts.setting.capabilities[e.capability].kind == "facility":
                total += parameters.per_unit * e.units
    return total


def untested(setting: Setting) -> str:
    """Without any class of capabilities nothing says what a facility is."""
    listed = setting.objective.parameters.get(NAME, {}).get("capabilities")
    stated = any(c.kind == "facility" for c in setting.capabilities.values())
    why = "shared_facilities is not counted: no capability is of the class facility"
    return "" if listed or stated else why

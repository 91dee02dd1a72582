"""Onboarding: a newcomer has missed the whole history, and learning it takes effort.

::

    - sum_{r,d: r is new to d} per_newcomer * member[r,d]

new: the memberships table names the region neither for the case nor for the case's
partnership; a table without rows makes everybody new. Without that table nobody is
known to be new, and the term counts nothing.
Source: memberships table; ``per_newcomer`` of the objective file (R65).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

UNIT = "points of onboarding"
CARRIED = False
BY_CASE = True
TABLE = "memberships"


class Parameters(Strict):
    """Points that a newcomer takes away."""

    per_newcomer: Annotated[Number, Field(ge=0)]
    """For each membership of a region that is new to the case."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Charge every membership of a newcomer."""
    if TABLE not in model.inst.setting.tables:
        return
    region, case, member = model.cols.members
    charged = model.inst.newcomers()[region, case]
    each = -float(weight * parameters.per_newcomer)
    model.add_points(member[charged], each, case[charged])


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Count the newcomers; the value is negative."""
    if TABLE not in facts.setting.tables:
        return Fraction(0)
    newcomers = sum(
        facts.is_new(name, plan.case)
        for plan in proposal.cases
        for name in plan.members
    )
    return -parameters.per_newcomer * newcomers


def untested(setting: Setting) -> str:
    """Without the table nobody can be told to be new."""
    missing = TABLE not in setting.tables
    why = "onboarding is not counted: there is no memberships table"
    return why if missing else ""

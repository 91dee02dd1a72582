"""Strategic fit: members' priorities overlap with the topics of their cases.

::

    sum_{r,d} fit[r,d] * (member[r,d] + observer_share * observer[r,d])

Source: priorities and case_topics tables; ``observer_share`` of the objective
file (R29, R47).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.program.layout import present
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Share

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "overlaps of priorities"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """How much an observer's fit counts."""

    observer_share: Share = Fraction(0)
    """Part of a member's points."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every membership and observation its fit."""
    fit = model.inst.fit.toarray()
    for look_up, part in (
        (model.cols.member, 1),
        (model.cols.observer, parameters.observer_share),
    ):
        region, case, column = present(look_up)
        model.add_points(column, float(weight * part) * fit[region, case], case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the fit of all members, and of observers at their share."""
    total = Fraction(0)
    for plan in proposal.cases:
        total += sum(facts.fit(name, plan.case) for name in plan.members)
        watching = sum(facts.fit(name, plan.case) for name in plan.observers)
        total += parameters.observer_share * watching
    return total

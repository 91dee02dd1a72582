"""Needs served by other regions: points of each need times units served.

::

    sum_{a,n,d} value_n * exchange[a,n,d]

Source: column ``value`` of the needs table (R6, R15).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.scenario.rulebook import Strict

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "points of needs served"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """No parameters."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every exchanged unit the points of its need."""
    taken = model.cols.moves.taken
    each = model.inst.exchanges.value[taken.line]
    model.add_points(taken.column, float(weight) * each, taken.case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the points of all units served."""
    exchanges = [e for plan in proposal.cases for e in plan.exchanges]
    return sum(
        (facts.needs[facts.serves(e)].value * e.units for e in exchanges), Fraction(0)
    )

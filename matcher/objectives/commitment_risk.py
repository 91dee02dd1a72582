"""Commitment risk: a member may drop out, the likelier the less reliable it is.

::

    - sum_{r,d} (1 - reliability[r,d]) * member[r,d]

reliability: that of the commitment in force, which is the most specific one still valid
on the day of the scenario. Where there is none, or it does not say, ``unknown`` of the
objective file is assumed. Source: column ``reliability`` of the commitments table (R48,
R52, R57).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Share

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "members lost on average"
CARRIED = False
BY_CASE = True


class Parameters(Strict):
    """What to assume where nothing is known."""

    unknown: Share
    """Reliability where none is stated: an assumption, to be explained in the note."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Charge every membership its chance to fail."""
    stated = [row.reliability for row in model.inst.setting.commitments]
    kept = [parameters.unknown if n is None else n for n in (*stated, None)]
    risk = np.array([float(weight * (1 - n)) for n in kept])
    region, case, member = model.cols.members
    # no row in force reads the last entry, which nobody states
    row = model.inst.commitment_row[region, case]
    model.add_points(member, -risk[row], case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the chances to fail of all memberships; the value is negative."""
    total = Fraction(0)
    for plan in proposal.cases:
        for name in plan.members:
            _, row = facts.commitment(name, facts.setting.cases[plan.case])
            stated = row.reliability if row else None
            total += 1 - (parameters.unknown if stated is None else stated)
    return -total

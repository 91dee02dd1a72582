"""Quality of the consortia: levels of the members named for `best` roles.

::

    sum_{q,r} weight_q * level(r,k(q)) * provide[q,r]

With one provider per role this is the best level among the members. Source:
roles and assets tables (R28).
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

UNIT = "levels of named providers"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """No parameters."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give every naming the provider's level."""
    inst, cols = model.inst, model.cols
    level = inst.known_level(
        cols.provide_region, inst.role_capability[cols.provide_role]
    )
    each = np.array([float(weight * role.weight) for role in inst.setting.roles])
    case = inst.role_case[cols.provide_role]
    model.add_points(cols.provide, level * each[cols.provide_role], case)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the levels of all named providers."""
    weights = {
        (role.case, role.capability): role.weight
        for role in facts.setting.roles
        if role.kind == "best"
    }
    return sum(
        (
            weights[plan.case, filled.capability] * facts.level(name, filled.capability)
            for plan in proposal.cases
            for filled in plan.roles
            for name in filled.providers
        ),
        Fraction(0),
    )

"""Pockets of excellence: regions policy cares for are the best, or the only, providers.

::

    sum_{q,r} points[q,r] * provide[q,r]

points: for a region of the categories asked about, ``only`` where no other region of
the scenario reaches the level that the role asks for, else ``best`` where no other has
a higher level, else none. Level 0 is none at all. Source: ``category.SCHEME`` columns
of the regions table, assets table; parameters of the objective file (R98).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from matcher.objectives._names import Names
from matcher.problem.instance import UNKNOWN
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.records import Role

UNIT = "points of pockets of excellence"
CARRIED = True
BY_CASE = True

Bonus = Annotated[Number, Field(ge=0)]


class Parameters(Strict):
    """Whose excellence counts, and how much."""

    scheme: Annotated[str, Names.SCHEME]
    """Classification scheme."""
    categories: Annotated[tuple[str, ...], Names.CATEGORY, Field(min_length=1)]
    """Regions of any of these categories count."""
    best: Bonus
    """Points for a named provider that no other region surpasses; ties count."""
    only: Bonus
    """Points in place of these where no other region reaches the role's level."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Give the namings of pockets of excellence their points."""
    inst, cols = model.inst, model.cols
    role, region = cols.provide_role, cols.provide_region
    everyone = np.arange(len(inst.labels.regions))
    level = inst.known_level(everyone[None, :], inst.role_capability[role][:, None])
    at = np.arange(len(role))
    own = level[at, region]
    level[at, region] = UNKNOWN
    rival = level.max(axis=1)
    asked = np.array([max(q.min_level, 1) for q in inst.setting.roles], dtype=np.int64)
    each = np.where(
        rival < asked[role],
        float(weight * parameters.only),
        np.where(own >= rival, float(weight * parameters.best), 0.0),
    )
    meant = np.array([
        g.category.get(parameters.scheme) in parameters.categories
        for g in inst.setting.regions.values()
    ])  # fmt: skip
    each *= meant[region] & (own > 0)
    model.add_points(cols.provide, each, inst.role_case[role])


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Look at every named provider of the categories."""
    regions = facts.setting.regions
    roles = {(q.case, q.capability): q for q in facts.setting.roles if q.kind == "best"}
    return sum(
        (
            _bonus(facts, roles[plan.case, filled.capability], name, parameters)
            for plan in proposal.cases
            for filled in plan.roles
            for name in filled.providers
            if regions[name].category.get(parameters.scheme) in parameters.categories
        ),
        Fraction(0),
    )


def _bonus(facts: Facts, role: Role, name: str, parameters: Parameters) -> Fraction:
    """Points of one provider, by the levels of all others."""
    mine = facts.level(name, role.capability)
    others = [
        facts.level(other, role.capability)
        for other in facts.setting.regions
        if other != name
    ]
    if mine == 0 or any(level > mine for level in others):
        return Fraction(0)
    rivals = [level for level in others if level > 0 and level >= role.min_level]
    return parameters.best if rivals else parameters.only

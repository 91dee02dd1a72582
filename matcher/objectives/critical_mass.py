"""Critical mass: from a threshold on, members' levels together are worth more.

::

    sum_{q,i} points_i * reached[q,i]
    ceil(at_least_i * min_total_q) * reached[q,i]
        <= sum_r level(r,k(q)) * counted[r,d(q)]

q: roles of kind ``total`` with a minimum above 0, the mass that is critical; i: steps
of the objective file, each of which adds its points once it is reached. Nested regions
count once. Source: column ``min_total`` of the roles table; ``steps`` of the objective
file (R21).
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number, Slip

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "points of critical mass"
NAME = "critical_mass"
CARRIED = True
BY_CASE = True


class Step(Strict):
    """A threshold and what reaching it is worth."""

    at_least: Annotated[Number, Field(gt=0)]
    """Times the role's minimum that the summed levels must reach."""
    points: Annotated[Number, Field(ge=0)]
    """Points once they do."""


class Parameters(Strict):
    """Thresholds of summed levels."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """Lowest threshold first; each that is reached adds its points."""

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Parameters:
        heights = [step.at_least for step in self.steps]
        if any(later <= earlier for earlier, later in itertools.pairwise(heights)):
            raise Slip("at_least must rise from one step to the next",
                       "write the lowest first, each of them once")  # fmt: skip
        return self


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Add one column and one row per role and step."""
    inst, cols = model.inst, model.cols
    roles, steps = inst.setting.roles, parameters.steps
    total = np.array(
        [i for i, q in enumerate(roles) if q.kind == "total" and q.min_total],
        dtype=np.int64,
    )
    if not len(total):
        return
    case = inst.role_case[total]
    regions = np.arange(len(inst.labels.regions))[None, :]
    level = inst.known_level(regions, inst.role_capability[total][:, None])
    column = cols.counted[:, case].T
    level = np.where((level > 0) & (column != NONE), level, 0)
    mass = np.array([
        [math.ceil(s.at_least * (roles[q].min_total or 0)) for s in steps]
        for q in total
    ])  # fmt: skip
    # what all regions together do not reach needs no column
    of, step = np.nonzero(mass <= level.sum(axis=1)[:, None])
    names = (inst.labels.roles.ids, tuple(f"step {i + 1}" for i in range(len(steps))))
    subject = Subject(names, (total[of], step))
    reached = model.add.add_columns("reached", subject, 1, case=case[of])
    worth = np.array([float(weight * s.points) for s in steps])
    model.add_points(reached, worth[step], case[of])
    at, region = np.nonzero(level[of])
    parts = [
        (at, column[of[at], region], level[of[at], region]),
        (np.arange(len(of)), reached, -mass[of, step]),
    ]
    model.add.add_rows(NAME, subject, parts, case=case[of], lower=0)


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up the points of every step that a role's summed levels reach."""
    worth = Fraction(0)
    for plan in proposal.cases:
        counting = facts.counting(plan.members)
        for role in facts.setting.roles:
            if role.case == plan.case and role.kind == "total" and role.min_total:
                mass = sum(facts.level(name, role.capability) for name in counting)
                worth += sum(
                    step.points
                    for step in parameters.steps
                    if mass >= step.at_least * role.min_total
                )
    return worth

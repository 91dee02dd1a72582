"""Scale: members' levels in `total` roles add up, with diminishing returns.

::

    sum_q weight_q * sum_i points_i * piece[q,i]
    piece[q,i] <= width_i
    sum_i piece[q,i] <= sum_r level(r,k(q)) * counted[r,d(q)]

Points per level fall from step to step, so the best filling is the right one;
nested regions count once. Source: ``steps`` of the objective file (R20, R21).
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Number, Slip, Whole

if TYPE_CHECKING:
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal

UNIT = "points of summed levels"
NAME = "scale"
CARRIED = True
BY_CASE = True


class Step(Strict):
    """So many levels, each worth so many points."""

    levels: Whole
    """Levels in this step."""
    points: Annotated[Number, Field(ge=0)]
    """Points per level."""


class Parameters(Strict):
    """Steps of the value of summed levels."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """First steps first; points must not rise."""

    @model_validator(mode="after")
    def _points_fall(self) -> Parameters:
        points_ = [step.points for step in self.steps]
        if any(later > earlier for earlier, later in itertools.pairwise(points_)):
            raise Slip("points must not rise from one step to the next",
                       "write the steps with the most points first")  # fmt: skip
        return self


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Add one whole column per role and step, and one row per role."""
    inst, cols = model.inst, model.cols
    roles, steps = inst.setting.roles, parameters.steps
    total = np.array(
        [i for i, q in enumerate(roles) if q.kind == "total"], dtype=np.int64
    )
    if not len(total) or not steps:
        return
    role, step = (axis.ravel() for axis in np.indices((len(total), len(steps))))
    names = (inst.labels.roles.ids, tuple(f"step {i + 1}" for i in range(len(steps))))
    width = np.array([s.levels for s in steps])
    piece = model.add.add_columns(
        NAME,
        Subject(names, (total[role], step)),
        width[step],
        case=inst.role_case[total[role]],
    )
    worth = np.array(
        [[float(weight * roles[q].weight * s.points) for s in steps] for q in total]
    )
    model.add_points(piece, worth[role, step], inst.role_case[total[role]])
    case, capability = inst.role_case[total], inst.role_capability[total]
    regions = np.arange(len(inst.labels.regions))[None, :]
    level = inst.known_level(regions, capability[:, None])
    column = cols.counted[:, case].T
    at, region = np.nonzero((level > 0) & (column != NONE))
    parts = [(role, piece, -1), (at, column[at, region], level[at, region])]
    model.add.add_rows(
        NAME, Subject((inst.labels.roles.ids,), (total,)), parts, case=case, lower=0
    )


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Add up every role's summed levels through the steps."""
    worth = Fraction(0)
    for plan in proposal.cases:
        counting = facts.counting(plan.members)
        for role in facts.setting.roles:
            if role.case == plan.case and role.kind == "total":
                left = sum(facts.level(name, role.capability) for name in counting)
                for step in parameters.steps:
                    taken = min(left, step.levels)
                    worth += role.weight * step.points * taken
                    left -= taken
    return worth

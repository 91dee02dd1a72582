"""Certification: what is tested in several states is certified and standardised faster.

::

    sum_q certified[q]
    states * certified[q] <= sum_s tested[q,s]
    tested[q,s] <= sum_{r in s: level(r,k(q)) >= min_level_q} member[r,d(q)]

q: roles whose capability is of the class ``regulatory``, or one of the ``capabilities``
that the objective file lists in its place. Level 0 is none at all. Source: column
``class`` of the capabilities table; parameters of the objective file (R25).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from matcher.objectives._names import Names
from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Whole

if TYPE_CHECKING:
    from matcher.problem.instance import Bools, Ints
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

UNIT = "roles tested in several states"
NAME = "certification"
CARRIED = True
BY_CASE = True


class Parameters(Strict):
    """What has to be tested, and in how many states."""

    states: Annotated[Whole, Field(ge=1)]
    """States whose members must reach the role's level."""
    capabilities: Annotated[tuple[str, ...], Names.CAPABILITY] = ()
    """Capabilities that are tested; blank: all of the class `regulatory`."""


def points(model: Model, parameters: Parameters, weight: Fraction) -> None:
    """Add one column per role and one per role and state, and the rows between."""
    inst, cols, ids = model.inst, model.cols, model.inst.labels.roles.ids
    known, listed = inst.setting.capabilities, parameters.capabilities
    role = np.array([
        i for i, q in enumerate(inst.setting.roles)
        if (q.capability in listed if listed
            else known[q.capability].kind == "regulatory")
    ], dtype=np.int64)  # fmt: skip
    if not len(role):
        return
    able, there = _able(model, role)
    # what too few states can test needs no column
    kept = there.sum(axis=1) >= parameters.states
    role, able, there = role[kept], able[kept], there[kept]
    case = inst.role_case[role]
    certified = model.add.add_columns("certified", Subject((ids,), (role,)), 1,
                                      case=case)  # fmt: skip
    model.add_points(certified, float(weight), case)
    of, state = np.nonzero(there)
    subject = Subject((ids, inst.states), (role[of], state))
    tested = model.add.add_columns("tested", subject, 1, case=case[of])
    place = np.full(there.shape, NONE)
    place[of, state] = np.arange(len(of))
    at, region = np.nonzero(able)
    member = cols.member[region, case[at]]
    parts = [(place[of, state], tested, 1),
             (place[at, inst.region_state[region]], member, -1)]  # fmt: skip
    model.add.add_rows(NAME, subject, parts, case=case[of], upper=0)
    parts = [(np.arange(len(role)), certified, parameters.states), (of, tested, -1)]
    model.add.add_rows(NAME, Subject((ids,), (role,)), parts, case=case, upper=0)


def _able(model: Model, role: Ints) -> tuple[Bools, Bools]:
    """Regions that may test for roles, shape (Q', R), and their states, (Q', S)."""
    inst = model.inst
    asked = np.array([max(q.min_level, 1) for q in inst.setting.roles])[role]
    everyone = np.arange(len(inst.labels.regions))
    level = inst.known_level(everyone[None, :], inst.role_capability[role][:, None])
    joining = model.cols.member[:, inst.role_case[role]].T != NONE
    able = (level >= asked[:, None]) & joining
    there = np.zeros((len(role), len(inst.states)), dtype=bool)
    of, region = np.nonzero(able)
    there[of, inst.region_state[region]] = True
    return able, there


def value(facts: Facts, proposal: Proposal, parameters: Parameters) -> Fraction:
    """Count the roles that members of enough states can test."""
    setting, listed = facts.setting, parameters.capabilities
    wanted = set(listed) or {
        name for name, row in setting.capabilities.items() if row.kind == "regulatory"
    }
    found = 0
    for plan in proposal.cases:
        for role in setting.roles:
            if role.case == plan.case and role.capability in wanted:
                states = {
                    setting.regions[name].state
                    for name in plan.members
                    if facts.level(name, role.capability) >= max(role.min_level, 1)
                }
                found += len(states) >= parameters.states
    return Fraction(found)


def untested(setting: Setting) -> str:
    """Without any class of capabilities nothing says what is to be tested."""
    listed = setting.objective.parameters.get(NAME, {}).get("capabilities")
    stated = any(c.kind == "regulatory" for c in setting.capabilities.values())
    why = "certification is not counted: no capability is of the class regulatory"
    return "" if listed or stated else why

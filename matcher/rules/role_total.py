"""A role of kind `total` is filled when the members' levels add up.

::

    sum_r level(r,k(q)) * counted[r,d(q)] >= min_total_q * open[d(q)]

Nested regions are added up once. Source: roles table (R21, R24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, capability, may_join
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "role_total"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per role."""
    inst, cols = model.inst, model.cols
    roles = inst.setting.roles
    index = np.array(
        [i for i, q in enumerate(roles) if q.kind == "total" and q.min_total],
        dtype=np.int64,
    )
    case, capability = inst.role_case[index], inst.role_capability[index]
    level = inst.known_level(
        np.arange(len(inst.labels.regions))[None, :], capability[:, None]
    )
    column = cols.counted[:, case].T
    at, region = np.nonzero((level > 0) & (column != NONE))
    least = np.array([roles[i].min_total for i in index], dtype=np.int64)
    model.add.add_rows(
        NAME, Subject((inst.labels.roles.ids,), (index,)),
        [(at, column[at, region], level[at, region]),
         (np.arange(len(index)), cols.open[case], -least)],
        case=case, lower=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the levels of the members that count."""
    for plan in proposal.cases:
        counting = facts.counting(plan.members)
        for role in facts.setting.roles:
            if role.case == plan.case and role.kind == "total" and role.min_total:
                total = sum(facts.level(name, role.capability) for name in counting)
                yield at_least(
                    NAME,
                    f"{plan.case} {role.capability}",
                    total,
                    role.min_total,
                    "sum of levels",
                    line(role.at),
                    unit="levels",
                )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if any(role.kind == "total" for role in setting.roles):
        return "For each role of kind total the members' levels add up to what it asks."
    return ""


def figures(chances: Chances) -> Figure | None:
    """The role that is hardest to fill, and the levels there are."""
    roles = [(q, q.min_total) for q in chances.roles("total") if q.min_total]
    sums = [
        (role, least, sum(chances.facts.level(r, role.capability)
                          for r in chances.joining))
        for role, least in roles
    ]  # fmt: skip
    if not sums:
        return None
    role, least, total = min(sums, key=lambda found: found[2] - found[1])
    enough = total >= least
    text = (
        f"{capability(chances.setting, role.capability)} needs levels that add up to "
        f"{least}, {'' if enough else 'but '}those of {may_join(chances)} add up to "
        f"{'' if enough else 'only '}{total}"
    )
    return Figure(text, (line(role.at),), enough=enough)

"""A role of kind `best` is filled by enough members at the level it asks for.

::

    provide[q,r] <= member[r,d(q)]      only where level(r,k(q)) >= min_level_q
    sum_r provide[q,r] = min_providers_q * open[d(q)]

provide: the region is named for the role. Naming the best ones is left to the
objective. A level that is not stated counts as none. Source: roles table (R28).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.proposal.verdict import Finding, at_least, must
from matcher.rules._figures import Figure, capability, count, may_join
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.records import Role
    from matcher.scenario.setting import Setting

NAME = "role_best"
FUNDING = False


def rows(model: Model) -> None:
    """Add the links of naming to membership, and one row per role."""
    inst, cols = model.inst, model.cols
    role, region, provide = cols.provide_role, cols.provide_region, cols.provide
    labels = inst.labels
    subject = Subject((labels.roles.ids, labels.regions.ids), (role, region))
    case = inst.role_case[role]
    at = np.arange(len(role))
    links = [(at, provide, 1), (at, cols.member[region, case], -1)]
    model.add.add_rows(NAME, subject, links, case=case, upper=0)
    best = [i for i, row in enumerate(inst.setting.roles) if row.kind == "best"]
    index = np.array(best, dtype=np.int64)
    position = np.full(len(inst.setting.roles), -1)
    position[index] = np.arange(len(index))
    count = np.array(
        [inst.setting.roles[i].min_providers for i in best], dtype=np.int64
    )
    case = inst.role_case[index]
    model.add.add_rows(
        NAME,
        Subject((labels.roles.ids,), (index,)),
        [
            (position[role], provide, 1),
            (np.arange(len(index)), cols.open[case], -count),
        ],
        case=case,
        lower=0,
        upper=0,
    )


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count able members, and judge those who are named."""
    for plan in proposal.cases:
        named = {filled.capability: filled.providers for filled in plan.roles}
        for role in facts.setting.roles:
            if role.case != plan.case or role.kind != "best":
                continue
            able = [
                m for m in plan.members
                if facts.levels.get((m, role.capability), -1) >= role.min_level
            ]  # fmt: skip
            subject = f"{plan.case} {role.capability}"
            yield at_least(
                NAME,
                subject,
                len(able),
                role.min_providers,
                f"members at level {role.min_level}",
                line(role.at),
                unit="regions",
            )
            chosen = named.get(role.capability, ())
            good = len(set(chosen)) == len(chosen) == role.min_providers
            yield must(
                NAME,
                subject,
                good and set(chosen) <= set(able),
                f"named for it: {', '.join(chosen) or 'nobody'}",
                line(role.at),
                what="who is named for it",
            )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if any(role.kind == "best" for role in setting.roles):
        return "Each role of kind best has enough members at the level it asks for."
    return ""


def figures(chances: Chances) -> Figure | None:
    """The role that is hardest to fill, and who could."""
    able = [(role, _able(chances, role)) for role in chances.roles("best")]
    if not able:
        return None
    role, names = min(able, key=lambda pair: len(pair[1]) - pair[0].min_providers)
    enough = len(names) >= role.min_providers
    asked = count(role.min_providers, "member")
    who = f": {', '.join(names)}" if names and not enough else ""
    text = (
        f"{capability(chances.setting, role.capability)} needs {asked} at level "
        f"{role.min_level}, {'' if enough else 'but '}of {may_join(chances)} "
        f"{'' if enough or not names else 'only '}{len(names) or 'none'} "
        f"{'has' if len(names) < 2 else 'have'} it{who}"
    )
    return Figure(text, (line(role.at),), enough=enough)


def _able(chances: Chances, role: Role) -> list[str]:
    """Regions that may join at the level a role asks for."""
    levels = chances.facts.levels
    return [
        name for name in chances.joining
        if levels.get((name, role.capability), -1) >= role.min_level
    ]  # fmt: skip

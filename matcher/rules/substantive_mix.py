"""Where a group of categories asks for substance, only members that do something count.

::

    substantive[g,r,d] <= counted[r,d]
    substantive[g,r,d] <= sum_{q of d} provide[q,r] + sum_{a of r, n} exchange[a,n,d]
                          where lead_users_r < floor_g
    sum_{r in categories_g} substantive[g,r,d] >= fewest_g * open[d]

substantive: the member counts for the group; lead_users: sum of the region's levels in
capabilities of class ``lead_user``, a level not stated counts as none. So a region
counts by being named for a role of kind `best`, by a unit that it provides, or as lead
user. Nested regions count once. Source: ``consortium.required.substantive`` of the
partnership rulebook (R97, R101).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.verdict import Finding, at_least
from matcher.rules._shared import cite
from matcher.rules._substance import counting_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "substantive_mix"
FUNDING = False


def rows(model: Model) -> None:
    """Add the columns of counting members, and one row per case and group."""
    book = model.inst.setting.partnership
    for group in book.consortium.required if book else ():
        if group.substantive:
            counting_members(model, NAME, "substantive", group, group.substantive)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members of every group that do something in the case."""
    book = facts.setting.partnership
    if book is None:
        return
    for plan in proposal.cases:
        for group in book.consortium.required:
            asked, kinds = group.substantive, " or ".join(group.categories)
            if asked is None:
                continue
            count = sum(
                facts.setting.regions[name].category.get(group.scheme)
                in group.categories
                and facts.acts(plan, name, asked.lead_user_floor)
                for name in facts.counting(plan.members)
            )
            yield at_least(NAME, plan.case, count, group.min_regions.value,
                           f"regions in a substantive role that are {kinds}",
                           cite(book, group.min_regions), unit="regions")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    parts = []
    for group in book.consortium.required if book else ():
        if group.substantive:
            floor = group.substantive.lead_user_floor
            users = f", or lead users of level {floor.value} in sum" if floor else ""
            kinds = " or ".join(group.categories)
            parts.append(f"{group.min_regions.value} {kinds} (named for a role, "
                         f"providing a unit{users})")  # fmt: skip
    rule = "A case needs regions in substantive roles"
    return f"{rule}: {'; '.join(parts)}." if parts else ""

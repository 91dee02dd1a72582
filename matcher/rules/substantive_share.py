"""A member in a substantive role counts only if it bears its share of the cost, too.

::

    bearing[g,r,d] = 1  only where substantive_mix lets the member count, and where
        min_share_g * cost_d <= sum_l share[r,d,l]
    sum_{r in categories_g} bearing[g,r,d] >= fewest_g * open[d]

This says `substantive_mix` once more, with cost: one and the same member must do
something and bear its share. What is needed knows no shares, so there the other rule
stands alone. Source: ``consortium.required.substantive.min_share`` of the partnership
rulebook (R101).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.verdict import Finding, at_least
from matcher.rules._costs import share_rows
from matcher.rules._shared import cite
from matcher.rules._substance import counting_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "substantive_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add the columns of members that count, each with its share of the cost."""
    book = model.inst.setting.partnership
    for group in book.consortium.required if book else ():
        asked = group.substantive
        if asked is None or asked.min_share is None:
            continue
        region, case, counts = counting_members(model, NAME, "bearing", group, asked)
        least = asked.min_share.value
        share_rows(model, NAME, least.numerator, least.denominator, region, case,
                   smallest=True, unless=(counts,))  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members that do something and bear enough of the case's cost."""
    book = facts.setting.partnership
    if book is None:
        return
    for plan in proposal.cases:
        total = sum(facts.cost(plan).values())
        for group in book.consortium.required:
            asked, kinds = group.substantive, " or ".join(group.categories)
            if asked is None or asked.min_share is None:
                continue
            least, count = asked.min_share.value * total, 0
            for name in facts.counting(plan.members):
                borne = sum(p.amount for p in plan.funding if p.region == name)
                category = facts.setting.regions[name].category.get(group.scheme)
                acts = facts.acts(plan, name, asked.lead_user_floor)
                count += category in group.categories and acts and borne >= least
            yield at_least(NAME, plan.case, count, group.min_regions.value,
                           f"regions that act, bear their share and are {kinds}",
                           cite(book, asked.min_share), unit="regions")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    parts = [
        f"{float(group.substantive.min_share.value):.0%} for those that are "
        + " or ".join(group.categories)
        for group in (book.consortium.required if book else ())
        if group.substantive and group.substantive.min_share
    ]
    if not parts:
        return ""
    rule = "A substantive role goes with a share of the case's cost of at least"
    return f"{rule} {'; '.join(parts)}."

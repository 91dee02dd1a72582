"""A launched case has the mix of categories that the partnership asks for.

::

    sum_{r in categories_g} counted[r,d] >= fewest_g * open[d]

Nested regions count once. Source: ``consortium.required`` of the partnership
rulebook (R97).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "category_mix"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per case and group of categories."""
    setting, cols = model.inst.setting, model.cols
    book = setting.partnership
    regions = setting.regions.values()
    cases = np.arange(len(setting.cases))
    for group in book.consortium.required if book else ():
        fits = np.array(
            [g.category.get(group.scheme) in group.categories for g in regions]
        )
        region, case, counted = present(cols.counted)
        inside = fits[region]
        parts = [
            (case[inside], counted[inside], 1),
            (cases, cols.open, -group.min_regions.value),
        ]
        model.case_rows(NAME, cases, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members of every group of categories."""
    book = facts.setting.partnership
    if book is None:
        return
    for plan in proposal.cases:
        members = [facts.setting.regions[n] for n in facts.counting(plan.members)]
        for group in book.consortium.required:
            count = sum(
                g.category.get(group.scheme) in group.categories for g in members
            )
            what = f"regions that are {' or '.join(group.categories)}"
            source = cite(book, group.min_regions)
            yield at_least(
                NAME,
                plan.case,
                count,
                group.min_regions.value,
                what,
                source,
                unit="regions",
            )


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    groups = [
        f"{g.min_regions.value} {' or '.join(g.categories)}"
        for g in (book.consortium.required if book else ())
    ]
    return f"A case needs a mix of regions: {'; '.join(groups)}." if groups else ""

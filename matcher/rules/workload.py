"""A region takes part in, and leads, no more cases than it states.

::

    sum_d member[r,d] <= max_cases_r        sum_d lead[r,d] <= max_leads_r

Source: columns ``max_cases`` and ``max_leads`` of the regions table (R43, R56);
blank means that no limit is stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_most
from matcher.rules._figures import Figure
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "workload"
FUNDING = False


def rows(model: Model) -> None:
    """Add one coupling row per stated limit."""
    regions = list(model.inst.setting.regions.values())
    names = model.inst.labels.regions.ids
    for limits, look_up in (
        ([g.max_cases for g in regions], model.cols.member),
        ([g.max_leads for g in regions], model.cols.lead),
    ):
        limited = np.array(
            [i for i, n in enumerate(limits) if n is not None], dtype=np.int64
        )
        most = np.array([limits[i] for i in limited], dtype=np.float64)
        position = np.full(len(regions), -1)
        position[limited] = np.arange(len(limited))
        region, _, column = present(look_up)
        inside = position[region] >= 0
        parts = [(position[region[inside]], column[inside], 1)]
        model.coupling_rows(NAME, names, limited, parts, upper=most)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count memberships and leads of every region."""
    members = [name for plan in proposal.cases for name in plan.members]
    leads = [plan.lead for plan in proposal.cases]
    for name in sorted(set(members)):
        region = facts.setting.regions[name]
        if region.max_cases is not None:
            yield at_most(NAME, f"{name} cases", members.count(name), region.max_cases,
                          "cases", line(region.at), unit="cases")  # fmt: skip
        if region.max_leads is not None:
            yield at_most(NAME, f"{name} leads", leads.count(name), region.max_leads,
                          "leads", line(region.at), unit="cases")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule in words."""
    regions = setting.regions.values()
    if any(g.max_cases is not None or g.max_leads is not None for g in regions):
        return "A region takes part in, and leads, no more cases than it states."
    return ""


def limit(setting: Setting, region: str) -> Figure:
    """Cases a region can be part of."""
    row = setting.regions[region]
    parts = [f"take part in {row.max_cases}"] if row.max_cases is not None else []
    parts += [f"lead {row.max_leads}"] if row.max_leads is not None else []
    return Figure(f"{region} can {' and '.join(parts)} at most", (line(row.at),))

"""A region pays of its own no more than it has.

::

    sum_{d,l} (share[r,d,l] - sum_f grant[f,r,d,l]) <= own_budget_r      (cents)

Source: column ``own_budget`` of the regions table. The rule is not tested while
no region states a budget.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, at_most, euros
from matcher.rules._figures import Figure, may_join, places
from matcher.rules._raising import own_money as most_own
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "own_money"
FUNDING = True


def _stated(setting: Setting) -> bool:
    return any(region.own_budget is not None for region in setting.regions.values())


def rows(model: Model) -> None:
    """Add one coupling row per region with a budget."""
    regions = list(model.inst.setting.regions.values())
    limited = [i for i, g in enumerate(regions) if isinstance(g.own_budget, int)]
    index = np.array(limited, dtype=np.int64)
    budget = np.array([regions[i].own_budget for i in limited], dtype=np.float64)
    position = np.full(len(regions), -1)
    position[index] = np.arange(len(index))
    r, _, _, share = model.cols.shares
    to, grant = model.cols.grants.region, model.cols.grants.column
    pays, gets = position[r] >= 0, position[to] >= 0
    parts = [(position[r[pays]], share[pays], 1), (position[to[gets]], grant[gets], -1)]
    names = model.inst.labels.regions.ids
    model.coupling_rows(NAME, names, index, parts, upper=budget)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up every region's own payments."""
    paid: dict[str, int] = defaultdict(int)
    for plan in proposal.cases:
        for payment in plan.funding:
            if payment.instrument == OWN:
                paid[payment.region] += payment.amount
    for name, cents in sorted(paid.items()):
        region = facts.setting.regions[name]
        if isinstance(region.own_budget, int):
            yield at_most(NAME, name, cents, region.own_budget, "own money",
                          line(region.at), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Once some regions state own money, all that may join must."""
    if not (setting.has_money and _stated(setting)):
        return
    for region in setting.regions.values():
        if region.own_budget is None and region.region in joining:
            faults.add(
                "UNKNOWN_NEEDED",
                region.at.at("own_budget"),
                f"the own money of {region.region} is unknown, and cases cost money",
                "fill in EUR, 0 for none, or unlimited",
            )


def untested(setting: Setting) -> str:
    """Without any budget own money is not limited."""
    if setting.has_money and not _stated(setting):
        return "own_money is not tested and not limited: no region states an own_budget"
    return ""


def sentence(setting: Setting) -> str:
    """The rule in words."""
    return "A region pays of its own no more than it has." if _stated(setting) else ""


def figures(chances: Chances) -> Figure | None:
    """Own money of the regions that may join."""
    own = most_own(chances)
    if own is None:
        return None
    regions = chances.setting.regions
    text = f"{may_join(chances)} have {euros(own)} of their own"
    return Figure(text, places(regions[name].at for name in chances.joining))


def limit(setting: Setting, region: str) -> Figure | None:
    """Own money of a region."""
    row = setting.regions[region]
    if not isinstance(row.own_budget, int):
        return None
    text = f"{region} has {euros(row.own_budget)} of its own"
    return Figure(text, (line(row.at),))

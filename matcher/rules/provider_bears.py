"""What an exchanged unit costs is borne by the region that provides it.

::

    share[p,d,x] >= sum_{a of p, n} unit_cost_a * exchange[a,n,d]

x: the layer that exchanged units are charged to. Source: column ``unit_cost``
of the assets table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE, present
from matcher.proposal.verdict import Finding, at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "provider_bears"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per provider and case."""
    inst, cols = model.inst, model.cols
    shares = cols.share[:, :, inst.money.exchange_layer]
    region, case, share = present(shares)
    at = np.full(shares.shape, NONE)
    at[region, case] = np.arange(len(region))
    given = cols.moves.given
    provider = inst.exchanges.asset_region[given.line]
    cents = inst.exchanges.unit_cost[given.line]
    paid = cents > 0
    row = at[provider[paid], given.case[paid]]
    pays = np.zeros(len(region), dtype=bool)
    pays[row] = True
    used, position = np.flatnonzero(pays), (np.cumsum(pays) - 1)[row]
    parts = [
        (np.arange(len(used)), share[used], 1),
        (position, given.column[paid], -cents[paid]),
    ]
    model.pair_rows(NAME, region[used], case[used], parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare each provider's payments with the cost of its units."""
    layer = facts.exchange_layer
    for plan in proposal.cases:
        for provider, cents in sorted(facts.unit_costs(plan).items()):
            borne = sum(
                p.amount
                for p in plan.funding
                if p.region == provider and p.layer == layer
            )
            yield at_least(
                NAME, f"{plan.case} {provider}", borne, cents, "borne", unit="cents"
            )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if any(asset.unit_cost for asset in setting.assets):
        return "What an exchanged unit costs is borne by the region that provides it."
    return ""

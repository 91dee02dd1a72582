"""An asset serves no more than it has left, and only where its region is a member.

::

    sum_{n,d} exchange[a,n,d] <= capacity_a                      (all cases together)
    sum_n exchange[a,n,d]     <= capacity_ad * member[p(a),d]

capacity: whole units left after the region's own needs are served (netting);
capacity_ad: the same, or less where the needs of a case cannot use so much. Source:
assets table; a region's asset is shared by all its cases (R26, R30).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.proposal.facts import Facts
from matcher.proposal.verdict import Finding, at_most, must
from matcher.rules._figures import Figure
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import AssetKey
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "asset_capacity"
FUNDING = False


def rows(model: Model) -> None:
    """Add one coupling row per asset, and one link per asset and case."""
    inst, cols = model.inst, model.cols
    ex, labels = inst.exchanges, inst.labels
    given = cols.moves.given
    assets, at = np.unique(given.line, return_inverse=True)
    model.coupling_rows(
        NAME,
        labels.assets.ids,
        assets,
        [(at, given.column, 1)],
        upper=ex.capacity[assets],
    )
    key = given.line * len(labels.cases) + given.case
    pairs, at = np.unique(key, return_inverse=True)
    asset, case = np.divmod(pairs, len(labels.cases))
    member = cols.member[ex.asset_region[asset], case]
    most = np.minimum(ex.capacity[asset], given.most_by(at, len(pairs)))
    model.add.add_rows(
        NAME, Subject((labels.assets.ids, labels.cases.ids), (asset, case)),
        [(at, given.column, 1), (np.arange(len(pairs)), member, -most)],
        case=case, upper=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what every asset gives, over all cases."""
    given: dict[AssetKey, int] = defaultdict(int)
    for plan in proposal.cases:
        for e in plan.exchanges:
            given[facts.served_by(e)] += e.units
            subject = f"{plan.case} {e.subject}"
            yield must(
                NAME,
                subject,
                e.units > 0,
                "units must be positive",
                what="units above 0",
            )
            yield must(
                NAME,
                subject,
                e.provider in plan.members,
                f"{e.provider} is no member",
                what="provider is a member",
            )
            yield must(NAME, subject, e.capability in facts.wanted[plan.case],
                       f"{plan.case} has no role for {e.capability}",
                       what="the case has a role for it")  # fmt: skip
    for key, units in sorted(given.items()):
        subject = "/".join(part for part in key if part)
        asset = facts.assets.get(key)
        yield must(
            NAME,
            subject,
            asset is not None,
            "there is no such asset",
            what="the asset exists",
        )
        limit = facts.stock(key)
        if asset is not None and limit is not None:
            yield at_most(
                NAME, subject, units, limit, "units given", line(asset.at), unit="units"
            )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if not (setting.assets and setting.needs):
        return ""
    return (
        "An asset serves no more than own needs leave of it, over all cases together."
    )


def limit(setting: Setting, asset: str) -> Figure | None:
    """What an asset has left for others."""
    facts = Facts(setting)
    key = (*asset.split("/"), "")[:3]
    row = facts.assets.get(key)  # type: ignore[arg-type]
    if row is None:
        return None
    left = facts.stock(key)  # type: ignore[arg-type]
    units = "all units asked for" if left is None else f"{left} units"
    return Figure(f"{asset} has {units} for other regions", (line(row.at),))

"""Regions that hold or overlap each other exchange nothing: it would be counted twice.

::

    exchange[a,n,d] = 0   where p(a) covers c(n) or c(n) covers p(a)

Source: column ``nuts`` of the regions table; only interregional exchange counts
(R30).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, must

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "exchange_nesting"
FUNDING = False


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Pairs of nested regions."""
    if not len(inst.inner):
        return {}
    count = len(inst.labels.regions)
    nested = np.zeros((count, count), dtype=bool)
    nested[inst.inner, inst.outer] = nested[inst.outer, inst.inner] = True
    ex = inst.exchanges
    return {
        "exchange": nested[ex.asset_region[ex.pair_asset], ex.need_region[ex.pair_need]]
    }


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look at the regions of every exchange."""
    for plan in proposal.cases:
        for e in plan.exchanges:
            yield must(NAME, f"{plan.case} {e.subject}",
                       not facts.nested(e.provider, e.receiver),
                       "one of the regions lies inside the other")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if any(region.nuts for region in setting.regions.values()):
        return "Regions that lie inside each other count once and exchange nothing."
    return ""

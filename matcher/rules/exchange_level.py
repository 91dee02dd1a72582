"""An asset serves a need only at the level the need asks for, in another region.

::

    exchange[a,n,d] = 0   where level_a < min_level_n

Source: assets and needs tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.verdict import Finding, at_least, must
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "exchange_level"
FUNDING = False


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Pairs whose asset is below the need."""
    ex = inst.exchanges
    return {"exchange": ex.asset_level[ex.pair_asset] < ex.need_level[ex.pair_need]}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare the levels behind every exchange."""
    for plan in proposal.cases:
        for e in plan.exchanges:
            subject = f"{plan.case} {e.subject}"
            yield must(
                NAME,
                subject,
                e.provider != e.receiver,
                "serves itself",
                what="serves another region",
            )
            asset = facts.assets.get(facts.served_by(e))
            if asset is not None:
                yield at_least(NAME, subject, asset.level, e.min_level, "level",
                               line(asset.at), unit="levels")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if not (setting.assets and setting.needs):
        return ""
    return "An asset serves only needs that its level satisfies, in other regions."

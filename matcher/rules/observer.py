"""A region takes part in a case in one role at most; observers are no members.

::

    member[r,d] + observer[r,d] <= open[d]

Observers and satellites count toward no minimum and get no money (R53, R56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, must

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "observer"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per region and case where the region may observe."""
    cols = model.cols
    region, case = np.nonzero(cols.observer != NONE)
    at = np.arange(len(region))
    member = cols.member[region, case]
    both = member != NONE
    parts = [
        (at, cols.observer[region, case], 1),
        (at[both], member[both], 1),
        (at, cols.open[case], -1),
    ]
    model.pair_rows(NAME, region, case, parts, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """No region appears twice in a case, and no observer is paid."""
    for plan in proposal.cases:
        named = [plan.lead, *plan.partners, *plan.observers]
        twice = sorted({name for name in named if named.count(name) > 1})
        yield must(
            NAME,
            plan.case,
            not twice,
            f"{', '.join(twice)} in two roles",
            what="nobody in two roles",
        )
        members = set(plan.members)
        paid = sorted({p.region for p in plan.funding} - members)
        yield must(
            NAME,
            plan.case,
            not paid,
            f"{', '.join(paid)} paid without being member",
            what="only members are paid",
        )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    return "Observers count toward no minimum and get no money."

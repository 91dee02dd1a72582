"""A member pays of its own at most a part of its share of a case.

::

    sum_l (share[r,d,l] - sum_f grant[f,r,d,l]) <= max_own_share * sum_l share[r,d,l]

f: instruments that pay public money for good. What is borrowed, sold as equity or
pledged by companies counts as the member's own. Source: ``max_own_share`` of the
own-money rulebook (R85).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, at_most
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "own_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per possible membership."""
    book, cols = model.inst.setting.own_money, model.cols
    if book is None or book.max_own_share is None:
        return
    most = book.max_own_share.value
    region, case, _ = cols.members
    position = np.full(cols.member.shape, -1)
    position[region, case] = np.arange(len(region))
    r, d, _, share = cols.shares
    paid = cols.grants
    aid = model.inst.money.aid[paid.instrument]
    aided = position[paid.region[aid], paid.case[aid]]
    parts = [
        (position[r, d], share, most.denominator - most.numerator),
        (aided, paid.column[aid], -most.denominator),
    ]
    model.pair_rows(NAME, region, case, parts, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare each member's own payments with all it bears."""
    book = facts.setting.own_money
    if book is None or book.max_own_share is None:
        return
    books = facts.setting.instruments.values()
    its_own = {OWN, *(source.id for source in books if not source.aid)}
    for plan in proposal.cases:
        for name in plan.members:
            mine = [p for p in plan.funding if p.region == name]
            own = sum(p.amount for p in mine if p.instrument in its_own)
            limit = sum(p.amount for p in mine) * book.max_own_share.value
            yield at_most(NAME, f"{plan.case} {name}", own, limit, "own money",
                          cite(book, book.max_own_share), unit="cents")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.own_money
    if book is None or book.max_own_share is None:
        return ""
    most = book.max_own_share
    part = f"{float(most.value):.0%}"
    text = f"A member pays at most {part} of its share itself [{cite(book, most)}]"
    also = [name for name, source in setting.instruments.items() if not source.aid]
    return f"{text}; as itself count {', '.join(also)}." if also else f"{text}."

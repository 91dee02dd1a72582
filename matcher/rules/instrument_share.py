"""In a case that an instrument pays, each member bears the share it asks for.

::

    min_f * cost_d <= sum_l share[r,d,l] <= max_f * cost_d
        for members r, where uses[f,d] = 1

Source: ``cost_share`` of the instrument's rulebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._costs import members, share_rows
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "instrument_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per instrument, member and bound."""
    for f, book in enumerate(model.inst.setting.instruments.values()):
        region, case, member = members(model)
        uses = model.cols.uses[f, case]
        payable = uses != NONE
        region, case, member, uses = (a[payable] for a in (region, case, member, uses))
        if book.cost_share.min:
            least = book.cost_share.min.value
            share_rows(model, NAME, least.numerator, least.denominator, region, case,
                       smallest=True, unless=(member, uses))  # fmt: skip
        if book.cost_share.max:
            most = book.cost_share.max.value
            share_rows(model, NAME, most.numerator, most.denominator, region, case,
                       smallest=False, unless=(uses,))  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare every member's payments where an instrument with bounds pays."""
    for plan in proposal.cases:
        paying = {p.instrument for p in plan.funding if p.amount}
        total = sum(facts.cost(plan).values())
        for name, book in facts.setting.instruments.items():
            if name not in paying:
                continue
            for member in plan.members:
                borne = sum(p.amount for p in plan.funding if p.region == member)
                subject = f"{name} {plan.case} {member}"
                if book.cost_share.min:
                    bound = book.cost_share.min
                    yield at_least(NAME, subject, borne, total * bound.value,
                                   "cents borne", cite(book, bound))  # fmt: skip
                if book.cost_share.max:
                    bound = book.cost_share.max
                    yield at_most(NAME, subject, borne, total * bound.value,
                                  "cents borne", cite(book, bound))  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        low, high = book.cost_share.min, book.cost_share.max
        if low or high:
            least = float(low.value) if low else 0
            most = float(high.value) if high else 1
            parts.append(f"{least:.0%} to {most:.0%} where {book.id} pays")
    return f"Each member bears {'; '.join(parts)}." if parts else ""

"""In a case that an instrument pays, each member bears the share it asks for.

::

    min_f * cost_d <= sum_l share[r,d,l] <= max_f * cost_d
        for members r, where uses[f,d] = 1

Where the instrument admits associates, members without a row of its money in the
budgets table need not bear the minimum. Source: ``cost_share`` and ``associates`` of
the instrument's rulebook, budgets table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._costs import share_rows
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.problem.instance import Bools
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "instrument_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per instrument, member and bound."""
    for f, book in enumerate(model.inst.setting.instruments.values()):
        if not (book.cost_share.min or book.cost_share.max):
            continue
        region, case, member = model.cols.members
        uses = model.cols.uses[f, case]
        payable = uses != NONE
        region, case, member, uses = (a[payable] for a in (region, case, member, uses))
        if book.cost_share.min:
            least = book.cost_share.min.value
            asked = ~_associates(model, book)[region]
            share_rows(model, NAME, least.numerator, least.denominator, region[asked],
                       case[asked], smallest=True,
                       unless=(member[asked], uses[asked]))  # fmt: skip
        if book.cost_share.max:
            most = book.cost_share.max.value
            share_rows(model, NAME, most.numerator, most.denominator, region, case,
                       smallest=False, unless=(uses,))  # fmt: skip


def _associates(model: Model, book: Instrument) -> Bools:
    """Regions that may be members without the instrument's money, shape (R,)."""
    regions = model.inst.labels.regions
    admitted = book.associates is not None and book.associates.value
    found = np.full(len(regions), admitted)
    for row in model.inst.setting.budgets:
        if row.instrument == book.id and row.region is not None:
            found[regions.index[row.region]] = False
    return found


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare every member's payments where an instrument with bounds pays."""
    for plan in proposal.cases:
        total = sum(facts.cost(plan).values())
        for name, book in facts.setting.instruments.items():
            if name not in plan.payers:
                continue
            for member in plan.members:
                borne = sum(p.amount for p in plan.funding if p.region == member)
                subject = f"{name} {plan.case} {member}"
                if book.cost_share.min and not _associate(facts, book, member):
                    bound = book.cost_share.min
                    yield at_least(NAME, subject, borne, total * bound.value,
                                   "borne", cite(book, bound),
                                   unit="cents")  # fmt: skip
                if book.cost_share.max:
                    bound = book.cost_share.max
                    yield at_most(NAME, subject, borne, total * bound.value,
                                  "borne", cite(book, bound),
                                  unit="cents")  # fmt: skip


def _associate(facts: Facts, book: Instrument, member: str) -> bool:
    """Whether a member takes part beside the instrument's money."""
    admitted = book.associates is not None and book.associates.value
    return admitted and facts.budgets(book.id, member) is None


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        low, high = book.cost_share.min, book.cost_share.max
        if low or high:
            least = float(low.value) if low else 0
            most = float(high.value) if high else 1
            free = low and book.associates is not None and book.associates.value
            note = ", associates also nothing" if free else ""
            parts.append(f"{least:.0%} to {most:.0%} where {book.id} pays{note}")
    return f"Each member bears {'; '.join(parts)}." if parts else ""

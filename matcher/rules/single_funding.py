"""Each euro of cost is declared to one instrument at most, and paid at its rate.

::

    sum_f grant[f,r,d,l] / rate_fr <= share[r,d,l]

rate: the first rate of the instrument that fits the region's category. The row
is written in whole numbers. Source: ``rate`` of the instruments' rulebooks; no
double funding (domain rules on cumulation).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, at_most, must

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting

NAME = "single_funding"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per member's share that some instrument may pay."""
    cols, money, labels = model.cols, model.inst.money, model.inst.labels
    paid = cols.grants
    f, r, d, line = paid.instrument, paid.region, paid.case, paid.layer
    position = np.full(cols.share.shape, NONE)
    payable = np.zeros(cols.share.shape, dtype=bool)
    payable[r, d, line] = True
    region, case, layer = np.nonzero(payable)
    position[region, case, layer] = np.arange(len(region))
    # multiply each row by the least common multiple of its rates' numerators
    num, den = money.rate_num[f, r], money.rate_den[f, r]
    paying = np.zeros(money.rate_num.shape, dtype=bool)
    paying[f, r] = True
    common = np.lcm.reduce(np.where(paying, money.rate_num, 1), axis=0, initial=1)
    factor = common[region]
    model.add.add_rows(
        NAME,
        Subject(
            (labels.regions.ids, labels.cases.ids, labels.layers.ids),
            (region, case, layer),
        ),
        [
            (position[r, d, line], paid.column, common[r] // num * den),
            (np.arange(len(region)), cols.share[region, case, layer], -factor),
        ],
        case=case,
        upper=0,
    )


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the eligible cost that each member declares, layer by layer."""
    for plan in proposal.cases:
        for (region, layer), declared in sorted(_declared(facts, plan).items()):
            borne = sum(
                p.amount for p in plan.funding if (p.region, p.layer) == (region, layer)
            )
            subject = f"{plan.case} {region} layer {layer}"
            if declared is None:
                yield must(
                    NAME,
                    subject,
                    False,
                    "paid by an instrument that has no rate for it",
                )
            else:
                yield at_most(NAME, subject, declared, borne, "cents declared")


def _declared(facts: Facts, plan: CasePlan) -> dict[tuple[str, str], Fraction | None]:
    found: dict[tuple[str, str], Fraction | None] = defaultdict(Fraction)
    for payment in plan.funding:
        if payment.instrument == OWN:
            continue
        key = payment.region, payment.layer
        book = facts.setting.instruments.get(payment.instrument)
        rate = facts.rate(book, payment.region) if book else None
        so_far = found[key]
        found[key] = (
            so_far + payment.amount / rate if rate and so_far is not None else None
        )
    return found


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    if not setting.instruments:
        return ""
    rates = "; ".join(
        f"{book.id} " + "/".join(f"{float(rate.value):.0%}" for rate in book.rate)
        for book in setting.instruments.values()
    )
    rule = "Each euro of cost is declared to one instrument at most"
    return f"{rule}, paid at its rate: {rates}."

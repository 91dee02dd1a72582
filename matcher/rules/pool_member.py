"""A pooled or programme fund pays only regions whose own authority put money in.

::

    grant[f,r,d,l] = 0   where f is pooled and r has no row in budgets

Regions without a row take part unfunded. Private money, which companies of a region
pledge to its members, is pooled in the same way. A programme that may pay outside its
area pays other regions, too, see out_of_area. Source: budgets table (R74).
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
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "pool_member"
FUNDING = True


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Payments to regions outside the pool."""
    labels, setting = inst.labels, inst.setting
    books = setting.instruments.values()
    anybody = [not book.from_rows or book.out_of_area is not None for book in books]
    paid = np.array(anybody, dtype=bool)
    inside = np.repeat(paid[:, None], len(labels.regions), axis=1)
    for row in setting.budgets:
        if row.region is not None:
            inside[
                labels.instruments.index[row.instrument],
                labels.regions.index[row.region],
            ] = True
    shape = (*inside.shape, len(labels.cases), len(labels.layers))
    return {"grant": np.broadcast_to(~inside[:, :, None, None], shape)}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look for a budget row behind every pooled payment."""
    for plan in proposal.cases:
        for payment in plan.funding:
            book = facts.setting.instruments.get(payment.instrument)
            if book is not None and _own_only(book) and payment.amount:
                money = facts.budgets(payment.instrument, payment.region)
                yield must(
                    NAME,
                    f"{payment.instrument} {plan.case} {payment.region} "
                    f"layer {payment.layer}",
                    money is not None,
                    "the region put no money into the fund",
                )


def _own_only(book: Instrument) -> bool:
    return book.from_rows and book.out_of_area is None


def sentence(setting: Setting) -> str:
    """The rule in words."""
    books = [book for book in setting.instruments.values() if _own_only(book)]
    pools = [book.id for book in books if book.aid]
    pledges = [book.id for book in books if not book.aid]
    parts = []
    if pools:
        who = "Each region's own authority pays its own members"
        parts.append(f"{who}: {', '.join(pools)}.")
    if pledges:
        parts.append(
            f"Companies pay members of their own region: {', '.join(pledges)}."
        )
    return " ".join(parts)

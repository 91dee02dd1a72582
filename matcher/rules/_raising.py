"""What a case costs at least, and what its possible members can raise at most."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import Instrument

    Limit = int | None
    """Cents; None where nothing limits them."""


def least_cost(chances: Chances) -> int:
    """Cents of the cheapest consortium: fewest members, no exchanges."""
    money, case, book = chances.inst.money, chances.row, chances.setting.partnership
    asked = book.consortium.min_regions if book else None
    fewest = max(case.min_partners or 1, asked.value if asked else 1)
    each = int(money.partner_cost[chances.case].sum())
    return int(money.case_cost[chances.case].sum()) + fewest * each


def own_money(chances: Chances) -> Limit:
    """Cents that the regions that may join have of their own."""
    regions = chances.setting.regions
    budgets = [regions[name].own_budget for name in chances.joining]
    whole = [budget for budget in budgets if isinstance(budget, int)]
    return sum(whole) if len(whole) == len(budgets) else None


def ceilings(chances: Chances) -> dict[str, Limit]:
    """Cents that each instrument can pay in the case, for those that can pay at all."""
    found: dict[str, Limit] = {}
    for f, (name, book) in enumerate(chances.setting.instruments.items()):
        payable = chances.inst.labels.regions.decode(np.nonzero(chances.paid[f])[0])
        if payable:
            most = _ceiling(chances, book, payable)
            least = book.grant.min.value if book.grant.min else 0
            if most is None or most >= least:
                found[name] = most
    return found


def _ceiling(chances: Chances, book: Instrument, payable: list[str]) -> Limit:
    """Cents of the envelope, the largest grant and all caps together, the smallest."""
    limits = [envelope(chances, book)]
    limits.append(book.grant.max.value if book.grant.max else None)
    limits.append(caps(chances, book, payable))
    return min((limit for limit in limits if limit is not None), default=None)


def envelope(chances: Chances, book: Instrument) -> Limit:
    """Cents an instrument has in all."""
    stated = chances.facts.budgets(book.id, None)
    if stated is None and book.envelope:
        return book.envelope.value
    return stated if isinstance(stated, int) else None


def _cap(chances: Chances, book: Instrument, region: str) -> Limit:
    """Cents set aside for a region."""
    stated = chances.facts.budgets(book.id, region)
    limits = [stated] if isinstance(stated, int) else []
    limits += [book.per_region_cap.value] if book.per_region_cap else []
    return min(limits, default=None)


def caps(chances: Chances, book: Instrument, payable: list[str]) -> Limit:
    """Cents set aside for regions together; None where one has no limit."""
    each = [_cap(chances, book, region) for region in payable]
    whole = [cap for cap in each if cap is not None]
    return sum(whole) if len(whole) == len(each) else None


def most_grants(chances: Chances, cost: int) -> int:
    """Cents of grants to a case of some cost: no euro of it is paid for twice.

    Own money needed is cost less grants. It never falls as the cost rises, since no
    rate is above 1: what is too little for the cheapest consortium is so for all.
    """
    limits = list(ceilings(chances).values())
    money = chances.inst.money
    rates = [
        Fraction(int(money.rate_num[f, r]), int(money.rate_den[f, r]))
        for f, r in zip(*np.nonzero(chances.paid), strict=True)
    ]
    by_rate = int(max(rates, default=Fraction(0)) * cost)
    whole = [limit for limit in limits if limit is not None]
    return min(by_rate, sum(whole)) if len(whole) == len(limits) else by_rate

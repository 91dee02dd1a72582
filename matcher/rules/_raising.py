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
    money = chances.inst.money
    each = int(money.partner_cost[chances.case].sum())
    return int(money.case_cost[chances.case].sum()) + fewest_members(chances) * each


def late_cost(chances: Chances, year: int) -> int:
    """Cents of it that fall due after one of the years in which grants end."""
    money = chances.inst.money
    y = int(np.searchsorted(money.years, year))
    each = int(money.late_partner[y, chances.case].sum())
    once = int(money.late_case[y, chances.case].sum())
    return once + fewest_members(chances) * each


def fewest_members(chances: Chances) -> int:
    """Members that the case has at least."""
    book = chances.setting.partnership
    asked = book.consortium.min_regions if book else None
    return max(chances.row.min_partners or 1, asked.value if asked else 1)


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
            alone = book.grant.min is not None and not book.application.bundles
            least = book.grant.min.value if book.grant.min and alone else 0
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
    """Cents of grants to a case of some cost: aid pays no euro of it twice.

    Money that may stand beside other money adds its rate to that of the rest. Own
    money needed is cost less grants. It never falls as the cost rises, since rates are
    counted up to 1: what is too little for the cheapest consortium is so for all.
    """
    limits = list(ceilings(chances).values())
    money = chances.inst.money
    f, r = np.nonzero(chances.paid)
    layer = np.nonzero(money.most_cost[chances.case])[0]
    num, den = money.rate(f[:, None], r[:, None], np.array(chances.case), layer)
    best: dict[int, Fraction] = {}
    for i, above, below in zip(f.tolist(), num.tolist(), den.tolist(), strict=True):
        rates = map(Fraction, above, below)
        best[i] = max(*rates, best.get(i, Fraction(0)), Fraction(0))
    by_rate = int(_together(chances, best) * cost)
    whole = [limit for limit in limits if limit is not None]
    return min(by_rate, sum(whole)) if len(whole) == len(limits) else by_rate


def _together(chances: Chances, best: dict[int, Fraction]) -> Fraction:
    """Largest part of a euro that instruments with these rates can pay together."""
    money = chances.inst.money
    alone, beside, more = [Fraction(0)], Fraction(0), Fraction(0)
    for f, rate in best.items():
        others = [g for g in best if money.aid[g] and money.cumulative[f, g]]
        if not money.aid[f]:
            more += rate
        elif others:
            beside += rate
        else:
            alone.append(rate)
    return min(max(*alone, beside) + more, Fraction(1))

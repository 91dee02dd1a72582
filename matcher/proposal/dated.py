"""In which year each payment pays what: a stated way to read amounts per layer.

A plan pays layers of cost, not years. To tell what is paid when, grants are taken in
the order in which they end, those without a known end last, then own money. Each takes
the costs that fall due earliest; costs without a year come first. Payments that end
together share what falls due in a year in proportion to what is left of them, in whole
cents.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import euros

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan, Payment, Proposal
    from matcher.scenario.setting import Setting

UPKEEP: Final = "2"
"""Layer of the upkeep of a demonstration, which goes on when its grants have ended."""
_NEVER, _OWN = 10**6, 10**6 + 1
"""Years after every other: of grants without a known end, and of own money."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """What a case costs in one layer and year, and who pays it."""

    layer: str
    year: int | None
    """None: not stated, so that it may be paid at any time."""
    cents: int
    paid: tuple[tuple[Payment, int], ...]
    """Payments and the cents of each that go into this line."""

    @property
    def gap(self) -> int:
        """Cents that nobody pays."""
        return self.cents - sum(cents for _, cents in self.paid)


def cost_lines(facts: Facts, plan: CasePlan) -> list[CostLine]:
    """Cost lines of a case by layer and year, and what is paid of each."""
    due: dict[str, dict[int | None, int]] = defaultdict(dict)
    for (layer, year), cents in facts.lines(plan).items():
        if cents:
            due[layer][year] = cents
    found = []
    for layer, costs in sorted(due.items()):
        years = sorted(costs, key=lambda year: year or 0)
        paid = _spread(facts, plan, layer, [costs[year] for year in years])
        found += [
            CostLine(layer, year, costs[year], tuple(parts))
            for year, parts in zip(years, paid, strict=True)
        ]
    return found


def _spread(
    facts: Facts, plan: CasePlan, layer: str, costs: list[int]
) -> list[list[tuple[Payment, int]]]:
    """What each payment of a layer pays of each of its lines, the earliest first."""
    groups: dict[int, list[Payment]] = defaultdict(list)
    for payment in sorted(plan.funding, key=lambda p: (p.instrument, p.region)):
        if payment.layer == layer and payment.amount > 0:
            groups[_end(facts, payment)].append(payment)
    left = list(costs)
    found: list[list[tuple[Payment, int]]] = [[] for _ in costs]
    for _, payments in sorted(groups.items()):
        amounts = [payment.amount for payment in payments]
        for i in range(len(left)):
            parts = _shared(min(left[i], sum(amounts)), amounts)
            found[i] += [pair for pair in zip(payments, parts, strict=True) if pair[1]]
            left[i] -= sum(parts)
            amounts = [n - part for n, part in zip(amounts, parts, strict=True)]
    return found


def _end(facts: Facts, payment: Payment) -> int:
    if payment.instrument == OWN:
        return _OWN
    book = facts.setting.instruments.get(payment.instrument)
    last = facts.last_year(book) if book else None
    return _NEVER if last is None else last


def _shared(cents: int, amounts: list[int]) -> list[int]:
    """Cents in proportion to amounts, none above its own; the rest by what is over."""
    total = sum(amounts)
    if not total:
        return [0] * len(amounts)
    parts = [cents * amount // total for amount in amounts]
    rest = [cents * amount % total for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda i: -rest[i])
    for i in order[: cents - sum(parts)]:
        parts[i] += 1
    return parts


def after_grants(proposal: Proposal, setting: Setting) -> tuple[str, ...]:
    """Upkeep that falls due when every grant of its case has ended, and who bears it.

    Told where the ends of all grants that pay in the case are known (R82); loans and
    pledges do not end.
    """
    facts = Facts(setting)
    told = (_outlasting(facts, plan) for plan in proposal.cases)
    return tuple(text for text in told if text)


def _outlasting(facts: Facts, plan: CasePlan) -> str:
    books = facts.setting.instruments
    aids = {name for name, book in books.items() if book.aid}
    grants = [p for p in plan.funding if p.instrument in aids and p.amount]
    ends = [_end(facts, payment) for payment in grants]
    last = max(ends, default=_NEVER)
    if last == _NEVER:
        return ""
    late = [
        line for line in cost_lines(facts, plan)
        if line.layer == UPKEEP and line.year is not None and line.year > last
    ]  # fmt: skip
    if not late:
        return ""
    bearing: dict[str, int] = defaultdict(int)
    for line in late:
        for payment, cents in line.paid:
            own = payment.instrument == OWN
            source = "own money of" if own else f"{payment.instrument} for"
            bearing[f"{source} {payment.region}"] += cents
    who = ", ".join(f"{w} {euros(cents)}" for w, cents in sorted(bearing.items()))
    total = euros(sum(line.cents for line in late))
    names = ", ".join(sorted({payment.instrument for payment in grants}))
    return (
        f"{plan.case}: {total} of layer {UPKEEP} falls due after {last}, when the "
        f"grants of {names} have ended; who bears it: {who or 'nobody'}"
    )

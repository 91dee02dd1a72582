"""Exact facts of a setting, looked up by id with plain loops.

Checks judge proposals by these facts. They are derived from the tables a second
time, without any array or index of the program, so that a slip in the encoding
cannot hide itself.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.proposal.proposal import CasePlan, Exchange
    from matcher.scenario.records import Asset, Case, Commitment, Need
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NeedKey = tuple[str, str, str, int]
AssetKey = tuple[str, str, str]


class Facts:
    """Look-ups over one setting; computed once, when first asked for."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @cached_property
    def assets(self) -> dict[AssetKey, Asset]:
        """Asset rows by region, capability and actor."""
        return {(a.region, a.capability, a.actor): a for a in self.setting.assets}

    @cached_property
    def needs(self) -> dict[NeedKey, Need]:
        """Need rows by region, capability, actor and lowest level."""
        return {
            (n.region, n.capability, n.actor, n.min_level): n
            for n in self.setting.needs
        }

    @cached_property
    def levels(self) -> dict[tuple[str, str], int]:
        """Best level of each region in each capability it states."""
        found: dict[tuple[str, str], int] = {}
        for a in self.setting.assets:
            if a.level >= found.get((a.region, a.capability), 0):
                found[a.region, a.capability] = a.level
        return found

    def level(self, region: str, capability: str) -> int:
        """Best level; 0 where none is stated."""
        return self.levels.get((region, capability), 0)

    def covers(self, outer: str, inner: str) -> bool:
        """Whether region ``inner`` lies inside region ``outer`` (or overlaps it)."""
        if outer == inner:
            return False
        big, small = (self.setting.regions[name].nuts for name in (outer, inner))
        if not big or not small:
            return False
        inward = all(any(s[: len(b)] == b for b in big) for s in small)
        outward = all(any(b[: len(s)] == s for s in small) for b in big)
        if inward != outward:
            return inward
        touching = any(b[: len(s)] == s or s[: len(b)] == b for b in big for s in small)
        return touching and outer < inner

    def nested(self, one: str, other: str) -> bool:
        """Whether two regions hold or overlap each other."""
        return self.covers(one, other) or self.covers(other, one)

    def counting(self, members: Iterable[str]) -> list[str]:
        """Members that count once although regions are nested."""
        everyone = list(members)
        return [m for m in everyone if not any(self.covers(o, m) for o in everyone)]

    def commitment(self, region: str, case: Case) -> tuple[int, Commitment | None]:
        """Level in force for a case, and the row that states it."""
        best: tuple[int, Commitment | None] = (0, None)
        rank = -1
        for row in self.setting.commitments:
            if row.region != region or (
                row.expires and row.expires < self.setting.date
            ):
                continue
            if row.case:
                fits, here = row.case == case.case, 2
            elif row.partnership:
                fits, here = row.partnership == case.partnership, 1
            else:
                fits, here = True, 0
            if fits and here > rank:
                best, rank = (row.level, row), here
        return best

    def fit(self, region: str, case: str) -> Fraction:
        """Overlap of a region's valid priorities with a case's topics, at most 1."""
        topics = {t.topic: t.weight for t in self.setting.case_topics if t.case == case}
        total = Fraction(0)
        for p in self.setting.priorities:
            expired = p.valid_until is not None and p.valid_until < self.setting.date
            if p.region == region and not expired:
                total += p.weight * topics.get(p.topic, 0)
        return min(total, Fraction(1))

    @cached_property
    def _left(self) -> tuple[dict[AssetKey, Fraction | None], dict[NeedKey, Fraction]]:
        """What own needs leave of assets (None: no limit), and of needs."""
        stock: dict[AssetKey, Fraction | None] = {}
        for key, asset in self.assets.items():
            if isinstance(asset.capacity, str):
                stock[key] = None
            elif asset.capacity is not None:
                stock[key] = asset.capacity
        missing = {key: need.amount for key, need in self.needs.items()}
        for need in sorted(missing, key=lambda k: (k[0], k[1], -k[3], k[2])):
            region, capability, _, floor = need
            able = [
                k for k in stock
                if k[:2] == (region, capability) and self.assets[k].level >= floor
            ]  # fmt: skip
            for source in sorted(able, key=lambda k: (self.assets[k].level, k[2])):
                held = stock[source]
                used = missing[need] if held is None else min(held, missing[need])
                missing[need] -= used
                if held is not None:
                    stock[source] = held - used
        return stock, missing

    def stock(self, key: AssetKey) -> int | None:
        """Whole units an asset has left for others; None: no limit."""
        left = self._left[0].get(key, Fraction(0))
        return None if left is None else left.numerator // left.denominator

    def missing(self, key: NeedKey) -> Fraction:
        """Units of a need that its own region leaves unserved."""
        return self._left[1][key]

    @cached_property
    def verdicts(self) -> dict[tuple[str, str, str], str]:
        """Combined verdict on each pair: one rejection rejects."""
        said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for row in self.setting.verdicts:
            said[row.provider, row.receiver, row.capability].add(row.verdict)
        order = ("rejected", "validated", "doubtful")
        return {
            pair: next(w for w in order if w in words) for pair, words in said.items()
        }

    @cached_property
    def wanted(self) -> dict[str, set[str]]:
        """Capabilities that each case names in its roles."""
        found: dict[str, set[str]] = defaultdict(set)
        for role in self.setting.roles:
            found[role.case].add(role.capability)
        return found

    def served_by(self, exchange: Exchange) -> AssetKey:
        """Key of the asset row that an exchange draws on."""
        return exchange.provider, exchange.capability, exchange.provider_actor

    def serves(self, exchange: Exchange) -> NeedKey:
        """Key of the need row that an exchange serves."""
        return (exchange.receiver, exchange.capability, exchange.receiver_actor,
                exchange.min_level)  # fmt: skip

    @cached_property
    def exchange_layer(self) -> str:
        """Layer that unit costs are charged to."""
        book = self.setting.partnership
        return book.exchange_layer.value if book and book.exchange_layer else "1"

    def unit_costs(self, plan: CasePlan) -> dict[str, int]:
        """Cents that each provider's exchanged units cost it."""
        costs: dict[str, int] = defaultdict(int)
        for e in plan.exchanges:
            asset = self.assets.get(self.served_by(e))
            costs[e.provider] += e.units * ((asset.unit_cost or 0) if asset else 0)
        return costs

    def cost(self, plan: CasePlan) -> dict[str, int]:
        """Cents that a launched case costs, by layer."""
        costs: dict[str, int] = defaultdict(int)
        for line in self.setting.costs:
            if line.case == plan.case:
                times = len(plan.members) if line.per == "partner" else 1
                costs[line.layer] += line.amount * times
        costs[self.exchange_layer] += sum(self.unit_costs(plan).values())
        return costs

    def rate(self, instrument: Instrument, region: str) -> Fraction | None:
        """First funding rate that fits a region; None where none does."""
        category = self.setting.regions[region].category
        for entry in instrument.rate:
            if entry.scheme is None or category.get(entry.scheme) == entry.category:
                return entry.value
        return None

    def budgets(self, instrument: str, region: str | None) -> int | str | None:
        """Cents in the budget rows of an instrument for a region (None: for all).

        The word ``unlimited`` if a row says so, None where there is no row.
        """
        rows = [
            b.amount
            for b in self.setting.budgets
            if b.instrument == instrument
            and b.region == region
            and b.amount is not None
        ]
        if not rows:
            return None
        if any(isinstance(amount, str) for amount in rows):
            return "unlimited"
        return sum(amount for amount in rows if isinstance(amount, int))

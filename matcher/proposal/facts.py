"""Exact facts of a setting, looked up by id with plain loops.

Checks judge proposals by these facts. They are derived from the tables a second
time, without any array or index of the program, so that a slip in the encoding
cannot hide itself.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Protocol, TypeVar

from matcher.proposal.mixes import blend
from matcher.scenario.records import LEAD_USER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.proposal.proposal import (
        Application,
        CasePlan,
        Exchange,
        Payment,
        Proposal,
    )
    from matcher.scenario.records import Asset, Case, Commitment, Need
    from matcher.scenario.rulebook import Cited, Instrument
    from matcher.scenario.setting import Setting


class Phased(Protocol):
    """An entry of a rulebook that may name a phase."""

    @property
    def phase(self) -> str | None:
        """Phase it is for; None: every phase without an entry of its own."""


_E = TypeVar("_E", bound=Phased)
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

    def acts(self, plan: CasePlan, region: str, floor: Cited[int] | None) -> bool:
        """Whether a region is named for a role, gives units or is lead user enough."""
        return (
            any(region in filled.providers for filled in plan.roles)
            or any(e.provider == region and e.units > 0 for e in plan.exchanges)
            or (
                floor is not None
                and self.lead_user_levels.get(region, 0) >= floor.value
            )
        )

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

    @staticmethod
    def in_phase(entries: Iterable[_E], case: Case) -> list[_E]:
        """Entries of a rulebook that hold for a case: of its phase before the others.

        A case of unknown phase has only those that name no phase.
        """
        by_phase: dict[str | None, list[_E]] = defaultdict(list)
        for entry in entries:
            by_phase[entry.phase].append(entry)
        return by_phase.get(case.phase) or by_phase[None]

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

    @cached_property
    def lead_user_levels(self) -> dict[str, int]:
        """Levels of each region in capabilities for lead users, added up."""
        found: dict[str, int] = defaultdict(int)
        for (region, capability), level in self.levels.items():
            if self.setting.capabilities[capability].kind == LEAD_USER:
                found[region] += level
        return found

    @cached_property
    def _joined(self) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Regions with cases, and with partnerships, of which they are members."""
        rows = self.setting.memberships
        cases = {(row.region, row.case) for row in rows if row.case}
        return cases, {(row.region, row.partnership) for row in rows if row.partnership}

    def is_new(self, region: str, case: str) -> bool:
        """Whether no membership puts a region into a case or its partnership."""
        cases, partnerships = self._joined
        mine = self.setting.cases[case].partnership or ""
        return (region, case) not in cases and (region, mine) not in partnerships

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
        for (layer, _), cents in self.lines(plan).items():
            costs[layer] += cents
        return costs

    def due(self, plan: CasePlan, year: int) -> dict[str, int]:
        """Cents by layer that fall due in a year or before; costs without year do."""
        costs: dict[str, int] = defaultdict(int)
        for (layer, when), cents in self.lines(plan).items():
            if when is None or when <= year:
                costs[layer] += cents
        return costs

    def lines(self, plan: CasePlan) -> dict[tuple[str, int | None], int]:
        """Cents that a launched case costs, by layer and year (None: not stated)."""
        found: dict[tuple[str, int | None], int] = defaultdict(int)
        for line in self.setting.costs:
            if line.case == plan.case:
                times = len(plan.members) if line.per == "partner" else 1
                found[line.layer, line.year] += line.amount * times
        found[self.exchange_layer, None] += sum(self.unit_costs(plan).values())
        return found

    def last_year(self, instrument: Instrument) -> int | None:
        """Year in which the longest project it pays ends; None where nothing says."""
        horizon, longest = self.setting.horizon, instrument.duration.max
        if horizon is None or longest is None or not instrument.aid:
            return None
        first, waiting = horizon.start, instrument.months_to_contract
        end = 12 * first.year + first.month - 1 + longest.value
        end += waiting.value if waiting else 0
        if first.day == 1:  # the last day is the last one of the month before
            end -= 1
        return end // 12

    def rate(
        self, instrument: Instrument, region: str, case: str, layer: str
    ) -> Fraction | None:
        """Funding rate of a region in a case and layer; None where it gets nothing.

        For each part of its cost the first rate holds that fits. A pledge without a
        rate pays whatever is pledged.
        """
        if not instrument.rate:
            return Fraction(1)
        fitting = [e for e in instrument.rate if not e.layers or layer in e.layers]
        return blend(self.setting, fitting, region, case, Fraction(0)) or None

    def granted(
        self, proposal: Proposal, made: Application
    ) -> list[tuple[str, Payment]]:
        """What an application brings: every payment, with its case."""
        return [
            (case, payment)
            for case in made.cases
            for payment in proposal.by_case[case].funding
            if payment.instrument == made.instrument
        ]

    def chance(self, plan: CasePlan) -> Fraction:
        """Chance that everybody who pays in a case does: each instrument by itself."""
        books = [self.setting.instruments[name] for name in plan.payers]
        return prod((b.success.share for b in books if b.success), start=Fraction(1))

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

"""Every exchange of whole units between the members of given cases.

First each region serves its own needs; what is left, in whole units, may be
exchanged. Capabilities do not touch each other, so each is enumerated alone;
plans that leave the same capacity, the same progress and the same cost are
merged, keeping the one with more points.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.verify.oracle_cohesion import deciding
from matcher.verify.oracle_facts import UNLIMITED, ZERO
from matcher.verify.oracle_terms import unit_credit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from matcher.scenario.records import Asset, Need
    from matcher.verify.oracle_cohesion import Givers
    from matcher.verify.oracle_facts import Facts

MAX_STATES: Final = 200_000
"""Partial plans of one capability above which an enumeration is given up."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Asset row with what remains of it for others; None is without limit."""

    row: Asset
    units: int | None


@dataclass(frozen=True, slots=True)
class Want:
    """Need row with what its own region cannot serve."""

    row: Need
    left: Fraction

    @property
    def units(self) -> int:
        """Whole units that others may serve."""
        return math.floor(self.left)


Arc = tuple[int, int, str]
"""Index of a need, index of an asset, and the case they meet in."""
Costs = tuple[tuple[tuple[str, str], int], ...]
"""Cents by provider and case, sorted."""
Units = tuple[tuple[Arc, int], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best exchanges among those that cost the same, by the same who matter."""

    value: Fraction
    costs: Costs
    units: Units
    givers: Givers


@dataclass(frozen=True, slots=True)
class _State:
    """What tells two partial plans of one capability apart."""

    stock: tuple[int | None, ...]
    progress: tuple[int, ...]
    costs: tuple[int, ...]
    givers: Givers


_Best = dict[_State, tuple[Fraction, Units]]


class Exchanges:
    """What may be exchanged in a setting, and what it brings."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.stocks, self.wants = net(facts)
        self._share = Fraction(facts.parameter("scope", "share"))
        self._traced = deciding(facts)
        self._known: dict[object, list[Outcome]] = {}

    def arcs(self, case: str, members: frozenset[str]) -> list[Arc]:
        """Pairs of need and asset that may meet in a case with these members."""
        named = {role.capability for role in self.facts.roles(case)}
        return [
            (n, a, case)
            for n, want in enumerate(self.wants)
            for a, stock in enumerate(self.stocks)
            if want.row.capability in named
            and {want.row.region, stock.row.region} <= members
            and self._may_meet(stock, want)
        ]

    def _may_meet(self, stock: Stock, want: Want) -> bool:
        a, n = stock.row, want.row
        if (
            a.capability != n.capability
            or a.level < n.min_level
            or a.region == n.region
            or self.facts.nested(a.region, n.region)
            or stock.units == 0
            or want.units == 0
        ):
            return False
        verdict = self.facts.verdict(a.region, n.region, a.capability)
        if self.facts.setting.validated_only:
            return verdict == "validated"
        return verdict != "rejected"

    def _by_unit(self, need: int) -> dict[str, Fraction]:
        """Points by term of each unit that one need gets, before weighting."""
        row = self.wants[need].row
        credit = unit_credit(self.facts, row.capability)
        return {"need_coverage": row.value, "shared_facilities": credit}

    def earned(
        self, units: Iterable[tuple[Arc, int]], chances: Mapping[str, Fraction]
    ) -> dict[str, Fraction]:
        """Expected points of all units by term, before weighting."""
        points: dict[str, Fraction] = defaultdict(Fraction)
        served = Counter[int]()
        for (need, _, case), moved in units:
            served[need] += moved
            for term, each in self._by_unit(need).items():
                points[term] += each * moved * chances[case]
        points["scope"] += sum(self.in_scope(need, n) for need, n in served.items())
        return points

    def each(self, need: int) -> Fraction:
        """Weighted points of one unit."""
        earned = self._by_unit(need)
        return sum((self.facts.weight(t) * p for t, p in earned.items()), ZERO)

    def _whole(self, need: int, served: int) -> Fraction:
        """Weighted points for a need that counts as served."""
        return self.facts.weight("scope") * self.in_scope(need, served)

    def in_scope(self, need: int, served: int) -> bool:
        """True when a need counts as served."""
        want = self.wants[need]
        return served >= 1 and want.left >= 1 and served >= self._share * want.left

    def most(self, need: int) -> Fraction:
        """No plan earns more from this need."""
        units = self.wants[need].units
        return max(
            self.each(need) * served + self._whole(need, served)
            for served in range(units + 1)
        )

    def outcomes(
        self, launched: Mapping[str, frozenset[str]],
        chances: Mapping[str, Fraction], *, priced: bool,
    ) -> list[Outcome]:  # fmt: skip
        """Every distinct outcome of the best exchanges, best first.

        Units count with the chance of their case. Empty when a launched case cannot
        exchange what its roles ask for.
        """
        total = [Outcome(ZERO, (), (), frozenset())]
        arcs = [arc for case, who in launched.items() for arc in self.arcs(case, who)]
        for capability in self.facts.setting.capabilities:
            here = [a for a in arcs if self.wants[a[0]].row.capability == capability]
            asked = tuple(sorted(self._asked(capability, launched).items()))
            key = (capability, tuple(here), asked, tuple(chances.items()), priced)
            if key not in self._known:
                self._known[key] = self._enumerate(here, dict(asked), chances, priced)
            total = _combined(total, self._known[key])
        return sorted(total, key=lambda o: (-o.value, o.costs, sorted(o.givers)))

    def traced(self, case: str) -> frozenset[tuple[str, str]]:
        """Regions of which it matters whether they give anything, each with a case."""
        return frozenset((region, case) for region in self._traced)

    def asked_of(self, launched: Iterable[str]) -> dict[tuple[str, str], int]:
        """Whole units that cases ask for, by case and capability."""
        cases = list(launched)
        return {
            (case, capability): units
            for capability in self.facts.setting.capabilities
            for case, units in self._asked(capability, cases).items()
        }

    def _asked(self, capability: str, launched: Iterable[str]) -> dict[str, int]:
        """Whole units that the exchange roles of the cases ask for."""
        return {
            case: math.ceil(role.min_amount)
            for case in launched
            for role in self.facts.roles(case, "exchange")
            if role.capability == capability and role.min_amount
        }

    def _enumerate(
        self, arcs: list[Arc], asked: dict[str, int], chances: Mapping[str, Fraction],
        priced: bool,
    ) -> list[Outcome]:  # fmt: skip
        payers = sorted(
            {
                (self.stocks[a].row.region, case)
                for _, a, case in arcs
                if priced and self.stocks[a].row.unit_cost
            }
        )
        start = _State(
            tuple(s.units for s in self.stocks), (0,) * len(asked),
            (0,) * len(payers), frozenset(),
        )  # fmt: skip
        best: _Best = {start: (ZERO, ())}
        for need in sorted({arc[0] for arc in arcs}):
            along = [(arc, chances[arc[2]]) for arc in arcs if arc[0] == need]
            best = self._serve(need, along, best, asked, payers)
        found: dict[tuple[Costs, Givers], Outcome] = {}
        for state, (value, units) in best.items():
            if state.progress != tuple(asked.values()):
                continue
            paid = zip(payers, state.costs, strict=True)
            costs = tuple((payer, cents) for payer, cents in paid if cents)
            key = costs, state.givers
            if key not in found or value > found[key].value:
                found[key] = Outcome(value, costs, units, state.givers)
        return list(found.values())

    def _serve(
        self, need: int, arcs: list[tuple[Arc, Fraction]], before: _Best,
        asked: dict[str, int], payers: list[tuple[str, str]],
    ) -> _Best:  # fmt: skip
        """Every way to serve one more need, along each of its arcs in turn.

        Beside each arc stands the chance of its case.
        """
        open_: dict[tuple[_State, int], tuple[Fraction, Units]] = {
            (state, 0): kept for state, kept in before.items()
        }
        for arc, chance in arcs:
            each = self.each(need) * chance
            grown: dict[tuple[_State, int], tuple[Fraction, Units]] = {}
            for (state, served), (value, units) in open_.items():
                room = self.wants[need].units - served
                for more, after in self._along(arc, state, room, asked, payers):
                    key = (after, served + more)
                    took = (*units, (arc, more)) if more else units
                    worth = value + each * more
                    if key not in grown or worth > grown[key][0]:
                        grown[key] = (worth, took)
            open_ = grown
            if len(open_) > MAX_STATES:
                raise ValueError("too many exchanges to enumerate")
        best: _Best = {}
        for (state, served), (value, units) in open_.items():
            worth = value + self._whole(need, served)
            if state not in best or worth > best[state][0]:
                best[state] = (worth, units)
        return best

    def _along(
        self, arc: Arc, state: _State, room: int, asked: dict[str, int],
        payers: list[tuple[str, str]],
    ) -> Iterator[tuple[int, _State]]:  # fmt: skip
        """Units along one arc, from none to all, and the state each leads to."""
        _, a, case = arc
        stock = state.stock[a]
        payer = (self.stocks[a].row.region, case)
        price = self.stocks[a].row.unit_cost or 0
        giver = frozenset({payer} if payer[0] in self._traced else ())
        for units in range((room if stock is None else min(room, stock)) + 1):
            left = stock if stock is None else stock - units
            yield (
                units,
                _State(
                    (*state.stock[:a], left, *state.stock[a + 1 :]),
                    tuple(
                        min(done + units, goal) if name == case else done
                        for done, (name, goal) in zip(
                            state.progress, asked.items(), strict=True
                        )
                    ),
                    tuple(
                        cents + units * price if who == payer else cents
                        for cents, who in zip(state.costs, payers, strict=True)
                    ),
                    state.givers | giver if units else state.givers,
                ),
            )


def _combined(left: list[Outcome], right: list[Outcome]) -> list[Outcome]:
    """Outcomes of two groups of capabilities together."""
    found: dict[tuple[Costs, Givers], Outcome] = {}
    for x in left:
        for y in right:
            bill = dict(x.costs)
            for payer, cents in y.costs:
                bill[payer] = bill.get(payer, 0) + cents
            costs = tuple(sorted(bill.items()))
            value = x.value + y.value
            key = costs, x.givers | y.givers
            if key not in found or value > found[key].value:
                found[key] = Outcome(value, costs, x.units + y.units, key[1])
    return list(found.values())


def net(facts: Facts) -> tuple[list[Stock], list[Want]]:
    """What assets and needs leave after every region has served itself.

    The most demanding needs go first, and each takes the plainest of its
    region's assets that suffices, so that better ones stay free for others.
    """
    setting = facts.setting
    capacity: list[Fraction | str | None] = [row.capacity for row in setting.assets]
    amount = [row.amount for row in setting.needs]
    needs = sorted(
        enumerate(setting.needs), key=lambda pair: (-pair[1].min_level, pair[1].actor)
    )
    assets = sorted(
        enumerate(setting.assets), key=lambda pair: (pair[1].level, pair[1].actor)
    )
    for n, need in needs:
        for a, asset in assets:
            same = (asset.region, asset.capability) == (need.region, need.capability)
            if same and asset.level >= need.min_level:
                held = capacity[a]
                if held == UNLIMITED:
                    amount[n] = ZERO
                elif isinstance(held, Fraction):
                    used = min(held, amount[n])
                    capacity[a], amount[n] = held - used, amount[n] - used
    stocks = [
        Stock(row, None if left == UNLIMITED else math.floor(Fraction(left or 0)))
        for row, left in zip(setting.assets, capacity, strict=True)
    ]
    wants = [Want(r, x) for r, x in zip(setting.needs, amount, strict=True)]
    return stocks, wants

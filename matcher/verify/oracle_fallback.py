"""The best two plans of a tiny setting that awaits an answer, by trying every pair.

Written from the meaning: the answer of one instrument is awaited. One plan is for a yes
and one for a no, and each keeps every rule by itself. A case of the plan for a yes to
which the instrument pays nothing begins at once, so that it is the very same in both
plans: members, lead, exchanges, and every amount paid. Whatever else the plan for a no
holds is launched only after a no, and counts with the chance of a no.

Whether both plans can be paid is one system of inequalities, in which the amounts of a
case that begins at once stand twice and are equal (`oracle_both`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop
from itertools import product
from typing import TYPE_CHECKING, Final

from matcher.verify.oracle import effort_fits, launches_fit, leads_fit, memberships_fit
from matcher.verify.oracle_applications import (
    CERTAIN,
    chance,
    mixes,
    success,
    uncertain,
)
from matcher.verify.oracle_both import Both, Side
from matcher.verify.oracle_cases import Option, options
from matcher.verify.oracle_cohesion import counting_members
from matcher.verify.oracle_engagement import skills_fit
from matcher.verify.oracle_exchange import Exchanges
from matcher.verify.oracle_facts import ZERO, Facts
from matcher.verify.oracle_money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_cohesion import Givers
    from matcher.verify.oracle_exchange import Arc, Costs

MAX_PAIRS: Final = 200_000
"""Pairs of plans above which the oracle refuses."""
MAX_TRIES: Final = 20_000
"""Pairs looked at closely before the search is given up."""
MAX_MOVES: Final = 4_000
"""Ways to exchange above which an enumeration is given up."""


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """What one case does in a plan: its members, and which uncertain money pays."""

    case: str
    option: Option
    paying: frozenset[str]
    chance: Fraction
    counts: Fraction
    """Chance that this plan is the one that is carried out."""

    @property
    def value(self) -> Fraction:
        """What the membership is worth, times the chance that it comes to that."""
        return self.counts * self.option.worths[self.chance].value


_Parts = tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """What begins at once, what rests on a yes, and what is launched after a no."""

    now: _Parts
    yes: _Parts
    no: _Parts

    @property
    def every(self) -> _Parts:
        """All of them."""
        return (*self.now, *self.yes, *self.no)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Units exchanged so far: what is left for others, and what it costs whom."""

    stock: tuple[int | None, ...]
    left: tuple[int, ...]
    served: tuple[tuple[tuple[str, str], int], ...] = ()
    """Units by case and capability, sorted."""
    costs: Costs = ()
    givers: Givers = frozenset()


_Worth = dict[_Moved, Fraction]
"""Most points by what was moved."""


def best_with_fallback(setting: Setting) -> Fraction | None:
    """Points of the best two plans of a setting that awaits an answer, or None.

    Raises
    ------
    ValueError
        When there is too much to try, or when points are not counted by the unit.
    """
    facts = Facts(setting)
    if facts.weight("scope"):
        raise ValueError("needs that count as a whole are not tried here")
    search = _Search(facts, setting.wait_for or "")
    waiting = [(-search.most(pair), at, pair) for at, pair in enumerate(search.pairs())]
    heapify(waiting)
    found: Fraction | None = None
    tries = 0
    while waiting and (found is None or -waiting[0][0] > found):
        _, _, pair = heappop(waiting)
        tries += 1
        if tries > MAX_TRIES:
            raise ValueError("too many pairs of plans to look at")
        value = search.value(pair, found)
        if value is not None:
            found = value
    return found


class _Search:
    """Everything that is looked up while pairs of plans are tried."""

    def __init__(self, facts: Facts, awaited: str) -> None:
        self.facts, self.awaited = facts, awaited
        self.no = 1 - success(facts, awaited)
        self.chancy = uncertain(facts, funding=True)
        self.exchanges = Exchanges(facts)
        self.money = Money(facts, self.chancy)
        self.both = Both(facts, self.money)
        self._whether: dict[_Parts, bool] = {}

    def pairs(self) -> Iterator[_Pair]:
        """Every pair of plans whose memberships keep the rules."""
        ways = [list(self._courses(name)) for name in self.facts.setting.cases]
        count = 1
        for each in ways:
            count *= len(each)
        if count > MAX_PAIRS:
            raise ValueError("too many pairs of plans to try")
        for chosen in product(*ways):
            parts = [tuple(p for part in some for p in part) for some in
                     zip(*chosen, strict=True)]  # fmt: skip
            pair = _Pair(*parts)
            if self._fits((*pair.now, *pair.yes)) and self._fits((*pair.now, *pair.no)):
                yield pair

    def _courses(self, case: str) -> Iterator[tuple[_Parts, _Parts, _Parts]]:
        """What one case may do: at once, with a yes, after a no."""
        levels = {chance(self.facts, some) for some in mixes(self.facts, self.chancy)}
        every = options(self.facts, self.facts.setting.cases[case], levels)
        yes: list[_Parts] = [()] if None in every else []
        no: list[_Parts] = list(yes)
        for option in every:
            for mix in self.money.mixes({case: option.members}) if option else ():
                assert option is not None
                paying = mix[case]
                share = chance(self.facts, paying)
                if self.awaited in paying:
                    yes.append((_Part(case, option, paying, share, CERTAIN),))
                else:
                    yield (_Part(case, option, paying, share, CERTAIN),), (), ()
                    no.append((_Part(case, option, paying, share, self.no),))
        for one, other in product(yes, no):
            yield (), one, other

    def _fits(self, parts: _Parts) -> bool:
        """Whether the rules across cases allow the memberships of one plan."""
        if parts not in self._whether:
            launched = {part.case: part.option.members for part in parts}
            self._whether[parts] = launches_fit(
                self.facts, launched
            ) and memberships_fit(self.facts, launched)
        return self._whether[parts]

    def most(self, pair: _Pair) -> Fraction:
        """No way to exchange brings the pair more."""
        needs = {n for n, _, _ in self._arcs(pair.every)}
        exchanged = sum((self.exchanges.most(n) for n in needs), ZERO)
        return sum((part.value for part in pair.every), exchanged)

    def _arcs(self, parts: _Parts) -> list[tuple[int, int, str]]:
        return [
            arc for part in parts
            for arc in self.exchanges.arcs(part.case, part.option.members)
        ]  # fmt: skip

    def value(self, pair: _Pair, least: Fraction | None) -> Fraction | None:
        """Points of a pair with its best exchanges, if more than the least; or None."""
        if not self._led(pair):
            return None
        own = sum((part.value for part in pair.every), ZERO)
        ways = sorted(self._exchanged(pair), key=lambda way: -way[0])
        for earned, yes, no in ways:
            if least is not None and own + earned <= least:
                return None
            one = self._side((*pair.now, *pair.yes), yes)
            other = self._side((*pair.now, *pair.no), no)
            begun = frozenset(part.case for part in pair.now)
            if one and other and self.both.paid(one, other, begun):
                return own + earned
        return None

    def _led(self, pair: _Pair) -> bool:
        """Whether both plans have leads, the same ones in cases that begin at once."""
        return any(
            self._leads(pair.now, shared, pair.yes)
            and self._leads(pair.now, shared, pair.no)
            for shared in product(*(part.option.leads for part in pair.now))
        )

    def _leads(self, now: _Parts, shared: tuple[str, ...], later: _Parts) -> bool:
        parts = (*now, *later)
        launched = {part.case: part.option.members for part in parts}
        for others in product(*(part.option.leads for part in later)):
            leads = dict(zip(launched, (*shared, *others), strict=True))
            if (
                leads_fit(self.facts, leads)
                and effort_fits(self.facts, launched, leads)
                and skills_fit(self.facts, launched, leads)
            ):
                return True
        return False

    def _side(self, parts: _Parts, moved: _Moved) -> Side | None:
        """One plan as it is to be paid; None where too few members count."""
        launched = {part.case: part.option.members for part in parts}
        named = {part.case: part.option.named for part in parts}
        asked = counting_members(self.facts, launched, named, moved.givers)
        if asked is None:
            return None
        mix = {part.case: part.paying for part in parts}
        return Side(launched, moved.costs, asked, mix)

    def _exchanged(self, pair: _Pair) -> Iterator[tuple[Fraction, _Moved, _Moved]]:
        """Ways to exchange in both plans, each with the points of all units."""
        start = _Moved(
            tuple(stock.units for stock in self.exchanges.stocks),
            tuple(want.units for want in self.exchanges.wants),
        )
        for first, earned in self._moves({start: ZERO}, pair.now).items():
            yes, no = (
                self._best(self._moves({first: ZERO}, later), (*pair.now, *later))
                for later in (pair.yes, pair.no)
            )
            for (one, more), (other, most) in product(yes, no):
                yield earned + more + most, one, other

    def _best(self, moves: _Worth, parts: _Parts) -> Iterable[tuple[_Moved, Fraction]]:
        """Of moves that cost the same, by the same who matter, the best one."""
        asked = self.exchanges.asked_of(part.case for part in parts)
        found: dict[object, tuple[_Moved, Fraction]] = {}
        for moved, earned in moves.items():
            got = dict(moved.served)
            key = moved.costs, moved.givers
            if all(got.get(what, 0) >= units for what, units in asked.items()) and (
                key not in found or found[key][1] < earned
            ):
                found[key] = moved, earned
        return found.values()

    def _moves(self, before: _Worth, parts: _Parts) -> _Worth:
        """Every way to exchange in some more cases."""
        for part in parts:
            for arc in self.exchanges.arcs(part.case, part.option.members):
                each = self.exchanges.each(arc[0]) * part.chance * part.counts
                after: _Worth = {}
                for moved, earned in before.items():
                    for units, then in self._along(arc, moved):
                        worth = earned + each * units
                        if then not in after or after[then] < worth:
                            after[then] = worth
                if len(after) > MAX_MOVES:
                    raise ValueError("too many exchanges to try")
                before = after
        return before

    def _along(self, arc: Arc, moved: _Moved) -> Iterator[tuple[int, _Moved]]:
        """Units along one arc, from none to all, and what is left then."""
        need, a, case = arc
        asset, room = self.exchanges.stocks[a].row, moved.left[need]
        held = moved.stock[a]
        for units in range((room if held is None else min(room, held)) + 1):
            if not units:
                yield 0, moved
                continue
            stock, left = list(moved.stock), list(moved.left)
            stock[a] = None if held is None else held - units
            left[need] = room - units
            served, costs = Counter(dict(moved.served)), Counter(dict(moved.costs))
            served[case, asset.capability] += units
            costs[asset.region, case] += units * (asset.unit_cost or 0)
            giver = {(asset.region, case)} & self.exchanges.traced(case)
            yield units, _Moved(
                tuple(stock), tuple(left), tuple(sorted(served.items())),
                tuple(sorted((+costs).items())), moved.givers | giver,
            )  # fmt: skip

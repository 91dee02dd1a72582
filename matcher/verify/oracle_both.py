"""Whether two plans can be paid so that what begins at once is paid the same in both.

One system of inequalities holds every rule about money twice, once for each plan; the
amounts of a case that begins at once are equal. What is asked for may differ: money
asked for in another bundle is the same money.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from matcher.verify import oracle_applications as applications
from matcher.verify.oracle_cohesion import bearings
from matcher.verify.oracle_ledger import Ledger
from matcher.verify.oracle_lp import Inequalities
from matcher.verify.oracle_money import MAX_SOLVES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from matcher.verify.oracle_applications import Pair, Request
    from matcher.verify.oracle_cohesion import Bearing, Counting
    from matcher.verify.oracle_exchange import Costs
    from matcher.verify.oracle_facts import Facts
    from matcher.verify.oracle_ledger import Launched
    from matcher.verify.oracle_money import Mix, Money


@dataclass(frozen=True, slots=True)
class Side:
    """One plan as it is to be paid."""

    launched: Launched
    costs: Costs
    asked: tuple[Counting, ...]
    """Groups of members that must bear something."""
    mix: Mix

    @property
    def key(self) -> object:
        """What tells two of them apart."""
        who, paying = tuple(self.launched.items()), tuple(self.mix.items())
        return who, self.costs, self.asked, paying


@dataclass(frozen=True, slots=True)
class _Way:
    """Which instruments pay where, through which applications, and who bears what."""

    pairs: tuple[Pair, ...]
    requests: tuple[Request, ...]
    bearing: Bearing


class Both:
    """The money rules of one setting, for two plans at once."""

    def __init__(self, facts: Facts, money: Money) -> None:
        self.facts, self.money = facts, money
        self._known: dict[object, bool] = {}
        self._solved = 0

    def paid(self, yes: Side, no: Side, begun: Collection[str]) -> bool:
        """Whether both plans can be paid, the cases that are begun alike in both."""
        key = yes.key, no.key
        if key not in self._known:
            alone = all(
                self.money.payments(s.launched, s.costs, s.asked, s.mix) is not None
                for s in (yes, no)
            )
            self._known[key] = alone and (not begun or self._alike(yes, no, begun))
        return self._known[key]

    def _alike(self, yes: Side, no: Side, begun: Collection[str]) -> bool:
        return any(
            self._solve((yes, no), (one, other), begun)
            for one in self._ways(yes)
            for other in self._ways(no)
            if _where(one, begun) == _where(other, begun)
        )

    def _ways(self, side: Side) -> Iterator[_Way]:
        """Every choice of those that make demands, and of what they are asked."""
        pairs = self.money.usable(side.launched, side.mix)
        free = [pair for pair in pairs if pair[0] not in self.money.demanding]
        each = [
            list(self.money.uses(side.launched, case, side.costs, side.mix))
            for case in side.launched
        ]
        for chosen in product(*each):
            used = [pair for some in chosen for pair in some]
            for asked in applications.requests(self.facts, side.launched, used):
                for bearing in bearings(side.asked):
                    yield _Way((*free, *used), asked, bearing)

    def _solve(
        self, sides: tuple[Side, Side], ways: tuple[_Way, ...], begun: Collection[str]
    ) -> bool:
        self._solved += 1
        if self._solved > MAX_SOLVES:
            raise ValueError("too many ways to pay two plans to try")
        system = Inequalities()
        one, other = (
            Ledger(self.facts, side.launched, dict(side.costs), way.pairs, system)
            for side, way in zip(sides, ways, strict=True)
        )
        for ledger, way in zip((one, other), ways, strict=True):
            self.money.state(ledger, way.requests)
            ledger.state_bearing(way.bearing)
        _equate(one, other, begun)
        return system.whole_solution() is not None


def _where(way: _Way, begun: Collection[str]) -> set[Pair]:
    """Instruments that pay in the cases that begin at once."""
    return {pair for pair in way.pairs if pair[1] in begun}


def _equate(one: Ledger, other: Ledger, begun: Collection[str]) -> None:
    """Every amount of a case that begins at once is the same in both plans."""
    alike = [
        (v, other.shares[place]) for place, v in one.shares.items() if place[1] in begun
    ]
    alike += [
        (v, other.grants[place]) for place, v in one.grants.items() if place[2] in begun
    ]
    for here, there in alike:
        one.system.row({here: 1, there: -1}, 0, 0)

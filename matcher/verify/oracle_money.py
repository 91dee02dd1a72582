"""Whether launched cases can be paid for, in whole cents.

For each choice of the instruments that a case uses, and of the applications made to
them, shares and grants must meet linear inequalities; `oracle_lp` says exactly whether
they can. Choices matter only for instruments that ask something once used, or whose
money may not come. Any other is left free to pay, or to pay nothing.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from matcher.verify import oracle_applications as applications
from matcher.verify import oracle_beneficiaries as beneficiaries
from matcher.verify import oracle_sources as sources
from matcher.verify.oracle_applications import Request
from matcher.verify.oracle_cohesion import bearings
from matcher.verify.oracle_facts import ruled
from matcher.verify.oracle_ledger import Launched, Ledger, Payments
from matcher.verify.oracle_years import in_force, state_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from matcher.scenario.records import Case
    from matcher.scenario.rulebook import Instrument, Window
    from matcher.verify.oracle_applications import Pair
    from matcher.verify.oracle_cohesion import Bearing, Counting
    from matcher.verify.oracle_exchange import Costs
    from matcher.verify.oracle_facts import Facts

MAX_SOLVES: Final = 1_500
"""Systems of inequalities above which the oracle gives up."""
Mix = dict[str, frozenset[str]]
"""Uncertain instruments that pay something, by case."""


class Money:
    """The money rules of one setting."""

    def __init__(self, facts: Facts, uncertain: tuple[str, ...] = ()) -> None:
        self.facts = facts
        self._uncertain = uncertain
        self.demanding = frozenset(
            name
            for name, book in facts.setting.instruments.items()
            if name in uncertain or applications.demanding(facts, book)
        )
        self._solved = 0
        self._part: dict[object, bool] = {}
        self._together: dict[object, Payments | None] = {}

    def mixes(self, launched: Launched) -> Iterator[Mix]:
        """Every choice of uncertain instruments that pay, case by case."""
        ways = []
        for case in launched:
            here = [f for f, _ in self._pairs(launched, case) if f in self._uncertain]
            ways.append(applications.mixes(self.facts, here))
        for chosen in product(*ways):
            yield dict(zip(launched, chosen, strict=True))

    def chances(self, mix: Mix) -> dict[str, Fraction]:
        """Chance that all pay who do so in a case, by case."""
        return {
            case: applications.chance(self.facts, paying)
            for case, paying in mix.items()
        }

    def payments(
        self, launched: Launched, costs: Costs, asked: tuple[Counting, ...], mix: Mix
    ) -> Payments | None:
        """A way to pay for the cases and their exchanges, or None.

        In each group that is asked for, enough of those who count bear their share.
        """
        for size in range(1, len(launched)):
            for names in combinations(launched, size):
                some = {name: launched[name] for name in names}
                if not self._may_pay(some, costs, mix):
                    return None
        key = (tuple(launched.items()), costs, asked, tuple(mix.items()))
        if key not in self._together:
            ways = (self._search(launched, costs, who, mix) for who in bearings(asked))
            self._together[key] = next((way for way in ways if way is not None), None)
        return self._together[key]

    def _may_pay(
        self, launched: Launched, costs: Costs, mix: Mix,
        used: tuple[Pair, ...] | None = None,
    ) -> bool:  # fmt: skip
        """False when some of the cases cannot be paid for even without the rest.

        ``used``: the demanding instruments that pay, if that is chosen.
        """
        bill = tuple(entry for entry in costs if entry[0][1] in launched)
        key = (tuple(launched.items()), bill, *(mix[case] for case in launched), used)
        if key not in self._part:
            pairs = self.usable(launched, mix)
            alone: tuple[Request, ...] = ()
            if used is not None:
                pairs = [p for p in pairs if p in used or p[0] not in self.demanding]
                books = self.facts.setting.instruments
                alone = tuple(
                    Request(f, (case,)) for f, case in used
                    if not applications.bundling(books[f])
                )  # fmt: skip
            self._part[key] = self._solve(launched, bill, pairs, alone) is not None
        return self._part[key]

    def usable(self, launched: Launched, mix: Mix) -> list[Pair]:
        """Instruments that may pay in each case, of the uncertain ones those chosen."""
        return [
            (f, case)
            for case in launched
            for f, _ in self._pairs(launched, case)
            if f not in self._uncertain or f in mix[case]
        ]

    def _search(
        self, launched: Launched, costs: Costs, bearing: Bearing, mix: Mix
    ) -> Payments | None:
        pairs = self.usable(launched, mix)
        paid = self._solve(launched, costs, pairs, bearing=bearing)
        free = [pair for pair in pairs if pair[0] not in self.demanding]
        if paid is None or len(free) == len(pairs):
            return paid
        ways = [list(self.uses(launched, case, costs, mix)) for case in launched]
        for chosen in product(*ways):
            used = [pair for some in chosen for pair in some]
            for asked in applications.requests(self.facts, launched, used):
                paid = self._solve(launched, costs, free + used, asked, bearing)
                if paid is not None:
                    return paid
        return None

    def uses(
        self, launched: Launched, case: str, costs: Costs, mix: Mix
    ) -> Iterator[tuple[Pair, ...]]:
        """Demanding instruments that may pay in a case together, the most first."""
        here = {case: launched[case]}
        able = [f for f, _ in self.usable(here, mix) if f in self.demanding]
        for some in reversed(applications.mixes(self.facts, able)):
            used = tuple((f, case) for f in able if f in some)
            if mix[case] <= some and self._may_pay(here, costs, mix, used):
                yield used

    def _pairs(self, launched: Launched, case: str) -> list[Pair]:
        """Instruments that a case may use with these members."""
        row, members = self.facts.setting.cases[case], launched[case]
        return [
            (name, case)
            for name, book in self.facts.setting.instruments.items()
            if _accepts(book, row)
            and in_force(self.facts.setting, book)
            and (
                applications.bundling(book)
                or applications.consortium_met(self.facts, book, members)
            )
        ]

    def _solve(
        self, launched: Launched, costs: Costs, pairs: Iterable[Pair],
        asked: tuple[Request, ...] = (), bearing: Bearing = (),
    ) -> Payments | None:  # fmt: skip
        """Pay with these instruments, of which those that are asked make demands."""
        self._solved += 1
        if self._solved > MAX_SOLVES:
            raise ValueError("too many ways to pay to try")
        ledger = Ledger(self.facts, launched, dict(costs), tuple(pairs))
        if ledger.out_of_reach():
            return None
        self.state(ledger, asked)
        ledger.state_bearing(bearing)
        return ledger.payments(asked)

    def state(self, ledger: Ledger, asked: Iterable[Request]) -> None:
        """Write down every rule about money, and what those demand that are asked."""
        ledger.state_costs()
        ledger.state_grants()
        ledger.state_envelopes()
        ledger.state_own_money()
        state_years(ledger)
        beneficiaries.state_aid(ledger)
        for request in asked:
            book = self.facts.setting.instruments[request.instrument]
            ledger.state_request(request)
            beneficiaries.state_request(ledger, request)
            for case in request.cases:
                free = sources.associates(self.facts.setting, book)
                ledger.state_bounds(book.cost_share, case, free)

    def accepts(self, launched: Launched, costs: Costs, paid: Payments) -> bool:
        """True when one given way to pay keeps every rule about money.

        It names every application, those without demands, too.
        """
        pairs = [pair for case in launched for pair in self._pairs(launched, case)]
        used = {(f, case) for (f, _, case, _), cents in paid.grants.items() if cents}
        named = [(r.instrument, case) for r in paid.requests for case in r.cases]
        if sorted(used) != sorted(named) or not used <= set(pairs):
            return False
        if not all(
            applications.may_pay_together(self.facts, [f for f, d in used if d == case])
            for case in launched
        ):
            return False
        for name, book in self.facts.setting.instruments.items():
            groups = tuple(r.cases for r in paid.requests if r.instrument == name)
            if not applications.fits(self.facts, book, launched, groups):
                return False
        ledger = Ledger(self.facts, launched, dict(costs), tuple(pairs))
        self.state(ledger, paid.requests)
        return ledger.accepts(paid)


def _accepts(book: Instrument, case: Case) -> bool:
    """True when phase and readiness of a case suit an instrument."""
    phases = ruled(book.phases)
    return (
        (phases is None or case.phase in phases)
        and _within(book.trl.start, case.trl_start)
        and _within(book.trl.end, case.trl_end)
    )


def _within(window: Window | None, value: int | None) -> bool:
    if window is None or (window.min is None and window.max is None):
        return True
    if value is None:
        return False
    low, high = ruled(window.min, value), ruled(window.max, value)
    return bool(low <= value <= high)

"""Whether launched cases can be paid for, in whole cents.

For each choice of the instruments that a case uses, shares and grants must meet
linear inequalities; `oracle_lp` says exactly whether they can. Choices matter
only for instruments that ask something of a case once used: a smallest grant or
bounds on the members' shares. Any other is left free to pay, or to pay nothing.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from matcher.verify.oracle_facts import ruled
from matcher.verify.oracle_ledger import Launched, Ledger, Payments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.scenario.records import Case
    from matcher.scenario.rulebook import Instrument, Window
    from matcher.verify.oracle_exchange import Costs
    from matcher.verify.oracle_facts import Facts

MAX_SOLVES: Final = 1_500
"""Systems of inequalities above which the oracle gives up."""


class Money:
    """The money rules of one setting."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._solved = 0
        self._part: dict[object, bool] = {}
        self._together: dict[object, Payments | None] = {}

    def payments(self, launched: Launched, costs: Costs) -> Payments | None:
        """A way to pay for the cases and their exchanges, or None."""
        for size in range(1, len(launched)):
            for names in combinations(launched, size):
                if not self._may_pay({name: launched[name] for name in names}, costs):
                    return None
        key = (tuple(launched.items()), costs)
        if key not in self._together:
            self._together[key] = self._search(launched, costs)
        return self._together[key]

    def _may_pay(self, launched: Launched, costs: Costs) -> bool:
        """False when some of the cases cannot be paid for even without the rest."""
        bill = tuple(entry for entry in costs if entry[0][1] in launched)
        key = (tuple(launched.items()), bill)
        if key not in self._part:
            pairs = [pair for case in launched for pair in self._pairs(launched, case)]
            self._part[key] = self._solve(launched, bill, pairs) is not None
        return self._part[key]

    def _search(self, launched: Launched, costs: Costs) -> Payments | None:
        pairs = [pair for case in launched for pair in self._pairs(launched, case)]
        asking = [pair for pair in pairs if self._asks(pair[0])]
        paid = self._solve(launched, costs, pairs)
        if paid is None or not asking:
            return paid
        for used in product((True, False), repeat=len(asking)):
            chosen = [p for p, yes in zip(asking, used, strict=True) if yes]
            free = [p for p in pairs if p not in asking]
            paid = self._solve(launched, costs, free + chosen, chosen)
            if paid is not None:
                return paid
        return None

    def _asks(self, name: str) -> bool:
        book = self.facts.setting.instruments[name]
        bounds = book.cost_share
        return bool(
            ruled(book.grant.min, 0) or bounds.min is not None or bounds.max is not None
        )

    def _pairs(self, launched: Launched, case: str) -> list[tuple[str, str]]:
        """Instruments that a case may use with these members."""
        row, members = self.facts.setting.cases[case], launched[case]
        return [
            (name, case)
            for name, book in self.facts.setting.instruments.items()
            if _accepts(book, row) and self._consortium_met(book, members)
        ]

    def _consortium_met(self, book: Instrument, members: frozenset[str]) -> bool:
        asked = book.consortium
        most = ruled(asked.max_partners)
        return (
            len(self.facts.counting(members)) >= ruled(asked.min_regions, 0)
            and self.facts.states(members) >= ruled(asked.min_states, 0)
            and (most is None or len(members) <= most)
            and self.facts.required_met(asked, members)
        )

    def _solve(
        self, launched: Launched, costs: Costs, pairs: Iterable[tuple[str, str]],
        binding: Iterable[tuple[str, str]] = (),
    ) -> Payments | None:  # fmt: skip
        """Pay with these instruments, of which the binding ones make demands."""
        self._solved += 1
        if self._solved > MAX_SOLVES:
            raise ValueError("too many ways to pay to try")
        ledger = Ledger(self.facts, launched, dict(costs), tuple(pairs))
        if ledger.out_of_reach():
            return None
        self._state(ledger, binding)
        return ledger.payments()

    def _state(self, ledger: Ledger, binding: Iterable[tuple[str, str]]) -> None:
        """Write down every rule about money, and what used instruments demand."""
        ledger.state_costs()
        ledger.state_grants()
        ledger.state_envelopes()
        ledger.state_own_money()
        for name, case in binding:
            book = self.facts.setting.instruments[name]
            ledger.state_bounds(book.cost_share, case)
            ledger.state_smallest(name, case, ruled(book.grant.min, 0))

    def accepts(self, launched: Launched, costs: Costs, paid: Payments) -> bool:
        """True when one given way to pay keeps every rule about money."""
        pairs = [pair for case in launched for pair in self._pairs(launched, case)]
        used = {(f, case) for (f, _, case, _), cents in paid.grants.items() if cents}
        ledger = Ledger(self.facts, launched, dict(costs), tuple(pairs))
        self._state(ledger, sorted(used & set(pairs)))
        return used <= set(pairs) and ledger.accepts(paid)


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

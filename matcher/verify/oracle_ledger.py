"""Shares and grants of launched cases, and the inequalities on them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import UNLIMITED, ruled
from matcher.verify.oracle_lp import Inequalities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.scenario.rulebook import ShareBounds
    from matcher.verify.oracle_facts import Facts

Launched = dict[str, frozenset[str]]
"""Members of each launched case."""


@dataclass(frozen=True, slots=True)
class Payments:
    """One way to pay, in cents."""

    shares: Mapping[tuple[str, str, str], int]
    """By region, case and layer."""
    grants: Mapping[tuple[str, str, str, str], int]
    """By instrument, region, case and layer."""


def _sum(variables: Iterable[int]) -> dict[int, Fraction]:
    """Terms that add variables up."""
    return dict.fromkeys(variables, Fraction(1))


def _total(amounts: Iterable[int | str]) -> int | None:
    """Sum of amounts; None when one of them is unlimited."""
    stated = list(amounts)
    known = [amount for amount in stated if isinstance(amount, int)]
    return sum(known) if len(known) == len(stated) else None


def _least(*caps: int | None) -> int | None:
    return min((cap for cap in caps if cap is not None), default=None)


class Ledger:
    """Shares and grants of launched cases, with the inequalities on them."""

    def __init__(
        self, facts: Facts, launched: Launched,
        costs: dict[tuple[str, str], int], pairs: tuple[tuple[str, str], ...],
    ) -> None:  # fmt: skip
        self.facts, self.setting, self.launched = facts, facts.setting, launched
        self.own_costs = costs
        self.system = Inequalities()
        self.layers = {case: self._layers(case) for case in launched}
        self.shares: dict[tuple[str, str, str], int] = {}
        self.grants: dict[tuple[str, str, str, str], int] = {}
        for case, layers in self.layers.items():
            for layer in layers:
                for r in sorted(launched[case]):
                    here = layer == self._exchange_layer()
                    least = costs.get((r, case), 0) if here else 0
                    self.shares[r, case, layer] = self.system.variable(least)
        for f, case in pairs:
            paid = ruled(self.setting.instruments[f].layers)
            for layer in self.layers[case]:
                for r in sorted(launched[case]):
                    if self._rate(f, r) and (paid is None or layer in paid):
                        self.grants[f, r, case, layer] = self.system.variable()

    def out_of_reach(self) -> bool:
        """True when all money in sight is less than all costs: no need to solve."""
        members = frozenset[str]().union(*self.launched.values())
        own = [self.setting.regions[r].own_budget for r in members]
        sources = [c if isinstance(c, int) else None for c in own]
        sources += [self._most(f) for f in {key[0] for key in self.grants}]
        known = [cents for cents in sources if cents is not None]
        costs = sum(sum(layers.values()) for layers in self.layers.values())
        return len(known) == len(sources) and sum(known) < costs

    def _most(self, f: str) -> int | None:
        """Cents that an instrument cannot exceed; None is without limit."""
        book = self.setting.instruments[f]
        whole = _total(self._budget(f, None) or [ruled(book.envelope, UNLIMITED)])
        caps = []
        for r in {key[1] for key in self.grants if key[0] == f}:
            rows = _total(self._budget(f, r) or [UNLIMITED])
            caps.append(_least(rows, ruled(book.per_region_cap)))
        known = [cap for cap in caps if cap is not None]
        return _least(whole, sum(known) if len(known) == len(caps) else None)

    def _exchange_layer(self) -> str:
        book = self.setting.partnership
        return str("1" if book is None else ruled(book.exchange_layer, "1"))

    def _layers(self, case: str) -> dict[str, int]:
        """Cost of a case by layer; layers without cost have no shares."""
        found: dict[str, int] = {}
        for row in self.setting.costs:
            if row.case == case:
                times = len(self.launched[case]) if row.per == "partner" else 1
                found[row.layer] = found.get(row.layer, 0) + row.amount * times
        for (_, where), cents in self.own_costs.items():
            if where == case:
                layer = self._exchange_layer()
                found[layer] = found.get(layer, 0) + cents
        return {layer: cents for layer, cents in found.items() if cents}

    def _rate(self, f: str, region: str) -> Fraction:
        """Rate an instrument pays a region; 0 when it pays it nothing."""
        book, row = self.setting.instruments[f], self.setting.regions[region]
        states = ruled(book.states)
        if states is not None and row.state not in states:
            return Fraction(0)
        if book.kind != "grant" and not self._budget(f, region):
            return Fraction(0)
        for rate in book.rate:
            if rate.scheme is None or row.category.get(rate.scheme) == rate.category:
                return rate.value
        return Fraction(0)

    def _budget(self, f: str, region: str | None) -> list[int | str]:
        return [
            row.amount for row in self.setting.budgets
            if row.instrument == f and row.region == region and row.amount is not None
        ]  # fmt: skip

    def state_costs(self) -> None:
        """Shares add up to the cost of each layer and keep the general bounds."""
        for case, layers in self.layers.items():
            for layer, cents in layers.items():
                who = [self.shares[r, case, layer] for r in self.launched[case]]
                self.system.row(_sum(who), cents, cents)
            if self.setting.partnership is not None:
                self.state_bounds(self.setting.partnership.cost_share, case)

    def state_bounds(self, bounds: ShareBounds, case: str) -> None:
        """Each member bears a part of the case's cost between two bounds."""
        total = sum(self.layers[case].values())
        low, high = ruled(bounds.min), ruled(bounds.max)
        if low is None and high is None:
            return
        for r in self.launched[case]:
            self.system.row(
                _sum(self._own_shares(r, case)),
                None if low is None else low * total,
                None if high is None else high * total,
            )

    def _own_shares(self, region: str, case: str) -> list[int]:
        return [v for (r, d, _), v in self.shares.items() if (r, d) == (region, case)]

    def _paid(self, f: str, case: str | None, region: str | None = None) -> list[int]:
        return [
            v for (g, r, d, _), v in self.grants.items()
            if g == f and case in (None, d) and region in (None, r)
        ]  # fmt: skip

    def state_grants(self) -> None:
        """No euro of a share is paid twice, and no grant is too large."""
        for (region, case, layer), share in self.shares.items():
            terms: dict[int, Fraction] = {share: Fraction(-1)}
            for (f, r, d, way), v in self.grants.items():
                if (r, d, way) == (region, case, layer):
                    terms[v] = 1 / self._rate(f, r)
            if len(terms) > 1:
                self.system.row(terms, upper=0)
        for f, case in sorted({(f, d) for f, _, d, _ in self.grants}):
            most = ruled(self.setting.instruments[f].grant.max)
            if most is not None:
                self.system.row(_sum(self._paid(f, case)), upper=most)

    def state_smallest(self, f: str, case: str, least: int) -> None:
        """A grant that is used reaches its smallest size."""
        self.system.row(_sum(self._paid(f, case)), lower=least)

    def state_envelopes(self) -> None:
        """Money of each instrument, in all and for each region."""
        for f in sorted({key[0] for key in self.grants}):
            book = self.setting.instruments[f]
            rows = self._budget(f, None)
            self._cap(self._paid(f, None), rows or [ruled(book.envelope, UNLIMITED)])
            for r in sorted({key[1] for key in self.grants}):
                paid = self._paid(f, None, r)
                self._cap(paid, self._budget(f, r) or [UNLIMITED])
                self._cap(paid, [ruled(book.per_region_cap, UNLIMITED)])

    def _cap(self, variables: list[int], amounts: list[int | str]) -> None:
        most = _total(amounts)
        if variables and most is not None:
            self.system.row(_sum(variables), upper=most)

    def state_own_money(self) -> None:
        """What no grant pays stays within own budgets and the largest own part."""
        book = self.setting.own_money
        part = None if book is None else ruled(book.max_own_share)
        for region, row in self.setting.regions.items():
            if isinstance(row.own_budget, int):
                terms = self._rest(region, None, Fraction(1))
                self.system.row(terms, upper=row.own_budget)
            if part is not None:
                for case in self.launched:
                    terms = self._rest(region, case, 1 - part)
                    self.system.row(terms, upper=0)

    def _rest(
        self, region: str, case: str | None, factor: Fraction
    ) -> dict[int, Fraction]:
        """Shares of a region, each times a factor, less its grants."""
        terms: dict[int, Fraction] = {}
        for (r, d, _), v in self.shares.items():
            if r == region and case in (None, d):
                terms[v] = factor
        for (_, r, d, _), v in self.grants.items():
            if r == region and case in (None, d):
                terms[v] = Fraction(-1)
        return terms

    def accepts(self, paid: Payments) -> bool:
        """True when given amounts stand at places that exist, and keep every bound."""
        places = self.shares.keys() | self.grants.keys()
        given = {key: n for key, n in (*paid.shares.items(), *paid.grants.items()) if n}
        values = {v: given.get(key, 0) for key, v in self.shares.items()}
        values |= {v: given.get(key, 0) for key, v in self.grants.items()}
        return given.keys() <= places and self.system.holds(values)

    def payments(self) -> Payments | None:
        """Amounts that meet every inequality, or None."""
        found = self.system.whole_solution()
        if found is None:
            return None
        return Payments(
            {key: found[v] for key, v in self.shares.items()},
            {key: found[v] for key, v in self.grants.items()},
        )

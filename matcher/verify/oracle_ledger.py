"""Shares and grants of launched cases, and the inequalities on them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.verify import oracle_sources as sources
from matcher.verify.oracle_beneficiaries import weighed
from matcher.verify.oracle_facts import UNLIMITED, ruled
from matcher.verify.oracle_lp import Inequalities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.scenario.rulebook import ShareBounds
    from matcher.verify.oracle_applications import Request
    from matcher.verify.oracle_cohesion import Bearing
    from matcher.verify.oracle_facts import Facts

EURO: Final = 100
"""Cents, the least that counts as paid where it matters whether somebody pays."""
Launched = dict[str, frozenset[str]]
"""Members of each launched case."""


@dataclass(frozen=True, slots=True)
class Payments:
    """One way to pay, in cents."""

    shares: Mapping[tuple[str, str, str], int]
    """By region, case and layer."""
    grants: Mapping[tuple[str, str, str, str], int]
    """By instrument, region, case and layer."""
    requests: tuple[Request, ...] = ()
    """What instruments are asked for; one that makes no demands is left out."""


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
        system: Inequalities | None = None,
    ) -> None:  # fmt: skip
        self.facts, self.setting, self.launched = facts, facts.setting, launched
        self.own_costs = costs
        self.system = Inequalities() if system is None else system
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
                    if self.rate(f, r, case, layer) and (paid is None or layer in paid):
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

    def due(self, case: str, layer: str, year: int) -> int:
        """Cost of a layer that falls due in a year or before, or whenever one likes."""
        return self._layers(case, year).get(layer, 0)

    def _layers(self, case: str, year: int | None = None) -> dict[str, int]:
        """Cost of a case by layer; layers without cost have no shares."""
        found: dict[str, int] = {}
        for row in self.setting.costs:
            late = year is not None and row.year is not None and row.year > year
            if row.case == case and not late:
                times = len(self.launched[case]) if row.per == "partner" else 1
                found[row.layer] = found.get(row.layer, 0) + row.amount * times
        for (_, where), cents in self.own_costs.items():
            if where == case:
                layer = self._exchange_layer()
                found[layer] = found.get(layer, 0) + cents
        return {layer: cents for layer, cents in found.items() if cents}

    def rate(self, f: str, region: str, case: str, layer: str) -> Fraction:
        """Rate an instrument pays a region in a layer of a case; 0 for nothing."""
        book, row = self.setting.instruments[f], self.setting.regions[region]
        states = ruled(book.states)
        if states is not None and row.state not in states:
            return Fraction(0)
        if not sources.reached(self.setting, book, region, self.launched[case]):
            return Fraction(0)
        if book.kind == sources.PLEDGED and not book.rate:
            return Fraction(1)
        rates = [rate for rate in book.rate if layer in (rate.layers or [layer])]
        return weighed(self.setting, rates, (region, case), Fraction(0))

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

    def state_bounds(
        self, bounds: ShareBounds, case: str, free: frozenset[str] = frozenset()
    ) -> None:
        """Each member bears a part of the case's cost between two bounds.

        Those who are free may bear less.
        """
        total = sum(self.layers[case].values())
        low, high = ruled(bounds.min), ruled(bounds.max)
        if low is None and high is None:
            return
        for r in self.launched[case]:
            self.system.row(
                _sum(self._own_shares(r, case)),
                None if low is None or r in free else low * total,
                None if high is None else high * total,
            )

    def state_bearing(self, bearing: Bearing) -> None:
        """Members that count by what they bear do bear it."""
        for case, region, share in bearing:
            total = sum(self.layers[case].values())
            self.system.row(_sum(self._own_shares(region, case)), share * total)

    def _own_shares(self, region: str, case: str) -> list[int]:
        return [v for (r, d, _), v in self.shares.items() if (r, d) == (region, case)]

    def _paid(self, f: str, case: str | None, region: str | None = None) -> list[int]:
        return [
            v for (g, r, d, _), v in self.grants.items()
            if g == f and case in (None, d) and region in (None, r)
        ]  # fmt: skip

    def state_grants(self) -> None:
        """No euro of a share is paid twice, and no grant is too large."""
        sources.state_sources(self)
        for f, case in sorted({(f, d) for f, _, d, _ in self.grants}):
            most = ruled(self.setting.instruments[f].grant.max)
            if most is not None:
                self.system.row(_sum(self._paid(f, case)), upper=most)

    def state_request(self, request: Request) -> None:
        """An application pays each of its cases something, and a grant of its size."""
        book = self.setting.instruments[request.instrument]
        size, least = book.grant, 1
        unsure = book.success is not None and book.success.share < 1
        if book.application.bundles or (unsure and self.setting.objective.expected):
            least = EURO
        paid = {case: self._paid(request.instrument, case) for case in request.cases}
        for columns in paid.values():
            self.system.row(_sum(columns), lower=least)
        together = [v for columns in paid.values() for v in columns]
        self.system.row(_sum(together), ruled(size.min, 0), ruled(size.max))

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
        for (f, r, d, _), v in self.grants.items():
            counts = case is None or sources.public(self.setting.instruments[f])
            if r == region and case in (None, d) and counts:
                terms[v] = Fraction(-1)
        return terms

    def accepts(self, paid: Payments) -> bool:
        """True when given amounts stand at places that exist, and keep every bound."""
        places = self.shares.keys() | self.grants.keys()
        given = {key: n for key, n in (*paid.shares.items(), *paid.grants.items()) if n}
        values = {v: given.get(key, 0) for key, v in self.shares.items()}
        values |= {v: given.get(key, 0) for key, v in self.grants.items()}
        return given.keys() <= places and self.system.holds(values)

    def payments(self, requests: tuple[Request, ...] = ()) -> Payments | None:
        """Amounts that meet every inequality, for these applications, or None."""
        found = self.system.whole_solution()
        if found is None:
            return None
        return Payments(
            {key: found[v] for key, v in self.shares.items()},
            {key: found[v] for key, v in self.grants.items()},
            requests,
        )

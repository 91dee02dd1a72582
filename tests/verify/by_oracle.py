"""Whether the oracle's own functions accept a given proposal.

They are written from the meaning of the rules and share no code with the checks, so a
proposal that the verdict lets pass and this refuses shows a hole in one of the two.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.proposal import OWN
from matcher.scenario.records import LAYERS
from matcher.verify.oracle import (
    effort_fits,
    launches_fit,
    leads_fit,
    memberships_fit,
)
from matcher.verify.oracle_applications import Request, chance
from matcher.verify.oracle_cases import (
    backed,
    may_join,
    may_lead,
    may_observe,
    pins_met,
    roles_met,
    size_fits,
)
from matcher.verify.oracle_cases import worth as of_members
from matcher.verify.oracle_cohesion import counting_members
from matcher.verify.oracle_engagement import co_leads_met, skills_fit
from matcher.verify.oracle_exchange import Exchanges
from matcher.verify.oracle_facts import Facts
from matcher.verify.oracle_ledger import Payments
from matcher.verify.oracle_money import Money

if TYPE_CHECKING:
    from matcher.proposal.proposal import Application, CasePlan, Proposal
    from matcher.scenario.records import Case
    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_exchange import Costs
    from matcher.verify.oracle_terms import Named

CLOSE: Final = Fraction(1, 10**9)
"""Numbers with twelve decimals differ by less when they are read back."""


class ByOracle:
    """The oracle's view of plans for one setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.facts = Facts(setting)
        self.exchanges = Exchanges(self.facts)
        self.money = Money(self.facts)

    def accepts(self, proposal: Proposal, *, funding: bool) -> bool:
        """True when the plan is possible and worth what it says."""
        return (
            len(proposal.by_case) == len(proposal.cases)
            and all(self._known(plan) for plan in proposal.cases)
            and self._pins_on_cases(proposal)
            and all(self._case_holds(plan) for plan in proposal.cases)
            and self._together(proposal)
            and self._exchanged(proposal)
            and self._substantive(proposal, funding=funding)
            and self._stated(proposal)
            and (
                self._paid(proposal)
                if funding and self.setting.has_money
                else not proposal.applications
                and all(not p.funding and p.gap == p.cost for p in proposal.cases)
            )
            and self._worth(proposal)
        )

    def _known(self, plan: CasePlan) -> bool:
        regions = {plan.lead, *plan.partners, *plan.observers}
        regions |= {r for e in plan.exchanges for r in (e.provider, e.receiver)}
        regions |= {p.region for p in plan.funding}
        payers = {p.instrument for p in plan.funding} - {OWN}
        return (
            plan.case in self.setting.cases
            and regions <= self.setting.regions.keys()
            and payers <= self.setting.instruments.keys()
            and {p.layer for p in plan.funding} <= set(LAYERS)
            and all(p.repayable is self._lent(p.instrument) for p in plan.funding)
        )

    def _lent(self, payer: str) -> bool:
        book = self.setting.instruments.get(payer)
        return book is not None and book.kind in ("loan", "equity")

    def _pins_on_cases(self, proposal: Proposal) -> bool:
        """No pinned case is closed, no vetoed case launched."""
        return all(
            pin.forbid or pin.case in proposal.by_case
            if pin.region is not None or not pin.forbid
            else pin.case not in proposal.by_case
            for pin in self.setting.pins
        )

    def _case_holds(self, plan: CasePlan) -> bool:
        """What one case asks by itself."""
        case, members = self.setting.cases[plan.case], frozenset(plan.members)
        pins = [pin for pin in self.setting.pins if pin.case == plan.case]
        named = [plan.lead, *plan.partners, *plan.observers]
        return (
            case.state not in ("stopped", "done")
            and len(set(named)) == len(named)
            and all(may_join(self.facts, case, r) for r in members)
            and may_lead(self.facts, case, plan.lead)
            and size_fits(self.facts, case, members)
            and roles_met(self.facts, case, members)
            and backed(self.facts, case, members)
            and co_leads_met(self.facts, case, members, plan.lead)
            and pins_met(pins, members, plan.lead)
            and all(may_observe(self.facts, case, r) for r in plan.observers)
            and all(
                (pin.region in plan.observers) is not pin.forbid
                for pin in pins
                if pin.role == "observer"
            )
            and self._providers_hold(plan, case)
        )

    def _providers_hold(self, plan: CasePlan, case: Case) -> bool:
        roles = {r.capability: r for r in self.facts.roles(case.case, "best")}
        filled = {f.capability: f.providers for f in plan.roles}
        return (
            filled.keys() == roles.keys()
            and len(filled) == len(plan.roles)
            and all(
                len(set(filled[k])) == len(filled[k]) == role.min_providers
                and set(filled[k]) <= set(plan.members)
                and all(
                    self.facts.levels.get((r, k), -1) >= role.min_level
                    for r in filled[k]
                )
                for k, role in roles.items()
            )
        )

    def _together(self, proposal: Proposal) -> bool:
        """What couples cases, money and exchanges left out."""
        launched = {p.case: frozenset(p.members) for p in proposal.cases}
        leads = {p.case: p.lead for p in proposal.cases}
        return (
            launches_fit(self.facts, launched)
            and memberships_fit(self.facts, launched)
            and leads_fit(self.facts, leads)
            and effort_fits(self.facts, launched, leads)
            and skills_fit(self.facts, launched, leads)
        )

    def _exchanged(self, proposal: Proposal) -> bool:
        """Exchanges go along arcs that exist, and take no more than there is."""
        taken, served = Counter[int](), Counter[int]()
        for plan in proposal.cases:
            arcs = set(self.exchanges.arcs(plan.case, frozenset(plan.members)))
            done = Counter[str]()
            for e in plan.exchanges:
                need = self._need(
                    e.receiver, e.capability, e.receiver_actor, e.min_level
                )
                stock = self._stock(e.provider, e.capability, e.provider_actor)
                if (need, stock, plan.case) not in arcs or e.units < 1:
                    return False
                taken[stock] += e.units
                served[need] += e.units
                done[e.capability] += e.units
            for role in self.facts.roles(plan.case, "exchange"):
                if done[role.capability] < (role.min_amount or 0):
                    return False
        stocks, wants = self.exchanges.stocks, self.exchanges.wants
        return all(
            (most := stocks[i].units) is None or n <= most for i, n in taken.items()
        ) and all(n <= wants[i].units for i, n in served.items())

    def _substantive(self, proposal: Proposal, *, funding: bool) -> bool:
        """Those who must do something in a case do, and bear their share of it."""
        named = {p.case: self._named(p) for p in proposal.cases}
        givers = frozenset((e.provider, p.case) for p in proposal.cases
                           for e in p.exchanges)  # fmt: skip
        launched = {p.case: frozenset(p.members) for p in proposal.cases}
        asked = counting_members(self.facts, launched, named, givers)
        paying = funding and self.setting.has_money
        borne = Counter[tuple[str, str]]()
        for plan in proposal.cases:
            for p in plan.funding:
                borne[plan.case, p.region] += p.amount
        return asked is not None and all(
            sum(
                not paying
                or borne[group.case, r]
                >= group.share * proposal.by_case[group.case].cost
                for r in group.members
            )
            >= group.fewest
            for group in asked
        )

    def _named(self, plan: CasePlan) -> Named:
        roles = {r.capability: r for r in self.facts.roles(plan.case, "best")}
        return tuple((roles[f.capability], r) for f in plan.roles for r in f.providers)

    def _need(self, region: str, capability: str, actor: str, level: int) -> int:
        keys = [(w.row.region, w.row.capability, w.row.actor, w.row.min_level)
                for w in self.exchanges.wants]  # fmt: skip
        key = (region, capability, actor, level)
        return keys.index(key) if key in keys else -1

    def _stock(self, region: str, capability: str, actor: str) -> int:
        keys = [(s.row.region, s.row.capability, s.row.actor)
                for s in self.exchanges.stocks]  # fmt: skip
        key = (region, capability, actor)
        return keys.index(key) if key in keys else -1

    def _costs(self, plan: CasePlan) -> Costs:
        bill = Counter[tuple[str, str]]()
        for e in plan.exchanges:
            at = self._stock(e.provider, e.capability, e.provider_actor)
            price = self.exchanges.stocks[at].row.unit_cost or 0
            bill[e.provider, plan.case] += e.units * price
        return tuple(sorted((who, cents) for who, cents in bill.items() if cents))

    def _stated(self, proposal: Proposal) -> bool:
        """States and costs are those of the tables."""
        for plan in proposal.cases:
            states = {self.setting.regions[r].state for r in plan.members}
            total = sum(cents for _, cents in self._costs(plan))
            for row in self.setting.costs:
                if row.case == plan.case:
                    times = len(plan.members) if row.per == "partner" else 1
                    total += row.amount * times
            if not self.setting.has_money:
                total = 0
            if sorted(states) != list(plan.states) or plan.cost != total:
                return False
        return True

    def _paid(self, proposal: Proposal) -> bool:
        """The payments are one of the ways to pay that the rules allow."""
        shares = Counter[tuple[str, str, str]]()
        grants = Counter[tuple[str, str, str, str]]()
        for plan in proposal.cases:
            if plan.gap or any(p.amount < 0 for p in plan.funding):
                return False
            for p in plan.funding:
                shares[p.region, plan.case, p.layer] += p.amount
                if p.instrument != OWN:
                    grants[p.instrument, p.region, plan.case, p.layer] += p.amount
        launched = {p.case: frozenset(p.members) for p in proposal.cases}
        costs = tuple(sorted(c for p in proposal.cases for c in self._costs(p)))
        requests = tuple(
            Request(made.instrument, made.cases) for made in proposal.applications
        )
        return all(
            self._told(proposal, made) for made in proposal.applications
        ) and self.money.accepts(launched, costs, Payments(shares, grants, requests))

    def _told(self, proposal: Proposal, made: Application) -> bool:
        """An application states the grant that it brings, and its chance."""
        book = self.setting.instruments.get(made.instrument)
        if book is None or not set(made.cases) <= proposal.by_case.keys():
            return False
        grant = sum(
            p.amount
            for case in made.cases
            for p in proposal.by_case[case].funding
            if p.instrument == made.instrument
        )
        if book.success is None or made.success is None:
            return grant == made.grant and book.success is made.success
        return grant == made.grant and abs(book.success.share - made.success) <= CLOSE

    def _worth(self, proposal: Proposal) -> bool:
        """Terms, sum, bound and status are what the plan gives."""
        worth = self.points(proposal)
        stated = {t.name: t.value for t in proposal.terms}
        weights = {t.name: t.weight for t in proposal.terms}
        total = sum((self.facts.weight(t) * v for t, v in worth.items()), Fraction(0))
        objective, bound = proposal.objective, proposal.bound
        return (
            objective is not None
            and len(stated) == len(proposal.terms)
            and stated.keys() == self.setting.objective.weights.keys()
            and all(abs(worth.get(t, 0) - v) <= CLOSE for t, v in stated.items())
            and all(abs(self.facts.weight(t) - w) <= CLOSE for t, w in weights.items())
            and abs(objective - total) <= CLOSE
            and (bound is None or bound >= total - CLOSE)
            and (
                proposal.status == "feasible"
                or (
                    proposal.status == "optimal"
                    and bound is not None
                    and bound <= total + CLOSE
                )
            )
        )

    def points(self, proposal: Proposal) -> dict[str, Fraction]:
        """Points by term, before weighting."""
        worth: dict[str, Fraction] = {}
        chances: dict[str, Fraction] = {}
        units = []
        for plan in proposal.cases:
            case = self.setting.cases[plan.case]
            who, watching = frozenset(plan.members), frozenset(plan.observers)
            named = self._named(plan)
            paying = {p.instrument for p in plan.funding if p.amount} - {OWN}
            expected = self.setting.objective.expected
            likely = chance(self.facts, paying if expected else ())
            chances[plan.case] = likely
            mine = of_members(self.facts, case, who, watching, named, likely).points
            for term, earned in mine.items():
                worth[term] = worth.get(term, Fraction(0)) + earned
            for e in plan.exchanges:
                need = self._need(
                    e.receiver, e.capability, e.receiver_actor, e.min_level
                )
                stock = self._stock(e.provider, e.capability, e.provider_actor)
                units.append(((need, stock, plan.case), e.units))
        for term, earned in self.exchanges.earned(units, chances).items():
            worth[term] = worth.get(term, Fraction(0)) + earned
        return worth

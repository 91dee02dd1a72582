"""The best plan of a tiny setting, by trying every plan.

The oracle is written from the specification and shares no code with the rules,
the objective terms or the program, so that tests can hold the engine against
it. Every figure is exact: points are fractions, money is whole cents.

Whatever one case decides by itself is enumerated first (`oracle_cases`), then
every combination of cases is tried in order of what it could bring at most,
with the best exchanges (`oracle_exchange`) that can be paid for
(`oracle_money`). A combination is passed over only when it cannot beat the best
plan found so far.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import count as counter
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from matcher.verify.oracle_applications import CERTAIN, chance, mixes, uncertain
from matcher.verify.oracle_cases import Option, options
from matcher.verify.oracle_cohesion import counting_members
from matcher.verify.oracle_engagement import skills_fit
from matcher.verify.oracle_exchange import Exchanges, Outcome
from matcher.verify.oracle_facts import ZERO, Facts
from matcher.verify.oracle_money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_ledger import Launched, Payments
    from matcher.verify.oracle_money import Mix
    from matcher.verify.oracle_terms import Named

MAX_CASES: Final = 4
MAX_REGIONS: Final = 6
MAX_NEEDS: Final = 5
MAX_PLANS: Final = 400_000
"""Combinations of memberships above which the oracle refuses."""


@dataclass(frozen=True, slots=True)
class OracleCase:
    """Who takes part in a launched case."""

    lead: str
    partners: frozenset[str]
    observers: frozenset[str]
    named: Named
    """Roles of kind best with the members named for them."""

    @property
    def members(self) -> frozenset[str]:
        """Lead and partners."""
        return self.partners | {self.lead}


@dataclass(frozen=True, slots=True)
class OracleExchange:
    """Units that one region's asset gives to another region's need."""

    case: str
    capability: str
    provider: str
    provider_actor: str
    receiver: str
    receiver_actor: str
    min_level: int
    units: int


@dataclass(frozen=True, slots=True)
class OracleAnswer:
    """A best plan and what it is worth."""

    value: Fraction
    """Weighted sum of all terms, expected if that is asked; no plan has more."""
    points: Mapping[str, Fraction]
    """Points by term before weighting, of this plan."""
    cases: Mapping[str, OracleCase]
    """Launched cases only."""
    exchanges: tuple[OracleExchange, ...]
    payments: Payments | None
    """One way to pay; None when no money is asked about."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Memberships of all launched cases, and the most they could bring."""

    bound: Fraction
    chosen: Mapping[str, Option]
    leads: Mapping[str, str]
    exchanged: Fraction
    """Most points that exchanges could bring."""

    @property
    def launched(self) -> Launched:
        """Members of each launched case."""
        return {case: option.members for case, option in self.chosen.items()}

    def value(self, chances: Mapping[str, Fraction]) -> Fraction:
        """What the memberships are worth when money comes with these chances."""
        return sum(
            (option.worths[chances[d]].value for d, option in self.chosen.items()), ZERO
        )


@dataclass(frozen=True, slots=True)
class _Found:
    value: Fraction
    plan: _Plan
    chances: Mapping[str, Fraction]
    outcome: Outcome
    payments: Payments | None


def best(setting: Setting, *, funding: bool) -> OracleAnswer | None:
    """Best plan of a tiny setting; None when no plan keeps every rule.

    Parameters
    ----------
    setting
        At most `MAX_CASES` cases, `MAX_REGIONS` regions and `MAX_NEEDS` needs.
    funding
        Whether the money rules hold; without any cost nobody pays either way.

    Raises
    ------
    ValueError
        When the setting is too large to try everything.
    """
    _refuse_large(setting)
    facts = Facts(setting)
    exchanges = Exchanges(facts)
    chancy = uncertain(facts, funding=funding)
    money = Money(facts, chancy) if funding and setting.has_money else None
    levels = {chance(facts, some) for some in mixes(facts, chancy)}
    waiting: list[tuple[Fraction, int, _Plan, Mix | None]] = [
        (-plan.bound, at, plan, None)
        for at, plan in enumerate(_plans(facts, exchanges, levels))
    ]
    heapify(waiting)
    found: _Found | None = None
    numbers = counter(len(waiting))
    while waiting and (found is None or -waiting[0][0] > found.value):
        _, _, plan, mix = heappop(waiting)
        if mix is not None:
            found = _improve(found, plan, mix, exchanges, money)
            continue
        for bound, some in _mixed(plan, money):
            heappush(waiting, (-bound, next(numbers), plan, some))
    return None if found is None else _answer(facts, exchanges, found)


def _mixed(plan: _Plan, money: Money | None) -> Iterator[tuple[Fraction, Mix]]:
    """Uncertain instruments that may pay, with the most the plan could bring then."""
    for mix in money.mixes(plan.launched) if money else (_nobody(plan),):
        own = plan.value(money.chances(mix) if money else _certain(plan))
        yield own + plan.exchanged, mix


def _nobody(plan: _Plan) -> Mix:
    return dict.fromkeys(plan.chosen, frozenset())


def _certain(plan: _Plan) -> dict[str, Fraction]:
    return dict.fromkeys(plan.chosen, CERTAIN)


def _refuse_large(setting: Setting) -> None:
    sizes = (
        ("cases", len(setting.cases), MAX_CASES),
        ("regions", len(setting.regions), MAX_REGIONS),
        ("needs", len(setting.needs), MAX_NEEDS),
    )
    for what, size, most in sizes:
        if size > most:
            raise ValueError(f"{size} {what} are too many to try, at most {most}")


def _improve(
    found: _Found | None, plan: _Plan, mix: Mix, exchanges: Exchanges,
    money: Money | None,
) -> _Found | None:  # fmt: skip
    """The better of what was found and the best this plan can do with this mix."""
    launched = plan.launched
    named = {case: option.named for case, option in plan.chosen.items()}
    chances = money.chances(mix) if money else _certain(plan)
    own = plan.value(chances)
    for outcome in exchanges.outcomes(launched, chances, priced=money is not None):
        value = own + outcome.value
        if found is not None and value <= found.value:
            break
        asked = counting_members(exchanges.facts, launched, named, outcome.givers)
        if asked is None:
            continue
        payments = (
            money.payments(launched, outcome.costs, asked, mix) if money else None
        )
        if payments is not None or money is None:
            return _Found(value, plan, chances, outcome, payments)
    return found


def _plans(
    facts: Facts, exchanges: Exchanges, chances: Collection[Fraction]
) -> Iterator[_Plan]:
    """Every combination of memberships that the rules across cases allow."""
    table = {
        name: options(facts, case, chances)
        for name, case in facts.setting.cases.items()
    }
    if prod(len(each) for each in table.values()) > MAX_PLANS:
        raise ValueError("too many combinations of memberships to try")
    reach = {
        (name, option.members): frozenset(
            need for need, _, _ in exchanges.arcs(name, option.members)
        )
        for name, each in table.items()
        for option in each
        if option is not None
    }
    most = [exchanges.most(need) for need in range(len(exchanges.wants))]
    for combination in product(*table.values()):
        chosen = {
            name: option
            for name, option in zip(table, combination, strict=True)
            if option is not None
        }
        launched = {name: option.members for name, option in chosen.items()}
        if not launches_fit(facts, chosen) or not memberships_fit(facts, launched):
            continue
        leads = _leads(facts, chosen)
        if leads is not None:
            needs = frozenset[int]().union(
                *(reach[name, option.members] for name, option in chosen.items())
            )
            exchanged = sum((most[n] for n in needs), ZERO)
            own = sum((option.most for option in chosen.values()), ZERO)
            yield _Plan(own + exchanged, chosen, leads, exchanged)


def launches_fit(facts: Facts, launched: Iterable[str]) -> bool:
    """Number of cases, and at most one of each exclusive group."""
    setting, names = facts.setting, list(launched)
    groups = [setting.cases[name].exclusive_group for name in names]
    stated = [group for group in groups if group is not None]
    book = setting.partnership
    limits = [setting.max_cases]
    if book is not None and book.max_cases is not None:
        limits.append(book.max_cases.value)
    return (
        len(stated) == len(set(stated))
        and len(names) >= (setting.min_cases or 0)
        and all(most is None or len(names) <= most for most in limits)
    )


def memberships_fit(facts: Facts, launched: Launched) -> bool:
    """No region is a member of more cases than it may be."""
    counts = Counter(region for members in launched.values() for region in members)
    limits = {r: row.max_cases for r, row in facts.setting.regions.items()}
    return all(
        (most := limits[region]) is None or count <= most
        for region, count in counts.items()
    )


def _leads(facts: Facts, chosen: Mapping[str, Option]) -> dict[str, str] | None:
    """Leads that keep every region's number of leads and its people, or None."""
    launched = {name: option.members for name, option in chosen.items()}
    for picked in product(*(option.leads for option in chosen.values())):
        leads = dict(zip(chosen, picked, strict=True))
        people = effort_fits(facts, launched, leads)
        if people and leads_fit(facts, leads) and skills_fit(facts, launched, leads):
            return leads
    return None


def leads_fit(facts: Facts, leads: Mapping[str, str]) -> bool:
    """No region leads more cases than it may."""
    for region, count in Counter(leads.values()).items():
        most = facts.setting.regions[region].max_leads
        if most is not None and count > most:
            return False
    return True


def effort_fits(facts: Facts, launched: Launched, leads: Mapping[str, str]) -> bool:
    """No region gives more people than it has."""
    given: dict[str, Fraction] = {}
    for name, members in launched.items():
        case = facts.setting.cases[name]
        for region in members:
            people = case.effort_per_partner or ZERO
            if region == leads[name]:
                people += case.effort_base or ZERO
            given[region] = given.get(region, ZERO) + people
    for region, people in given.items():
        capacity = facts.setting.regions[region].effort_capacity
        if isinstance(capacity, Fraction) and people > capacity:
            return False
    return True


def _answer(facts: Facts, exchanges: Exchanges, found: _Found) -> OracleAnswer:
    """Put what was found in the words of a plan."""
    cases: dict[str, OracleCase] = {}
    points: dict[str, Fraction] = dict.fromkeys(facts.setting.objective.weights, ZERO)
    earned: list[Mapping[str, Fraction]] = [
        exchanges.earned(found.outcome.units, found.chances)
    ]
    for name, option in found.plan.chosen.items():
        lead, worth = found.plan.leads[name], option.worths[found.chances[name]]
        cases[name] = OracleCase(
            lead, option.members - {lead}, worth.observers, option.named
        )
        earned.append(worth.points)
    for part in earned:
        for term in points.keys() & part.keys():
            points[term] += part[term]
    moved = tuple(
        OracleExchange(
            case, want.capability, asset.region, asset.actor, want.region, want.actor,
            want.min_level, units,
        )
        for (need, stock, case), units in found.outcome.units
        for want, asset in ((exchanges.wants[need].row, exchanges.stocks[stock].row),)
    )  # fmt: skip
    return OracleAnswer(found.value, points, cases, moved, found.payments)

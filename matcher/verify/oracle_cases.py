"""The memberships one case may have by itself, with their points.

Everything that a single case decides on its own is settled here, so that only
what couples cases is left to the search over whole plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from matcher.verify.oracle_cohesion import balanced, namings, newcomers_met
from matcher.verify.oracle_engagement import (
    co_leads_met,
    lead_users_met,
    mandated,
    stakeholders_met,
)
from matcher.verify.oracle_facts import ZERO, ruled
from matcher.verify.oracle_terms import (
    best_observers,
    certification,
    commitment_risk,
    critical_mass,
    expected,
    named_points,
    onboarding,
    option_value,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from matcher.scenario.records import Case, Role
    from matcher.scenario.rulebook import Consortium
    from matcher.scenario.setting import PlacedPin
    from matcher.verify.oracle_facts import Facts
    from matcher.verify.oracle_terms import Named


@dataclass(frozen=True, slots=True)
class Worth:
    """Points of a membership and its best observers, at one chance."""

    observers: frozenset[str]
    """Best observers beside the members: nothing else depends on them."""
    points: Mapping[str, Fraction]
    """Expected points by objective term, before weighting."""
    value: Fraction
    """Weighted sum of the points."""


@dataclass(frozen=True, slots=True)
class Option:
    """One set of members a launched case may have."""

    members: frozenset[str]
    leads: tuple[str, ...]
    """Members that may be the lead; who leads earns no points."""
    named: Named
    """Roles of kind best with the members named for them."""
    worths: Mapping[Fraction, Worth]
    """What it is worth, by the chance that the money for it comes."""

    @property
    def most(self) -> Fraction:
        """Weighted points at the best of these chances."""
        return max(worth.value for worth in self.worths.values())


def options(
    facts: Facts, case: Case, chances: Collection[Fraction]
) -> list[Option | None]:
    """Every membership that the rules of one case allow; None is the closed case."""
    pins = [pin for pin in facts.setting.pins if pin.case == case.case]
    found: list[Option | None] = []
    if not any(not pin.forbid for pin in pins):
        found.append(None)
    if case.state in ("stopped", "done"):
        return found
    if any(pin.forbid and pin.region is None for pin in pins):
        return found
    able = [r for r in facts.setting.regions if may_join(facts, case, r)]
    for members in _subsets(able):
        if not size_fits(facts, case, members) or not roles_met(facts, case, members):
            continue
        if not backed(facts, case, members):
            continue
        leads = tuple(
            r for r in sorted(members)
            if may_lead(facts, case, r) and pins_met(pins, members, r)
            and co_leads_met(facts, case, members, r)
        )  # fmt: skip
        watching = {
            chance: _observers(facts, case, members, pins, chance) for chance in chances
        }
        if leads and None not in watching.values():
            for named in namings(facts, case, members):
                worths = {
                    chance: worth(facts, case, members, who or frozenset(), named,
                                  chance)
                    for chance, who in watching.items()
                }  # fmt: skip
                found.append(Option(members, leads, named, worths))
    return found


def may_join(facts: Facts, case: Case, region: str) -> bool:
    """True when commitment, mandate and priorities suffice for a member."""
    return (
        facts.committed(region, case, "partner")
        and mandated(facts, case, region, "partner")
        and facts.fits_enough(region, case.case)
    )


def may_lead(facts: Facts, case: Case, region: str) -> bool:
    """True when a member is committed and mandated to lead, and the case lets it."""
    named = not case.leads or region in case.leads
    committed = facts.committed(region, case, "lead")
    return named and committed and mandated(facts, case, region, "lead")


def may_observe(facts: Facts, case: Case, region: str) -> bool:
    """True when commitment and mandate suffice for an observer."""
    committed = facts.committed(region, case, "observer")
    return committed and mandated(facts, case, region, "observer")


def backed(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """True when members hold the organisations and bring the lead users asked for."""
    return stakeholders_met(facts, case, members) and lead_users_met(
        facts, case, members
    )


def _subsets(regions: Iterable[str]) -> Iterator[frozenset[str]]:
    pool = sorted(regions)
    for size in range(1, len(pool) + 1):
        for chosen in combinations(pool, size):
            yield frozenset(chosen)


def size_fits(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """Number of members, newcomers and states, balance, and required categories."""
    book = facts.setting.partnership
    consortium: Consortium | None = None if book is None else book.consortium
    fewest, states = case.min_partners or 1, case.min_states or 1
    most = case.max_partners
    if consortium is not None:
        fewest = max(fewest, ruled(consortium.min_regions, 1))
        states = max(states, ruled(consortium.min_states, 1))
        stated = [m for m in (most, ruled(consortium.max_partners)) if m is not None]
        most = min(stated, default=None)
        if not facts.required_met(consortium, members):
            return False
    if not newcomers_met(facts, case, members) or not balanced(facts, members):
        return False
    return (
        len(facts.counting(members)) >= fewest
        and (most is None or len(members) <= most)
        and facts.states(members) >= states
    )


def _qualified(facts: Facts, role: Role, members: frozenset[str]) -> list[int]:
    """Levels of the members that qualify for a role of kind best, highest first."""
    levels = [facts.levels.get((r, role.capability)) for r in members]
    return sorted(n for n in levels if n is not None and n >= role.min_level)[::-1]


def _total(facts: Facts, role: Role, members: frozenset[str]) -> int:
    counting = facts.counting(members)
    return sum(facts.levels.get((r, role.capability), 0) for r in counting)


def roles_met(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """True when members fill the case's roles of kind best and total."""
    return all(
        len(_qualified(facts, role, members)) >= role.min_providers
        for role in facts.roles(case.case, "best")
    ) and all(
        _total(facts, role, members) >= (role.min_total or 0)
        for role in facts.roles(case.case, "total")
    )


def pins_met(pins: list[PlacedPin], members: frozenset[str], lead: str) -> bool:
    """True when members and lead agree with every pin on them."""
    for pin in pins:
        if pin.region is None or pin.role == "observer":
            continue
        holds = {
            "lead": pin.region == lead,
            "partner": pin.region in members and pin.region != lead,
            "member": pin.region in members,
        }[pin.role or "member"]
        if holds == pin.forbid:
            return False
    return True


def _observers(
    facts: Facts, case: Case, members: frozenset[str], pins: list[PlacedPin],
    chance: Fraction,
) -> frozenset[str] | None:  # fmt: skip
    """Observers with the most points; None when a pin on one cannot hold."""
    named = [pin for pin in pins if pin.role == "observer"]
    wanted = frozenset(pin.region or "" for pin in named if not pin.forbid)
    banned = {pin.region for pin in named if pin.forbid}
    able = {
        r for r in facts.setting.regions
        if r not in members and may_observe(facts, case, r)
    } - banned  # fmt: skip
    if not wanted <= able:
        return None
    return best_observers(facts, case, able, wanted, chance)


def worth(
    facts: Facts, case: Case, members: frozenset[str], observers: frozenset[str],
    named: Named, chance: Fraction,
) -> Worth:  # fmt: skip
    """What a membership earns at a chance."""
    certain = {
        **named_points(facts, named),
        "scale": _scale(facts, case, members),
        "strategic_fit": _strategic_fit(facts, case, members, observers),
        "cohesion": _cohesion(facts, members),
        "coordination_cost": _coordination(facts, members, observers),
        "option_value": option_value(facts, case, observers),
        "onboarding": onboarding(facts, case, members),
        "commitment_risk": commitment_risk(facts, case, members),
        "certification": certification(facts, case, members),
        "critical_mass": critical_mass(facts, case, members),
        "launched_cases": Fraction(1),
    }
    points = expected(certain, chance)
    value = sum((facts.weight(t) * p for t, p in points.items()), ZERO)
    return Worth(observers, points, value)


def _scale(facts: Facts, case: Case, members: frozenset[str]) -> Fraction:
    points = ZERO
    for role in facts.roles(case.case, "total"):
        left = Fraction(_total(facts, role, members))
        for step in facts.parameter("scale", "steps", ()):
            taken = min(left, Fraction(step["levels"]))
            points += role.weight * taken * Fraction(step["points"])
            left -= taken
    return points


def _strategic_fit(
    facts: Facts, case: Case, members: frozenset[str], observers: frozenset[str]
) -> Fraction:
    share = Fraction(facts.parameter("strategic_fit", "observer_share"))
    return sum((facts.fit(r, case.case) for r in members), ZERO) + share * sum(
        (facts.fit(r, case.case) for r in observers), ZERO
    )


def _cohesion(facts: Facts, members: frozenset[str]) -> Fraction:
    scheme = facts.parameter("cohesion", "scheme", "")
    worth = facts.parameter("cohesion", "points", {})
    return sum(
        (Fraction(worth.get(facts.category(r, scheme), 0)) for r in members), ZERO
    )


def _coordination(
    facts: Facts, members: frozenset[str], observers: frozenset[str]
) -> Fraction:
    def price(name: str) -> Fraction:
        return Fraction(facts.parameter("coordination_cost", name))

    return -(
        price("per_case")
        + price("per_member") * len(members)
        + price("per_state") * facts.states(members)
        + price("per_observer") * len(observers)
    )

"""What some objective terms of one case are worth, written from their meaning."""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

from matcher.verify.oracle_facts import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.scenario.records import Case, Role
    from matcher.verify.oracle_facts import Facts

Named = tuple[tuple["Role", str], ...]
"""Roles of kind best, each with a region that is named for it."""
IN_ANY_CASE: Final = frozenset(
    {"commitment_risk", "coordination_cost", "onboarding", "option_value"}
)
"""Terms that count even if the money for a case does not come: effort, and what
observers may become."""


def expected(points: Mapping[str, Fraction], chance: Fraction) -> dict[str, Fraction]:
    """Points by term, those that need the money times the chance that it comes."""
    return {t: p if t in IN_ANY_CASE else p * chance for t, p in points.items()}


def best_named(facts: Facts, case: Case, members: Iterable[str]) -> Named:
    """Regions named for each role of kind best: those that earn the most points."""
    found: list[tuple[Role, str]] = []
    for role in facts.roles(case.case, "best"):
        able = [r for r in members if _has(facts, role, r, role.min_level)]
        gains = {r: _naming(facts, role, r) for r in able}
        top = sorted(able, key=lambda r: (-gains[r], r))[: role.min_providers]
        found += [(role, r) for r in top]
    return tuple(found)


def _has(facts: Facts, role: Role, region: str, least: int) -> bool:
    """True when a region is known to have at least a level of what a role asks."""
    return facts.levels.get((region, role.capability), -1) >= least


def _naming(facts: Facts, role: Role, region: str) -> Fraction:
    """Weighted points of one naming."""
    terms = named_points(facts, ((role, region),))
    return sum((facts.weight(term) * p for term, p in terms.items()), ZERO)


def named_points(facts: Facts, named: Named) -> Mapping[str, Fraction]:
    """Points of the terms that look at who is named."""
    quality = (q.weight * facts.levels[r, q.capability] for q, r in named)
    return {
        "role_quality": sum(quality, ZERO),
        "pockets": sum((_pocket(facts, q, r) for q, r in named), ZERO),
    }


def _pocket(facts: Facts, role: Role, region: str) -> Fraction:
    """A pocket of excellence: in a cared-for region, surpassed by no other one."""
    wanted = facts.parameter("pockets", "categories", ())
    if facts.category(region, facts.parameter("pockets", "scheme", "")) not in wanted:
        return ZERO
    levels = {
        r: facts.levels.get((r, role.capability), 0) for r in facts.setting.regions
    }
    mine = levels.pop(region)
    if not mine or mine < max(levels.values(), default=0):
        return ZERO
    rivalled = any(n and n >= role.min_level for n in levels.values())
    return Fraction(facts.parameter("pockets", "best" if rivalled else "only"))


def best_observers(
    facts: Facts, case: Case, able: Iterable[str], forced: frozenset[str],
    chance: Fraction,
) -> frozenset[str]:  # fmt: skip
    """Observers with the most points, and of equal ones the fewest."""
    free = sorted(set(able) - forced)
    sizes = range(len(free) + 1)
    choices = chain.from_iterable(combinations(free, size) for size in sizes)
    return max(
        (forced.union(chosen) for chosen in choices),
        key=lambda watching: (_watching(facts, case, watching, chance), -len(watching)),
    )


def _watching(
    facts: Facts, case: Case, observers: frozenset[str], chance: Fraction
) -> Fraction:
    """Weighted points of observers."""
    fits = sum((facts.fit(r, case.case) for r in observers), ZERO)
    share = Fraction(facts.parameter("strategic_fit", "observer_share"))
    cost = Fraction(facts.parameter("coordination_cost", "per_observer"))
    return (
        facts.weight("strategic_fit") * share * fits * chance
        + facts.weight("option_value") * option_value(facts, case, observers)
        - facts.weight("coordination_cost") * cost * len(observers)
    )


def option_value(facts: Facts, case: Case, observers: Iterable[str]) -> Fraction:
    """Fits of the observers that fit best, so many as count."""
    most = int(facts.parameter("option_value", "most_per_case"))
    fits = (facts.fit(r, case.case) for r in observers)
    return sum(heapq.nlargest(most, fits), ZERO)


def onboarding(facts: Facts, case: Case, members: Iterable[str]) -> Fraction:
    """Points lost for members that belong neither to the case nor to its partnership.

    Who belongs to what is unknown where there is no table of it.
    """
    known = facts.setting.memberships
    price = Fraction(facts.parameter("onboarding", "per_newcomer"))
    old = {row.region for row in known if row.case == case.case}
    if case.partnership is not None:
        old |= {row.region for row in known if row.partnership == case.partnership}
    told = "memberships" in facts.setting.tables
    return -price * len(set(members) - old) if told else ZERO


def commitment_risk(facts: Facts, case: Case, members: Iterable[str]) -> Fraction:
    """Members that are expected to drop out, as a loss."""
    assumed = Fraction(facts.parameter("commitment_risk", "unknown"))
    lost = ZERO
    for region in members:
        rows = facts.standing(region, case)
        stated = [row.reliability for row in rows if row.reliability is not None]
        lost += 1 - min(stated, default=assumed)
    return -lost


def certification(facts: Facts, case: Case, members: Iterable[str]) -> Fraction:
    """Roles of a tested capability that members of enough states can fill."""
    listed = facts.parameter("certification", "capabilities", ())
    enough = int(facts.parameter("certification", "states", 1))
    present = list(members)
    count = 0
    for role in facts.roles(case.case):
        tested = facts.setting.capabilities[role.capability].kind == "regulatory"
        if role.capability in listed if listed else tested:
            able = [r for r in present if _has(facts, role, r, max(role.min_level, 1))]
            count += facts.states(able) >= enough
    return Fraction(count)


def critical_mass(facts: Facts, case: Case, members: Iterable[str]) -> Fraction:
    """Points of all thresholds that the members' levels together reach."""
    counting, points = facts.counting(members), ZERO
    for role in facts.roles(case.case, "total"):
        mass = sum(facts.levels.get((r, role.capability), 0) for r in counting)
        asked = role.min_total or 0
        for step in facts.parameter("critical_mass", "steps", ()):
            if asked > 0 and mass >= Fraction(step["at_least"]) * asked:
                points += Fraction(step["points"])
    return points


def unit_credit(facts: Facts, capability: str) -> Fraction:
    """Points of one exchanged unit as use of a facility that need not be built."""
    single = facts.parameter("shared_facilities", "capabilities", {})
    if capability in single:
        return Fraction(single[capability])
    if facts.setting.capabilities[capability].kind == "facility":
        return Fraction(facts.parameter("shared_facilities", "per_unit"))
    return ZERO

"""The memberships one case may have by itself, with their points.

Everything that a single case decides on its own is settled here, so that only
what couples cases is left to the search over whole plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import ZERO, ruled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from matcher.scenario.records import Case, Role
    from matcher.scenario.rulebook import Consortium
    from matcher.scenario.setting import PlacedPin
    from matcher.verify.oracle_facts import Facts


@dataclass(frozen=True, slots=True)
class Option:
    """One set of members a launched case may have."""

    members: frozenset[str]
    leads: tuple[str, ...]
    """Members that may be the lead; who leads earns no points."""
    observers: frozenset[str]
    """Best observers beside these members: nothing else depends on them."""
    points: Mapping[str, Fraction]
    """Points by objective term, before weighting."""
    value: Fraction
    """Weighted sum of the points."""


def options(facts: Facts, case: Case) -> list[Option | None]:
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
        leads = tuple(
            r for r in sorted(members)
            if may_lead(facts, case, r) and pins_met(pins, members, r)
        )  # fmt: skip
        observers = _observers(facts, case, members, pins)
        if leads and observers is not None:
            found.append(option(facts, case, members, leads, observers))
    return found


def may_join(facts: Facts, case: Case, region: str) -> bool:
    """True when commitment and priorities suffice for a member."""
    return facts.committed(region, case, "partner") and facts.fits_enough(
        region, case.case
    )


def may_lead(facts: Facts, case: Case, region: str) -> bool:
    """True when a member is committed enough to lead, and the case lets it."""
    named = not case.leads or region in case.leads
    return named and facts.committed(region, case, "lead")


def _subsets(regions: Iterable[str]) -> Iterator[frozenset[str]]:
    pool = sorted(regions)
    for size in range(1, len(pool) + 1):
        for chosen in combinations(pool, size):
            yield frozenset(chosen)


def size_fits(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """Number of members and states, and required categories."""
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
    facts: Facts, case: Case, members: frozenset[str], pins: list[PlacedPin]
) -> frozenset[str] | None:
    """Observers with the most points; None when a pin on one cannot hold.

    Each observer earns or costs points by itself and no rule ties two of them
    together, so each is judged alone.
    """
    share = Fraction(facts.parameter("strategic_fit", "observer_share"))
    cost = Fraction(facts.parameter("coordination_cost", "per_observer"))
    named = [pin for pin in pins if pin.role == "observer"]
    wanted = {pin.region for pin in named if not pin.forbid}
    banned = {pin.region for pin in named if pin.forbid}
    able = {
        r for r in facts.setting.regions
        if r not in members and facts.committed(r, case, "observer")
    } - banned  # fmt: skip
    if not wanted <= able:
        return None
    gains = {
        r: facts.weight("strategic_fit") * share * facts.fit(r, case.case)
        - facts.weight("coordination_cost") * cost
        for r in able
    }
    return frozenset(r for r in able if r in wanted or gains[r] > 0)


def option(
    facts: Facts, case: Case, members: frozenset[str], leads: tuple[str, ...],
    observers: frozenset[str],
) -> Option:  # fmt: skip
    """What a membership earns."""
    points = {
        "role_quality": _role_quality(facts, case, members),
        "scale": _scale(facts, case, members),
        "strategic_fit": _strategic_fit(facts, case, members, observers),
        "cohesion": _cohesion(facts, members),
        "coordination_cost": _coordination(facts, members, observers),
    }
    value = sum((facts.weight(t) * p for t, p in points.items()), ZERO)
    return Option(members, leads, observers, points, value)


def _role_quality(facts: Facts, case: Case, members: frozenset[str]) -> Fraction:
    points = ZERO
    for role in facts.roles(case.case, "best"):
        top = _qualified(facts, role, members)[: role.min_providers]
        points += role.weight * sum(top)
    return points


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

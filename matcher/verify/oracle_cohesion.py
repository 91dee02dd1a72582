"""Who counts toward the mix of a case, who is new to it, and how states balance.

Written from the meaning of the rules, like the rest of the oracle.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import ZERO, ruled
from matcher.verify.oracle_terms import best_named, named_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from matcher.scenario.parts import RequiredMembers
    from matcher.scenario.records import Case
    from matcher.verify.oracle_facts import Facts
    from matcher.verify.oracle_terms import Named

Givers = frozenset[tuple[str, str]]
"""Region and case of everybody who gives a unit, if it matters."""
Bearing = tuple[tuple[str, str, "Fraction"], ...]
"""Case, region, and the share of the case's cost that it must bear."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Members of a case that count for one group, their share of the cost apart."""

    case: str
    members: frozenset[str]
    fewest: int
    share: Fraction


def newcomers_met(facts: Facts, case: Case, members: Iterable[str]) -> bool:
    """True when enough counting members are in no row about case or partnership."""
    fewest = ruled(getattr(facts.setting.partnership, "min_newcomers", None), 0)
    rows = facts.setting.memberships
    old = {row.region for row in rows if row.case == case.case}
    if case.partnership is not None:
        old |= {row.region for row in rows if row.partnership == case.partnership}
    unknown = "memberships" not in facts.setting.tables
    return unknown or len(facts.counting(members) - old) >= fewest


def balanced(facts: Facts, members: Iterable[str]) -> bool:
    """True when no state has too many of the counting members."""
    most = ruled(getattr(facts.setting.partnership, "max_state_share", None), 1)
    counting = facts.counting(members)
    states = Counter(facts.setting.regions[r].state for r in counting)
    return all(count <= most * len(counting) for count in states.values())


def _groups(facts: Facts) -> list[RequiredMembers]:
    book = facts.setting.partnership
    groups = () if book is None else book.consortium.required
    return [group for group in groups if group.substantive is not None]


def _fits(facts: Facts, region: str, group: RequiredMembers) -> bool:
    return facts.category(region, group.scheme) in group.categories


def _uses(facts: Facts, region: str, group: RequiredMembers) -> bool:
    """True when a region is lead user enough to count for a group by that alone."""
    floor = ruled(getattr(group.substantive, "lead_user_floor", None))
    levels = [
        facts.levels.get((region, name), 0)
        for name, row in facts.setting.capabilities.items()
        if row.kind == "lead_user"
    ]
    return floor is not None and sum(levels) >= floor


def deciding(facts: Facts) -> frozenset[str]:
    """Regions that count for some group only if they do something."""
    return frozenset(
        region
        for region in facts.setting.regions
        for group in _groups(facts)
        if _fits(facts, region, group) and not _uses(facts, region, group)
    )


def namings(facts: Facts, case: Case, members: frozenset[str]) -> list[Named]:
    """Ways to name members for roles; of those alike to every rule the best one."""
    matter = deciding(facts) & facts.counting(members)
    if not matter:
        return [best_named(facts, case, members)]
    ways: list[Named] = [()]
    for role in facts.roles(case.case, "best"):
        able = [
            r for r in sorted(members)
            if facts.levels.get((r, role.capability), -1) >= role.min_level
        ]  # fmt: skip
        ways = [
            (*way, *((role, r) for r in who))
            for way in ways
            for who in combinations(able, role.min_providers)
        ]
    best: dict[frozenset[str], tuple[Fraction, Named]] = {}
    for way in ways:
        terms = named_points(facts, way)
        worth = sum((facts.weight(t) * p for t, p in terms.items()), ZERO)
        who = matter & {r for _, r in way}
        if who not in best or worth > best[who][0]:
            best[who] = worth, way
    return [
        way
        for who, (worth, way) in best.items()
        if not any(who < more and worth <= best[more][0] for more in best)
    ]


def counting_members(
    facts: Facts, launched: Mapping[str, frozenset[str]],
    named: Mapping[str, Named], givers: Givers,
) -> tuple[Counting, ...] | None:  # fmt: skip
    """Who counts in every case, for every group; None where they are too few."""
    found = []
    for (case, members), group in product(launched.items(), _groups(facts)):
        doing = {r for _, r in named[case]}
        doing |= {region for region, where in givers if where == case}
        counting = frozenset(
            r
            for r in facts.counting(members)
            if _fits(facts, r, group) and (r in doing or _uses(facts, r, group))
        )
        fewest = group.min_regions.value
        if len(counting) < fewest:
            return None
        share = ruled(getattr(group.substantive, "min_share", None), ZERO)
        found.append(Counting(case, counting, fewest, share))
    return tuple(found)


def bearings(asked: Iterable[Counting]) -> Iterator[Bearing]:
    """Every choice of the members that count because they bear their share."""
    ways = [
        [
            tuple((group.case, region, group.share) for region in who)
            for who in combinations(sorted(group.members), group.fewest)
        ]
        for group in asked
        if group.share
    ]
    for chosen in product(*ways):
        yield tuple(entry for part in chosen for entry in part)

"""Who must stand behind a case, by the meaning of the partnership's rulebook.

Mandates, partners ready to lead, organisations, lead users and people by skill.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.verify.oracle_facts import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.scenario.records import Case
    from matcher.verify.oracle_facts import Facts


def _holding(entries: Iterable[Any], case: Case) -> list[Any]:
    """The entries made for the case's phase; where there are none, the general ones."""
    general, special = [], []
    for entry in entries:
        if entry.phase is None:
            general.append(entry)
        elif entry.phase == case.phase:
            special.append(entry)
    return special if special else general


def mandated(facts: Facts, case: Case, region: str, role: str) -> bool:
    """True when the role needs no mandate, or the row in force says yes to it."""
    setting = facts.setting
    nobody_says = {row.mandate for row in setting.commitments} <= {None}
    if setting.partnership is None or nobody_says:
        return True
    roles = {"lead", "partner"} if role == "lead" else {role}
    if not any(
        entry.role in roles and entry.phase in (None, case.phase)
        for entry in setting.partnership.mandate
    ):
        return True
    return any(row.mandate == "yes" for row in facts.standing(region, case))


def co_leads_met(
    facts: Facts, case: Case, members: frozenset[str], lead: str
) -> bool:  # fmt: skip
    """True when enough others than the lead are committed as a lead must be."""
    setting = facts.setting
    book = setting.partnership
    if book is None or book.min_co_leads is None or not setting.commitments:
        return True
    asked = [e for e in book.commitment if e.role == "lead"]
    level = max((e.level.value for e in _holding(asked, case)[:1]), default=0)
    others = members - {lead}
    ready = {r for r in others if facts.commitment(r, case) >= level}
    return len(ready) >= book.min_co_leads.value


def stakeholders_met(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """True when the member regions hold the organisations asked for."""
    setting = facts.setting
    if setting.partnership is None or not setting.actors:
        return True
    there = Counter(
        actor.kind for actor in setting.actors.values() if actor.region in members
    )
    entries = setting.partnership.stakeholders
    for types in {frozenset(entry.types) for entry in entries}:
        alike = [entry for entry in entries if frozenset(entry.types) == types]
        for entry in _holding(alike, case):
            if sum(there[kind] for kind in types) < entry.min.value:
                return False
    return True


def lead_users_met(facts: Facts, case: Case, members: frozenset[str]) -> bool:
    """True when the members that count bring enough lead users."""
    setting = facts.setting
    classes = {k for k, row in setting.capabilities.items() if row.kind == "lead_user"}
    stated = {row.capability for row in setting.assets} & classes
    if setting.partnership is None or not stated:
        return True
    for entry in _holding(setting.partnership.lead_users, case):
        total = 0
        for region in facts.counting(members):
            mine = sum(facts.levels.get((region, k), 0) for k in stated)
            cap = entry.cap_per_region
            total += mine if cap is None or mine < cap.value else cap.value
        if total < entry.min.value:
            return False
    return True


def skills_fit(
    facts: Facts, launched: Mapping[str, frozenset[str]], leads: Mapping[str, str]
) -> bool:
    """No region gives more people of a skill than it has."""
    for have in facts.setting.staff:
        if not isinstance(have.capacity, Fraction):
            continue
        given = ZERO
        for row in facts.setting.skill_effort:
            if row.skill == have.skill and have.region in launched.get(row.case, ()):
                given += row.per_partner or ZERO
                if leads[row.case] == have.region:
                    given += row.base or ZERO
        if given > have.capacity:
            return False
    return True

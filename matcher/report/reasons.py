"""Why each region takes part in a case: one plain reason, read from the facts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import show
from matcher.report.words import capability_name, clean, euros, units_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import CasePlan


def memberships(facts: Facts, plan: CasePlan) -> Iterator[tuple[str, str, str, str]]:
    """Case, region, role and reason of everybody who takes part: lead first."""
    people = [(plan.lead, "lead")]
    people += [(region, "partner") for region in plan.partners]
    people += [(region, "observer") for region in plan.observers]
    for region, role in people:
        yield plan.case, region, role, why(facts, plan, region, role)


def why(facts: Facts, plan: CasePlan, region: str, role: str) -> str:
    """The reason, with what pays for the region behind a semicolon."""
    if role == "observer":
        return _watches(facts, plan, region)
    brings = [
        *_fills(facts, plan, region),
        *_adds_levels(facts, plan, region),
        *_exchanges(facts, plan, region),
    ]
    brings = brings or list(_is_asked_for(facts, plan, region))
    brings = brings or [_counts(facts, plan, region)]
    pinned = [
        f"fixed beforehand{f': {clean(pin.reason)}' * bool(pin.reason)}"
        for pin in facts.setting.pins
        if not pin.forbid and (pin.case, pin.region) == (plan.case, region)
    ]
    text = _sentence([*pinned, *brings])
    money = _paid(plan, region)
    return f"{text}; {money}" if money else text


def _sentence(parts: list[str]) -> str:
    """Parts joined as in ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _fills(facts: Facts, plan: CasePlan, region: str) -> Iterator[str]:
    for filled in plan.roles:
        if region in filled.providers:
            level = facts.level(region, filled.capability)
            best = max(facts.level(r, filled.capability) for r in facts.setting.regions)
            name = capability_name(facts.setting, filled.capability)
            yield f"{'best ' * (level == best)}{name} (level {level})"


def _adds_levels(facts: Facts, plan: CasePlan, region: str) -> Iterator[str]:
    for role in facts.setting.roles:
        if role.case != plan.case or role.kind != "total":
            continue
        mine = facts.level(region, role.capability)
        if mine:
            total = sum(facts.level(m, role.capability) for m in plan.members)
            name = capability_name(facts.setting, role.capability)
            yield f"adds {mine} of {total} levels of {name}"


def _exchanges(facts: Facts, plan: CasePlan, region: str) -> Iterator[str]:
    """What the region gives and takes, by capability."""
    given: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    taken: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for e in plan.exchanges:
        if e.provider == region:
            given[e.capability][e.receiver] += e.units
        if e.receiver == region:
            taken[e.capability][e.provider] += e.units
    for verb, link, moved in (("serves", "to", given), ("gets", "from", taken)):
        for capability, units in sorted(moved.items()):
            told = units_text(facts.setting, capability, sum(units.values()))
            yield f"{verb} {told} {link} {_sentence([clean(r) for r in sorted(units)])}"


def _is_asked_for(facts: Facts, plan: CasePlan, region: str) -> Iterator[str]:
    """What the partnership asks of every case, and this member meets."""
    book, case = facts.setting.partnership, facts.setting.cases[plan.case]
    if book is None:
        return
    categories = facts.setting.regions[region].category
    for group in book.consortium.required:
        mine = categories.get(group.scheme)
        if mine in group.categories:
            yield f"counts as {clean(mine)}"
    levels = facts.lead_user_levels.get(region, 0)
    asked = facts.in_phase(book.lead_users, case)
    if levels and any(need.min.value for need in asked):
        yield f"brings lead users (levels {levels})"
    least, known = book.min_newcomers, "memberships" in facts.setting.tables
    if least and least.value and known and facts.is_new(region, plan.case):
        yield "is new to the partnership"
    if book.min_co_leads and book.min_co_leads.value and region != plan.lead:
        leads = [need for need in book.commitment if need.role == "lead"]
        needed = facts.in_phase(leads, case)
        if needed and facts.commitment(region, case)[0] >= needed[0].level.value:
            yield "is committed enough to lead"


def _counts(facts: Facts, plan: CasePlan, region: str) -> str:
    """Reason for a member that brings nothing by name."""
    state = facts.setting.regions[region].state
    same = [m for m in plan.members if facts.setting.regions[m].state == state]
    if same == [region] and len(plan.members) > 1:
        return f"brings in state {clean(state)}"
    fit = facts.fit(region, plan.case)
    if fit:
        return f"shares priorities with the case (fit {show(fit)})"
    return f"counts towards the {len(plan.members)} members"


def _watches(facts: Facts, plan: CasePlan, region: str) -> str:
    case = facts.setting.cases[plan.case]
    fit = facts.fit(region, plan.case)
    shared = f"shares priorities with the case (fit {show(fit)})"
    level = facts.commitment(region, case)[0]
    told = shared if fit else "follows the case"
    return f"{told}; commitment level {level} allows it to observe"


def _paid(plan: CasePlan, region: str) -> str:
    sums: dict[str, int] = defaultdict(int)
    for payment in plan.funding:
        if payment.region == region:
            word = ", repayable" if payment.repayable else ""
            sums[f"{payment.instrument}{word}"] += payment.amount
    own = sums.pop(OWN, 0)
    parts = [f"{clean(name)} ({euros(cents)})" for name, cents in sorted(sums.items())]
    if own:
        parts.append(f"own money ({euros(own)})")
    return f"funded by {', '.join(parts)}" if parts else ""

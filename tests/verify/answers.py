"""Proposals made of what the oracle finds, for scenarios drawn at random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN, CasePlan, Exchange, Filled, Payment, Proposal
from tests.verify.honest import valued

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting
    from matcher.verify.oracle import OracleAnswer


def as_proposal(setting: Setting, answer: OracleAnswer) -> Proposal:
    """The oracle's best plan in the words of a proposal."""
    plans = []
    for name, case in answer.cases.items():
        exchanges = tuple(
            Exchange(e.provider, e.receiver, e.capability, e.units, e.provider_actor,
                     e.receiver_actor, e.min_level)
            for e in answer.exchanges if e.case == name
        )  # fmt: skip
        plan = CasePlan(
            case=name, lead=case.lead, partners=tuple(sorted(case.partners)),
            observers=tuple(sorted(case.observers)), exchanges=exchanges,
            states=tuple(sorted({setting.regions[r].state for r in case.members})),
            roles=_named(setting, name, case.members), funding=_paid(answer, name),
        )  # fmt: skip
        cost = sum(Facts(setting).cost(plan).values()) if setting.has_money else 0
        paid = sum(p.amount for p in plan.funding)
        plans.append(replace(plan, cost=cost, gap=cost - paid))
    draft = Proposal(
        setting.name, setting.assumption, "optimal", None, None, cases=tuple(plans)
    )
    return valued(setting, draft)


def _named(setting: Setting, case: str, members: frozenset[str]) -> tuple[Filled, ...]:
    """The members with the highest levels."""
    levels = Facts(setting).levels
    found = []
    for role in setting.roles:
        if (role.case, role.kind) == (case, "best"):
            able = [r for r in sorted(members) if (r, role.capability) in levels]
            able.sort(key=lambda r, k=role.capability: -levels[r, k])
            found.append(Filled(role.capability, tuple(able[: role.min_providers])))
    return tuple(found)


def _paid(answer: OracleAnswer, case: str) -> tuple[Payment, ...]:
    """What instruments pay, and the rest of every share of own money."""
    if answer.payments is None:
        return ()
    own: dict[tuple[str, str], int] = defaultdict(int)
    paid = []
    for (region, name, layer), cents in answer.payments.shares.items():
        if name == case:
            own[region, layer] += cents
    for (instrument, region, name, layer), cents in answer.payments.grants.items():
        if name == case and cents:
            paid.append(Payment(instrument, region, layer, cents))
            own[region, layer] -= cents
    paid += [
        Payment(OWN, r, layer, cents) for (r, layer), cents in own.items() if cents
    ]
    return tuple(paid)

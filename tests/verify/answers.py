"""Proposals made of what the oracle finds, for scenarios drawn at random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import (
    OWN,
    Application,
    CasePlan,
    Exchange,
    Filled,
    Payment,
    Proposal,
)
from tests.verify.honest import valued

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.scenario.setting import Setting
    from matcher.verify.oracle import OracleAnswer
    from matcher.verify.oracle_terms import Named


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
            roles=_named(case.named), funding=_paid(setting, answer, name),
        )  # fmt: skip
        cost = sum(Facts(setting).cost(plan).values()) if setting.has_money else 0
        paid = sum(p.amount for p in plan.funding)
        plans.append(replace(plan, cost=cost, gap=cost - paid))
    draft = Proposal(
        setting.name, setting.assumption, "optimal", None, None, cases=tuple(plans),
        applications=_asked(setting, answer, plans),
    )  # fmt: skip
    return valued(setting, draft)


def _asked(
    setting: Setting, answer: OracleAnswer, plans: Iterable[CasePlan]
) -> tuple[Application, ...]:
    """What the oracle asks for, and one application for whatever else is paid."""
    if answer.payments is None:
        return ()
    grants: dict[tuple[str, str], int] = defaultdict(int)
    for (instrument, _, case, _), cents in answer.payments.grants.items():
        grants[instrument, case] += cents
    groups = {(r.instrument, r.cases) for r in answer.payments.requests}
    asked = {(name, case) for name, cases in groups for case in cases}
    groups |= {(f, (d,)) for (f, d), cents in grants.items() if cents} - {
        (f, (d,)) for f, d in asked
    }
    return tuple(
        Application(name, cases, paid, success.share if success else None)
        for name, cases in sorted(groups)
        for paid in (sum(grants[name, case] for case in cases),)
        for success in (setting.instruments[name].success,)
        if paid
    )


def _named(named: Named) -> tuple[Filled, ...]:
    """The members named for each role."""
    found: dict[str, list[str]] = defaultdict(list)
    for role, region in named:
        found[role.capability].append(region)
    return tuple(Filled(what, tuple(sorted(who))) for what, who in found.items())


def _paid(setting: Setting, answer: OracleAnswer, case: str) -> tuple[Payment, ...]:
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
            lent = setting.instruments[instrument].kind in ("loan", "equity")
            paid.append(Payment(instrument, region, layer, cents, lent))
            own[region, layer] -= cents
    paid += [
        Payment(OWN, r, layer, cents) for (r, layer), cents in own.items() if cents
    ]
    return tuple(paid)

"""Every kind of single tamper with a proposal: what a forger or a slip may do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import (
    OWN,
    Application,
    CasePlan,
    Exchange,
    Filled,
    Payment,
    Proposal,
    Term,
)
from matcher.scenario.records import LAYERS
from tests.verify.honest import valued

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.scenario.setting import Setting

    Tamper = Callable[[Setting, Proposal], Iterator[Proposal]]

EURO = 100
NOBODY = "X9"
"""A code that no table knows."""


def _on_plans(
    change: Callable[[Setting, CasePlan], Iterator[CasePlan]],
) -> Tamper:
    """The tamper applied to each launched case in turn."""

    def tamper(setting: Setting, proposal: Proposal) -> Iterator[Proposal]:
        for at, plan in enumerate(proposal.cases):
            for other in change(setting, plan):
                cases = (*proposal.cases[:at], other, *proposal.cases[at + 1 :])
                yield replace(proposal, cases=cases)

    return tamper


def _without(values: tuple[Any, ...], at: int, *instead: Any) -> tuple[Any, ...]:
    return (*values[:at], *instead, *values[at + 1 :])


def _on_parts(
    part: str, change: Callable[[Setting, CasePlan, Any], Iterator[Any]]
) -> Tamper:
    """The tamper applied to each entry of one part of each case."""

    def on_plan(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
        entries = getattr(plan, part)
        for at, entry in enumerate(entries):
            for instead in change(setting, plan, entry):
                new = _without(entries, at, *instead)
                yield replace(plan, **{part: new})

    return _on_plans(on_plan)


def _join(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for name in (*setting.regions, NOBODY):
        yield replace(plan, partners=tuple(sorted((*plan.partners, name))))
        yield replace(plan, observers=(*plan.observers, name))


def _leave(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for at in range(len(plan.partners)):
        yield replace(plan, partners=_without(plan.partners, at))
    for at in range(len(plan.observers)):
        yield replace(plan, observers=_without(plan.observers, at))
    for first, *others in (plan.partners,) if plan.partners else ():
        yield replace(plan, lead=first, partners=tuple(others))


def _lead(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for at, name in enumerate(plan.partners):
        partners = tuple(sorted(_without(plan.partners, at, plan.lead)))
        yield replace(plan, lead=name, partners=partners)
    for name in (*setting.regions, NOBODY, ""):
        yield replace(plan, lead=name)


def _watch(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for at, name in enumerate(plan.partners):
        yield replace(plan, partners=_without(plan.partners, at),
                      observers=(*plan.observers, name))  # fmt: skip
    for at, name in enumerate(plan.observers):
        yield replace(plan, observers=_without(plan.observers, at),
                      partners=tuple(sorted((*plan.partners, name))))  # fmt: skip


def _cases(setting: Setting, proposal: Proposal) -> Iterator[Proposal]:
    for at, plan in enumerate(proposal.cases):
        yield replace(proposal, cases=_without(proposal.cases, at))
        yield replace(proposal, cases=(*proposal.cases, plan))
        for name in (*setting.cases, NOBODY):
            moved = replace(plan, case=name)
            yield replace(proposal, cases=_without(proposal.cases, at, moved))
            yield replace(proposal, cases=(*proposal.cases, moved))


def _units(setting: Setting, plan: CasePlan, e: Exchange) -> Iterator[tuple[Any, ...]]:
    yield ()
    yield (e, e)
    for units in (e.units + 1, e.units - 1, -e.units, 1000):
        yield (replace(e, units=units),)


def _ends(setting: Setting, plan: CasePlan, e: Exchange) -> Iterator[tuple[Any, ...]]:
    yield (replace(e, provider=e.receiver, receiver=e.provider,
                   provider_actor=e.receiver_actor,
                   receiver_actor=e.provider_actor),)  # fmt: skip
    for name in (*setting.regions, NOBODY):
        yield (replace(e, provider=name),)
        yield (replace(e, receiver=name),)
    for name in (*setting.capabilities, NOBODY):
        yield (replace(e, capability=name),)
    for level in (0, 1, 2, 3):
        yield (replace(e, min_level=level),)
    yield (replace(e, provider_actor=NOBODY),)
    yield (replace(e, receiver_actor=NOBODY),)


def _new_exchange(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for need in setting.needs:
        for asset in setting.assets:
            if asset.capability == need.capability:
                new = Exchange(asset.region, need.region, need.capability, 1,
                               asset.actor, need.actor, need.min_level)  # fmt: skip
                yield replace(plan, exchanges=(*plan.exchanges, new))


def _amount(setting: Setting, plan: CasePlan, p: Payment) -> Iterator[tuple[Any, ...]]:
    yield ()
    yield (p, p)
    for amount in (p.amount + 1, p.amount - 1, p.amount + EURO, -p.amount):
        yield (replace(p, amount=amount),)
    yield (replace(p, repayable=not p.repayable),)


def _lent(setting: Setting, payer: str) -> bool:
    book = setting.instruments.get(payer)
    return book is not None and book.repayable


def _payer(setting: Setting, plan: CasePlan, p: Payment) -> Iterator[tuple[Any, ...]]:
    rest = replace(p, amount=p.amount - EURO)
    for name in (*setting.instruments, OWN, NOBODY):
        other = replace(p, instrument=name, repayable=_lent(setting, name))
        yield (other,)
        yield (rest, replace(other, amount=EURO))
    for name in (*setting.regions, NOBODY):
        yield (replace(p, region=name),)
        yield (rest, replace(p, region=name, amount=EURO))
    for name in (*LAYERS, NOBODY):
        yield (replace(p, layer=name),)
        yield (rest, replace(p, layer=name, amount=EURO))


def _between(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for at, one in enumerate(plan.funding):
        for to, other in enumerate(plan.funding):
            if at != to:
                for cents in (1, EURO, one.amount):
                    new = list(plan.funding)
                    new[at] = replace(one, amount=one.amount - cents)
                    new[to] = replace(other, amount=other.amount + cents)
                    kept = tuple(p for p in new if p.amount)
                    yield replace(plan, funding=kept)


def _new_payment(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for name in (*setting.instruments, OWN):
        for region in setting.regions:
            new = Payment(name, region, "1", EURO, _lent(setting, name))
            yield replace(plan, funding=(*plan.funding, new))


def _named(setting: Setting, plan: CasePlan, f: Filled) -> Iterator[tuple[Any, ...]]:
    yield ()
    yield (f, f)
    for name in (*setting.regions, NOBODY):
        yield (replace(f, providers=(*f.providers, name)),)
        for at in range(len(f.providers)):
            yield (replace(f, providers=_without(f.providers, at, name)),)
    yield (replace(f, providers=f.providers[1:]),)
    for name in (*setting.capabilities, NOBODY):
        yield (replace(f, capability=name),)
        yield (f, replace(f, capability=name))
    yield (replace(f, providers=(NOBODY,)), f)


def _figures(setting: Setting, plan: CasePlan) -> Iterator[CasePlan]:
    for step in (1, -1):
        yield replace(plan, cost=plan.cost + step)
        yield replace(plan, gap=plan.gap + step)
        yield replace(plan, cost=plan.cost + step, gap=plan.gap + step)
    yield replace(plan, states=plan.states[1:])
    yield replace(plan, states=(*plan.states, NOBODY))
    yield replace(plan, states=(*plan.states, *plan.states))


def _asked(setting: Setting, proposal: Proposal) -> Iterator[Proposal]:
    """Missing, doubled, split, merged and misstated applications."""
    made = proposal.applications
    for at, a in enumerate(made):
        yield replace(proposal, applications=_without(made, at))
        yield replace(proposal, applications=(*made, a))
        alone = tuple(replace(a, cases=(case,)) for case in a.cases)
        yield replace(proposal, applications=_without(made, at, *alone))
        for case in (*(plan.case for plan in proposal.cases), NOBODY):
            yield from _instead(proposal, at, replace(a, cases=(*a.cases, case)))
            yield from _instead(proposal, at, replace(a, cases=(case,)))
        for name in (*setting.instruments, NOBODY, OWN):
            yield from _instead(proposal, at, replace(a, instrument=name))
        for grant in (a.grant + 1, a.grant - 1, 0):
            yield from _instead(proposal, at, replace(a, grant=grant))
        for success in (None, Fraction(1), Fraction(1, 7)):
            yield from _instead(proposal, at, replace(a, success=success))
        for to, other in enumerate(made[:at]):
            if other.instrument == a.instrument:
                both = replace(other, cases=(*other.cases, *a.cases),
                               grant=other.grant + a.grant)  # fmt: skip
                yield replace(proposal, applications=_without(
                    _without(made, at), to, both))  # fmt: skip
    for plan in proposal.cases:
        for name in setting.instruments:
            more = Application(name, (plan.case,), 0)
            yield replace(proposal, applications=(*made, more))


def _instead(proposal: Proposal, at: int, made: Application) -> Iterator[Proposal]:
    yield replace(proposal, applications=_without(proposal.applications, at, made))


def _terms(setting: Setting, proposal: Proposal) -> Iterator[Proposal]:
    for at, term in enumerate(proposal.terms):
        for instead in (
            (), (term, term), (replace(term, value=term.value + 1),),
            (replace(term, weight=term.weight + 1),), (replace(term, name=NOBODY),),
            (replace(term, value=term.value - Fraction(1, 10**6)),),
        ):  # fmt: skip
            yield replace(proposal, terms=_without(proposal.terms, at, *instead))
    further = Term(NOBODY, Fraction(1), Fraction(1), "points")
    yield replace(proposal, terms=(*proposal.terms, further))


def _claims(setting: Setting, proposal: Proposal) -> Iterator[Proposal]:
    assert proposal.objective is not None
    for step in (Fraction(1), Fraction(-1), Fraction(1, 10**6)):
        yield replace(proposal, objective=proposal.objective + step)
        yield replace(proposal, bound=proposal.objective + step)
        yield replace(proposal, bound=proposal.objective + step, status="feasible")
        yield replace(proposal, objective=proposal.objective + step,
                      bound=proposal.objective + step)  # fmt: skip
    for status in ("optimal", "feasible", "infeasible", "unknown", "best"):
        yield replace(proposal, status=status)
        yield replace(proposal, status=status, bound=None)


TAMPERS: dict[str, Tamper] = {
    "who joins": _on_plans(_join), "who leaves": _on_plans(_leave),
    "who leads": _on_plans(_lead), "who watches": _on_plans(_watch),
    "which cases": _cases,
    "units": _on_parts("exchanges", _units), "ends": _on_parts("exchanges", _ends),
    "a further exchange": _on_plans(_new_exchange),
    "amounts": _on_parts("funding", _amount), "payers": _on_parts("funding", _payer),
    "a euro moved": _on_plans(_between), "a further payment": _on_plans(_new_payment),
    "who is named": _on_parts("roles", _named), "figures": _on_plans(_figures),
    "applications": _asked, "terms": _terms, "claims": _claims,
}  # fmt: skip
"""By what is tampered with; each yields every single change it can make."""


def redressed(setting: Setting, proposal: Proposal) -> Proposal | None:
    """The tampered plan with honest figures, so that the rules alone can tell.

    None where the tables know too little of the plan to work them out.
    """
    facts = Facts(setting)
    try:
        cases = []
        for plan in proposal.cases:
            cost = sum(facts.cost(plan).values()) if setting.has_money else 0
            states = {setting.regions[name].state for name in plan.members}
            paid = sum(p.amount for p in plan.funding)
            cases.append(replace(plan, cost=cost, gap=cost - paid,
                                 states=tuple(sorted(states))))  # fmt: skip
        told = replace(proposal, cases=tuple(cases), status="optimal")
        made = [
            replace(a, grant=sum(p.amount for _, p in facts.granted(told, a)),
                    success=book.success.share if book.success else None)
            for a in proposal.applications
            for book in (setting.instruments[a.instrument],)
        ]  # fmt: skip
        return valued(setting, replace(told, applications=tuple(made)))
    except KeyError:
        return None

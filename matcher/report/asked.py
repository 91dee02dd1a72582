"""What is asked for, and what is done after an awaited no, in words and rows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.proposal import OWN
from matcher.report.reasons import memberships
from matcher.report.words import CENTS, clean, euros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Application, CasePlan, Proposal
    from matcher.report.words import Cell

APPLICATIONS: Final = ("instrument", "cases", "grant", "success", "after_a_no")
"""Columns of `applications.csv`; amounts are EUR."""


def application_rows(proposal: Proposal) -> Iterator[Sequence[Cell]]:
    """Every application, then those that are made only after a no."""
    for made in proposal.applications:
        yield _row(made, "no")
    if proposal.fallback is not None:
        for made in proposal.fallback.applications:
            if made not in proposal.applications:
                yield _row(made, "yes")


def _row(made: Application, later: str) -> Sequence[Cell]:
    success: Cell = "" if made.success is None else made.success
    grant = Fraction(made.grant, CENTS)
    return made.instrument, "|".join(made.cases), grant, success, later


def later_memberships(proposal: Proposal, facts: Facts) -> Iterator[Sequence[Cell]]:
    """Members of the cases that are launched only after a no."""
    for plan in _later(proposal):
        yield from memberships(facts, plan)


def later_funding(proposal: Proposal) -> Iterable[Sequence[Cell]]:
    """Who pays in the cases that are launched only after a no."""
    return sorted(
        (p.instrument, plan.case, p.region, p.layer, Fraction(p.amount, CENTS))
        for plan in _later(proposal)
        for p in plan.funding
    )


def _later(proposal: Proposal) -> tuple[CasePlan, ...]:
    return proposal.fallback.cases if proposal.fallback is not None else ()


def application_lines(applications: Iterable[Application]) -> Iterator[tuple[str, str]]:
    """Applications for people: instrument, cases, grant and chance."""
    for made in applications:
        told = f"{', '.join(map(clean, made.cases))}: {euros(made.grant)}"
        if made.success is not None:
            told += f", funded with a chance of {_chance(made.success)}"
        yield clean(made.instrument), told


def fallback_title(proposal: Proposal) -> str:
    """What the plan for a no is called, with its chance."""
    back = proposal.fallback
    if back is None:
        return ""
    return f"If {clean(back.instrument)} says no ({_chance(1 - back.chance)})"


def _chance(share: Fraction) -> str:
    return f"{float(100 * share):.3g}%"


def fallback_lines(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What goes on after a no, and what is launched only then."""
    back, later = proposal.fallback, proposal.with_a_no
    if back is None or later is None:
        return
    if not any(a.instrument == back.instrument for a in proposal.applications):
        yield "nothing changes", f"the plan asks nothing of {clean(back.instrument)}"
        return
    own = {plan.case for plan in back.cases}
    going_on = [clean(plan.case) for plan in later.cases if plan.case not in own]
    yield "goes on", ", ".join(going_on) or "nothing"
    for plan in back.cases:
        partners = f", with {', '.join(map(clean, plan.partners))}"
        told = f"{clean(plan.lead)} leads{partners if plan.partners else ''}; cost "
        yield clean(plan.case), f"{told}{euros(plan.cost)}: {_payers(plan)}"
    yield from application_lines(
        made for made in back.applications if made not in proposal.applications
    )


def _payers(plan: CasePlan) -> str:
    sums: dict[str, int] = {}
    for payment in plan.funding:
        sums[payment.instrument] = sums.get(payment.instrument, 0) + payment.amount
    names = sorted(sums, key=lambda name: (name == OWN, name))
    return ", ".join(
        f"{'own money' if name == OWN else clean(name)} {euros(sums[name])}"
        for name in names
    )

"""Re-check a proposal from the inputs alone.

Nothing here knows the program or a solver: every rule judges the proposal by
exact facts of the tables, every objective term is recomputed in fractions, and
what the proposal says of itself must be what comes out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.formulation.bind import bind
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN, Proposal, Term
from matcher.proposal.verdict import Finding, Verdict, merge, must, show
from matcher.rules import all_rules, asking
from matcher.scenario.records import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.scenario.setting import Setting

WRITTEN: Final = Fraction(1, 10**9)
"""Points are written with twelve decimals; read back they differ by less than this."""


def verify(proposal: Proposal, setting: Setting, *, funding: bool = True) -> Verdict:
    """Judge a proposal, and the needed one inside it, against their setting.

    ``funding=False`` judges an answer to what is needed: no rule about money.
    """
    facts = Facts(setting)
    parts = [_judge(facts, proposal, funding=funding)]
    if proposal.needed is not None:
        parts.append(Verdict((_needed_is_more(proposal, proposal.needed),)))
        parts.append(_judge(facts, proposal.needed, funding=False))
    return merge(parts)


def exact_terms(proposal: Proposal, setting: Setting) -> tuple[Term, ...]:
    """Every objective term of a proposal, recomputed exactly."""
    facts = Facts(setting)
    return tuple(
        Term(b.name, b.term.value(facts, proposal, b.parameters), b.weight, b.term.UNIT)
        for b in bind(setting)
    )


def _judge(facts: Facts, proposal: Proposal, *, funding: bool) -> Verdict:
    setting = facts.setting
    if proposal.objective is None:
        empty = proposal.status in ("infeasible", "unknown") and not proposal.cases
        text = f"{proposal.status} with cases, but without a value"
        return Verdict((must("objective", "status", empty, text),))
    known = tuple(_known(facts, proposal))
    if not all(finding.holds for finding in known):
        return Verdict(known)
    money = funding and setting.has_money
    rules = {n: r for n, r in all_rules().items() if money or not r.FUNDING}
    findings = [f for rule in rules.values() for f in rule.check(facts, proposal)]
    untested = [
        text
        for name, rule in asking().items()
        if (name in rules or (funding and name == "cost_balance"))
        and (text := rule.untested(setting))
    ]
    value = tuple(_value(proposal, setting))
    return Verdict((*known, *findings, *value), tuple(untested))


def _needed_is_more(fundable: Proposal, needed: Proposal) -> Finding:
    """A fundable plan is possible without money rules, and worth no more there."""
    good = fundable.objective is None or (
        needed.status != "infeasible"
        and (needed.bound is None or needed.bound >= fundable.objective - WRITTEN)
    )
    text = "what is fundable is worth more than what is said to be needed"
    return must("objective", "needed", good, text)


def _known(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Every code the proposal names exists, and no case stands twice."""
    setting = facts.setting
    cases = [plan.case for plan in proposal.cases]
    yield must("known", "cases", len(set(cases)) == len(cases), "a case stands twice")
    for plan in proposal.cases:
        named = {plan.lead, *plan.partners, *plan.observers}
        named |= {e.provider for e in plan.exchanges} | {
            e.receiver for e in plan.exchanges
        }
        named |= {p.region for p in plan.funding}
        strange = sorted(named - set(setting.regions))
        strange += [plan.case] if plan.case not in setting.cases else []
        strange += sorted({p.layer for p in plan.funding} - set(LAYERS))
        strange += sorted(
            {p.instrument for p in plan.funding} - set(setting.instruments) - {OWN}
        )
        strange += sorted(
            {e.capability for e in plan.exchanges} - set(setting.capabilities)
        )
        roles = {
            r.capability
            for r in setting.roles
            if (r.case, r.kind) == (plan.case, "best")
        }
        strange += sorted({filled.capability for filled in plan.roles} - roles)
        yield must("known", plan.case, not strange, f"unknown: {', '.join(strange)}")
        if plan.case in setting.cases and not strange:
            states = sorted({setting.regions[name].state for name in plan.members})
            yield must("known", f"{plan.case} states", list(plan.states) == states,
                       f"states are {', '.join(states)}")  # fmt: skip
            needs = {facts.serves(e) for e in plan.exchanges} - set(facts.needs)
            yield must(
                "known",
                f"{plan.case} needs",
                not needs,
                "serves a need that is not stated",
            )


def _value(proposal: Proposal, setting: Setting) -> Iterator[Finding]:
    """The stated terms, objective and bound are what the plan gives."""
    stated = {term.name: term for term in proposal.terms}
    total = Fraction(0)
    for term in exact_terms(proposal, setting):
        total += term.points
        mine = stated.get(term.name)
        good = mine is not None and abs(mine.points - term.points) <= WRITTEN
        yield must(
            "objective", term.name, good, f"the plan gives {show(term.points)} points"
        )
    objective = proposal.objective or Fraction(0)
    yield must(
        "objective",
        "sum",
        abs(objective - total) <= WRITTEN,
        f"stated {show(objective)}, but the plan gives {show(total)} points",
    )
    proven = proposal.bound is not None and proposal.bound - total <= WRITTEN
    claimed = {"optimal": proven, "feasible": True}.get(proposal.status, False)
    text = f"the plan is called {proposal.status}, which its bound does not show"
    yield must("objective", "status", claimed, text)
    if proposal.bound is not None:
        yield must(
            "objective",
            "bound",
            proposal.bound >= total - WRITTEN,
            f"the bound {show(proposal.bound)} is below the plan's {show(total)}",
        )

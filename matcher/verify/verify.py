"""Re-check a proposal from the inputs alone.

Nothing here knows the program or a solver: every rule judges the proposal by
exact facts of the tables, every objective term is recomputed in fractions, and
what the proposal says of itself must be what comes out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from matcher.errors import Fault, InputError
from matcher.objectives import all_terms
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN, Proposal, Term
from matcher.proposal.verdict import Finding, Verdict, merge, must, show
from matcher.rules import all_rules, untested
from matcher.scenario.records import LAYERS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from matcher.proposal.proposal import CasePlan
    from matcher.scenario.setting import Setting

WRITTEN: Final = Fraction(1, 10**9)
"""Points are written with twelve decimals; read back they differ by less than this."""


def verify(proposal: Proposal, setting: Setting, *, funding: bool = True) -> Verdict:
    """Judge a proposal, and the needed one inside it, against their setting.

    ``funding=False`` judges an answer to what is needed: no rule about money.

    Raises
    ------
    InputError
        When the setting's own objective names a term that does not exist, or gives
        it parameters that do not fit.
    """
    facts = Facts(setting)
    parts = [_judge(facts, proposal, funding=funding)]
    if proposal.needed is not None:
        parts.append(Verdict((_needed_is_more(proposal, proposal.needed),)))
        parts.append(_judge(facts, proposal.needed, funding=False))
    return merge(parts)


def exact_terms(proposal: Proposal, setting: Setting) -> tuple[Term, ...]:
    """Every objective term of a proposal, recomputed exactly, sorted by name."""
    return tuple(_terms(Facts(setting), proposal))


def _terms(facts: Facts, proposal: Proposal) -> Iterator[Term]:
    objective = facts.setting.objective
    for name, weight in sorted(objective.weights.items()):
        try:
            term = all_terms()[name]
            given = dict(objective.parameters.get(name, {}))
            parameters = term.Parameters.model_validate(given)
        except (KeyError, ValidationError):
            fault = Fault(
                "BAD_OBJECTIVE", objective.places[name],
                f'there is no objective term "{name}" with such parameters',
                f"use {', '.join(all_terms())}, with the parameters each one takes",
            )  # fmt: skip
            raise InputError((fault,)) from None
        yield Term(name, term.value(facts, proposal, parameters), weight, term.UNIT)


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
    if not money:
        findings += _unpaid(facts, proposal)
    findings += _value(facts, proposal, proposal.objective)
    return Verdict((*known, *findings), untested(setting, funding=funding))


def _needed_is_more(fundable: Proposal, needed: Proposal) -> Finding:
    """A fundable plan is possible without money rules, and worth no more there."""
    good = fundable.objective is None or (
        needed.status != "infeasible"
        and (needed.bound is None or needed.bound >= fundable.objective - WRITTEN)
    )
    text = "what is fundable is worth more than what is said to be needed"
    return must("objective", "needed", good, text)


def _known(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Every code the proposal names exists, and nothing stands twice."""
    cases = [plan.case for plan in proposal.cases]
    yield must("known", "cases", _once(cases), "a case stands twice")
    rejected = [left.case for left in proposal.rejected]
    good = _once(rejected) and set(rejected) <= facts.setting.cases.keys() - cases
    yield must("known", "rejected", good, "only cases left out are rejected, once each")
    for plan in proposal.cases:
        strange = sorted(_strange(facts, plan))
        yield must("known", plan.case, not strange, f"unknown: {', '.join(strange)}")
        if not strange:
            yield from _stated(facts, plan)


def _once(words: Iterable[Hashable]) -> bool:
    stated = list(words)
    return len(set(stated)) == len(stated)


def _strange(facts: Facts, plan: CasePlan) -> set[str]:
    """Codes of a plan that the setting does not know."""
    setting = facts.setting
    regions = {plan.lead, *plan.partners, *plan.observers}
    regions |= {e.provider for e in plan.exchanges}
    regions |= {e.receiver for e in plan.exchanges}
    regions |= {p.region for p in plan.funding}
    regions |= {name for filled in plan.roles for name in filled.providers}
    roles = {r.capability for r in setting.roles if r.case == plan.case
             and r.kind == "best"}  # fmt: skip
    return (
        (regions - setting.regions.keys())
        | ({plan.case} - setting.cases.keys())
        | ({p.layer for p in plan.funding} - set(LAYERS))
        | ({p.instrument for p in plan.funding} - setting.instruments.keys() - {OWN})
        | ({e.capability for e in plan.exchanges} - setting.capabilities.keys())
        | ({filled.capability for filled in plan.roles} - roles)
    )


def _stated(facts: Facts, plan: CasePlan) -> Iterator[Finding]:
    """What a plan of known codes says of itself agrees with the tables."""
    regions = facts.setting.regions
    states = sorted({regions[name].state for name in plan.members})
    yield must("known", f"{plan.case} states", list(plan.states) == states,
               f"states are {', '.join(states)}")  # fmt: skip
    yield must("known", f"{plan.case} roles",
               _once(filled.capability for filled in plan.roles),
               "a role is filled twice")  # fmt: skip
    needs = {facts.serves(e) for e in plan.exchanges} - facts.needs.keys()
    yield must("known", f"{plan.case} needs", not needs,
               "serves a need that is not stated")  # fmt: skip


def _unpaid(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Where no rule about money holds nobody pays: the whole cost is open."""
    for plan in proposal.cases:
        total = sum(facts.cost(plan).values()) if facts.setting.has_money else 0
        yield must("unpaid", plan.case, not plan.funding,
                   "somebody pays, but no rule about money holds")  # fmt: skip
        yield must("unpaid", f"{plan.case} cost", plan.cost == total == plan.gap,
                   f"cost and gap are {total} cents")  # fmt: skip


def _value(facts: Facts, proposal: Proposal, objective: Fraction) -> Iterator[Finding]:
    """The stated terms, objective and bound are what the plan gives."""
    stated = {term.name: term for term in proposal.terms}
    terms = tuple(_terms(facts, proposal))
    named = [term.name for term in proposal.terms]
    yield must("objective", "terms", sorted(named) == [term.name for term in terms],
               f"the terms are {', '.join(term.name for term in terms)}")  # fmt: skip
    for term in terms:
        good = term.name in stated and _same(stated[term.name], term)
        yield must("objective", term.name, good,
                   f"the plan gives {show(term.value)} {term.unit} "
                   f"of weight {show(term.weight)}")  # fmt: skip
    total = sum((term.points for term in terms), Fraction(0))
    yield must(
        "objective",
        "sum",
        abs(objective - total) <= WRITTEN,
        f"stated {show(objective)}, but the plan gives {show(total)} points",
    )
    bound = proposal.bound
    proven = bound is not None and bound - total <= WRITTEN
    claimed = {"optimal": proven, "feasible": True}.get(proposal.status, False)
    text = f"the plan is called {proposal.status}, which its bound does not show"
    yield must("objective", "status", claimed, text)
    if bound is not None:
        yield must(
            "objective",
            "bound",
            bound >= total - WRITTEN,
            f"the bound {show(bound)} is below the plan's {show(total)}",
        )


def _same(stated: Term, exact: Term) -> bool:
    """Whether a term as stated is the term as recomputed, but for its last digits."""
    return (
        stated.unit == exact.unit
        and abs(stated.value - exact.value) <= WRITTEN
        and abs(stated.weight - exact.weight) <= WRITTEN
    )

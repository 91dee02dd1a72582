"""Re-check a proposal from the inputs alone.

Nothing here knows the program or a solver: every rule judges the proposal by
exact facts of the tables, every objective term is recomputed in fractions, and
what the proposal says of itself must be what comes out.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN, Proposal, Term
from matcher.proposal.verdict import Finding, Verdict, merge, must, show
from matcher.rules import all_rules
from matcher.scenario.records import LAYERS
from matcher.verify.fallback import NAME as FALLBACK
from matcher.verify.fallback import with_a_no
from matcher.verify.notes import untested
from matcher.verify.terms import exact_terms as exact_terms
from matcher.verify.terms import worth

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from matcher.proposal.proposal import CasePlan
    from matcher.scenario.setting import Setting

NAMING: Final = ("known", FALLBACK)
"""What must hold before a plan can be valued at all."""
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
        most = proposal.objective
        if most is not None and setting.objective.expected and parts[0].holds:
            most = _certain(facts, proposal)
        parts.append(Verdict((_needed_is_more(most, proposal.needed),)))
        parts.append(_judge(facts, proposal.needed, funding=False))
    return merge(parts)


def _judge(facts: Facts, proposal: Proposal, *, funding: bool) -> Verdict:
    setting = facts.setting
    if proposal.objective is None:
        empty = proposal.status in ("infeasible", "unknown") and not proposal.cases
        text = f"{proposal.status} with cases, but without a value"
        return Verdict((must("objective", "status", empty, text, what="no plan"),))
    findings = _plan(facts, proposal, funding=funding)
    money = funding and setting.has_money
    findings += with_a_no(facts, proposal, _plan if money else None)
    if all(finding.holds for finding in findings if finding.rule in NAMING):
        findings += _value(facts, proposal, proposal.objective)
    return Verdict(tuple(findings), untested(setting, funding=funding))


def _plan(facts: Facts, proposal: Proposal, *, funding: bool = True) -> list[Finding]:
    """Every rule about a plan, once all that it names is known."""
    known = list(_known(facts, proposal))
    if not all(finding.holds for finding in known):
        return known
    money = funding and facts.setting.has_money
    rules = {n: r for n, r in all_rules().items() if money or not r.FUNDING}
    findings = [f for rule in rules.values() for f in rule.check(facts, proposal)]
    if not money:
        findings += _unpaid(facts, proposal)
    return [*known, *findings]


def _certain(facts: Facts, proposal: Proposal) -> Fraction:
    """What a fundable plan is worth without rules about money: nothing is chancy."""
    cases = tuple(replace(plan, funding=()) for plan in proposal.cases)
    terms = worth(facts, replace(proposal, cases=cases, fallback=None))
    return sum((term.points for term in terms), Fraction(0))


def _needed_is_more(fundable: Fraction | None, needed: Proposal) -> Finding:
    """A fundable plan is possible without money rules, and worth no more there."""
    good = fundable is None or (
        needed.status != "infeasible"
        and (needed.bound is None or needed.bound >= fundable - WRITTEN)
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
    for made in proposal.applications:
        good = (
            made.instrument in facts.setting.instruments
            and _once(made.cases) and set(made.cases) <= set(cases)
        )  # fmt: skip
        yield must("known", made.subject, good, "asks for cases that are not launched, "
                   "or at an instrument that does not exist")  # fmt: skip
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
    lending = {name for name, book in facts.setting.instruments.items()
               if book.repayable}  # fmt: skip
    yield must("known", f"{plan.case} loans",
               all(p.repayable is (p.instrument in lending) for p in plan.funding),
               "what is repayable is told otherwise")  # fmt: skip
    needs = {facts.serves(e) for e in plan.exchanges} - facts.needs.keys()
    yield must("known", f"{plan.case} needs", not needs,
               "serves a need that is not stated")  # fmt: skip


def _unpaid(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Where no rule about money holds nobody pays: the whole cost is open."""
    for plan in proposal.cases:
        total = sum(facts.cost(plan).values()) if facts.setting.has_money else 0
        yield must("unpaid", plan.case, not (plan.funding or proposal.applications),
                   "somebody pays, but no rule about money holds")  # fmt: skip
        yield must("unpaid", f"{plan.case} cost", plan.cost == total == plan.gap,
                   f"cost and gap are {total} cents")  # fmt: skip


def _value(facts: Facts, proposal: Proposal, objective: Fraction) -> Iterator[Finding]:
    """The stated terms, objective and bound are what the plan gives."""
    stated = {term.name: term for term in proposal.terms}
    terms = worth(facts, proposal)
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
    yield must("objective", "status", claimed, text, what="what is proven")
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

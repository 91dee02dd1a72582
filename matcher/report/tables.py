"""The tables of a result folder as CSV text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN, Proposal
from matcher.report.asked import (
    APPLICATIONS,
    application_rows,
    later_funding,
    later_memberships,
)
from matcher.report.funding_mix import COLUMNS as MIX
from matcher.report.funding_mix import mix_rows
from matcher.report.reasons import memberships
from matcher.report.words import CENTS, Cell, table_text
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.proposal.proposal import Payment
    from matcher.proposal.verdict import Finding
    from matcher.scenario.setting import Setting

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "cases.csv": ("case", "name", "launched", "lead", "partners", "observers",
                  "states", "cost", "grants", "private", "repayable", "own", "gap_eur",
                  "reason"),
    "memberships.csv": ("case", "region", "role", "why"),
    "exchanges.csv": ("case", "provider", "receiver", "capability", "units",
                      "provider_actor", "receiver_actor", "min_level"),
    "funding.csv": ("instrument", "case", "region", "layer", "amount", "repayable"),
    "funding_mix.csv": MIX,
    "applications.csv": APPLICATIONS,
    "fallback_memberships.csv": ("case", "region", "role", "why"),
    "fallback_funding.csv": ("instrument", "case", "region", "layer", "amount"),
    "objective.csv": ("term", "value", "weight", "unit", "points"),
    "rules.csv": ("rule", "subject", "holds", "slack", "source", "unit", "what"),
}  # fmt: skip
"""Columns by table; amounts are EUR, and so is slack of that unit."""


def result_tables(proposal: Proposal, setting: Setting) -> dict[str, str]:
    """Every table of a proposal by file name."""
    rows: dict[str, Iterable[Sequence[Cell]]] = {
        "cases.csv": _cases(proposal, setting),
        "memberships.csv": _memberships(proposal, setting),
        "exchanges.csv": (
            (plan.case, e.provider, e.receiver, e.capability, e.units,
             e.provider_actor, e.receiver_actor, e.min_level)
            for plan in proposal.cases for e in plan.exchanges
        ),
        "funding.csv": sorted(
            (p.instrument, plan.case, p.region, p.layer, _eur(p.amount),
             "yes" if p.repayable else "no")
            for plan in proposal.cases for p in plan.funding
        ),
        "funding_mix.csv": mix_rows(proposal, setting),
        "applications.csv": application_rows(proposal),
        "fallback_memberships.csv": later_memberships(proposal, Facts(setting)),
        "fallback_funding.csv": later_funding(proposal),
        "objective.csv": (
            (t.name, t.value, t.weight, t.unit, t.points) for t in proposal.terms
        ),
        "rules.csv": (_finding(each) for each in own_findings(proposal, setting)),
    }  # fmt: skip
    return {name: table_text(COLUMNS[name], rows[name]) for name in COLUMNS}


def own_findings(proposal: Proposal, setting: Setting) -> tuple[Finding, ...]:
    """Findings about the proposal itself, without those about what is needed."""
    alone = Proposal(proposal.scenario, proposal.assumption, "unknown", None, None)
    return verify(replace(proposal, needed=alone), setting).findings


def _eur(cents: int) -> Fraction:
    return Fraction(cents, CENTS)


def _cases(proposal: Proposal, setting: Setting) -> Iterator[Sequence[Cell]]:
    """Launched cases, then the others with the reason."""
    for plan in proposal.cases:
        sums: Counter[str] = Counter()
        for p in plan.funding:
            sums[_sort(setting, p)] += p.amount
        yield (plan.case, _name(setting, plan.case), "yes", plan.lead,
               "|".join(plan.partners), "|".join(plan.observers),
               "|".join(plan.states), _eur(plan.cost),
               *(_eur(sums[sort]) for sort in ("grants", "private", "repayable", OWN)),
               _eur(plan.gap), "")  # fmt: skip
    for left in proposal.rejected:
        blank: tuple[Cell, ...] = ("",) * 10
        yield (left.case, _name(setting, left.case), "no", *blank, left.reason)


def _sort(setting: Setting, payment: Payment) -> str:
    """Which sort of money a payment is."""
    if payment.instrument == OWN:
        return OWN
    book = setting.instruments.get(payment.instrument)
    if payment.repayable:
        return "repayable"
    return "grants" if book is None or book.aid else "private"


def _name(setting: Setting, case: str) -> str:
    return setting.cases[case].name if case in setting.cases else ""


def _memberships(proposal: Proposal, setting: Setting) -> Iterator[Sequence[Cell]]:
    facts = Facts(setting)
    for plan in proposal.cases:
        yield from memberships(facts, plan)


def _finding(finding: Finding) -> Sequence[Cell]:
    holds = "yes" if finding.holds else "no"
    slack, unit = finding.room
    return (finding.rule, finding.subject, holds, slack, finding.source, unit,
            finding.what)  # fmt: skip

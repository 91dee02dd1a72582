"""The funding mix: every line of cost, who pays it at which terms, and what is open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.dated import cost_lines
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN
from matcher.report.bookfacts import share_text
from matcher.report.words import CENTS, Cell, clean, euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.proposal.dated import CostLine
    from matcher.proposal.proposal import CasePlan, Payment, Proposal
    from matcher.scenario.setting import Setting

COLUMNS: Final = (
    "case", "layer", "year", "source", "region", "rate", "amount", "status",
    "probability", "repayable", "gap_eur",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Terms:
    """On which terms a source pays; None where that is unknown, or makes no sense."""

    rate: Fraction | None
    status: str
    """Confidence of the instrument's rulebook; blank for own money."""
    chance: Fraction | None
    """Part of the proposals that is funded; own money is sure."""
    repayable: str = "no"
    """Whether it must be paid back, or buys a part of a company."""


def mix_rows(proposal: Proposal, setting: Setting) -> Iterator[Sequence[Cell]]:
    """One row per line of cost and payment of it, and one for what nobody pays."""
    facts = Facts(setting)
    for plan in _plans(proposal, setting):
        for line in cost_lines(facts, plan):
            where = plan.case, line.layer, line.year
            for payment, cents in line.paid:
                terms = _terms(facts, plan.case, payment)
                yield (*where, payment.instrument, payment.region, terms.rate,
                       Fraction(cents, CENTS), terms.status, terms.chance,
                       terms.repayable, 0)  # fmt: skip
            if line.gap > 0:
                yield (*where, "", "", None, 0, "", None, "",
                       Fraction(line.gap, CENTS))  # fmt: skip


def mix_lines(proposal: Proposal, setting: Setting) -> Iterator[tuple[str, str]]:
    """The same for a terminal: one line per line of cost, regions added up."""
    facts = Facts(setting)
    for plan in _plans(proposal, setting):
        for line in cost_lines(facts, plan):
            when = f", {line.year}" if line.year is not None else ""
            yield (
                clean(f"{plan.case} layer {line.layer}{when}"),
                _paid(facts, plan.case, line),
            )


def _plans(proposal: Proposal, setting: Setting) -> list[CasePlan]:
    """Launched cases, and those that are needed and that nobody pays."""
    if not setting.has_money:
        return []
    return sorted((*proposal.cases, *proposal.unpaid), key=lambda p: p.case)


def _terms(facts: Facts, case: str, payment: Payment) -> _Terms:
    book = facts.setting.instruments.get(payment.instrument)
    if book is None:
        own = payment.instrument == OWN
        return _Terms(None, "", Fraction(1) if own else None)
    known = payment.region in facts.setting.regions and case in facts.setting.cases
    rate = facts.rate(book, payment.region, case, payment.layer) if known else None
    won = book.success
    return _Terms(rate, book.confidence, won.share if won else None,
                  "yes" if book.repayable else "no")  # fmt: skip


def _paid(facts: Facts, case: str, line: CostLine) -> str:
    """Who pays a line of cost; what one source pays at several rates is one sum."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    rates: dict[tuple[str, str], set[Fraction]] = defaultdict(set)
    for payment, cents in line.paid:
        terms = _terms(facts, case, payment)
        key = payment.instrument, "" if payment.instrument == OWN else _sure(terms)
        sums[key] += cents
        rates[key] |= {terms.rate} if terms.rate is not None else set()
    own = sums.pop((OWN, ""), 0)
    parts = [
        f"{key[0]} {euros(cents)} ({_pays(rates[key])}{key[1]})"
        for key, cents in sums.items()
    ]
    parts += [f"own money {euros(own)}"] if own else []
    parts += [f"nobody {euros(line.gap)}"] if line.gap > 0 else []
    return clean("; ".join(parts))


def _pays(rates: set[Fraction]) -> str:
    """Lowest and highest rate of a source, such as ``pays 49% to 65%, ``."""
    if not rates:
        return ""
    most = f" to {share_text(max(rates))}" if len(rates) > 1 else ""
    return f"pays {share_text(min(rates))}{most}, "


def _sure(terms: _Terms) -> str:
    """How sure the money is, in a few words, such as ``secondary, chance 39%``."""
    words = [terms.status] if terms.status else []
    chance = share_text(terms.chance) if terms.chance is not None else "unknown"
    words.append(f"chance {chance}")
    words += ["repayable"] if terms.repayable == "yes" else []
    return ", ".join(words)

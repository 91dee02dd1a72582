"""An instrument pays only the phases, readiness, layers and states it is meant for.

::

    grant[f,r,d,l] = 0   where phase_d, trl_d, l or state(r) lies outside f's windows

An unknown phase or readiness lies outside a stated window. Source: ``phases``,
``trl``, ``layers`` and ``states`` of the instruments' rulebooks (R76, R78).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, must
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    import numpy as np
    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Payment, Proposal
    from matcher.scenario.records import Case
    from matcher.scenario.setting import Setting

NAME = "window"
FUNDING = True


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Payments outside a window."""
    money = inst.money
    inside = (
        money.pays_state[:, :, None, None]
        & money.pays_case[:, None, :, None]
        & money.pays_layer[:, None, None, :]
    )
    return {"grant": ~inside}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Hold every payment against the windows of its instrument."""
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        for payment in plan.funding:
            if payment.instrument != OWN and payment.amount:
                yield from _judge(facts, case, payment)


def _judge(facts: Facts, case: Case, payment: Payment) -> Iterator[Finding]:
    book = facts.setting.instruments.get(payment.instrument)
    subject = f"{payment.instrument} {case.case} {payment.region} layer {payment.layer}"
    yield must(NAME, subject, book is not None, "this instrument is not in play")
    if book is None:
        return
    state = facts.setting.regions[payment.region].state
    for what, value, allowed in (
        ("phase", case.phase, book.phases),
        ("layer", payment.layer, book.layers),
        ("state", state, book.states),
    ):
        if allowed is not None:
            yield must(NAME, subject, value in allowed.value,
                       f"{what} {value} is not paid", cite(book, allowed))  # fmt: skip
    for what, trl, span in (
        ("start", case.trl_start, book.trl.start),
        ("end", case.trl_end, book.trl.end),
    ):
        for bound, sign in ((span and span.min, 1), (span and span.max, -1)):
            if bound:
                good = trl is not None and sign * (trl - bound.value) >= 0
                yield must(NAME, subject, good, f"readiness at the {what} is {trl}",
                           f"{cite(book, bound)}; {line(case.at)}")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: what is unknown lies outside a stated window."""


def untested(setting: Setting) -> str:
    """Instruments whose period does not hold the day of the scenario."""
    closed = [
        f"{book.id} ({book.valid_from or '...'} to {book.valid_to or '...'})"
        for book in setting.instruments.values()
        if not book.holds_on(setting.date)
    ]
    day = setting.date.isoformat()
    text = "validity dates are not a rule; taken as open on"
    return f"{text} {day}: {', '.join(closed)}" if closed else ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [text for book in setting.instruments.values() if (text := _words(book))]
    return (
        f"Instruments pay what they are meant for: {'; '.join(parts)}." if parts else ""
    )


def _words(book: Any) -> str:
    words = []
    if book.phases:
        words.append("phases " + ", ".join(book.phases.value))
    if book.layers:
        words.append("layers " + ", ".join(book.layers.value))
    if book.states:
        words.append("states " + ", ".join(book.states.value))
    for when, span in (("start", book.trl.start), ("end", book.trl.end)):
        bounds = [f"from {span.min.value}"] if span and span.min else []
        bounds += [f"up to {span.max.value}"] if span and span.max else []
        if bounds:
            words.append(f"readiness {' '.join(bounds)} at the {when}")
    return f"{book.id} {', '.join(words)}" if words else ""

"""An instrument pays only the phases, readiness, layers and states it is meant for.

::

    grant[f,r,d,l] = 0   where phase_d, trl_d, l or state(r) lies outside f's windows
    grant[f,r,d,l] = 0   where f holds on no day of the horizon

An unknown phase or readiness lies outside a stated window; an unknown first or last
day closes nothing. Without a horizon validity is not a rule. Source: ``phases``,
``trl``, ``layers``, ``states``, ``valid_from`` and ``valid_to`` of the instruments'
rulebooks; ``horizon`` of the scenario (R76, R78, R87).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, must
from matcher.rules._figures import Figure, places
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
    from matcher.rules._figures import Chances
    from matcher.scenario.records import Case
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.schema import Horizon
    from matcher.scenario.setting import Setting

NAME = "window"
FUNDING = True


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Payments outside a window."""
    money = inst.money
    layer = money.pays_layer & money.in_force[:, None]
    inside = money.pays_case[:, :, None] & layer[:, None, :]
    return {"grant": ~money.pays_state[:, :, None, None] | ~inside[:, None]}


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
    yield must(
        NAME,
        subject,
        book is not None,
        "this instrument is not in play",
        what="in play",
    )
    if book is None:
        return
    yield from _in_time(facts, subject, book)
    state = facts.setting.regions[payment.region].state
    for what, value, allowed in (
        ("phase", case.phase, book.phases),
        ("layer", payment.layer, book.layers),
        ("state", state, book.states),
    ):
        if allowed is not None:
            yield must(NAME, subject, value in allowed.value,
                       f"{what} {value} is not paid", cite(book, allowed),
                       what=what)  # fmt: skip
    for what, trl, span in (
        ("start", case.trl_start, book.trl.start),
        ("end", case.trl_end, book.trl.end),
    ):
        for bound, sign, most in (
            (span and span.min, 1, "at least"),
            (span and span.max, -1, "at most"),
        ):
            if bound:
                good = trl is not None and sign * (trl - bound.value) >= 0
                yield must(NAME, subject, good, f"readiness at the {what} is {trl}",
                           f"{cite(book, bound)}; {line(case.at)}",
                           what=f"readiness at the {what}: {most} {bound.value}",
                           )  # fmt: skip


def _in_time(facts: Facts, subject: str, book: Instrument) -> Iterator[Finding]:
    horizon, written = facts.setting.horizon, facts.setting.places
    if horizon is None:
        return
    ended = book.valid_to is not None and book.valid_to < horizon.start
    early = book.valid_from is not None and book.valid_from > horizon.end
    yield must(NAME, subject, not ended and not early, _closed(book, horizon),
               f"{line(written[book.id])}; {line(written['horizon'])}",
               what="in force")  # fmt: skip


def _closed(book: Instrument, horizon: Horizon) -> str:
    """What is wrong with an instrument that holds on no day of the horizon."""
    planned = f"from {horizon.start} to {horizon.end}"
    return f"{book.id} holds {_dates(book)}, and on no day of the horizon {planned}"


def _dates(book: Instrument) -> str:
    """Days on which an instrument holds, where any is stated."""
    words = [f"from {book.valid_from}"] if book.valid_from else []
    return " ".join(words + ([f"to {book.valid_to}"] if book.valid_to else []))


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: what is unknown lies outside a stated window."""


def untested(setting: Setting) -> str:
    """Without a horizon: instruments that do not hold on the day of the scenario."""
    if setting.horizon is not None:
        return ""
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
    horizon = setting.horizon
    books = setting.instruments.values()
    parts = [text for book in books if (text := _words(book, horizon))]
    return (
        f"Instruments pay what they are meant for: {'; '.join(parts)}." if parts else ""
    )


def _words(book: Any, horizon: Horizon | None) -> str:
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
    if horizon and (dates := _dates(book)):
        open_ = book.holds_within(horizon.start, horizon.end)
        planned = f"the horizon from {horizon.start} to {horizon.end}"
        words.append(f"valid {dates}" + ("" if open_ else f", not in {planned}"))
    return f"{book.id} {', '.join(words)}" if words else ""


def figures(chances: Chances) -> Figure | None:
    """Instruments that hold on no day of the horizon, and what the others pay."""
    setting, horizon = chances.setting, chances.setting.horizon
    if horizon is None:
        return None
    every = setting.instruments.values()
    held = [b for b in every if b.holds_within(horizon.start, horizon.end)]
    books = [book for book in every if book not in held]
    if not books:
        return None
    told = [_closed(book, horizon) for book in books]
    told += [text for book in held if (text := _words(book, None))]
    files = [setting.places[book.id] for book in books]
    return Figure(", and ".join(told), places([*files, setting.places["horizon"]]))

"""What a rulebook says, as sentences: each with its source and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.report import payees
from matcher.report.words import euros, points
from matcher.scenario.parts import RequiredMembers
from matcher.scenario.rulebook import KINDS, PAYABLE, Instrument, OwnMoney, Partnership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.scenario.parts import Substance
    from matcher.scenario.rulebook import Consortium, RulebookHead, ShareBounds

MILLION, THOUSAND = 10**8, 10**5
"""A million and a thousand EUR in cents."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence of a rulebook."""

    topic: str
    text: str
    source: str = ""
    """Document or page that states it; empty where nobody needs to."""
    confidence: str = ""
    note: str = ""


def share_text(share: Fraction) -> str:
    """A share as per cent: ``70%``, with one digit behind the point if need be."""
    return f"{points(round(share * 100, 1))}%"


def millions(cents: int) -> str:
    """An amount in few letters: ``31 M`` or ``25 k``."""
    if cents >= MILLION:
        return f"{points(Fraction(cents, MILLION))} M"
    return f"{points(Fraction(cents, THOUSAND))} k"


def facts(book: RulebookHead) -> list[Fact]:
    """Everything a rulebook says, and what it should say and does not."""
    found = list(_facts(book))
    if book.valid_from or book.valid_to:
        begin, end = (
            day.isoformat() if day else "an unknown day"
            for day in (book.valid_from, book.valid_to)
        )
        found.append(Fact("validity", f"It holds from {begin} to {end}."))
    else:
        found.append(Fact("validity", "From when to when it holds is unknown."))
    return found


def _facts(book: RulebookHead) -> Iterator[Fact]:
    match book:
        case Instrument():
            yield from _instrument(book)
        case Partnership():
            yield from _partnership(book)
        case OwnMoney():
            yield _own(book)


def _own(book: OwnMoney) -> Fact:
    most = book.max_own_share
    if most is None:
        return Fact("own money", "How much a member may pay itself is unknown.")
    text = f"A member pays at most {share_text(most.value)} of its share itself."
    return _cited(book, "own money", text, most)


def _cited(book: RulebookHead, topic: str, text: str, said: Any) -> Fact:
    confidence = said.confidence or book.confidence
    note = getattr(said, "note", None) or ""
    return Fact(topic, text, book.sources.get(said.source, ""), confidence, note)


def _shared(book: RulebookHead, said: Iterable[payees.Said]) -> Iterator[Fact]:
    """Sentences about shares, filled in and cited."""
    for topic, text, number in said:
        told = text.replace("{}", share_text(number.value), 1)
        yield _cited(book, topic, told, number)


def _instrument(book: Instrument) -> Iterator[Fact]:
    idle = "" if book.kind in PAYABLE else "; no scenario may use this kind yet"
    yield Fact("kind", f"{book.kind}: {KINDS[book.kind]}{idle}")
    yield from _shared(book, payees.rates(book))
    if not book.rate:
        unknown = "The funding rate is unknown."
        told = "It pays what is pledged." if book.kind == "private" else unknown
        yield Fact("rate", told)
    yield from _beside(book)
    yield from _grant(book)
    yield from _windows(book)
    yield from _consortium(book, book.consortium)
    yield from _shares(book, book.cost_share, "a case that it pays")
    yield from _shared(book, payees.demands(book))
    yield from _money(book)
    yield from _reach(book)
    yield from _duration(book)
    for said in book.conditions:
        yield _cited(book, "not tested", said.text, said)


def _beside(book: Instrument) -> Iterator[Fact]:
    """Other money in the same case, and for the same euro."""
    for apart in book.stacking.excludes:
        text = f"It does not pay beside {' or '.join(apart.of)}."
        yield _cited(book, "stacking", text, apart)
    for beside in book.stacking.cumulative:
        text = f"The same euro may be declared to {' or '.join(beside.of)}, too."
        yield _cited(book, "stacking", text, beside)


def _reach(book: Instrument) -> Iterator[Fact]:
    """Whom and where its money reaches, and who may stay without."""
    if firm := book.per_firm:
        kinds = " or ".join(firm.types)
        text = f"For each {kinds} of a region it pays {euros(firm.cap.value)} at most."
        yield _cited(book, "firms", text, firm.cap)
    if area := book.out_of_area:
        share = share_text(area.cap.value)
        text = f"At most {share} of its money is paid outside its area."
        yield _cited(book, "area", text, area.cap)
    for said, yes, no in (
        (book.foreign_provider, "It pays beside a member of another state only.",
         "It also pays where all members are of one state."),
        (book.associates, "Members without its money may bear nothing.",
         "Members without its money bear the smallest share, too."),
        (book.in_kind, "A pledge may be help in kind, at its market value.",
         "A pledge is cash."),
    ):  # fmt: skip
        if said:
            yield _cited(book, "reach", yes if said.value else no, said)


def _grant(book: Instrument) -> Iterator[Fact]:
    for word, size in (("smallest", book.grant.min), ("largest", book.grant.max)):
        if size:
            text = f"The {word} grant to one case is {euros(size.value)}."
            yield _cited(book, "grant", text, size)
        else:
            yield Fact("grant", f"The {word} grant is unknown.")


def _windows(book: Instrument) -> Iterator[Fact]:
    for topic, said in (
        ("phases", book.phases), ("layers", book.layers), ("states", book.states),
    ):  # fmt: skip
        if said:
            text = f"It pays in {topic} {', '.join(said.value)} only."
            yield _cited(book, topic, text, said)
        else:
            yield Fact(topic, f"No {topic} are stated, so it pays in all.")
    stated = False
    for when, span in (("start", book.trl.start), ("end", book.trl.end)):
        for word, bound in (
            ("at least", span and span.min), ("at most", span and span.max),
        ):  # fmt: skip
            if bound:
                stated = True
                text = f"Readiness at the {when} is {word} {bound.value}."
                yield _cited(book, "readiness", text, bound)
    if not stated:
        yield Fact("readiness", "No readiness is stated, so it pays at any.")


def _consortium(book: RulebookHead, asked: Consortium) -> Iterator[Fact]:
    for said, text in (
        (asked.min_regions, "At least {} regions take part."),
        (asked.min_states, "Members come from at least {} states."),
        (asked.max_partners, "At most {} members take part."),
    ):
        if said:
            yield _cited(book, "consortium", text.format(said.value), said)
    for group in asked.required:
        kinds = " or ".join(group.categories)
        text = (
            f"At least {group.min_regions.value} regions are {kinds} by {group.scheme}."
        )
        yield _cited(book, "consortium", text, group.min_regions)
        if isinstance(group, RequiredMembers) and group.substantive:
            yield from _substance(book, kinds, group.substantive)
    if not (asked.min_regions or asked.min_states or asked.required):
        yield Fact("consortium", "How many regions or states it asks for is unknown.")


def _substance(book: RulebookHead, kinds: str, asked: Substance) -> Iterator[Fact]:
    text = (
        f"Of those that are {kinds} members count that fill a role or provide a unit."
    )
    yield Fact("consortium", text)
    if floor := asked.lead_user_floor:
        text = f"Lead users of level {floor.value} in sum count, too."
        yield _cited(book, "consortium", text, floor)
    if share := asked.min_share:
        text = f"Who counts bears at least {share_text(share.value)} of a case's cost."
        yield _cited(book, "consortium", text, share)


def _shares(book: RulebookHead, bounds: ShareBounds, where: str) -> Iterator[Fact]:
    for word, said in (("at least", bounds.min), ("at most", bounds.max)):
        if said:
            share = share_text(said.value)
            text = f"Each member bears {word} {share} of the cost of {where}."
            yield _cited(book, "cost share", text, said)


def _money(book: Instrument) -> Iterator[Fact]:
    if book.envelope:
        text = f"It has {euros(book.envelope.value)} in all."
        yield _cited(book, "envelope", text, book.envelope)
    else:
        yield Fact("envelope", "How much it has in all is unknown.")
    if cap := book.per_region_cap:
        text = f"One region receives at most {euros(cap.value)} over all cases."
        yield _cited(book, "cap", text, cap)
    if book.success is None:
        yield Fact("success", "The share of proposals funded is unknown.")
        return
    won = book.success
    counted = f": {won.funded} of {won.submitted}" if won.submitted else ""
    when = f", {won.period}" if won.period else ""
    text = f"{share_text(won.share)} of the proposals are funded{counted}{when}."
    yield _cited(book, "success", text, won)


def _duration(book: Instrument) -> Iterator[Fact]:
    for word, said in (("least", book.duration.min), ("most", book.duration.max)):
        if said:
            text = f"A project lasts at {word} {said.value} months."
            yield _cited(book, "duration", text, said)
    if book.duration.max is None:
        yield Fact("duration", "How long a project may last is unknown.")
    if waiting := book.months_to_contract:
        text = f"A contract takes {waiting.value} months."
        yield _cited(book, "duration", text, waiting)


def _partnership(book: Partnership) -> Iterator[Fact]:
    yield Fact("kind", "partnership: holds for all cases, whoever pays")
    yield from _consortium(book, book.consortium)
    for need in book.commitment:
        when = f" in the phase {need.phase}" if need.phase else ""
        text = f"Role {need.role} needs commitment {need.level.value} or more{when}."
        yield _cited(book, "commitment", text, need.level)
    yield from _backing(book)
    if fit := book.priority_min_fit:
        text = f"A member's priorities overlap the case by {share_text(fit.value)}."
        yield _cited(book, "priorities", text, fit)
    yield from _shares(book, book.cost_share, "a case")
    yield from _shared(book, payees.caps(book))
    if layer := book.exchange_layer:
        text = f"Exchanged units are charged to layer {layer.value}."
        yield _cited(book, "exchanges", text, layer)
    if most := book.max_cases:
        yield _cited(book, "cases", f"At most {most.value} cases are launched.", most)
    yield from _breadth(book)


def _breadth(book: Partnership) -> Iterator[Fact]:
    if fewest := book.min_newcomers:
        text = f"At least {fewest.value} members are new to case and partnership."
        yield _cited(book, "newcomers", text, fewest)
    if share := book.max_state_share:
        text = f"No state provides more than {share_text(share.value)} of the members."
        yield _cited(book, "balance", text, share)
    if notice := book.renewal_notice:
        text = f"Commitments are due for renewal {notice.value} months before they end."
        yield _cited(book, "commitment", text, notice)
    if longest := book.intermittent_after:
        text = f"After {longest.value} months without contact one is intermittent."
        yield _cited(book, "commitment", text, longest)


def _backing(book: Partnership) -> Iterator[Fact]:
    """Who must stand behind a case, by its phase."""

    def when(said: Any) -> str:
        return f" in the phase {said.phase}" if said.phase else ""

    for entry in book.mandate:
        text = f"Role {entry.role} needs a mandate{when(entry)}."
        yield _cited(book, "mandate", text, entry)
    if least := book.min_co_leads:
        text = f"Beside the lead at least {least.value} members could lead."
        yield _cited(book, "commitment", text, least)
    for need in book.stakeholders:
        kinds = " or ".join(need.types)
        text = f"Members hold {need.min.value} organisations or more that are {kinds}"
        yield _cited(book, "stakeholders", f"{text}{when(need)}.", need.min)
    for users in book.lead_users:
        text = f"Levels of lead users add up to {users.min.value} or more{when(users)}."
        yield _cited(book, "lead users", text, users.min)
        if cap := users.cap_per_region:
            text = f"One region adds at most {cap.value} to them{when(users)}."
            yield _cited(book, "lead users", text, cap)

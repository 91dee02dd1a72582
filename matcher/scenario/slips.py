"""Slips inside one rulebook: entries that contradict each other, or never count.

Each entry may be fine by itself. What a rulebook says of itself or says both ways is
refused wherever the file is read; what can never be met or reached is refused where
rulebooks are checked by themselves, and told as a notice where a scenario uses them.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Fault
from matcher.scenario.records import ACTOR_TYPES, LAYERS
from matcher.scenario.rulebook import Instrument, OwnMoney
from matcher.scenario.values import plain_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.scenario.engagement import LeadUserNeed
    from matcher.scenario.parts import Consortium
    from matcher.scenario.paying import Earmark, ForWhom
    from matcher.scenario.rulebook import RulebookHead
    from matcher.scenario.yamlfile import Document, Path_

_STACKING: Final = {"excludes": "excludes", "cumulative": "is cumulative with"}
_EVERY_TYPE: Final = (*ACTOR_TYPES, None)
"""Types of beneficiaries, and those of unknown type."""


def contradictions(book: RulebookHead, document: Document) -> Iterator[Fault]:
    """What a rulebook says of itself, or both ways, about other money in a case."""
    if not isinstance(book, Instrument):
        return
    apart = {word for rule in book.stacking.excludes for word in rule.of}
    for key, verb in _STACKING.items():
        for i, rule in enumerate(getattr(book.stacking, key)):
            for k, word in enumerate(rule.of):
                place = document.place(("stacking", key, i, "of", k))
                if word == book.id:
                    yield Fault("WITH_ITSELF", place, f'"{word}" {verb} itself',
                                "name other instruments, or take it out")  # fmt: skip
                elif key == "cumulative" and word in apart:
                    yield Fault("EXCLUDED_AND_CUMULATIVE", place,
                                f'"{word}" is both excluded and cumulative',
                                "take it out of one of the two lists")  # fmt: skip


def slips(book: RulebookHead, document: Document) -> Iterator[Fault]:
    """Numbers that contradict each other, and entries that never count."""
    if isinstance(book, OwnMoney):
        return
    yield from _order(book, document)
    for key, what, code in (
        ("rate", "rate", "UNREACHED_RATE"), ("aid_cap", "cap", "UNREACHED_CAP"),
    ):  # fmt: skip
        for i in _unreached(getattr(book, key, ())):
            yield Fault(code, document.place((key, i)),
                        f"this {what} never holds: an earlier one fits whom it fits",
                        "take it out, or move it up")  # fmt: skip
    for i in _weaker(getattr(book, "lead_users", ())):
        yield Fault("UNREACHED_LEAD_USERS", document.place(("lead_users", i)),
                    "this entry never decides: another one for the same phase asks for "
                    "as much or more", "take it out, or correct its phase")  # fmt: skip
    yield from _earmarks(getattr(book, "earmarks", ()), document)
    yield from _zeros(book, document)


def _order(book: Any, document: Document) -> Iterator[Fault]:
    pairs = list(_consortium(book.consortium))
    if isinstance(book, Instrument):
        start, end = book.trl.start, book.trl.end
        if start and start.min and end and end.max:
            pairs.append((("trl", "start", "min"), start.min.value,
                          ("trl", "end", "max"), end.max.value))  # fmt: skip
    for low, least, high, most in pairs:
        if least > most:
            first, last = (".".join(map(str, path)) for path in (low, high))
            yield Fault("OUT_OF_ORDER", document.place(low),
                        f"{first} is {least}, above {last} {most}",
                        f"raise {last} or lower {first}")  # fmt: skip


def _consortium(asked: Consortium) -> Iterator[tuple[Path_, int, Path_, int]]:
    """Numbers of members that must not be above the most members."""
    if asked.max_partners is None:
        return
    high, most = ("consortium", "max_partners"), asked.max_partners.value
    for name in ("min_regions", "min_states"):
        if least := getattr(asked, name):
            yield ("consortium", name), least.value, high, most
    for i, group in enumerate(asked.required):
        low = ("consortium", "required", i, "min_regions")
        yield low, group.min_regions.value, high, most


def _unreached(entries: Sequence[ForWhom]) -> Iterator[int]:
    """The first entry that fits holds: those that earlier ones always precede."""
    for i, later in enumerate(entries):
        category = later.scheme, later.category
        wider = [
            earlier for earlier in entries[:i]
            if earlier.scheme is None or (earlier.scheme, earlier.category) == category
        ]  # fmt: skip
        if _fitted(later) <= {each for earlier in wider for each in _fitted(earlier)}:
            yield i


def _fitted(entry: ForWhom) -> set[tuple[str | None, str]]:
    """Types of beneficiaries and layers that an entry fits."""
    layers = getattr(entry, "layers", None) or LAYERS
    return set(product(entry.beneficiary or _EVERY_TYPE, layers))


def _weaker(entries: Sequence[LeadUserNeed]) -> Iterator[int]:
    """All entries for a phase hold: those that another one makes superfluous."""
    for i, entry in enumerate(entries):
        stronger = any(
            other.phase == entry.phase
            and _asks_as_much(other, entry)
            and (k < i or not _asks_as_much(entry, other))  # of equals the first stays
            for k, other in enumerate(entries)
        )
        if stronger:
            yield i


def _asks_as_much(one: LeadUserNeed, other: LeadUserNeed) -> bool:
    """Whether members that meet one entry always meet another."""
    if other.cap_per_region is not None and (
        one.cap_per_region is None
        or one.cap_per_region.value > other.cap_per_region.value
    ):
        return False
    return one.min.value >= other.min.value


def _earmarks(marks: Sequence[Earmark], document: Document) -> Iterator[Fault]:
    """Parts that are kept for different groups are parts of one whole."""
    hard = [(i, mark) for i, mark in enumerate(marks) if mark.enforce == "hard"]
    # narrow groups first: wide ones overlap with more of the others
    hard.sort(key=lambda pair: len(pair[1].types or pair[1].categories))
    kept: dict[str | None, Fraction] = defaultdict(Fraction)
    groups: dict[str | None, set[str]] = defaultdict(set)
    for i, mark in hard:
        group = set(mark.types or mark.categories)
        if group & groups[mark.scheme]:
            continue
        groups[mark.scheme] |= group
        kept[mark.scheme] += mark.min_share.value
        if kept[mark.scheme] > 1:
            place = document.place(("earmarks", i, "min_share", "value"))
            whole = plain_number(kept[mark.scheme])
            yield Fault("ABOVE_ONE", place,
                        f"hard earmarks for different groups add up to {whole}: no "
                        "grant meets them all",
                        "lower them: together they are 1 at most")  # fmt: skip
            return


def _zeros(book: Any, document: Document) -> Iterator[Fault]:
    """Shares of 0 that ask for nothing, and those that leave nothing possible."""
    least: list[tuple[Path_, Any]] = [
        (("cost_share", "min"), book.cost_share.min),
        (("priority_min_fit",), getattr(book, "priority_min_fit", None)),
    ]
    least += [
        (("consortium", "required", i, "substantive", "min_share"), asked.min_share)
        for i, group in enumerate(book.consortium.required)
        if (asked := getattr(group, "substantive", None))
    ]
    least += [
        (("earmarks", i, "min_share"), mark.min_share)
        for i, mark in enumerate(getattr(book, "earmarks", ()))
    ]
    if floor := getattr(book, "min_beneficiary_share", None):
        least.append((("min_beneficiary_share", "min"), floor.min))
    most = [(("cost_share", "max"), book.cost_share.max),
            (("max_state_share",), book.max_state_share)]  # fmt: skip
    for meaning, remedy, found in (
        ("asks for nothing", "leave it out, or correct it", least),
        ("leaves room for nobody", "correct it", most),
    ):
        for path, share in found:
            if share is not None and share.value == 0:
                name = ".".join(map(str, path))
                yield Fault("ZERO_SHARE", document.place((*path, "value")),
                            f"{name} is 0 and {meaning}", remedy)  # fmt: skip
    rates = getattr(book, "rate", ())
    if rates and all(rate.value == 0 for rate in rates):
        yield Fault("ZERO_SHARE", document.place(("rate",)),
                    f"every rate is 0: {book.id} pays nothing",
                    "correct them, or leave the rulebook out")  # fmt: skip

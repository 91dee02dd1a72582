"""What `matcher rulebooks` and `matcher check RULEBOOKS` tell, as data and as text.

Every figure comes with its source and how sure it is, and what a rulebook does not
say is called unknown. Texts come from files, so markup and colours in them are inert.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.report.bookfacts import facts, millions, share_text
from matcher.report.words import clean
from matcher.scenario.rulebook import Instrument
from matcher.scenario.values import plain_number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from matcher.report.bookfacts import Fact
    from matcher.scenario.rulebook import Cited, Rate, RulebookHead

UNKNOWN: Final = "unknown"
_COLUMNS: Final = (
    ("Rulebook", 25), ("Kind, period", 12), ("Pays, EUR", 15), ("Asks for", 12),
    ("Has, EUR", 12),
)  # fmt: skip
"""Heads and widths of the table: with the gaps between them they fill 80 letters."""


def entry(book: RulebookHead, day: dt.date | None = None) -> dict[str, Any]:
    """One rulebook of the list as plain data; what is unknown is None."""
    pays = book if isinstance(book, Instrument) else None
    asked = getattr(book, "consortium", None)
    success = pays.success if pays else None
    return {
        "id": book.id,
        "kind": kind_of(book),
        "name": book.name,
        "period": book.period,
        "valid_from": book.valid_from.isoformat() if book.valid_from else None,
        "valid_to": book.valid_to.isoformat() if book.valid_to else None,
        **({} if day is None else {"holds": book.holds_on(day)}),
        "rate": [_rate(rate) for rate in pays.rate] if pays and pays.rate else None,
        "min_regions": _plain(asked and asked.min_regions),
        "min_states": _plain(asked and asked.min_states),
        "required": [
            {"scheme": g.scheme, "categories": list(g.categories),
             "min_regions": g.min_regions.value}
            for g in (asked.required if asked else ())
        ],
        "grant_min": _euro(pays.grant.min if pays else None),
        "grant_max": _euro(pays.grant.max if pays else None),
        "envelope": _euro(pays.envelope if pays else None),
        "success": round(float(success.share), 4) if success else None,
        "conditions": len(pays.conditions) if pays else 0,
        "confidence": book.confidence,
    }  # fmt: skip


def kind_of(book: RulebookHead) -> str:
    """Kind of a rulebook."""
    return str(book.kind)  # type: ignore[attr-defined]


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "scheme": rate.scheme, "category": rate.category,
        "beneficiary": list(rate.beneficiary) if rate.beneficiary else None,
        "layers": list(rate.layers) if rate.layers else None,
        "value": plain_number(rate.value),
    }  # fmt: skip


def _plain(number: Cited[int] | None) -> int | None:
    return number.value if number else None


def _euro(number: Cited[int] | None) -> int | float | None:
    return plain_number(Fraction(number.value, 100)) if number else None


def details(book: RulebookHead, day: dt.date | None = None) -> dict[str, Any]:
    """Everything one rulebook says, as plain data."""
    return {
        **entry(book, day),
        "body": book.body,
        "facts": [asdict(fact) for fact in facts(book)],
        "sources": dict(book.sources),
        "note": book.note,
    }


def show_list(
    books: Sequence[RulebookHead], to: Console, day: dt.date | None = None
) -> None:
    """Print the table of all rulebooks."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 1, 0))
    for head, width in _COLUMNS:
        table.add_column(head, width=width, overflow="fold")
    for book in books:
        table.add_row(*(clean_lines(cell) for cell in _cells(book, day)))
    to.print(table)
    to.print("`matcher rulebooks NAME` tells what one says, with its sources.")


def clean_lines(lines: Sequence[str]) -> str:
    """Lines of one cell, each without anything that steers a terminal."""
    return "\n".join(clean(line) for line in lines if line)


def _cells(book: RulebookHead, day: dt.date | None) -> Iterator[list[str]]:
    yield [book.id, book.name, book.confidence]
    closed = day is not None and not book.holds_on(day)
    told = f"not on {day}" if closed else ""
    yield [kind_of(book), book.period or f"period {UNKNOWN}", told]
    if not isinstance(book, Instrument):
        asked = getattr(book, "consortium", None)
        yield ["-"]
        yield _asked(asked) or ["-"]
        yield ["-"]
        return
    yield [*_rates(book), _size(book)]
    yield _asked(book.consortium) or [UNKNOWN]
    money = millions(book.envelope.value) if book.envelope else UNKNOWN
    success = book.success
    yield [money, f"{share_text(success.share)} funded" if success else ""]


def _rates(book: Instrument) -> list[str]:
    if not book.rate:
        return [f"rate {UNKNOWN}"]
    return [
        " ".join([share_text(rate.value), *map(_words, rate.groups())])
        for rate in book.rate
    ]


def _size(book: Instrument) -> str:
    low, high = book.grant.min, book.grant.max
    if low and high:
        return f"{millions(low.value)} to {millions(high.value)}"
    if low or high:
        return f"from {millions(low.value)}" if low else f"to {millions(high.value)}"  # type: ignore[union-attr]
    if book.per_firm:
        return f"to {millions(book.per_firm.cap.value)} a firm"
    return f"size {UNKNOWN}"


def _asked(asked: Any) -> list[str]:
    if asked is None:
        return []
    words = [f"{asked.min_regions.value} regions"] if asked.min_regions else []
    words += [f"{asked.min_states.value} states"] if asked.min_states else []
    words += [
        f"{g.min_regions.value} {_words(' or '.join(g.categories))}"
        for g in asked.required
    ]
    most = asked.max_partners
    return [*words, *([f"at most {most.value}"] if most else [])]


def _words(category: str) -> str:
    """A category as words, which fold better than one long name."""
    return category.replace("_", " ")


def show_book(book: RulebookHead, to: Console, day: dt.date | None = None) -> None:
    """Print what one rulebook says, in sentences with their sources."""
    from rich.table import Table

    to.print(clean(book.name), style="bold")
    head = [book.id, kind_of(book), book.body or "", book.period or ""]
    to.print(clean(", ".join(word for word in head if word)))
    to.print(f"numbers are {book.confidence} where nothing else is said")
    if day is not None:
        verb = "holds" if book.holds_on(day) else "does not hold"
        to.print(f"{verb} on {day.isoformat()}")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=16, overflow="fold")
    grid.add_column(overflow="fold")
    topic = ""
    for fact in facts(book):
        grid.add_row(clean(fact.topic if fact.topic != topic else ""), _sentence(fact))
        topic = fact.topic
    if book.note:
        grid.add_row("note", clean(book.note))
    to.print()
    to.print(grid)


def _sentence(fact: Fact) -> str:
    note = f" ({fact.note})" if fact.note else ""
    cite = f" [{fact.source}, {fact.confidence}]" if fact.source else ""
    return clean(f"{fact.text}{note}{cite}")


def checked_data(books: Sequence[RulebookHead]) -> dict[str, Any]:
    """What `check` says of rulebooks without faults, as plain data."""
    return {
        "rulebooks": [
            {"id": book.id, "kind": kind_of(book), "confidence": _sureness(book)}
            for book in books
        ]
    }


def checked_text(books: Sequence[RulebookHead]) -> Iterator[str]:
    """What `check` says of rulebooks without faults, in lines."""
    yield f"{len(books)} rulebook{'s' * (len(books) != 1)}: no faults"
    yield ""
    yield "Figures and conditions by confidence"
    for book in books:
        told = ", ".join(f"{n} {word}" for word, n in _sureness(book).items())
        yield clean(f"  {book.id} ({kind_of(book)}): {told or 'no numbers'}")


def _sureness(book: RulebookHead) -> dict[str, int]:
    """Figures and conditions of a rulebook by confidence."""
    counts = Counter(fact.confidence for fact in facts(book) if fact.source)
    return dict(sorted(counts.items()))

"""Small helpers that several rules use: citing a number, naming a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.errors import Place
    from matcher.scenario.rulebook import Cited, RulebookHead


def cite(book: RulebookHead, number: Cited[Any] | Any) -> str:
    """Rulebook, source and confidence of a cited number."""
    return f"{book.id}: {source_of(book, number)}"


def source_of(book: RulebookHead, number: Cited[Any] | Any) -> str:
    """Source and confidence of what a rulebook says, as told in `sources`."""
    confidence = number.confidence or book.confidence
    return f"{book.sources[number.source]} ({confidence})"


def line(place: Place) -> str:
    """File and line of an input."""
    return f"{place.file}:{place.line}" if place.line else place.file

"""What a rulebook says of whom it pays, in sentences with a gap for the share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.scenario.rulebook import Instrument, Partnership

Said = tuple[str, str, Any]
"""Topic, sentence with ``{}`` for the share, and the number with its source."""


def rates(book: Instrument) -> Iterator[Said]:
    """Rates in order."""
    for rate in book.rate:
        what = "lends up to {}" if book.repayable else "pays {}"
        yield "rate", f"It {what} of eligible cost{rate.whom()}.", rate


def demands(book: Instrument) -> Iterator[Said]:
    """Who must bear, and who must get, a part of the money."""
    if most := book.max_state_share:
        text = "The members of one state bear at most {} of a case that it pays."
        yield "cost share", text, most
    if floor := book.min_beneficiary_share:
        text = f"Of a case that it pays {' or '.join(floor.types)} bear at least {{}}."
        yield "cost share", text, floor.min
    for mark in book.earmarks:
        by = f" by {mark.scheme}" if mark.scheme else ""
        told = "" if mark.enforce == "hard" else ", told where it is missed"
        text = f"Of a grant {{}} go to {mark.group()}{by}{told}."
        yield "earmark", text, mark.min_share


def caps(book: Partnership) -> Iterator[Said]:
    """Caps on public money in order."""
    for cap in book.aid_cap:
        text = f"Public money pays at most {{}} of the cost{cap.whom()}."
        yield "aid", text, cap

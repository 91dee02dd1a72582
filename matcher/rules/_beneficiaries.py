"""What cannot be told while nobody says who bears the cost of a region, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from matcher.scenario.paying import ForWhom
    from matcher.scenario.setting import Setting

MOST_NAMED: Final = 3
"""Regions that one sentence can bear."""
NO_TABLE: Final = "there is no table beneficiaries"


def by_type(entries: Iterable[ForWhom]) -> bool:
    """Whether some entry holds for some types of beneficiaries only."""
    return any(entry.beneficiary is not None for entry in entries)


def lacking(setting: Setting, what: str) -> str:
    """Why something by type of beneficiary does not hold everywhere, or ''."""
    if not setting.beneficiaries:
        return f"{what} do not hold: {NO_TABLE}"
    regions = _partly_unknown(setting)
    if not regions:
        return ""
    more = len(regions) - MOST_NAMED
    named = ", ".join(regions[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{what} do not hold in full for {named}: fill in the table beneficiaries"


def _partly_unknown(setting: Setting) -> list[str]:
    """Regions of which a part of the cost in some case is borne by unknown types."""
    known: dict[tuple[str, str | None], Fraction] = {}
    for row in setting.beneficiaries:
        known[row.region, row.case] = known.get((row.region, row.case), 0) + row.share
    return [
        region
        for region in setting.regions
        if any(
            known.get((region, case), known.get((region, None), 0)) < 1
            for case in setting.cases
        )
    ]


def untested_rates(setting: Setting) -> list[str]:
    """Instruments with rates by type, where types are not stated."""
    names = [name for name, book in setting.instruments.items() if by_type(book.rate)]
    text = lacking(setting, f"rates of {', '.join(names)} by type of beneficiary")
    return [text] if names and text else []

"""What looks odd and yet may be meant: told as notices, never as faults."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.scenario.columns import CENTS
from matcher.scenario.values import plain_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.errors import Place
    from matcher.scenario.setting import Setting

SPAN: Final = 10**5
"""Largest figure of a column over its smallest above which units look mixed: EUR
beside million EUR are further apart, and real budgets seldom are."""
PLACES: Final = 3
"""Places that are named one by one."""


def oddities(setting: Setting) -> tuple[str, ...]:
    """Rows that ask for nothing or pay nothing, mixed units, and days to come."""
    regions = setting.regions.values()
    return (
        *_zeros(setting.needs, "asks for nothing"),
        *_zeros(setting.budgets, "pays nothing"),
        *_mixed(setting.needs, "amount", 1),
        *_mixed(setting.assets, "capacity", 1),
        *_mixed(setting.assets, "unit_cost", CENTS),
        *_mixed(setting.costs, "amount", CENTS),
        *_mixed(setting.budgets, "amount", CENTS),
        *_mixed(regions, "own_budget", CENTS),
        *_contacts_to_come(setting),
    )


def _zeros(rows: Iterable[Any], meaning: str) -> Iterator[str]:
    found = sorted(row.at for row in rows if row.amount == 0)
    if found:
        yield f"{_places(found)}: an amount of 0 {meaning}"


def _places(found: Sequence[Place]) -> str:
    """The first places, and how many more there are."""
    more = len(found) - PLACES
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(map(str, found[:PLACES])) + rest


def _contacts_to_come(setting: Setting) -> Iterator[str]:
    """Last contacts after the day of the scenario, which would count as recent."""
    found = sorted(
        row.at.at("last_contact")
        for row in setting.commitments
        if row.last_contact and row.last_contact > setting.date
    )
    if found:
        yield (
            f"{_places(found)}: a last contact after {setting.date}, the date of the "
            "scenario, is still to come; correct one of the two dates"
        )


def _mixed(rows: Iterable[Any], column: str, unit: int) -> Iterator[str]:
    stated = [(getattr(row, column), row.at) for row in rows]
    figures = [(value, at) for value, at in stated if value and value != "unlimited"]
    if not figures:
        return
    (least, first), (most, last) = min(figures), max(figures)
    if most > SPAN * least:
        low, high = (plain_number(Fraction(value) / unit) for value in (least, most))
        yield (
            f"{first.at(column)} says {low}, line {last.line} says {high}: "
            "is one of them in another unit?"
        )

"""Who bears a member's cost, by type of beneficiary, and what holds for such a mix."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.proposal.proposal import Payment
    from matcher.scenario.paying import Earmark, ForWhom
    from matcher.scenario.setting import Setting


def mix(setting: Setting, region: str, case: str) -> dict[str | None, Fraction]:
    """Parts of a region's cost in a case by type; None stands for unknown types.

    Rows of the case replace those of the region in general.
    """
    rows = [row for row in setting.beneficiaries if row.region == region]
    mine = [row for row in rows if row.case == case] or [
        row for row in rows if row.case is None
    ]
    found: dict[str | None, Fraction] = {row.type: row.share for row in mine}
    rest = 1 - sum(found.values(), Fraction(0))
    return {**found, None: rest} if rest else found


def borne(setting: Setting, region: str, case: str, types: Iterable[str]) -> Fraction:
    """Part of a region's cost in a case that some types of beneficiaries bear."""
    parts = mix(setting, region, case)
    return sum((parts.get(kind, Fraction(0)) for kind in types), Fraction(0))


def earmarked(
    setting: Setting, mark: Earmark, paid: Iterable[tuple[str, Payment]]
) -> tuple[Fraction, int] | None:
    """Cents of payments, each with its case, for those an earmark is for, and in all.

    None for an earmark for types where no type is stated.
    """
    if mark.types and not setting.beneficiaries:
        return None
    counts, whole = Fraction(0), 0
    for case, payment in paid:
        if mark.types:
            part = borne(setting, payment.region, case, mark.types)
        else:
            category = setting.regions[payment.region].category.get(str(mark.scheme))
            part = Fraction(category in mark.categories)
        counts += part * payment.amount
        whole += payment.amount
    return counts, whole


def blend(
    setting: Setting, entries: Sequence[ForWhom], region: str, case: str,
    otherwise: Fraction,
) -> Fraction:  # fmt: skip
    """Each part of the cost at the first entry that fits region and type."""
    return sum(
        (
            part * (otherwise if entry is None else entry.value)
            for kind, part in mix(setting, region, case).items()
            for entry in (first(setting, entries, region, kind),)
        ),
        Fraction(0),
    )


def first(
    setting: Setting, entries: Sequence[ForWhom], region: str, kind: str | None
) -> ForWhom | None:
    """First entry that fits a region and a type of beneficiary; None: unknown type."""
    category = setting.regions[region].category
    for entry in entries:
        if entry.scheme is not None and category.get(entry.scheme) != entry.category:
            continue
        if entry.beneficiary is None or kind in entry.beneficiary:
            return entry
    return None

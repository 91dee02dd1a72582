"""Who among a region's bodies bears its cost, and what depends on that.

Written from the meaning of the rulebooks and of the table of beneficiaries.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import ZERO, ruled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.scenario.paying import Earmark, ForWhom
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_applications import Request
    from matcher.verify.oracle_ledger import Ledger

FULL = Fraction(1)


def bodies(setting: Setting, region: str, case: str) -> dict[str, Fraction]:
    """Parts of a region's cost by type of body; what is missing is of unknown type."""
    general: dict[str, Fraction] = {}
    special: dict[str, Fraction] = {}
    for row in setting.beneficiaries:
        if row.region == region and row.case in (None, case):
            (general if row.case is None else special)[row.type] = row.share
    return special or general


def part(setting: Setting, region: str, case: str, types: Iterable[str]) -> Fraction:
    """Part of a region's cost that bodies of some types bear."""
    known = bodies(setting, region, case)
    return sum((known[kind] for kind in set(types) & known.keys()), ZERO)


def weighed(
    setting: Setting, entries: Sequence[ForWhom], where: tuple[str, str],
    unfit: Fraction,
) -> Fraction:  # fmt: skip
    """Mean over a region's bodies in a case, each at the first entry that fits it."""
    row = setting.regions[where[0]]
    here = [
        entry for entry in entries
        if entry.scheme is None or row.category.get(entry.scheme) == entry.category
    ]  # fmt: skip
    known = bodies(setting, *where)
    mean, unknown = ZERO, FULL
    for kind, share in known.items():
        fitting = [e for e in here if e.beneficiary is None or kind in e.beneficiary]
        mean += share * (fitting[0].value if fitting else unfit)
        unknown -= share
    anybody = [entry for entry in here if entry.beneficiary is None]
    return mean + unknown * (anybody[0].value if anybody else unfit)


def tested(setting: Setting, mark: Earmark) -> bool:
    """True when an earmark must be kept, and can be told to be."""
    known = mark.types is None or bool(setting.beneficiaries)
    return mark.enforce == "hard" and known


def demanding(setting: Setting, book: Instrument) -> bool:
    """True when an instrument asks who bears a case's cost, or who gets its money."""
    return (
        book.max_state_share is not None
        or (book.min_beneficiary_share is not None and bool(setting.beneficiaries))
        or any(tested(setting, mark) for mark in book.earmarks)
    )


def state_request(ledger: Ledger, request: Request) -> None:
    """What one application is paid for, and whom, is as its instrument asks."""
    setting = ledger.setting
    book = setting.instruments[request.instrument]
    for case in request.cases:
        _state_shares(ledger, book, case)
    for mark in book.earmarks:
        if tested(setting, mark):
            terms = {
                v: _counts(setting, mark, r, d) - mark.min_share.value
                for (f, r, d, _), v in ledger.grants.items()
                if f == request.instrument and d in request.cases
            }
            ledger.system.row(terms, lower=0)


def _counts(setting: Setting, mark: Earmark, region: str, case: str) -> Fraction:
    """Part of a grant that counts for an earmark."""
    if mark.types is not None:
        return part(setting, region, case, mark.types)
    category = setting.regions[region].category.get(str(mark.scheme))
    return FULL if category in mark.categories else ZERO


def _state_shares(ledger: Ledger, book: Instrument, case: str) -> None:
    """No state bears too much of a case, and the bodies that are asked for enough."""
    setting, total = ledger.setting, sum(ledger.layers[case].values())
    most, least = ruled(book.max_state_share), book.min_beneficiary_share
    shares = [(r, v) for (r, d, _), v in ledger.shares.items() if d == case]
    if most is not None:
        for state in {setting.regions[r].state for r, _ in shares}:
            mine = [v for r, v in shares if setting.regions[r].state == state]
            ledger.system.row(dict.fromkeys(mine, FULL), upper=most * total)
    if least is not None and setting.beneficiaries:
        terms = {v: part(setting, r, case, least.types) for r, v in shares}
        ledger.system.row(terms, lower=least.min.value * total)


def state_aid(ledger: Ledger) -> None:
    """Public money pays no member more of its cost than may be paid."""
    book = ledger.setting.partnership
    entries = () if book is None else book.aid_cap
    for case, members in ledger.launched.items():
        for region in members if entries else ():
            cap = weighed(ledger.setting, entries, (region, case), FULL)
            terms = {
                v: -cap for (r, d, _), v in ledger.shares.items()
                if (r, d) == (region, case)
            }  # fmt: skip
            for (f, r, d, _), v in ledger.grants.items():
                if (r, d) == (region, case) and ledger.setting.instruments[f].aid:
                    terms[v] = FULL
            ledger.system.row(terms, upper=0)

"""Which kinds of money may be paid to whom, and for the same euro of cost.

Written from the meaning of the rulebooks: cost is cut into parts, each declared to a
set of instruments that all allow each other.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import ruled

if TYPE_CHECKING:
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_ledger import Ledger

ONE = Fraction(1)
BORROWED = ("loan", "equity")
PLEDGED = "private"
FROM_REGIONS = ("pooled", "programme", PLEDGED)


def public(book: Instrument) -> bool:
    """True for money that authorities give and nobody pays back."""
    return book.kind not in (*BORROWED, PLEDGED)


def reached(
    setting: Setting, book: Instrument, region: str, members: frozenset[str]
) -> bool:
    """True when an instrument pays a member with these members in the case."""
    states = {setting.regions[r].state for r in members}
    if ruled(book.foreign_provider, False) and len(states) < 2:
        return False
    if book.kind not in FROM_REGIONS:
        return True
    area = funders(setting, book)
    return region in area or (book.out_of_area is not None and bool(area & members))


def funders(setting: Setting, book: Instrument) -> frozenset[str]:
    """Regions with money of their own in an instrument."""
    return frozenset(
        row.region
        for row in setting.budgets
        if row.instrument == book.id and row.region
    )


def associates(setting: Setting, book: Instrument) -> frozenset[str]:
    """Regions that may be members without bearing the smallest share."""
    if not ruled(book.associates, False):
        return frozenset()
    return frozenset(setting.regions) - funders(setting, book)


def beside(one: Instrument, other: Instrument) -> bool:
    """True when two instruments may both have the same euro of cost declared."""
    return any(
        word in (second.id, *second.stacking.groups)
        for first, second in ((one, other), (other, one))
        for said in first.stacking.cumulative
        for word in said.of
    )


def state_sources(ledger: Ledger) -> None:
    """Who may pay the same euro, what firms may get, and what may go abroad."""
    for place, share in ledger.shares.items():
        _state_share(ledger, place, share)
    for name in sorted({key[0] for key in ledger.grants}):
        book = ledger.setting.instruments[name]
        _state_firms(ledger, book)
        _state_area(ledger, book)


def _state_share(ledger: Ledger, place: tuple[str, str, str], share: int) -> None:
    books = ledger.setting.instruments
    paid = {key[0]: v for key, v in ledger.grants.items() if key[1:] == place}
    declared = {f: (v, ONE / ledger.rate(f, *place)) for f, v in paid.items()}
    aid = [f for f in paid if public(books[f])]
    for f, (v, times) in declared.items():
        if f not in aid:
            ledger.system.row({v: times, share: -ONE}, upper=0)
    together = any(beside(books[f], books[g]) for f, g in combinations(aid, 2))
    if together:
        _state_parts(ledger, share, {f: declared[f] for f in aid})
    elif aid:
        terms = dict(declared[f] for f in aid)
        ledger.system.row({**terms, share: -ONE}, upper=0)
    if together or len(aid) < len(paid):
        ledger.system.row({**dict.fromkeys(paid.values(), ONE), share: -ONE}, upper=0)


def _state_parts(
    ledger: Ledger, share: int, declared: dict[str, tuple[int, Fraction]]
) -> None:
    """The cost is cut into parts, one for each set of instruments that go together."""
    books, parts = ledger.setting.instruments, dict[frozenset[str], int]()
    for size in range(1, len(declared) + 1):
        for some in combinations(declared, size):
            if all(beside(books[f], books[g]) for f, g in combinations(some, 2)):
                parts[frozenset(some)] = ledger.system.part()
    ledger.system.row({**dict.fromkeys(parts.values(), ONE), share: -ONE}, upper=0)
    for f, (v, times) in declared.items():
        mine = {part: ONE for some, part in parts.items() if f in some}
        ledger.system.row({**mine, v: -times}, 0, 0)


def _state_firms(ledger: Ledger, book: Instrument) -> None:
    """No member gets more than its firms may get together."""
    if book.per_firm is None or not ledger.setting.actors:
        return
    for case, members in ledger.launched.items():
        for region in members:
            firms = [
                actor for actor in ledger.setting.actors.values()
                if actor.region == region and actor.kind in book.per_firm.types
            ]  # fmt: skip
            paid = {
                v: ONE for (f, r, d, _), v in ledger.grants.items()
                if (f, r, d) == (book.id, region, case)
            }  # fmt: skip
            ledger.system.row(paid, upper=len(firms) * book.per_firm.cap.value)


def _state_area(ledger: Ledger, book: Instrument) -> None:
    """A programme keeps to its money, and most of it to its area."""
    amounts = [
        row.amount for row in ledger.setting.budgets
        if row.instrument == book.id and row.region
    ]  # fmt: skip
    known = [amount for amount in amounts if isinstance(amount, int)]
    if book.out_of_area is None or len(known) < len(amounts):
        return
    area = funders(ledger.setting, book)
    paid = {v: key[1] for key, v in ledger.grants.items() if key[0] == book.id}
    outside = [v for v, region in paid.items() if region not in area]
    ledger.system.row(dict.fromkeys(paid, ONE), upper=sum(known))
    most = book.out_of_area.cap.value * sum(known)
    ledger.system.row(dict.fromkeys(outside, ONE), upper=most)

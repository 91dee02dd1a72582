"""How money is asked for: which instruments pay in a case, and by which applications.

Written from the meaning of the rulebooks: an instrument that takes no bundles gets one
application for each case it pays; one that does gets any grouping of these cases that
keeps its limits, whose members together are the consortium it asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING

from matcher.verify.oracle_beneficiaries import demanding as asks_of_beneficiaries
from matcher.verify.oracle_facts import ruled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from matcher.scenario.rulebook import Instrument
    from matcher.verify.oracle_facts import Facts

Pair = tuple[str, str]
"""Instrument and case."""
CERTAIN = Fraction(1)


@dataclass(frozen=True, slots=True)
class Request:
    """One application: an instrument, and the cases it is asked to pay, sorted."""

    instrument: str
    cases: tuple[str, ...]


def apart(facts: Facts, one: str, other: str) -> bool:
    """True when either of two instruments does not pay beside the other."""
    books = facts.setting.instruments
    for book, beside in ((books[one], books[other]), (books[other], books[one])):
        words = {word for rule in book.stacking.excludes for word in rule.of}
        if words & {beside.id, *beside.stacking.groups}:
            return True
    return False


def may_pay_together(facts: Facts, instruments: Collection[str]) -> bool:
    """True when no two of some instruments exclude each other."""
    return not any(apart(facts, f, g) for f, g in combinations(instruments, 2))


def success(facts: Facts, instrument: str) -> Fraction:
    """Chance that an application to an instrument is funded."""
    told = facts.setting.instruments[instrument].success
    return CERTAIN if told is None else told.share


def chance(facts: Facts, paying: Iterable[str]) -> Fraction:
    """Chance that all of some instruments pay."""
    together = CERTAIN
    for instrument in paying:
        together *= success(facts, instrument)
    return together


def uncertain(facts: Facts, *, funding: bool) -> tuple[str, ...]:
    """Instruments that make a difference to what a case is expected to bring."""
    if not (funding and facts.setting.has_money and facts.setting.objective.expected):
        return ()
    return tuple(f for f in facts.setting.instruments if success(facts, f) != CERTAIN)


def mixes(facts: Facts, instruments: Collection[str]) -> list[frozenset[str]]:
    """Sets of some instruments that may pay in the same case, none of them first."""
    return [
        frozenset(some)
        for size in range(len(instruments) + 1)
        for some in combinations(instruments, size)
        if may_pay_together(facts, some)
    ]


def demanding(facts: Facts, book: Instrument) -> bool:
    """True when it matters whether an instrument pays in a case, not only how much."""
    bounds, asked = book.cost_share, book.application
    others = [name for name in facts.setting.instruments if name != book.id]
    return bool(
        ruled(book.grant.min, 0)
        or bounds.min is not None
        or bounds.max is not None
        or bundling(book)
        or asks_of_beneficiaries(facts.setting, book)
        or asked.max_number is not None
        or any(apart(facts, book.id, other) for other in others)
    )


def bundling(book: Instrument) -> bool:
    """True when one application may ask for several cases."""
    return bool(ruled(book.application.bundle, False))


def consortium_met(facts: Facts, book: Instrument, members: frozenset[str]) -> bool:
    """True when members are a consortium that an instrument takes."""
    asked = book.consortium
    most = ruled(asked.max_partners)
    return (
        len(facts.counting(members)) >= ruled(asked.min_regions, 0)
        and facts.states(members) >= ruled(asked.min_states, 0)
        and (most is None or len(members) <= most)
        and facts.required_met(asked, members)
    )


def requests(
    facts: Facts, launched: Mapping[str, frozenset[str]], used: Collection[Pair]
) -> Iterator[tuple[Request, ...]]:
    """Every way to ask instruments for the cases they pay in."""
    ways = []
    for name, book in facts.setting.instruments.items():
        cases = sorted(case for f, case in used if f == name)
        ways.append([
            groups for groups in groupings(cases) if fits(facts, book, launched, groups)
        ])  # fmt: skip
        if not ways[-1]:
            return
    names = list(facts.setting.instruments)
    for chosen in product(*ways):
        yield tuple(
            Request(name, tuple(sorted(group)))
            for name, groups in zip(names, chosen, strict=True)
            for group in groups
        )


Groups = tuple[tuple[str, ...], ...]


def groupings(cases: Collection[str]) -> Iterator[Groups]:
    """Every way to put cases into groups."""
    if not cases:
        yield ()
        return
    first, *others = cases
    for size in range(len(others), -1, -1):
        for along in combinations(others, size):
            left = [case for case in others if case not in along]
            for rest in groupings(left):
                yield ((first, *along), *rest)


def fits(
    facts: Facts, book: Instrument, launched: Mapping[str, frozenset[str]],
    groups: Groups,
) -> bool:  # fmt: skip
    """True when an instrument takes applications for these groups of cases."""
    rules = book.application
    most = ruled(rules.max_cases) if bundling(book) else 1
    number = ruled(rules.max_number)
    return (
        (number is None or len(groups) <= number)
        and all(most is None or len(group) <= most for group in groups)
        and all(
            consortium_met(
                facts, book, frozenset().union(*(launched[case] for case in group))
            )
            for group in groups
        )
    )

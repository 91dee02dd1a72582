"""Small changes of a setting that could make a case fundable, one piece at a time.

A piece is written as somebody would write it into the inputs: one amount, one rate, one
condition on a consortium, one commitment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.proposal.facts import Facts
from matcher.rules._figures import book_line
from matcher.rules._shared import line
from matcher.scenario.records import Commitment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.errors import Place
    from matcher.scenario.records import Case
    from matcher.scenario.setting import Setting

CENTS = 100
ANY = 10**9
"""Euros: more than anybody could miss."""
OF_MONEY = ("envelope", "region_cap", "own_money")
"""Rules whose rows limit an amount that somebody could raise."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A change of one number, by steps."""

    most: int
    """Steps that make the largest sensible change."""
    changed: Callable[[int], Setting]
    """The setting after so many steps."""
    told: Callable[[int], str]
    """So many steps in words, with the line they concern."""


def amount(setting: Setting, rule: str, ids: tuple[str, ...]) -> Piece:
    """More euros where a rule about money limits them."""
    if rule == "own_money":
        return _own_money(setting, ids[0])
    name, region = ids[0], (ids[1] if len(ids) > 1 else None)
    at = _limit_at(setting, name, region)
    whom = f" for {region}" if region else ""
    return Piece(
        ANY,
        lambda n: _with_money(setting, name, region, CENTS * n),
        lambda n: f"EUR {n:,} more in {name}{whom} ({at})",
    )


def _own_money(setting: Setting, region: str) -> Piece:
    row = setting.regions[region]
    have = row.own_budget if isinstance(row.own_budget, int) else 0

    def changed(euros: int) -> Setting:
        richer = replace(row, own_budget=have + CENTS * euros)
        return replace(setting, regions={**setting.regions, region: richer})

    at = line(row.at)
    return Piece(
        ANY, changed, lambda n: f"EUR {n:,} more of own money of {region} ({at})"
    )


def _limit_at(setting: Setting, instrument: str, region: str | None) -> str:
    """Line of the budget, or file of the rulebook, that limits an instrument."""
    book = setting.instruments[instrument]
    stated = book.per_region_cap if region else None
    mine = (instrument, region)
    rows = [b for b in setting.budgets if (b.instrument, b.region) == mine]
    has = sum(row.amount for row in rows if isinstance(row.amount, int))
    if rows and (stated is None or has < stated.value):
        return line(rows[0].at)
    return book_line(setting, book)


def _with_money(
    setting: Setting, instrument: str, region: str | None, cents: int
) -> Setting:
    """More in the budgets and in the rulebook's own limit, wherever they stand."""
    budgets, left = [], cents
    for row in setting.budgets:
        mine = (row.instrument, row.region) == (instrument, region)
        if mine and left and isinstance(row.amount, int):
            budgets.append(replace(row, amount=row.amount + left))
            left = 0
        else:
            budgets.append(row)
    book = setting.instruments[instrument]
    field = "per_region_cap" if region else "envelope"
    stated = getattr(book, field)
    if stated is not None:
        more = stated.model_copy(update={"value": stated.value + cents})
        book = book.model_copy(update={field: more})
    books = {**setting.instruments, instrument: book}
    return replace(setting, budgets=tuple(budgets), instruments=books)


def rates(setting: Setting) -> Iterator[Piece]:
    """A higher rate, in steps of a tenth of a percentage point."""
    for name, book in setting.instruments.items():
        for i, rate in enumerate(book.rate):
            most = int((1 - rate.value) * 1000)
            if most > 0:
                yield _rate(setting, name, i, most)


def _rate(setting: Setting, name: str, i: int, most: int) -> Piece:
    book = setting.instruments[name]
    old = book.rate[i]

    def changed(steps: int) -> Setting:
        new = old.model_copy(update={"value": old.value + Fraction(steps, 1000)})
        every = (*book.rate[:i], new, *book.rate[i + 1 :])
        more = book.model_copy(update={"rate": every})
        return replace(setting, instruments={**setting.instruments, name: more})

    def told(steps: int) -> str:
        new = float(100 * old.value + Fraction(steps, 10))
        was, where = f"{float(100 * old.value):g}%", book_line(setting, book)
        return f"a rate of {new:g}% instead of {was} of {name}{old.whom()} ({where})"

    return Piece(most, changed, told)


def conditions(setting: Setting, case: str) -> Iterator[Piece]:
    """Fewer members asked of a consortium, of one kind, by one rulebook or case."""
    for name, book in setting.instruments.items():

        def put(consortium: Any, name: str = name, book: Any = book) -> Setting:
            new = book.model_copy(update={"consortium": consortium})
            return replace(setting, instruments={**setting.instruments, name: new})

        yield from _conditions(book.consortium, put, name, book_line(setting, book))
    partners = setting.partnership
    if partners is not None:
        where = book_line(setting, partners)

        def at_all(consortium: Any) -> Setting:
            new = partners.model_copy(update={"consortium": consortium})
            return replace(setting, partnership=new)

        yield from _conditions(partners.consortium, at_all, partners.id, where)
    row = setting.cases[case]
    at = line(row.at)
    for name, what in (("min_partners", "members"), ("min_states", "states")):
        least = getattr(row, name)
        if least and least > 1:
            yield _fewer(least, what, case, at, _case_put(setting, row, name))


def _case_put(setting: Setting, row: Case, field: str) -> Callable[[int], Setting]:
    def put(least: int) -> Setting:
        new = replace(row, **{field: least})  # type: ignore[arg-type]
        return replace(setting, cases={**setting.cases, row.case: new})

    return put


def _conditions(
    asked: Any, put: Callable[[Any], Setting], who: str, where: str
) -> Iterator[Piece]:
    """Conditions of one rulebook; ``put`` puts a changed consortium in its place."""
    for field, what in (("min_regions", "regions"), ("min_states", "states")):
        cited = getattr(asked, field)
        if cited is None or cited.value < 1:
            continue

        def less(least: int, field: str = field, cited: Any = cited) -> Setting:
            new = cited.model_copy(update={"value": least})
            return put(asked.model_copy(update={field: new}))

        yield _fewer(cited.value, what, who, where, less)
    for i, group in enumerate(asked.required):

        def fewer(least: int, i: int = i, group: Any = group) -> Setting:
            cited = group.min_regions.model_copy(update={"value": least})
            new = group.model_copy(update={"min_regions": cited})
            every = (*asked.required[:i], new, *asked.required[i + 1 :])
            return put(asked.model_copy(update={"required": every}))

        what = f"{' or '.join(group.categories)} regions"
        yield _fewer(group.min_regions.value, what, who, where, fewer)


def _fewer(
    asked: int, what: str, who: str, where: str, less: Callable[[int], Setting]
) -> Piece:
    return Piece(
        asked,
        lambda n: less(asked - n),
        lambda n: f"{asked - n} instead of {asked} {what} asked by {who} ({where})",
    )


def commitments(setting: Setting, case: str) -> list[tuple[int, Piece]]:
    """Regions that lack levels for a role, by the levels they lack, fewest first.

    Each piece has one step, the whole lack.
    """
    facts, row = Facts(setting), setting.cases[case]
    stated = setting.partnership.commitment if setting.partnership else ()
    needed: list[int] = []
    for role in ("partner", "lead"):
        entries = facts.in_phase([n for n in stated if n.role == role], row)
        needed.append(max([*needed, *(n.level.value for n in entries[:1])], default=0))
    found = []
    for region in setting.regions if setting.commitments else ():
        level, known = facts.commitment(region, row)
        at = known.at if known else setting.commitments[0].at
        where = line(at) if known else at.file
        for least in sorted({n for n in needed if n > level}):
            piece = _commitment(setting, row, region, (level, least), at, where)
            found.append((least - level, piece))
    return sorted(found, key=lambda pair: pair[0])


def _commitment(
    setting: Setting, row: Case, region: str, levels: tuple[int, int], at: Place,
    where: str,
) -> Piece:  # fmt: skip
    level, least = levels
    others = tuple(
        c for c in setting.commitments if (c.region, c.case) != (region, row.case)
    )
    new = Commitment(at=at, region=region, case=row.case, partnership=None, level=least,
                     expires=None, reliability=None, last_contact=None,
                     mandate=_mandate(setting, row, region))  # fmt: skip
    return Piece(
        1,
        lambda n: replace(setting, commitments=(*others, new)) if n else setting,
        lambda _: f"commitment level {least} instead of {level} of {region} ({where})",
    )


def _mandate(setting: Setting, row: Case, region: str) -> str | None:
    """The mandate as it is: a commitment brings none."""
    known = Facts(setting).commitment(region, row)[1]
    return known.mandate if known else None

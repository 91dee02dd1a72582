"""What a scenario asks for and has nothing to meet it with: told as notices.

A plan may do without an instrument that can never pay, so none of this is a fault.
Yet whoever lists the instrument hardly means it: a number, a word or a row is amiss.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from matcher.errors import did_you_mean
from matcher.library import names
from matcher.scenario.lint import shelf
from matcher.scenario.rulebook import Instrument
from matcher.scenario.slips import slips

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from matcher.errors import Place
    from matcher.scenario.parts import RequiredCategory
    from matcher.scenario.paying import Earmark
    from matcher.scenario.setting import Setting
    from matcher.scenario.yamlfile import Document, Path_


def impossible(setting: Setting, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Slips of each rulebook, and what never counts in this scenario."""
    heads = (setting.partnership, setting.own_money)
    books = [book for book in heads if book] + list(setting.instruments.values())
    found: list[str] = []
    for book in books:
        document = documents[book.id]
        found += [f"{s.place}: {s.problem}; {s.remedy}" for s in slips(book, document)]
        found += _members(setting, book, document)
        if isinstance(book, Instrument):
            found += _groups(setting, book, document)
            found += _without_rows(setting, book, document)
            found += _too_late(setting, book, document)
    return (
        *found,
        *_large_cases(setting),
        *_contrary(setting, documents),
        *_strangers(setting, documents),
    )


def _members(setting: Setting, book: Any, document: Document) -> Iterator[str]:
    """More regions or states asked for than there are."""
    asked = getattr(book, "consortium", None)
    if asked is None:
        return
    then = _nothing(book)
    for name, what, held in _counts(setting):
        least = getattr(asked, name)
        if least is not None and least.value > held:
            place = document.place(("consortium", name, "value"))
            yield _too_many(place, book.id, least.value, what, held, then)
    for i, group in enumerate(asked.required):
        least, held = group.min_regions.value, _inside(setting, group)
        if least > held:
            path = ("consortium", "required", i, "min_regions", "value")
            one = "region that is" if least == 1 else "regions that are"
            what = f"{one} {' or '.join(group.categories)}"
            yield _too_many(document.place(path), book.id, least, what, held, then)


def _counts(setting: Setting) -> tuple[tuple[str, str, int], ...]:
    """Key of a minimum, what it counts, and how many there are."""
    regions = setting.regions.values()
    states = {region.state for region in regions}
    return (
        ("min_regions", "regions", len(regions)), ("min_states", "states", len(states)),
    )  # fmt: skip


def _inside(setting: Setting, group: RequiredCategory | Earmark) -> int:
    """How many regions are of one of the categories."""
    schemes = (region.category for region in setting.regions.values())
    return sum(stated.get(group.scheme or "") in group.categories for stated in schemes)


def _nothing(book: Any) -> str:
    pays = isinstance(book, Instrument)
    return "it can pay nothing here" if pays else "no case can be launched"


def _too_many(
    place: Place, who: str, least: int, what: str, held: int, then: str
) -> str:  # fmt: skip
    there = f"only {held}" if held else "none"
    return (
        f"{place}: {who} asks for {least} {what}, and there are {there}: {then}; "
        "lower the number, or correct the regions table"
    )


def _groups(setting: Setting, book: Instrument, document: Document) -> Iterator[str]:
    """Earmarks for regions of categories that no region has."""
    for i, mark in enumerate(book.earmarks):
        if mark.scheme and mark.min_share.value and not _inside(setting, mark):
            hard = mark.enforce == "hard"
            then = _nothing(book) if hard else "it is always missed"
            place = document.place(("earmarks", i, "categories"))
            yield (
                f"{place}: {book.id} keeps money for regions that are {mark.group()}, "
                f"and there are none: {then}; correct the words, or the regions table"
            )


def _without_rows(
    setting: Setting, book: Instrument, document: Document
) -> Iterator[str]:  # fmt: skip
    """Money that is paid from rows of regions, and no region has a row."""
    mine = (row for row in setting.budgets if row.instrument == book.id)
    if book.from_rows and not any(row.region for row in mine):
        yield (
            f"{document.place(('kind',))}: {book.id} is of kind {book.kind} and pays "
            "regions from their rows of budgets, and no region has one: it pays nothing"
            "; add the rows, or leave the rulebook out"
        )


def _too_late(setting: Setting, book: Instrument, document: Document) -> Iterator[str]:
    """Projects that begin only after the last day that is planned for."""
    waiting, horizon = book.months_to_contract, setting.horizon
    if waiting and horizon and _after(horizon.start, waiting.value, horizon.end):
        place = document.place(("months_to_contract", "value"))
        yield (
            f"{place}: projects of {book.id} begin {waiting.value} months after "
            f"{horizon.start}, and the horizon ends on {horizon.end}: no rule keeps it "
            "from paying all the same; correct the months, or the horizon"
        )


def _after(first: dt.date, months: int, last: dt.date) -> bool:
    """Whether so many months after a day another one is past."""
    apart = 12 * (last.year - first.year) + last.month - first.month
    return (months, first.day) > (apart, last.day)


def _large_cases(setting: Setting) -> Iterator[str]:
    """Cases that ask for more members or states than there are."""
    columns = zip(("min_partners", "min_states"), _counts(setting), strict=True)
    for column, (_, what, held) in columns:
        for case in setting.cases.values():
            least = getattr(case, column)
            if least is not None and least > held:
                then = "it cannot be launched"
                yield _too_many(case.at.at(column), case.case, least, what, held, then)


def _contrary(setting: Setting, documents: Mapping[str, Document]) -> Iterator[str]:
    """Pairs that exclude each other, though one calls them cumulative.

    An exclusion by id is an exception from a group that is cumulative, and no slip.
    """
    for one, other in combinations(setting.instruments.values(), 2):
        apart = _naming(one, other, "excludes") + _naming(other, one, "excludes")
        near = _naming(one, other, "cumulative") + _naming(other, one, "cumulative")
        ids = {one.id, other.id}
        exception = any(word in ids for _, _, word in apart) and not any(
            word in ids for _, _, word in near
        )
        if apart and near and not exception:
            (first, says, _), (second, allows, _) = apart[0], near[0]
            yield (
                f"{documents[second].place(allows)}: {one.id} and {other.id} are "
                f"cumulative, and exclude each other by {documents[first].place(says)}:"
                " they never pay in one case; take one of the two entries out"
            )


def _naming(
    book: Instrument, other: Instrument, key: str
) -> list[tuple[str, Path_, str]]:
    """Rulebook, path and word of each entry that names the other instrument."""
    called = {other.id, *other.stacking.groups}
    return [
        (book.id, ("stacking", key, i, "of", k), word)
        for i, rule in enumerate(getattr(book.stacking, key))
        for k, word in enumerate(rule.of)
        if word in called
    ]


def _strangers(setting: Setting, documents: Mapping[str, Document]) -> Iterator[str]:
    """Words of `stacking` that no instrument bears, here or in the library."""
    books = setting.instruments.values()
    known = {*documents, *names("rulebook")}
    known |= {group for book in books for group in book.stacking.groups}
    said = [
        (book.id, ("stacking", key, i, "of", k), word)
        for book in books
        for key in ("excludes", "cumulative")
        for i, rule in enumerate(getattr(book.stacking, key))
        for k, word in enumerate(rule.of)
    ]
    if all(word in known for _, _, word in said):
        return
    for book in shelf():  # read only now: it takes a while
        known |= set(book.stacking.groups) if isinstance(book, Instrument) else set()
    for name, path, word in said:
        if word not in known:
            yield (
                f'{documents[name].place(path)}: no instrument is called "{word}" or '
                f"belongs to such a group{did_you_mean(word, known)}: the entry has no "
                "effect; correct the word, or list the rulebook"
            )

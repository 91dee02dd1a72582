"""Does what was written make sense together? Checks across cells, keys and files.

Each cell and key may be fine by itself, and yet no plan could ever meet both: such
pairs are slips, and are told here rather than as an infeasible scenario.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Faults, Place, did_you_mean
from matcher.scenario.rulebook import Consortium, Instrument, Partnership

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matcher.scenario.schema import ScenarioFile
    from matcher.scenario.setting import Objective
    from matcher.scenario.yamlfile import Document

MISSPELT: Final = 0.9
"""Likeness above which two categories are one, misspelt: more developed and less
developed are alike to 0.79."""
NO_CONSORTIUM: Final = Consortium()
IN_ORDER: Final = (("min_partners", "max_partners"), ("trl_start", "trl_end"))
"""Columns of cases of which the second is never below the first."""


def check_sense(
    settings: ScenarioFile, document: Document, rows: Mapping[str, list[Any]],
    books: Mapping[str, Any], cases_written: int, faults: Faults,
) -> None:  # fmt: skip
    """Look at cases, commitments, categories and the number of cases.

    ``cases_written`` counts the cases with a faulty cell, too.
    """
    for case in rows.get("cases", []):
        _check_order(case, faults)
    for row in rows.get("commitments", []):
        if row.case and row.partnership:
            faults.add(
                "TWO_SCOPES",
                row.at,
                "a commitment is to a case or to a partnership, not to both",
                "leave one of the two cells blank",
            )
    _check_beneficiaries(rows.get("beneficiaries", []), faults)
    _check_categories(books, rows.get("regions", []), faults)
    _check_count(settings, document, cases_written, books, faults)


def _check_beneficiaries(rows: Sequence[Any], faults: Faults) -> None:
    """Parts of a region's cost are parts of one whole."""
    parts: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    for row in rows:
        parts[row.region, row.case].append(row)
    for (region, case), same in parts.items():
        whole = sum(row.share for row in same)
        if whole > 1:
            where = f" in {case}" if case else ""
            faults.add(
                "ABOVE_ONE",
                same[-1].at.at("share"),
                f"the shares of {region}{where} add up to {float(whole):g}",
                "lower them: together they are 1 at most",
            )


def _check_order(case: Any, faults: Faults) -> None:
    for low, high in IN_ORDER:
        first, last = getattr(case, low), getattr(case, high)
        if first is not None and last is not None and first > last:
            faults.add(
                "OUT_OF_ORDER",
                case.at.at(low),
                f"{low} is {first}, above {high} {last}",
                f"raise {high} or lower {low}",
            )


def _check_count(
    settings: ScenarioFile, document: Document, cases_written: int,
    books: Mapping[str, Any], faults: Faults,
) -> None:  # fmt: skip
    """The fewest cases asked for exist, and the rulebook allows as many."""
    fewest = settings.limits.min_cases
    if fewest is None:
        return
    place = document.place(("limits", "min_cases"))
    if fewest > cases_written:
        faults.add(
            "TOO_MANY_CASES",
            place,
            f"min_cases is {fewest}, but there are only {cases_written} cases",
            "lower min_cases, or add cases",
        )
    for book in books.values():
        most = book.max_cases if isinstance(book, Partnership) else None
        if most is not None and fewest > most.value:
            faults.add(
                "TOO_MANY_CASES",
                place,
                f"min_cases is {fewest}, but {book.id} allows {most.value} cases",
                "lower min_cases, or the max_cases of the rulebook",
            )


def _check_categories(
    books: Mapping[str, Any], regions: Sequence[Any], faults: Faults
) -> None:
    """Schemes and categories that look misspelt: they would silently fit nobody."""
    asked: dict[str, set[str]] = defaultdict(set)
    for book in books.values():
        for entry in (*getattr(book, "rate", ()), *getattr(book, "aid_cap", ())):
            if entry.scheme is not None:
                asked[entry.scheme].add(entry.category)
        for mark in getattr(book, "earmarks", ()):
            if mark.scheme is not None:
                asked[mark.scheme] |= set(mark.categories)
        for group in getattr(book, "consortium", NO_CONSORTIUM).required:
            asked[group.scheme] |= set(group.categories)
    stated = {scheme for region in regions for scheme in region.category}
    for scheme in sorted(set(asked) - stated) if stated else ():
        place = regions[0].at.at("category")
        faults.add(
            "UNKNOWN_SCHEME",
            Place(place.file, 1, 0, "category"),
            f'no column "category.{scheme}", which a rulebook asks for'
            + did_you_mean(scheme, stated),
            "rename the column, or add it",
        )
    for region in regions:
        for scheme, category in region.category.items():
            known = asked.get(scheme, set())
            near = difflib.get_close_matches(category, known, n=1, cutoff=MISSPELT)
            if near and category not in known:
                faults.add(
                    "UNKNOWN_CATEGORY",
                    region.at.at(f"category.{scheme}"),
                    f'no rulebook knows the category "{category}"',
                    f'did you mean "{near[0]}"? correct the word',
                )


def check_budgets(
    budgets: Sequence[Any], books: Mapping[str, Document], faults: Faults
) -> None:
    """A budget names a listed instrument, in play or left out by the assumption."""
    known: Collection[str] = {
        name for name, doc in books.items()
        if doc.data["kind"] not in ("partnership", "own")
    }  # fmt: skip
    for row in budgets:
        if row.instrument not in known:
            faults.add(
                "UNKNOWN_INSTRUMENT",
                row.at.at("instrument"),
                f'"{row.instrument}" is no instrument of this scenario'
                + did_you_mean(row.instrument, known),
                "list its rulebook in scenario.yaml, or correct the id",
            )


def check_awaited(
    settings: ScenarioFile, document: Document, known: Collection[str],
    books: Mapping[str, Any], objective: Objective, faults: Faults,
) -> None:  # fmt: skip
    """An answer that is awaited is that of an uncertain instrument, and it counts.

    ``known`` names the rulebooks of the scenario, ``books`` those in force.
    """
    awaited, place = settings.wait_for, document.key_place(("wait_for",))
    if awaited is None:
        return
    if awaited not in known:
        faults.add("UNKNOWN_INSTRUMENT", place,
                   f'no rulebook "{awaited}"{did_you_mean(awaited, known)}',
                   "name an instrument of the scenario's rulebooks")  # fmt: skip
    elif not objective.expected:
        faults.add("NOTHING_TO_AWAIT", place,
                   "an answer matters only where points are expected",
                   "set expected: true in the objective, or leave it out")  # fmt: skip
    elif awaited in books and not isinstance(books[awaited], Instrument):
        faults.add("NOTHING_TO_AWAIT", place, f"{awaited} is no instrument",
                   "name an instrument of the scenario's rulebooks")  # fmt: skip
    elif awaited in books:
        success = books[awaited].success  # where it is missing, another fault says so
        if success is not None and success.share == 1:
            faults.add("NOTHING_TO_AWAIT", place, f"the answer of {awaited} is certain",
                       "state a success below 1, or leave wait_for out")  # fmt: skip

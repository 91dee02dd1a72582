"""Does what was written make sense together? Checks across cells, keys and files.

Each cell and key may be fine by itself, and yet no plan could ever meet both: such
pairs are slips, and are told here rather than as an infeasible scenario.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Faults, Place, did_you_mean
from matcher.scenario.rulebook import Consortium, Partnership

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matcher.scenario.schema import ScenarioFile
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
    _check_categories(books, rows.get("regions", []), faults)
    _check_count(settings, document, cases_written, books, faults)


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
        for rate in getattr(book, "rate", ()):
            if rate.scheme is not None:
                asked[rate.scheme].add(rate.category)
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

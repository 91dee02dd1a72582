"""A launched case has enough members and not too many; nested regions count once.

::

    sum_r counted[r,d] >= fewest_d * open[d]
    sum_r member[r,d]  <= most_d  * open[d]

counted: member that lies inside no other member; fewest: the larger of the
case's and the partnership's minimum; most: the smaller of their maxima.
Source: partnership rulebook (three regions) and the columns ``min_partners``
and ``max_partners`` of the cases table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._figures import Figure, book_line, count
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.records import Case
    from matcher.scenario.setting import Setting

NAME = "consortium_size"
FUNDING = False


def _fewest(setting: Setting, case: Case) -> tuple[int, str]:
    """Fewest members and where that is written."""
    book = setting.partnership
    own = case.min_partners or 1
    if (
        book
        and book.consortium.min_regions
        and book.consortium.min_regions.value >= own
    ):
        return book.consortium.min_regions.value, cite(
            book, book.consortium.min_regions
        )
    return own, line(case.at)


def _most(setting: Setting, case: Case) -> tuple[int | None, str]:
    book = setting.partnership
    general = book.consortium.max_partners if book else None
    if book and general and general.value <= (case.max_partners or general.value):
        return general.value, cite(book, general)
    return case.max_partners, line(case.at)


def rows(model: Model) -> None:
    """Add one row per case and bound."""
    setting, cols = model.inst.setting, model.cols
    cases = np.arange(len(setting.cases))
    fewest = np.array([_fewest(setting, c)[0] for c in setting.cases.values()])
    _, case, counted = present(cols.counted)
    model.case_rows(
        NAME, cases, [(case, counted, 1), (cases, cols.open, -fewest)], lower=0
    )
    limits = [_most(setting, c)[0] for c in setting.cases.values()]
    bounded = np.array(
        [i for i, most in enumerate(limits) if most is not None], dtype=np.int64
    )
    most = np.array([limits[i] for i in bounded], dtype=np.int64)
    position = np.full(len(cases), -1)
    position[bounded] = np.arange(len(bounded))
    _, case, member = cols.members
    inside = position[case] >= 0
    model.case_rows(
        NAME, bounded,
        [(position[case[inside]], member[inside], 1),
         (np.arange(len(bounded)), cols.open[bounded], -most)],
        upper=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members of every launched case."""
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        fewest, source = _least_members(facts.setting, case)
        counted = len(facts.counting(plan.members))
        yield at_least(
            NAME, plan.case, counted, fewest, "members", source, unit="regions"
        )
        book = facts.setting.partnership
        if case.max_partners is not None:
            yield at_most(NAME, plan.case, len(plan.members), case.max_partners,
                          "members", line(case.at), unit="regions")  # fmt: skip
        if book and book.consortium.max_partners:
            limit = book.consortium.max_partners
            yield at_most(NAME, plan.case, len(plan.members), limit.value, "members",
                          cite(book, limit), unit="regions")  # fmt: skip


def _least_members(setting: Setting, case: Case) -> tuple[int, str]:
    floors = [(case.min_partners or 1, line(case.at))]
    book = setting.partnership
    if book and book.consortium.min_regions:
        minimum = book.consortium.min_regions
        floors.append((minimum.value, cite(book, minimum)))
    return max(floors, key=lambda floor: floor[0])


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    asked = book.consortium if book else None
    parts = []
    if book and asked and asked.min_regions:
        source = cite(book, asked.min_regions)
        parts.append(f"at least {asked.min_regions.value} member regions [{source}]")
    if book and asked and asked.max_partners:
        source = cite(book, asked.max_partners)
        parts.append(f"at most {asked.max_partners.value} member regions [{source}]")
    if any(c.min_partners or c.max_partners for c in setting.cases.values()):
        parts.append("the number of members its row in the cases table asks for")
    return f"A case needs {', '.join(parts)}." if parts else ""


def figures(chances: Chances) -> Figure:
    """Members asked for, allowed, and possible."""
    setting, case = chances.setting, chances.row
    fewest, most = _fewest(setting, case)[0], _most(setting, case)[0]
    lines = [line(case.at)] if case.min_partners or case.max_partners else []
    book = setting.partnership
    if book and (book.consortium.min_regions or book.consortium.max_partners):
        lines.append(book_line(setting, book))
    asked = f"it needs at least {count(fewest, 'member')}"
    if most is not None and most < fewest:
        text = f"{asked} and may have at most {most}"
        return Figure(text, tuple(lines), enough=False)
    there, everyone = len(chances.joining), len(setting.regions)
    enough = there >= fewest
    text = f"{asked}, {'' if enough else 'but only '}{there} of {everyone} regions may"
    return Figure(f"{text} join", tuple(lines), enough=enough)

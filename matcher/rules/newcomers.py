"""A launched case has enough members that are new to it and to its partnership.

::

    sum_{r new to d} counted[r,d] >= fewest * open[d]

new: no row of ``memberships`` puts the region into the case, or into the partnership
of the case, in whatever role. A table without rows makes everybody new. Nested regions
count once. Source: ``min_newcomers`` of the partnership rulebook (R34).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line, count, may_join
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import Cited
    from matcher.scenario.setting import Setting

NAME = "newcomers"
FUNDING = False
TABLE = "memberships"
"""A table without rows says that nobody is a member yet, a missing one says nothing."""


def _fewest(setting: Setting) -> Cited[int] | None:
    """Newcomers asked for, where there is a table that tells who is none."""
    book = setting.partnership
    return book.min_newcomers if book and TABLE in setting.tables else None


def rows(model: Model) -> None:
    """Add one row per case."""
    fewest, cols = _fewest(model.inst.setting), model.cols
    if fewest is None:
        return
    region, case, counted = present(cols.counted)
    fresh = model.inst.newcomers()[region, case]
    cases = np.arange(len(cols.open))
    parts = [(case[fresh], counted[fresh], 1), (cases, cols.open, -fewest.value)]
    model.case_rows(NAME, cases, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members that no row of the memberships names."""
    book = facts.setting.partnership
    known = TABLE in facts.setting.tables
    if book is None or book.min_newcomers is None or not known:
        return
    for plan in proposal.cases:
        members = facts.counting(plan.members)
        found = sum(facts.is_new(name, plan.case) for name in members)
        yield at_least(NAME, plan.case, found, book.min_newcomers.value, "newcomers",
                       cite(book, book.min_newcomers), unit="regions")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: whom the table does not name is new."""


def untested(setting: Setting) -> str:
    """Without the table nothing can be said."""
    book = setting.partnership
    if book and book.min_newcomers and TABLE not in setting.tables:
        return "newcomers is not tested: there is no memberships table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its number."""
    book, fewest = setting.partnership, _fewest(setting)
    if book is None or fewest is None:
        return ""
    return (
        f"A case needs at least {count(fewest.value, 'member')} new to it and to its "
        f"partnership [{cite(book, fewest)}]."
    )


def figures(chances: Chances) -> Figure | None:
    """Newcomers asked for, and those among the regions that may join."""
    setting = chances.setting
    book, fewest = setting.partnership, _fewest(setting)
    if book is None or fewest is None:
        return None
    new = chances.inst.newcomers()[:, chances.case]
    there = int((new & chances.joins).sum())
    enough = there >= fewest.value
    text = (
        f"it needs {count(fewest.value, 'newcomer')}, {'' if enough else 'but '}of "
        f"{may_join(chances)} {'' if enough or not there else 'only '}"
        f"{there or 'none'} {'is' if there < 2 else 'are'} new"
    )
    lines = (book_line(setting, book), setting.tables[TABLE])
    return Figure(text, lines, enough=enough)

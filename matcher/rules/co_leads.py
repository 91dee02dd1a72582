"""Beside its lead a launched case has members that are committed enough to lead.

::

    sum_{r ready for d} (member[r,d] - lead[r,d]) >= fewest * open[d]

ready: the commitment in force reaches the level that a lead needs in the phase of the
case. Every member counts, nested regions too. Source: ``min_co_leads`` of the
partnership rulebook, levels as for ``commitment`` (R60).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line
from matcher.rules._phases import in_phase
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import Partnership
    from matcher.scenario.setting import Setting

NAME = "co_leads"
FUNDING = False


def _book(setting: Setting) -> Partnership | None:
    """The partnership, where it asks for co-leads and commitments can tell them."""
    book = setting.partnership
    return book if book and book.min_co_leads and setting.commitments else None


def _needed(inst: Instance, book: Partnership) -> NDArray[np.int64]:
    """Level that a lead needs, shape (D,)."""
    entries = [need for need in book.commitment if need.role == "lead"]
    levels = []
    for case in inst.setting.cases.values():
        need = next(iter(in_phase(entries, case.phase)), None)
        levels.append(need.level.value if need else 0)
    return np.array(levels, dtype=np.int64)


def rows(model: Model) -> None:
    """Add one row per case."""
    inst, cols = model.inst, model.cols
    book = _book(inst.setting)
    if book is None or book.min_co_leads is None:
        return
    ready = inst.commitment >= _needed(inst, book)[None, :]
    cases = np.arange(len(inst.setting.cases))
    parts: list[tuple[Any, Any, Any]] = [(cases, cols.open, -book.min_co_leads.value)]
    for look_up, sign in ((cols.member, 1), (cols.lead, -1)):
        region, case, column = present(look_up)
        inside = ready[region, case]
        parts.append((case[inside], column[inside], sign))
    model.case_rows(NAME, cases, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the partners who could lead."""
    book = facts.setting.partnership
    least = book.min_co_leads if book else None
    if book is None or least is None or not facts.setting.commitments:
        return
    asked = [need for need in book.commitment if need.role == "lead"]
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        levels = [need.level.value for need in facts.in_phase(asked, case)]
        needed = levels[0] if levels else 0
        able = [r for r in plan.partners if facts.commitment(r, case)[0] >= needed]
        what = f"partners committed at level {needed} or more"
        yield at_least(
            NAME,
            plan.case,
            len(able),
            least.value,
            what,
            cite(book, least),
            unit="regions",
        )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: who states no commitment has none."""


def untested(setting: Setting) -> str:
    """Without any commitment nothing can be said."""
    asked = setting.partnership and setting.partnership.min_co_leads
    if asked and not setting.commitments:
        return "co_leads is not tested: there is no commitments table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its number."""
    book = _book(setting)
    if book is None or book.min_co_leads is None:
        return ""
    return (
        f"Beside its lead a case has at least {book.min_co_leads.value} members that "
        f"are committed enough to lead [{cite(book, book.min_co_leads)}]."
    )


def figures(chances: Chances) -> Figure | None:
    """Co-leads asked for, and regions that may join and could lead."""
    setting, inst = chances.setting, chances.inst
    book = _book(setting)
    if book is None or not book.min_co_leads or not book.min_co_leads.value:
        return None
    level, least = int(_needed(inst, book)[chances.case]), book.min_co_leads.value
    ready = inst.commitment[:, chances.case] >= level
    able = int((chances.joins & ready).sum())
    lead_is_ready = not (chances.leads & ~ready).any()
    enough = able - lead_is_ready >= least
    text = (
        f"beside its lead it needs {least} with commitment level {level}, "
        f"{'' if enough else 'but '}{able or 'none'} of the {len(chances.joining)} "
        f"regions that may join {'have' if able != 1 else 'has'} it, its lead included"
    )
    lines = (setting.commitments[0].at.file, book_line(setting, book))
    return Figure(text, lines, enough=enough)

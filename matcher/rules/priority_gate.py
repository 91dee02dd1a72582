"""Members share a priority with the case: a strategy that names a topic of it.

::

    member[r,d] = 0   where fit(r,d) < min_fit

fit: sum over topics of priority weight times topic weight, at most 1; expired
priorities do not count (R12). The gate opens on shared or related priorities;
the score of a match is complementarity, not this (R29). Source:
``priority_min_fit`` of the partnership rulebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "priority_gate"
FUNDING = False
ROUND_OFF = 1e-9
"""Fits are sums of short decimals: far coarser than this, and doubles err less."""


def _plays(setting: Setting) -> bool:
    book = setting.partnership
    return bool(book and book.priority_min_fit and setting.priorities)


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Members without a shared priority, in cases that state topics."""
    book = inst.setting.partnership
    if not _plays(inst.setting) or book is None or book.priority_min_fit is None:
        return {}
    stated = {row.case for row in inst.setting.case_topics}
    has_topics = np.array([case in stated for case in inst.setting.cases])
    low = inst.fit.toarray() < float(book.priority_min_fit.value) - ROUND_OFF
    apart = low & has_topics[None, :]
    return {"lead": apart, "partner": apart}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the shared priorities of every member."""
    book = facts.setting.partnership
    floor = book.priority_min_fit if book else None
    if book is None or floor is None or not facts.setting.priorities:
        return
    stated = {row.case for row in facts.setting.case_topics}
    for plan in proposal.cases:
        for region in plan.members if plan.case in stated else ():
            yield at_least(
                NAME,
                f"{region} {plan.case}",
                facts.fit(region, plan.case),
                floor.value,
                "overlap of priorities",
                cite(book, floor),
                unit="overlap",
            )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: a region without a priority simply shares none."""


def untested(setting: Setting) -> str:
    """Without any priority nothing can be said."""
    book = setting.partnership
    if book and book.priority_min_fit and not setting.priorities:
        return "priority_gate is not tested: there is no priorities table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    if not _plays(setting) or book is None or book.priority_min_fit is None:
        return ""
    floor = book.priority_min_fit
    return (
        f"Members share priorities with the case to at least {float(floor.value):g} "
        f"[{cite(book, floor)}]."
    )


def figures(chances: Chances) -> Figure | None:
    """Overlap asked for, and regions that have it."""
    setting = chances.setting
    book = setting.partnership
    out = blocked(chances.inst).get("lead")
    if book is None or book.priority_min_fit is None or out is None:
        return None
    apart, everyone = int(out[:, chances.case].sum()), len(setting.regions)
    if not apart:
        return None
    text = (
        f"{everyone - apart} of the {everyone} regions share its priorities to at "
        f"least {float(book.priority_min_fit.value):g}"
    )
    lines = (setting.priorities[0].at.file, book_line(setting, book))
    return Figure(text, lines)

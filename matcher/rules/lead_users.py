"""The members of a launched case bring enough lead users.

::

    sum_r min(cap, sum_{k of class lead_user} level(r,k)) * counted[r,d]
        >= fewest * open[d]

cap: the most that one region adds. Nested regions count once; a level that is not
stated counts as none. Source: ``lead_users`` of the partnership rulebook, assets in
capabilities of class ``lead_user`` (R24, R105). The rule is not tested where no region
states such an asset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line, may_join
from matcher.rules._phases import ask_for_phases, in_phase, only_in
from matcher.rules._shared import cite
from matcher.scenario.records import LEAD_USER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import LeadUserNeed
    from matcher.scenario.setting import Setting

NAME = "lead_users"
FUNDING = False


def _stated(setting: Setting) -> bool:
    classes = setting.capabilities
    return any(classes[row.capability].kind == LEAD_USER for row in setting.assets)


def _entries(setting: Setting) -> Sequence[LeadUserNeed]:
    """What the partnership asks for; nothing where it cannot be tested."""
    book = setting.partnership
    return book.lead_users if book and book.lead_users and _stated(setting) else ()


def _brought(inst: Instance, need: LeadUserNeed) -> NDArray[np.int64]:
    """What each region adds to the sum of an entry, shape (R,)."""
    levels = inst.lead_user_levels()
    cap = need.cap_per_region
    return np.minimum(levels, cap.value) if cap else levels


def rows(model: Model) -> None:
    """Add one row per entry and case in whose phase it holds."""
    inst, cols = model.inst, model.cols
    entries = _entries(inst.setting)
    held = [in_phase(entries, case.phase) for case in inst.setting.cases.values()]
    region, case, counted = present(cols.counted)
    for need in entries:
        asked = np.array([need in found for found in held])
        inside = asked[case]
        (here,) = np.nonzero(asked)
        row = np.cumsum(asked) - 1
        parts = [
            (row[case[inside]], counted[inside], _brought(inst, need)[region[inside]]),
            (np.arange(len(here)), cols.open[here], -need.min.value),
        ]
        model.case_rows(NAME, here, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the lead users of the members that count."""
    book = facts.setting.partnership
    levels = facts.lead_user_levels
    if book is None or not levels:
        return
    for plan in proposal.cases:
        counting = facts.counting(plan.members)
        for need in facts.in_phase(book.lead_users, facts.setting.cases[plan.case]):
            brought = [levels.get(name, 0) for name in counting]
            if need.cap_per_region is not None:
                brought = [min(n, need.cap_per_region.value) for n in brought]
            yield at_least(NAME, plan.case, sum(brought), need.min.value,
                           "levels of lead users", cite(book, need.min),
                           unit="levels")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """A case without phase cannot be judged where every entry names a phase."""
    ask_for_phases(setting, [_entries(setting)], "lead users", faults)


def untested(setting: Setting) -> str:
    """Without any lead user nothing can be said."""
    asked = setting.partnership and setting.partnership.lead_users
    if asked and not _stated(setting):
        return f"lead_users is not tested: no asset is of class {LEAD_USER}"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book, parts = setting.partnership, []
    for need in _entries(setting):
        cap = need.cap_per_region
        most = f", at most {cap.value} of a region" if cap else ""
        source = f" [{cite(book, need.min)}]" if book else ""
        parts.append(f"at least {need.min.value}{most}{only_in(need)}{source}")
    told = "; ".join(parts)
    return f"Levels of lead users add up in a case: {told}." if told else ""


def figures(chances: Chances) -> Figure | None:
    """The sum that is hardest to reach, and what there is."""
    setting, book = chances.setting, chances.setting.partnership
    asked = in_phase(_entries(setting), chances.row.phase)
    if book is None or not asked:
        return None
    need, total = min(
        ((n, int(_brought(chances.inst, n)[chances.joins].sum())) for n in asked),
        key=lambda pair: pair[1] - pair[0].min.value,
    )
    enough = total >= need.min.value
    text = (
        f"it needs levels of lead users that add up to {need.min.value}, "
        f"{'' if enough else 'but '}those of {may_join(chances)} add up to "
        f"{'' if enough else 'only '}{total}"
    )
    lines = (setting.assets[0].at.file, book_line(setting, book))
    return Figure(text, lines, enough=enough)

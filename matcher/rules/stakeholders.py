"""The member regions of a launched case hold the organisations its phase asks for.

::

    sum_r actors(r, types_g) * member[r,d] >= fewest_g * open[d]

actors: organisations of any of these types in the region; one without a type counts
for nothing. An entry for the phase of the case goes before one for the same types
without a phase. Source: ``stakeholders`` of the partnership rulebook, actors table
(R51, R102, R104). The rule is not tested without any actor.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line, may_join
from matcher.rules._phases import ask_for_phases, in_phase, only_in
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import StakeholderNeed
    from matcher.scenario.setting import Setting

NAME = "stakeholders"
FUNDING = False


def _groups(setting: Setting) -> list[list[StakeholderNeed]]:
    """Entries for the same types together; none where nothing can be tested."""
    found: dict[frozenset[str], list[StakeholderNeed]] = defaultdict(list)
    book = setting.partnership
    for need in book.stakeholders if book and setting.actors else ():
        found[frozenset(need.types)].append(need)
    return list(found.values())


def rows(model: Model) -> None:
    """Add one row per entry and case in whose phase it holds."""
    inst, cols = model.inst, model.cols
    cases = list(inst.setting.cases.values())
    region, case, member = cols.members
    for group in _groups(inst.setting):
        count = np.zeros(len(inst.labels.regions), dtype=np.int64)
        for actor in inst.setting.actors.values():
            if actor.kind in group[0].types:
                count[inst.labels.regions.index[actor.region]] += 1
        held = [in_phase(group, row.phase) for row in cases]
        for need in group:
            asked = np.array([need in entries for entries in held])
            inside = asked[case]
            (here,) = np.nonzero(asked)
            row = np.cumsum(asked) - 1
            parts = [
                (row[case[inside]], member[inside], count[region[inside]]),
                (np.arange(len(here)), cols.open[here], -need.min.value),
            ]
            model.case_rows(NAME, here, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look for the organisations of every member."""
    setting = facts.setting
    book = setting.partnership
    if book is None or not setting.actors:
        return
    for plan in proposal.cases:
        case = setting.cases[plan.case]
        kinds = [a.kind for a in setting.actors.values() if a.region in plan.members]
        for need in book.stakeholders:
            types = set(need.types)
            alike = [n for n in book.stakeholders if set(n.types) == types]
            if need in facts.in_phase(alike, case):
                there = sum(kind in types for kind in kinds)
                what = f"organisations that are {' or '.join(need.types)}"
                source = cite(book, need.min)
                yield at_least(
                    NAME,
                    plan.case,
                    there,
                    need.min.value,
                    what,
                    source,
                    unit="organisations",
                )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """A case without phase cannot be judged where every entry names a phase."""
    ask_for_phases(setting, _groups(setting), "organisations", faults)


def untested(setting: Setting) -> str:
    """Without any actor nothing can be said."""
    asked = setting.partnership and setting.partnership.stakeholders
    if asked and not setting.actors:
        return "stakeholders is not tested: there is no actors table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    if book is None or not _groups(setting):
        return ""
    parts = [
        f"{need.min.value} {' or '.join(need.types)}{only_in(need)} "
        f"[{cite(book, need.min)}]"
        for need in book.stakeholders
    ]
    return f"The member regions of a case hold organisations: {'; '.join(parts)}."


def figures(chances: Chances) -> Figure | None:
    """The organisations hardest to find, and those there are."""
    setting, book = chances.setting, chances.setting.partnership
    asked = [
        need
        for group in _groups(setting)
        for need in in_phase(group, chances.row.phase)
    ]
    if book is None or not asked:
        return None
    joining = set(chances.joining)
    kinds = [a.kind for a in setting.actors.values() if a.region in joining]
    need, found = min(
        ((need, sum(kind in need.types for kind in kinds)) for need in asked),
        key=lambda pair: pair[1] - pair[0].min.value,
    )
    enough = found >= need.min.value
    text = (
        f"it needs {need.min.value} organisations that are "
        f"{' or '.join(need.types)}, {'and' if enough else 'but'} {may_join(chances)} "
        f"hold {'' if enough else 'only '}{found}"
    )
    first = next(iter(setting.actors.values()))
    return Figure(text, (first.at.file, book_line(setting, book)), enough=enough)

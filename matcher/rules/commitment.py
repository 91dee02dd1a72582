"""A region takes a role only with the commitment that the phase asks for.

::

    role[r,d] = 0   where level(r,d) < needed(role, phase_d)

level: the most specific commitment still valid on the day of the scenario, 0
where there is none; expired means none (R52). A lead needs what a partner
needs, too. Source: the ``commitment`` table of the partnership rulebook
(R49, R55, R56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line
from matcher.rules._phases import ask_for_phases, in_phase, only_in
from matcher.rules._shared import cite, line
from matcher.scenario.records import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.records import Case
    from matcher.scenario.rulebook import CommitmentNeed
    from matcher.scenario.setting import Setting

NAME = "commitment"
FUNDING = False


def _plays(setting: Setting) -> bool:
    return bool(
        setting.commitments and setting.partnership and setting.partnership.commitment
    )


def _entries(setting: Setting, role: str) -> list[CommitmentNeed]:
    book = setting.partnership
    return [n for n in book.commitment if n.role == role] if book else []


def _need(setting: Setting, role: str, case: Case) -> CommitmentNeed | None:
    """Entry for the case's phase, else the one for every phase."""
    return next(iter(in_phase(_entries(setting, role), case.phase)), None)


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Roles for which the commitment is too low."""
    if not _plays(inst.setting):
        return {}
    cases = inst.setting.cases.values()
    needed = {
        role: np.array(
            [n.level.value if (n := _need(inst.setting, role, c)) else 0 for c in cases]
        )
        for role in ("lead", "partner", "observer")
    }
    partner = inst.commitment < needed["partner"]
    return {
        "lead": partner | (inst.commitment < needed["lead"]),
        "partner": partner,
        "observer": inst.commitment < needed["observer"],
    }


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look up the commitment behind every role taken."""
    if not (facts.setting.commitments and facts.setting.partnership):
        return
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        for region, role in plan.taken:
            yield from _judge(facts, case, region, role)


def _judge(facts: Facts, case: Case, region: str, role: str) -> Iterator[Finding]:
    book: Any = facts.setting.partnership
    asked = [need for need in book.commitment if need.role == role]
    for need in facts.in_phase(asked, case)[:1]:
        level, row = facts.commitment(region, case)
        where = f"; {line(row.at)}" if row else "; no valid row in commitments"
        yield at_least(NAME, f"{region} {role} {case.case}", level, need.level.value,
                       "commitment level", cite(book, need.level) + where,
                       unit="levels")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """A case without phase cannot be judged where every entry names a phase."""
    if _plays(setting):
        groups = [_entries(setting, role) for role in ROLES]
        ask_for_phases(setting, groups, "commitment", faults)


def untested(setting: Setting) -> str:
    """Without any commitment nothing can be said."""
    asked = setting.partnership and setting.partnership.commitment
    if asked and not setting.commitments:
        return "commitment is not tested: there is no commitments table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    if not _plays(setting):
        return ""
    book: Any = setting.partnership
    parts = [f"{n.role}{only_in(n)} {n.level.value}" for n in book.commitment]
    return f"Roles need a commitment level of at least: {', '.join(parts)} [{book.id}]."


def figures(chances: Chances) -> Figure | None:
    """Levels that the case's phase asks for, and regions that have them."""
    setting, inst = chances.setting, chances.inst
    book = setting.partnership
    if book is None or not _plays(setting):
        return None
    out, everyone = blocked(inst), len(setting.regions)
    parts = []
    for role in ("partner", "lead"):
        need = _need(setting, role, chances.row)
        able = everyone - int(out[role][:, chances.case].sum())
        if need and able < everyone:
            who = f"a {role} needs commitment level {need.level.value}"
            parts.append(f"{who}, which {able or 'none'} of {everyone} regions have")
    if not parts:
        return None
    lines = (setting.commitments[0].at.file, book_line(setting, book))
    return Figure(", and ".join(parts), lines)

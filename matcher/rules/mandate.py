"""A region takes a role only with the mandate that the partnership asks for.

::

    role[r,d] = 0   where mandate(r,d) is not yes and role needs one in phase_d

mandate: stated by the commitment in force, the most specific row still valid on the
day of the scenario; unknown is not yes. A lead needs what a partner needs, too.
Source: ``mandate`` of the partnership rulebook and column ``mandate`` of the
commitments table (R59). The rule is not tested while no row states a mandate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.proposal.verdict import Finding, must
from matcher.rules._figures import Figure, book_line
from matcher.rules._phases import ask_for_phases, in_phase, only_in
from matcher.rules._shared import cite, line, source_of
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
    from matcher.scenario.rulebook import MandateNeed
    from matcher.scenario.setting import Setting

NAME = "mandate"
FUNDING = False


def _stated(setting: Setting) -> bool:
    return any(row.mandate is not None for row in setting.commitments)


def _entries(setting: Setting, role: str) -> list[MandateNeed]:
    book = setting.partnership
    return [need for need in book.mandate if need.role == role] if book else []


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Roles that need a mandate, for whom none is stated."""
    setting = inst.setting
    if not any(_entries(setting, role) for role in ROLES) or not _stated(setting):
        return {}
    out = {}
    for role in ROLES:
        asked = [bool(in_phase(_entries(setting, role), case.phase))
                 for case in setting.cases.values()]  # fmt: skip
        out[role] = np.array(asked)[None, :] & ~inst.mandate
    return {**out, "lead": out["lead"] | out["partner"]}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look up the mandate behind every role taken."""
    setting = facts.setting
    stated = any(row.mandate is not None for row in setting.commitments)
    if setting.partnership is None or not stated:
        return
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        for region, role in plan.taken:
            yield from _judge(facts, case, region, role)


def _judge(facts: Facts, case: Case, region: str, role: str) -> Iterator[Finding]:
    book: Any = facts.setting.partnership
    asked = [need for need in book.mandate if need.role == role]
    for need in facts.in_phase(asked, case)[:1]:
        _, row = facts.commitment(region, case)
        said = (row.mandate or "unknown") if row else "unknown"
        where = f"; {line(row.at)}" if row else "; no valid row in commitments"
        yield must(NAME, f"{region} {role} {case.case}", said == "yes",
                   f"the mandate is {said}", cite(book, need) + where)  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """An unknown mandate is none; only the phase of a case may have to be known."""
    if _stated(setting):
        groups = [_entries(setting, role) for role in ROLES]
        ask_for_phases(setting, groups, "mandates", faults)


def untested(setting: Setting) -> str:
    """Without any mandate stated nothing can be said."""
    asked = setting.partnership and setting.partnership.mandate
    if asked and not _stated(setting):
        return "mandate is not tested: no row of commitments states a mandate"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with the roles it is about."""
    book: Any = setting.partnership
    if book is None or not book.mandate or not _stated(setting):
        return ""
    roles = [
        f"{need.role}{only_in(need)} [{source_of(book, need)}]" for need in book.mandate
    ]
    return f"Roles that need a mandate to act for the region: {', '.join(roles)}."


def _one(role: str) -> str:
    """One who takes a role, such as ``an observer``."""
    return f"an {role}" if role == "observer" else f"a {role}"


def figures(chances: Chances) -> Figure | None:
    """Roles that need a mandate in the case's phase, and regions that have one."""
    setting, inst = chances.setting, chances.inst
    book = setting.partnership
    out = blocked(inst)
    if book is None or not out:
        return None
    roles = [r for r in ROLES if in_phase(_entries(setting, r), chances.row.phase)]
    if not roles:
        return None
    able, everyone = int(inst.mandate[:, chances.case].sum()), len(setting.regions)
    text = (
        f"{' or '.join(map(_one, roles))} needs a mandate, which {able or 'none'} of "
        f"{everyone} regions have"
    )
    lines = (setting.commitments[0].at.file, book_line(setting, book))
    return Figure(text, lines)

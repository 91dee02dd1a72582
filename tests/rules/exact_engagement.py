"""Everything that the checks on who stands behind a case find, word by word."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.rules.bites_engagement import (
    FIRMS,
    HOLDING,
    MANDATED,
    READY,
    SKILLED,
    USERS,
    by_phase,
)
from tests.tiny import CITE, PLAIN, cited, club, plan, scene

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

TWO = "case,name,phase\nD1,a,demonstrate\nD2,b,\n"
"""A case in a phase, and one whose phase is unknown."""
PLANS = (plan("D1", "ABC"), plan("D2", "BC"))
SOURCE = f"club: {CITE}"

ENGAGED: list[
    tuple[str, str, Scene, tuple[CasePlan, ...],
          list[tuple[str, int | Fraction | None, str, str]]]
] = [
    ("stakeholders", "each entry that holds, by the phase of each case", scene(
        HOLDING, cases=TWO, books={"club": club(stakeholders=[
            *by_phase(3, 1, types=FIRMS), {"types": ["rto"], "min": cited(1)}])}),
     PLANS,
     [("D1", 1, "", SOURCE), ("D1", 0, "", SOURCE),
      ("D2", -2, "organisations that are company or sme: 1 is below 3", SOURCE),
      ("D2", 0, "", SOURCE)]),
    ("stakeholders", "without actors", scene(HOLDING, actors=None), PLANS[:1], []),
    ("stakeholders", "without a partnership", scene(HOLDING, books={"club": None}),
     PLANS[:1], []),
    ("co_leads", "partners only, by the level of the phase", scene(
        READY, cases=TWO, books={"club": club(commitment=[
            {"role": "lead", "level": cited(4)}, {"role": "partner", "level": cited(0)},
            {"role": "lead", "phase": "demonstrate", "level": cited(1)}],
            min_co_leads=cited(1))}),
     PLANS,
     [("D1", 1, "", SOURCE),
      ("D2", -1, "partners committed at level 4 or more: 0 is below 1", SOURCE)]),
    ("co_leads", "without a number", scene(READY, books={"club": club()}),
     PLANS[:1], []),
    ("co_leads", "without commitments", scene(READY, commitments=None), PLANS[:1], []),
    ("lead_users", "every entry of the phase, with its own cap", scene(
        USERS, cases=TWO, books={"club": club(lead_users=[
            *by_phase(3, 7), {"phase": "demonstrate", "min": cited(4),
                              "cap_per_region": cited(2)}])}),
     PLANS,
     [("D1", -1, "levels of lead users: 6 is below 7", SOURCE),
      ("D1", 1, "", SOURCE), ("D2", 0, "", SOURCE)]),
    ("lead_users", "without a partnership", scene(USERS, books={"club": None}),
     PLANS[:1], []),
    ("lead_users", "without lead users", scene(
        USERS, assets="region,capability,level\nA,L,3\n"), PLANS[:1], []),
    ("skill_effort", "each skill of every region, over all cases", scene(
        SKILLED, cases=PLAIN["cases"],
        staff="region,skill,capacity\nA,legal,unlimited\nB,legal,4\nB,other,1\n"
        "B,idle,1\nC,legal,2\n",
        skill_effort="case,skill,base,per_partner\nD1,legal,1,\nD2,legal,0.5,1.5\n"
        "D2,other,,2\n"),
     (plan("D1", "BC"), plan("D2", "CAB")),
     [("B legal", Fraction(3, 2), "", "staff.csv:3"),
      ("B other", -1, "FTE: 2 is above 1", "staff.csv:4"),
      ("C legal", 0, "", "staff.csv:6")]),
]  # fmt: skip
"""Rule, what is shown, scenario, plans, and every measured finding."""

NEEDING = [{"role": role, "source": "S"} for role in ("lead", "observer")]
MANDATES: list[
    tuple[str, str, Scene, tuple[CasePlan, ...], list[tuple[str, str]]]
] = [
    ("mandate", "lead and observers, each by the row in force", scene(
        MANDATED, cases=TWO, books={"club": club(mandate=NEEDING)}),
     (plan("D1", "AB", observers="C"), plan("D2", "BC", observers="A")),
     [("C observer D1", "the mandate is unknown"), ("B lead D2", "the mandate is no")]),
    ("mandate", "of its phase only", scene(
        MANDATED, cases=TWO, books={"club": club(mandate=[
            {"role": "partner", "phase": "demonstrate", "source": "S"}])}),
     (plan("D1", "BA"), plan("D2", "BC")),
     [("B partner D1", "the mandate is no")]),
    ("mandate", "an expired yes is none", scene(
        MANDATED, commitments="region,level,mandate,expires\nA,3,yes,2025-05-31\n"),
     (plan("D1", "A"),), [("A lead D1", "the mandate is unknown")]),
    ("mandate", "without a partnership", scene(MANDATED, books={"club": None}),
     PLANS[:1], []),
    ("mandate", "where nobody states one", scene(
        MANDATED, commitments="region,level\nA,3\n"), PLANS[:1], []),
]  # fmt: skip
"""Rule, what is shown, scenario, plans, and every broken finding."""

"""Bites of the rules on who must stand behind a case."""

from __future__ import annotations

from tests.rules.bites import Bite, Bites
from tests.rules.bites_cases import BOTH, COMMITTED, WATCHING
from tests.tiny import CITE, NESTED, ONE, PLAIN, cited, club, plan, scene

FULL = (plan("D1", "ABC"),)
NO_A = {"pins": [{"case": "D1", "region": "A", "role": "member", "forbid": True}]}
NO_B = {"pins": [{"case": "D1", "region": "B", "role": "member", "forbid": True}]}
FIRMS = ["company", "sme"]
HOLDING = scene(
    ONE,
    cases={"D1": {"phase": "demonstrate"}},
    actors="actor,region,type\nforge,A,company\nmill,B,\nlathe,C,sme\nlab,B,rto\n",
    books={"club": club(stakeholders=[{"types": FIRMS, "min": cited(2)}])},
    settings=NO_A,
)
MANDATED = scene(
    COMMITTED,
    cases={"D1": {"phase": "demonstrate"}},
    commitments="region,level,mandate\nA,3,yes\nB,3,no\nC,3,\n",
    books={"club": club(mandate=[{"role": "lead", "source": "S"}])},
)
READY = scene(
    COMMITTED,
    commitments="region,level\nA,3\nB,1\nC,3\n",
    books={"club": club(
        commitment=[{"role": "lead", "level": cited(3)}], min_co_leads=cited(1),
    )},
    settings=NO_A,
)  # fmt: skip
USERS = scene(
    ONE,
    cases={"D1": {"phase": "demonstrate"}},
    capabilities="capability,class\nK,lead_user\nL,skill\nM,lead_user\n",
    assets="region,capability,level\nA,K,3\nB,K,1\nB,M,1\nC,K,1\nC,L,3\n",
    books={"club": club(lead_users=[{"min": cited(4)}])},
    settings=NO_A,
)
SKILLED = scene(
    ONE,
    staff="region,skill,capacity\nA,legal,0.4\nB,legal,1.5\nC,legal,0.5\n",
    skill_effort="case,skill,base,per_partner\nD1,legal,1,0.5\n",
)


def by_phase(general: int, own: int, **more: object) -> list[dict[str, object]]:
    """A number for every phase, and one for the phase of the case."""
    return [{"min": cited(general), **more},
            {"phase": "demonstrate", "min": cited(own), **more}]  # fmt: skip


ENGAGEMENT = (
    Bites("stakeholders", (
        Bite(
            "organisations of any of the types; one of unknown type counts for nothing",
            HOLDING, "0", "6", (plan("D1", "AC"),), (plan("D1", "BC"),), "D1",
            "organisations that are company or sme: 1 is below 2", f"club: {CITE}",
            "2 company or sme",
        ),
        Bite(
            "an entry for the phase goes before the general one",
            scene(HOLDING, books={"club": club(
                stakeholders=by_phase(9, 2, types=FIRMS[::-1]))}),
            "0", "6", FULL, (plan("D1", "BC"),), "D1",
            "organisations that are sme or company: 1 is below 2", f"club: {CITE}",
            "2 sme or company (demonstrate)",
        ),
        Bite(
            "entries for other types hold besides",
            scene(HOLDING, books={"club": club(stakeholders=[
                {"types": FIRMS, "phase": "demonstrate", "min": cited(1)},
                {"types": ["rto"], "min": cited(1)}])}, settings=NO_B),
            "0", "5", (plan("D1", "BA"),), (plan("D1", "AC"),), "D1",
            "organisations that are rto: 0 is below 1", f"club: {CITE}", "1 rto",
        ),
    ), scene(HOLDING, actors=None)),
    Bites("mandate", (
        Bite(
            "who leads has a mandate, and unknown is not yes",
            scene(MANDATED, settings=NO_A), "0", "6", FULL, (plan("D1", "CB"),),
            "C lead D1", "the mandate is unknown", f"club: {CITE}; commitments.csv:4",
            "lead [made for the test",
        ),
        Bite(
            "a lead needs what a partner needs",
            scene(MANDATED, books={"club": club(
                mandate=[{"role": "partner", "source": "S"}])}),
            "1", "7", (plan("D1", "A"),), (plan("D1", "BA"),), "B partner D1",
            "the mandate is no", f"club: {CITE}; commitments.csv:3", "partner [made",
        ),
        Bite(
            "the row for the case goes before the general one, in its phase only",
            scene(MANDATED, commitments="""
                region,case,level,mandate
                A,,3,yes
                A,D1,3,no
                B,,3,yes
            """, books={"club": club(mandate=[
                {"role": "partner", "phase": "demonstrate", "source": "S"},
                {"role": "lead", "phase": "learn", "source": "S"}])}),
            "2", "7", (plan("D1", "B"),), (plan("D1", "BC"),), "C partner D1",
            "the mandate is unknown", f"club: {CITE}; no valid row in commitments",
            "partner (demonstrate) [made",
        ),
        Bite(
            "a watcher may need one, too",
            scene(MANDATED, **{k: WATCHING[k] for k in ("case_topics", "objective")},
                  priorities="region,topic\nB,t\n", settings=NO_B,
                  books={"club": club(mandate=[{"role": "observer", "source": "S"}])}),
            "0", "1", (plan("D1", "AB"),), (plan("D1", "A", observers="B"),),
            "B observer D1", "the mandate is no", f"club: {CITE}; commitments.csv:3",
            "observer [made",
        ),
    ), scene(MANDATED, commitments="region,level\nA,3\n")),
    Bites("co_leads", (
        Bite(
            "beside the lead another could lead", READY, "0", "6",
            (plan("D1", "ACB"),), (plan("D1", "CB"),), "D1",
            "partners committed at level 3 or more: 0 is below 1", f"club: {CITE}",
            "at least 1 members that are committed enough to lead",
        ),
        Bite(
            "where leads need no level every partner counts",
            scene(READY, books={"club": club(min_co_leads=cited(2))}), "0", "6", FULL,
            (plan("D1", "CB"),), "D1",
            "partners committed at level 0 or more: 1 is below 2", f"club: {CITE}",
            "at least 2 members",
        ),
        Bite(
            "the level is that of the phase",
            scene(READY, cases={"D1": {"phase": "demonstrate"}}, books={"club": club(
                commitment=[{"role": "lead", "level": cited(1)},
                            {"role": "lead", "phase": "demonstrate", "level": cited(2)}
                            ], min_co_leads=cited(1))}),
            "0", "6", (plan("D1", "CA"),), (plan("D1", "CB"),), "D1",
            "partners committed at level 2 or more: 0 is below 1", f"club: {CITE}",
            "at least 1 members",
        ),
    ), scene(READY, commitments=None)),
    Bites("lead_users", (
        Bite(
            "levels in capabilities of the class add up", USERS, "0", "6",
            (plan("D1", "AC"),), (plan("D1", "BC"),), "D1",
            "levels of lead users: 3 is below 4", f"club: {CITE}", "at least 4 [",
        ),
        Bite(
            "one region adds no more than the cap",
            scene(USERS, books={"club": club(lead_users=[
                {"min": cited(3), "cap_per_region": cited(1)}])}),
            "0", "6", FULL, (plan("D1", "BC"),), "D1",
            "levels of lead users: 2 is below 3", f"club: {CITE}",
            "at least 3, at most 1 of a region [",
        ),
        Bite(
            "of nested regions only the outer one adds its levels",
            scene(NESTED, capabilities="capability,class\nK,lead_user\n",
                  assets="region,capability,level\nA,K,2\nB,K,3\nC,K,1\n",
                  books={"club": club(lead_users=[{"min": cited(4)}])}),
            "6", "7", (plan("D1", "BC"),), FULL, "D1",
            "levels of lead users: 3 is below 4", f"club: {CITE}", "at least 4 [",
        ),
        Bite(
            "an entry for the phase goes before the general one",
            scene(USERS, books={"club": club(lead_users=by_phase(9, 4))}), "0", "6",
            (plan("D1", "AB"),), (plan("D1", "BC"),), "D1",
            "levels of lead users: 3 is below 4", f"club: {CITE}",
            "at least 4 (demonstrate) [",
        ),
    ), scene(USERS, capabilities="capability\nK\nL\nM\n")),
    Bites("skill_effort", (
        Bite(
            "people of a skill are finite, and leading takes more of them", SKILLED,
            "6", "7", (plan("D1", "BC"),), (plan("D1", "BAC"),), "A legal",
            "FTE: 0.5 is above 0.4", "staff.csv:2", "than it has: legal.",
        ),
        Bite(
            "all cases of a region share its people of a skill",
            scene(PLAIN, staff="region,skill,capacity\nA,legal,1\nB,legal,2\n"
                  "C,legal,unlimited\n",
                  skill_effort="case,skill,per_partner\nD1,legal,1\nD2,legal,1\n"),
            "13", "14", (plan("D1", "ABC"), plan("D2", "BC")), BOTH, "A legal",
            "FTE: 2 is above 1", "staff.csv:2", "than it has: legal.",
        ),
    ), scene(SKILLED, staff=None)),
)  # fmt: skip

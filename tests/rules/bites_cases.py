"""Bites of the rules on which cases are launched, and who may take part in what."""

from __future__ import annotations

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, ONE, PLAIN, cited, club, plan, scene

FULL = plan("D1", "ABC")
BOTH = (plan("D1", "ABC"), plan("D2", "ABC"))
COSTLY = {
    "weights": {"coordination_cost": 1},
    "parameters": {"coordination_cost": {"per_case": 1, "per_member": 2}},
}
COMMITTED = scene(
    ONE,
    commitments="""
        region,level,expires
        A,3,
        B,1,
        C,5,2025-05-31
    """,
    books={"club": club(commitment=[
        {"role": "lead", "level": cited(3)}, {"role": "partner", "level": cited(1)},
        {"role": "observer", "level": cited(2)},
    ])},
)  # fmt: skip
BY_PHASE = scene(
    COMMITTED, cases={"D1": {"phase": "demonstrate"}},
    books={"club": club(commitment=[
        {"role": "lead", "level": cited(1)},
        {"role": "lead", "phase": "demonstrate", "level": cited(4)},
    ])},
)  # fmt: skip
WATCHING = scene(
    ONE, priorities="region,topic\nA,t\n", case_topics="case,topic\nD1,t\n",
    objective={"weights": {"strategic_fit": 2},
               "parameters": {"strategic_fit": {"observer_share": 0.5}}},
)  # fmt: skip

CASES = (
    Bites("case_count", (
        Bite(
            "at most so many as the scenario allows",
            scene(PLAIN, settings={"limits": {"max_cases": 1}}), "7", "14",
            (FULL,), BOTH, "most", "cases: 2 is above 1", "scenario.yaml:",
            "At most 1 cases",
        ),
        Bite(
            "at least so many as the scenario asks for",
            scene(PLAIN, settings={"limits": {"min_cases": 1}}, objective=COSTLY),
            "-3", "0", (FULL,), (), "fewest", "cases: 0 is below 1", "scenario.yaml:",
            "At least 1 cases",
        ),
        Bite(
            "at most so many as the partnership allows",
            scene(PLAIN, books={"club": club(max_cases=cited(1))}), "7", "14",
            (FULL,), BOTH, "most", "cases: 2 is above 1", f"club: {CITE}",
            "At most 1 cases",
        ),
    ), PLAIN),
    Bites("case_state", (
        Bite(
            "a stopped case stays closed",
            scene(PLAIN, cases={"D1": {"state": "stopped"}, "D2": {"state": "idea"}}),
            "7", "14", (plan("D2", "ABC"),), BOTH, "D1", "the case is stopped",
            "cases.csv:2", "not launched: D1.",
        ),
        Bite(
            "a case that is done stays closed",
            scene(PLAIN, cases={"D2": {"state": "done"}}), "7", "14", (FULL,), BOTH,
            "D2", "the case is done", "cases.csv:3", "not launched: D2.",
        ),
    ), PLAIN),
    Bites("exclusive_group", (
        Bite(
            "one case of a group",
            scene(PLAIN, cases={c: {"exclusive_group": "twins"} for c in ("D1", "D2")}),
            "7", "14", (FULL,), BOTH, "twins", "cases of the group: 2 is above 1", "",
            "each group is launched: twins.",
        ),
    ), PLAIN),
    Bites("commitment", (
        Bite(
            "an expired commitment is none, and a partner needs one", COMMITTED,
            "3", "7", (plan("D1", "AB"),), (plan("D1", "ABC"),), "C partner D1",
            "commitment level: 0 is below 1",
            f"club: {CITE}; no valid row in commitments", "lead 3, partner 1",
        ),
        Bite(
            "a lead needs more than a partner",
            scene(COMMITTED, settings={"pins": [
                {"case": "D1", "region": "A", "role": "member", "forbid": True},
            ]}),
            "0", "6", (plan("D1", "AB"),), (plan("D1", "BA"),), "B lead D1",
            "commitment level: 1 is below 3", f"club: {CITE}; commitments.csv:3",
            "lead 3, partner 1",
        ),
        Bite(
            "a watcher needs a commitment, too",
            scene(COMMITTED, **{k: WATCHING[k] for k in ("case_topics", "objective")},
                  priorities="region,topic\nB,t\n", settings={"pins": [
                {"case": "D1", "region": "B", "role": "member", "forbid": True},
            ]}),
            "0", "1", (plan("D1", "AB"),), (plan("D1", "A", observers="B"),),
            "B observer D1", "commitment level: 1 is below 2",
            f"club: {CITE}; commitments.csv:3", "observer 2",
        ),
        Bite(
            "an entry for the phase goes before the general one", BY_PHASE, "0", "7",
            (), (plan("D1", "AB"),), "A lead D1", "commitment level: 3 is below 4",
            f"club: {CITE}; commitments.csv:2", "lead (demonstrate) 4",
        ),
        Bite(
            "a row for the case goes before the general one",
            scene(COMMITTED, commitments="""
                region,case,level
                A,,3
                B,,5
                B,D1,0
            """),
            "1", "7", (plan("D1", "A"),), (plan("D1", "AB"),), "B partner D1",
            "commitment level: 0 is below 1", f"club: {CITE}; commitments.csv:4",
            "partner 1",
        ),
    ), scene(COMMITTED, commitments=None)),
    Bites("named_lead", (
        Bite(
            "only a region the case names leads it",
            scene(ONE, cases={"D1": {"leads": "A|B"}}, settings={"pins": [
                {"case": "D1", "region": r, "role": "member", "forbid": True}
                for r in "AB"]}),
            "0", "4", (plan("D1", "BAC"),), (plan("D1", "CAB"),), "D1",
            "C leads, but may not", "cases.csv:2", "D1 by A or B.",
        ),
    ), ONE),
    Bites("one_lead", (
        Bite(
            "without anybody to lead there is no case",
            scene(ONE, regions={r: {"max_leads": 0} for r in "ABC"}), "0", "7",
            (FULL,), (plan("D1", ""),), "D1", "nobody leads", "", "exactly one lead",
        ),
    ), None),
    Bites("observer", (
        Bite(
            "nobody watches a case it takes part in", WATCHING, "2", "3",
            (plan("D1", "A", observers="B"),), (plan("D1", "A", observers="A"),), "D1",
            "A in two roles", "", "get no money",
        ),
    ), None),
    Bites("priority_gate", (
        Bite(
            "members share a priority with the case, as far as it is asked",
            scene(
                ONE, priorities="region,topic,weight,valid_until\n"
                "A,t,0.5,2025-06-01\nB,t,0.4,\nC,t,1,2025-05-31\n",
                case_topics="case,topic\nD1,t\n",
                books={"club": club(priority_min_fit=cited(0.5))},
            ),
            "1", "7", (plan("D1", "A"),), (plan("D1", "AB"),), "B D1",
            "overlap of priorities: 0.4 is below 0.5", f"club: {CITE}",
            "to at least 0.5",
        ),
    ), ONE),
    Bites("workload", (
        Bite(
            "a region joins no more cases than it states",
            scene(PLAIN, regions={"A": {"max_cases": 1}}), "13", "14",
            (plan("D1", "BAC"), plan("D2", "BC")), BOTH, "A cases",
            "cases: 2 is above 1", "regions.csv:2", "no more cases than it states",
        ),
        Bite(
            "a region leads no more cases than it states",
            scene(PLAIN, regions={"A": {"max_leads": 1}, "B": {"max_leads": 0},
                                  "C": {"max_leads": 0}}),
            "7", "14", (FULL,), BOTH, "A leads", "leads: 2 is above 1",
            "regions.csv:2", "and leads, no more",
        ),
    ), PLAIN),
    Bites("effort", (
        Bite(
            "people are finite, and leading takes more of them",
            scene(
                ONE, cases={"D1": {"effort_base": 1, "effort_per_partner": 0.5}},
                regions={"A": {"effort_capacity": 0.4}, "B": {"effort_capacity": 1.5},
                         "C": {"effort_capacity": "0.5"}},
            ),
            "6", "7", (plan("D1", "BC"),), (plan("D1", "BAC"),), "A",
            "FTE: 0.5 is above 0.4", "regions.csv:2", "no more people than it has",
        ),
    ), ONE),
    Bites("pins", (
        Bite(
            "who is pinned as observer is no member",
            scene(ONE, settings={"pins": [
                {"case": "D1", "region": "C", "role": "observer"}]}),
            "3", "7", (plan("D1", "AB", observers="C"),), (FULL,), "C observer of D1",
            "asked for", "scenario.yaml:", "beforehand: C observer of D1.",
        ),
        Bite(
            "a vetoed case stays closed",
            scene(PLAIN, settings={"pins": [{"case": "D2", "forbid": True}]}),
            "7", "14", (FULL,), BOTH, "not D2", "vetoed", "scenario.yaml:",
            "beforehand: not D2.",
        ),
        Bite(
            "a pinned case is launched although it costs points",
            scene(PLAIN, objective=COSTLY, settings={"pins": [{"case": "D2"}]}),
            "-3", "0", (plan("D2", "A"),), (), "D2", "asked for", "scenario.yaml:",
            "beforehand: D2.",
        ),
        Bite(
            "a pinned partner does not lead",
            scene(ONE, regions={"B": {"max_leads": 0}, "C": {"max_leads": 0}},
                  settings={"pins": [
                {"case": "D1", "region": "A", "role": "partner"}]}),
            None, "7", (plan("D1", "BA"),), (FULL,), "A partner of D1", "asked for",
            "scenario.yaml:", "beforehand: A partner of D1.",
        ),
        Bite(
            "a vetoed lead may still be partner",
            scene(ONE, regions={"B": {"max_leads": 0}, "C": {"max_leads": 0}},
                  settings={"pins": [
                {"case": "D1", "region": "A", "role": "lead", "forbid": True}]}),
            "0", "7", (plan("D1", "BA"),), (FULL,), "not A lead of D1", "vetoed",
            "scenario.yaml:", "beforehand: not A lead of D1.",
        ),
    ), ONE),
)  # fmt: skip

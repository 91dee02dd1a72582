"""For each term a tiny scenario and plans by hand, with the value worked out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.tiny import NESTED, PLAIN, TRADE, plan, scene, serve

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene


@dataclass(frozen=True)
class Valued:
    """A scenario and its plans, each with its value and the sum behind it."""

    term: str
    scene: Scene
    plans: tuple[tuple[str, str, tuple[CasePlan, ...]], ...]
    """What the sum is, the value, the plan."""


def only(base: Scene, term: str, weight: float, **parameters: Any) -> Scene:
    """A scene whose objective is one term, so that bounds and ties are its own."""
    objective: dict[str, Any] = {"weights": {term: weight}}
    if parameters:
        objective["parameters"] = {term: parameters}
    return scene(base, objective=objective)


SKILLED = scene(
    PLAIN, capabilities="capability\nK\nL\n",
    assets="region,capability,level\nA,K,3\nB,K,2\nC,K,1\nB,L,0\nC,L,3\n",
)  # fmt: skip
TOPICS = scene(
    PLAIN,
    priorities="region,topic,weight,valid_until\nA,t,1,\nA,u,0.5,\nB,t,0.4,2025-06-01\n"
    "C,t,1,2025-05-31\n",
    case_topics="case,topic,weight\nD1,t,0.8\nD1,u,0.6\nD2,u,0.25\n",
)  # fmt: skip
DOUBLE = scene(
    TRADE, cases=PLAIN["cases"],
    assets="region,capability,level,capacity\nA,K,3,unlimited\n",
    needs="region,capability,amount,min_level,value\nB,K,5,1,2\nB,K,2.5,2,0.5\nC,K,1,1,\n",
    roles="case,capability,kind,min_amount\nD1,K,exchange,0\nD2,K,exchange,0\n",
)  # fmt: skip
D1, D2 = plan("D1", "ABC"), plan("D2", "AB")
BEST = scene(
    SKILLED, roles="case,capability,kind,min_level,min_providers,weight\n"
    "D1,K,best,1,2,2\nD1,L,best,0,1,0.5\nD2,K,best,2,1,\nD1,K,total,,,9\n",
)  # fmt: skip
SUMMED = scene(
    SKILLED, regions={r["region"]: {"nuts": r["nuts"]} for r in NESTED["regions"]},
    roles="case,capability,kind,min_total,weight\nD1,K,total,0,2\nD2,K,total,0,\n"
    "D1,L,exchange,,5\n",
)  # fmt: skip
STEPS = [{"levels": 2, "points": 1}, {"levels": 1, "points": 0.5},
         {"levels": 4, "points": 0.25}]  # fmt: skip
TESTED = scene(
    SKILLED, regions={"C": {"state": "S1"}},
    capabilities="capability,class\nK,regulatory\nL,regulatory\nM,lead_user\n",
    roles="case,capability,kind,min_level\nD1,K,best,2\nD1,L,best,0\nD2,K,total,\n"
    "D2,M,total,\n",
)  # fmt: skip
RELIABLE = scene(
    PLAIN, cases="case,name,partnership\nD1,Repair,p\nD2,Powder,\n",
    commitments="region,case,partnership,level,expires,reliability\nA,,,3,,0.9\n"
    "A,D1,,3,,0.5\nB,,,3,,0.2\nB,,p,3,2025-06-01,1\nC,,,3,2025-05-31,0.75\n"
    "C,D2,,3,,\n",
)  # fmt: skip
MASS = scene(
    SUMMED, roles="case,capability,kind,min_total\nD1,K,total,2\nD2,K,total,3\n"
    "D1,L,total,\nD2,L,total,0\n",
)  # fmt: skip
KNOWN = scene(
    PLAIN, cases="case,name,partnership\nD1,Repair,p\nD2,Powder,\n",
    memberships="partnership,case,region\np,,A\n,D1,C\n,D2,B\n",
)  # fmt: skip
FOUND = scene(
    SKILLED,
    assets="region,capability,level\nA,K,3\nB,K,3\nC,K,1\nB,L,0\nC,L,3\n",
    roles="case,capability,kind,min_level,min_providers\nD1,K,best,1,2\n"
    "D1,L,best,0,1\nD2,K,best,3,1\n",
)  # fmt: skip
BUILT = scene(
    DOUBLE, capabilities="capability,class\nK,facility\nL,\nM,skill\n",
    assets="region,capability,level,capacity\nA,K,3,unlimited\nA,L,2,5\n",
    needs="region,capability,amount\nB,K,5\nC,K,1\nB,L,2\n",
    roles="case,capability,kind,min_amount\nD1,K,exchange,0\nD1,L,exchange,0\n"
    "D2,K,exchange,0\n",
)  # fmt: skip
BONUS = {"scheme": "worth", "categories": ["two", "four"], "best": 1, "only": 2.5}
MARKS = [{"at_least": 1, "points": 1}, {"at_least": 1.5, "points": 0.5},
         {"at_least": 2, "points": 0.25}]  # fmt: skip
BY_A, BY_B = {"K": "A", "L": "C"}, {"K": "B", "L": "C"}
USED = plan("D1", "ABC", exchanges=(
    serve("AB", 3), serve("AC", 1), serve("AB", 2, "L")))  # fmt: skip

TERMS = (
    Valued("certification", only(TESTED, "certification", 3, states=2), (
        ("K by A and B; C's is too low; L by C only, B's 0 is none", "1", (
            plan("D1", "ABC", roles=BY_A),)),
        ("K by A and B in both, M is of another class", "2", (
            plan("D1", "ABC", roles=BY_B), D2)),
        ("A and C are of one state", "0", (plan("D1", "AC", roles=BY_A),)),
    )),
    Valued("cohesion", only(
        PLAIN, "cohesion", 0.5, scheme="worth", points={"one": 1, "four": 0.25},
    ), (
        ("nothing is launched", "0", ()),
        ("1 + 0.25, B's category is not named", "1.25", (D1,)),
        ("1 + 0.25 and 1", "2.25", (D1, D2)),
    )),
    Valued("commitment_risk", only(RELIABLE, "commitment_risk", 2, unknown=0.4), (
        ("nothing is launched", "0", ()),
        ("A 0.5 for the case, B 0 for its partnership, C 0.6 expired", "-1.1", (D1,)),
        ("A 0.1 and B 0.8 in general", "-0.9", (D2,)),
        ("B 0.8, C 0.6 not said", "-1.4", (plan("D2", "BC"),)),
    )),
    Valued("coordination_cost", only(
        scene(PLAIN, regions={"C": {"state": "S1"}}), "coordination_cost", 2,
        per_case=1, per_member=0.5, per_state=0.1, per_observer=0.03,
    ), (
        ("nothing is launched", "0", ()),
        ("1 + 3 x 0.5 + 2 x 0.1", "-2.7", (D1,)),
        ("1 + 2 x 0.5 + 0.1 + 0.03", "-2.13", (plan("D1", "AC", observers="B"),)),
        ("1 + 3 x 0.5 + 2 x 0.1 and 1 + 2 x 0.5 + 2 x 0.1", "-4.9", (D1, D2)),
    )),
    Valued("critical_mass", only(MASS, "critical_mass", 0.5, steps=MARKS), (
        ("levels 3 + 1 of 2, B lies inside A: 1 + 0.5 + 0.25", "1.75", (D1,)),
        ("levels 2 + 1 of 2: 1 + 0.5", "1.5", (plan("D1", "BC"),)),
        ("levels 2 of 2: 1, and 3 of 3: 1", "2", (plan("D1", "B"), D2)),
        ("levels 3 + 1 of 3, under 4.5", "1", (plan("D2", "AC"),)),
    )),
    Valued("launched_cases", only(PLAIN, "launched_cases", 0.5), (
        ("nothing is launched", "0", ()),
        ("one, however many join", "1", (D1,)),
        ("two", "2", (D1, D2)),
    )),
    Valued("need_coverage", only(DOUBLE, "need_coverage", 0.25), (
        ("nothing is served", "0", (D1,)),
        ("3 x 2 + 2 x 0.5 + 1, in two cases", "8", (
            plan("D1", "ABC", exchanges=(serve("AB", 3), serve("AC", 1))),
            plan("D2", "AB", exchanges=(serve("AB", 2, min_level=2),)),
        )),
    )),
    Valued("onboarding", only(KNOWN, "onboarding", 2, per_newcomer=1.5), (
        ("A knows the partnership, C the case, B is new", "-1.5", (D1,)),
        ("A and C are new, B knows the case", "-3", (plan("D2", "ABC"),)),
        ("B is new, and A", "-3", (D1, D2)),
        ("nobody is new, whoever watches", "0", (plan("D2", "B", observers="A"),)),
    )),
    Valued("option_value", only(TOPICS, "option_value", 2, most_per_case=1), (
        ("A 1 counts, B 0.32 is one too many", "1", (plan("D1", "C", observers="AB"),)),
        ("B 0.4 x 0.8; members are no option", "0.32", (
            plan("D1", "A", observers="BC"),)),
        ("A 1 and, in D2, 0.5 x 0.25", "1.125", (
            plan("D1", "C", observers="A"), plan("D2", "C", observers="AB"))),
    )),
    Valued("pockets", only(FOUND, "pockets", 0.5, **BONUS), (
        ("B as good as A: 1, C the only one: 2.5, A of no such category", "3.5", (
            plan("D1", "ABC", roles={"K": "AB", "L": "C"}),)),
        ("B: 1, C behind in K, B's 0 in L is none", "1", (
            plan("D1", "ABC", roles={"K": "BC", "L": "B"}),)),
        ("B: 1, A reaches the level, too", "1", (plan("D2", "AB", roles={"K": "B"}),)),
    )),
    Valued("role_quality", only(BEST, "role_quality", 1.5), (
        ("2 x (3 + 2) + 0.5 x 3", "11.5", (
            plan("D1", "ABC", roles={"K": "AB", "L": "C"}),)),
        ("2 x (3 + 1) + 0 and 2", "10", (
            plan("D1", "ABC", roles={"K": "AC", "L": "B"}),
            plan("D2", "BC", roles={"K": "B"}))),
    )),
    Valued("scale", only(SUMMED, "scale", 0.5, steps=STEPS), (
        ("levels 3 + 1, B lies inside A: 2 x (2 x 1 + 0.5 + 0.25)", "5.5", (D1,)),
        ("levels 2 + 1: 2 x (2 x 1 + 0.5)", "5", (plan("D1", "BC"),)),
        ("levels 1: 2 x 1, and levels 3: 2 + 0.5", "4.5", (plan("D1", "C"), D2)),
    )),
    Valued("scope", only(DOUBLE, "scope", 3, share=0.75), (
        ("2 of 2.5 are 0.8, 1 of 1 is all, 3 of 5 too few", "2", (
            plan("D1", "ABC", exchanges=(
                serve("AB", 3), serve("AC", 1), serve("AB", 2, min_level=2))),
        )),
        ("3 and 1 of 5, in two cases, are enough together", "1", (
            plan("D1", "ABC", exchanges=(serve("AB", 3),)),
            plan("D2", "AB", exchanges=(serve("AB", 1),)),
        )),
    )),
    Valued("shared_facilities", only(
        BUILT, "shared_facilities", 0.5, per_unit=0.4,
    ), (
        ("4 x 0.4, L is not said to be a facility", "1.6", (USED,)),
        ("nothing is exchanged", "0", (D1, D2)),
    )),
    Valued("strategic_fit", only(TOPICS, "strategic_fit", 2, observer_share=0.25), (
        ("A 0.8 + 0.3, at most 1; B 0.4 x 0.8; C's has expired", "1.32", (D1,)),
        ("A 0.5 x 0.25", "0.125", (D2,)),
        ("B 0.32 and A watches: 1 x 0.25", "0.57", (plan("D1", "B", observers="A"),)),
    )),
)  # fmt: skip

VARIANTS = (
    Valued("certification", only(
        TESTED, "certification", 3, states=1, capabilities=["L", "M"],
    ), (
        ("L by C, K is not listed, nobody has M", "1", (
            plan("D1", "ABC", roles=BY_A), D2)),
    )),
    Valued("certification", only(SKILLED, "certification", 3, states=2), (
        ("no capability is of the class", "0", (D1,)),
    )),
    Valued("onboarding", only(PLAIN, "onboarding", 2, per_newcomer=1), (
        ("nobody is known to be new", "0", (D1, D2)),
    )),
    Valued("option_value", only(TOPICS, "option_value", 2, most_per_case=2), (
        ("A 1 and B 0.32", "1.32", (plan("D1", "C", observers="AB"),)),
    )),
    Valued("shared_facilities", only(
        BUILT, "shared_facilities", 0.5, per_unit=0.4, capabilities={"L": 3},
    ), (
        ("4 x 0.4 + 2 x 3", "7.6", (USED,)),
    )),
    Valued("shared_facilities", only(
        PLAIN, "shared_facilities", 0.5, per_unit=0.4,
    ), (
        ("there is nothing to exchange", "0", (D1,)),
    )),
)  # fmt: skip
"""The same with other parameters, or without what a term reads."""


def value(text: str) -> Fraction:
    """A value as written above."""
    return Fraction(text)

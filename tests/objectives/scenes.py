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

TERMS = (
    Valued("cohesion", only(
        PLAIN, "cohesion", 0.5, scheme="worth", points={"one": 1, "four": 0.25},
    ), (
        ("nothing is launched", "0", ()),
        ("1 + 0.25, B's category is not named", "1.25", (D1,)),
        ("1 + 0.25 and 1", "2.25", (D1, D2)),
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
    Valued("need_coverage", only(DOUBLE, "need_coverage", 0.25), (
        ("nothing is served", "0", (D1,)),
        ("3 x 2 + 2 x 0.5 + 1, in two cases", "8", (
            plan("D1", "ABC", exchanges=(serve("AB", 3), serve("AC", 1))),
            plan("D2", "AB", exchanges=(serve("AB", 2, min_level=2),)),
        )),
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
    Valued("strategic_fit", only(TOPICS, "strategic_fit", 2, observer_share=0.25), (
        ("A 0.8 + 0.3, at most 1; B 0.4 x 0.8; C's has expired", "1.32", (D1,)),
        ("A 0.5 x 0.25", "0.125", (D2,)),
        ("B 0.32 and A watches: 1 x 0.25", "0.57", (plan("D1", "B", observers="A"),)),
    )),
)  # fmt: skip


def value(text: str) -> Fraction:
    """A value as written above."""
    return Fraction(text)

"""Bites of the rules on the members of a case, and on the roles they fill."""

from __future__ import annotations

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, NESTED, ONE, cited, club, plan, scene

FULL = (plan("D1", "ABC"),)
NO_C = {"pins": [{"case": "D1", "region": "C", "role": "member", "forbid": True}]}
NO_A = {"pins": [{"case": "D1", "region": "A", "role": "member", "forbid": True}]}
SKILLED = scene(
    ONE,
    capabilities="capability\nK\n",
    assets="region,capability,level\nA,K,3\nB,K,2\nC,K,1\n",
    settings=NO_A,
)
ONES = [{"scheme": "worth", "categories": ["one"], "min_regions": cited(1)}]

CONSORTIUM = (
    Bites("consortium_size", (
        Bite(
            "as many members as the partnership asks for",
            scene(ONE, books={"club": club(consortium={"min_regions": cited(3)})},
                  settings=NO_C),
            "0", "3", FULL, (plan("D1", "AB"),), "D1", "members: 2 is below 3",
            f"club: {CITE}", "at least 3 member",
        ),
        Bite(
            "as many members as the case asks for",
            scene(ONE, cases={"D1": {"min_partners": 3}}, settings=NO_C), "0", "3",
            FULL, (plan("D1", "AB"),), "D1", "members: 2 is below 3", "cases.csv:2",
            "row in the cases table",
        ),
        Bite(
            "no more members than the case allows",
            scene(ONE, cases={"D1": {"max_partners": 2}}), "6", "7",
            (plan("D1", "BC"),), FULL, "D1", "members: 3 is above 2", "cases.csv:2",
            "row in the cases table",
        ),
        Bite(
            "no more members than the partnership allows",
            scene(ONE, books={"club": club(consortium={"max_partners": cited(2)})}),
            "6", "7", (plan("D1", "BC"),), FULL, "D1", "members: 3 is above 2",
            f"club: {CITE}", "at most 2 member",
        ),
        Bite(
            "nested regions count once",
            scene(NESTED, books={"club": club(consortium={"min_regions": cited(3)})}),
            "0", "7", (), FULL, "D1", "members: 2 is below 3", f"club: {CITE}",
            "at least 3 member",
        ),
    ), ONE),
    Bites("distinct_states", (
        Bite(
            "as many states as the partnership asks for",
            scene(ONE, books={"club": club(consortium={"min_states": cited(3)})},
                  settings=NO_C),
            "0", "3", FULL, (plan("D1", "AB", observers="C"),), "D1",
            "states: 2 is below 3", f"club: {CITE}", "at least 3 states",
        ),
        Bite(
            "as many states as the case asks for; two regions of one state are one",
            scene(ONE, cases={"D1": {"min_states": 3}}, regions={"C": {"state": "S1"}}),
            "0", "7", (), FULL, "D1", "states: 2 is below 3", "cases.csv:2",
            "as many states as its row",
        ),
    ), ONE),
    Bites("category_mix", (
        Bite(
            "a region of the category asked for",
            scene(ONE, books={"club": club(consortium={"required": ONES})},
                  settings=NO_A),
            "0", "6", FULL, (plan("D1", "BC"),), "D1",
            "regions that are one: 0 is below 1", f"club: {CITE}", "1 one.",
        ),
    ), ONE),
    Bites("role_best", (
        Bite(
            "somebody reaches the level",
            scene(SKILLED, roles="case,capability,kind,min_level\nD1,K,best,3\n"),
            "0", "6", (plan("D1", "ABC", roles={"K": "A"}),), (plan("D1", "BC"),),
            "D1 K", "members at level 3: 0 is below 1", "roles.csv:2", "kind best",
        ),
        Bite(
            "as many reach it as asked",
            scene(SKILLED, roles="case,capability,kind,min_level,min_providers\n"
                  "D1,K,best,2,2\n"),
            "0", "6", (plan("D1", "ABC", roles={"K": "AB"}),),
            (plan("D1", "BC", roles={"K": "B"}),), "D1 K",
            "members at level 2: 1 is below 2", "roles.csv:2", "kind best",
        ),
        Bite(
            "whoever is named is able and a member",
            scene(SKILLED, roles="case,capability,kind,min_level\nD1,K,best,2\n",
                  objective={"weights": {"role_quality": 1}},
                  settings={"pins": [*NO_A["pins"], {"case": "D1"}]}),
            "2", "5", (plan("D1", "BC", roles={"K": "B"}),),
            (plan("D1", "BC", roles={"K": "C"}),), "D1 K", "named for it: C",
            "roles.csv:2", "kind best",
        ),
    ), ONE),
    Bites("role_total", (
        Bite(
            "the levels add up",
            scene(SKILLED, roles="case,capability,kind,min_total\nD1,K,total,4\n"),
            "0", "6", FULL, (plan("D1", "BC"),), "D1 K",
            "sum of levels: 3 is below 4", "roles.csv:2", "kind total",
        ),
        Bite(
            "of nested regions only the outer one adds its level",
            scene(NESTED, capabilities="capability\nK\n",
                  assets="region,capability,level\nA,K,2\nB,K,3\nC,K,1\n",
                  roles="case,capability,kind,min_total\nD1,K,total,4\n"),
            "6", "7", (plan("D1", "BC"),), FULL, "D1 K", "sum of levels: 3 is below 4",
            "roles.csv:2", "kind total",
        ),
    ), ONE),
)  # fmt: skip

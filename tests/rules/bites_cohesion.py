"""Bites of the rules on cohesion and breadth: substance, newcomers, balance."""

from __future__ import annotations

from typing import Any

from tests.rules.bites import Bite, Bites
from tests.rules.bites_money import CHARGED, OWN, paid
from tests.tiny import CITE, NESTED, ONE, cited, club, pay, plan, scene, serve

FULL = (plan("D1", "ABC"),)


def group(
    *categories: str, scheme: str = "worth", **substantive: Any
) -> dict[str, Any]:
    """One region of some categories in a substantive role."""
    return {
        "scheme": scheme, "categories": list(categories), "min_regions": cited(1),
        "substantive": substantive,
    }  # fmt: skip


def asking(*groups: dict[str, Any]) -> dict[str, Any]:
    """Rulebooks with these groups."""
    return {"club": club(consortium={"required": list(groups)})}


def vetoed(region: str) -> dict[str, Any]:
    """Settings that keep a region out of D1."""
    return {"pins": [
        {"case": "D1", "region": region, "role": "member", "forbid": True},
    ]}  # fmt: skip


NAMED = scene(
    ONE, capabilities="capability,class\nK,skill\nU,lead_user\nV,lead_user\n",
    assets="region,capability,level\nA,K,3\nB,K,1\nC,K,2\nA,U,3\nC,U,1\nC,V,1\n",
    roles="case,capability,kind,min_level\nD1,K,best,1\n",
    objective={"weights": {"cohesion": 1, "role_quality": 1}},
    books=asking(group("four")),
)  # fmt: skip
UNABLE = scene(
    CHARGED, roles="case,capability,kind\nD1,K,exchange\n",
    regions={"A": {"category.worth": "one"}, "B": {"category.worth": "two"},
             "C": {"category.worth": "four"}},
    objective={"weights": {"cohesion": 1}}, books=asking(group("one")),
)  # fmt: skip
"""A's units cost more than A has, so it gives none."""
USERS = {"objective": {"weights": {"cohesion": 1}}, "roles": None}
BOTH = scene(
    NAMED, regions="region,name,state,category.worth,category.size\n"
    "A,Alder,S1,one,large\nB,Birch,S2,two,large\nC,Cedar,S3,four,small\n",
    books=asking(
        group("two"), group("small", scheme="size", lead_user_floor=cited(2))),
)  # fmt: skip
BEARING = scene(
    OWN, capabilities="capability,class\nU,lead_user\n",
    assets="region,capability,level\nC,U,1\n",
    regions={"A": {"own_budget": 500}, "B": {"own_budget": 500}},
    books=asking(group("four", lead_user_floor=cited(1), min_share=cited(0.4))),
)  # fmt: skip
KNOWN = scene(
    ONE, cases={"D1": {"partnership": "steel"}},
    memberships="partnership,case,region\n,D1,A\nsteel,,C\nwind,,B\n",
    books={"club": club(min_newcomers=cited(1))},
)  # fmt: skip
BALANCED = {"club": club(max_state_share=cited(0.5))}

COHESION = (
    Bites("substantive_mix", (
        Bite(
            "a region counts by being named, though another would be better", NAMED,
            "9", "10", (plan("D1", "ABC", roles={"K": "C"}),),
            (plan("D1", "ABC", roles={"K": "A"}),), "D1",
            "regions in a substantive role that are four: 0 is below 1",
            f"club: {CITE}", "1 four (named for a role, providing a unit).",
        ),
        Bite(
            "a region counts by a unit that it provides",
            UNABLE, "0", "7", (plan("D1", "ABC", exchanges=(serve("AC", 1),)),), FULL,
            "D1", "that are one: 0 is below 1", f"club: {CITE}", "1 one (named",
        ),
        Bite(
            "a region counts as lead user when its levels add up to the floor",
            scene(NAMED, **USERS, settings=vetoed("A"),
                  books=asking(group("one", "four", lead_user_floor=cited(3)))),
            "0", "6", FULL, (plan("D1", "BC"),), "D1",
            "that are one or four: 0 is below 1", f"club: {CITE}",
            "lead users of level 3 in sum",
        ),
        Bite(
            "each group of each scheme has its own", BOTH, "8", "10",
            (plan("D1", "ABC", roles={"K": "B"}),),
            (plan("D1", "AB", roles={"K": "B"}),), "D1",
            "that are small: 0 is below 1", f"club: {CITE}",
            "1 two (named for a role, providing a unit); 1 small (",
        ),
    ), scene(ONE, books={"club": club(consortium={"required": [
        {"scheme": "worth", "categories": ["one"], "min_regions": cited(1)}]})})),
    Bites("substantive_share", (
        Bite(
            "who counts bears its share of the cost", BEARING, "0", "7",
            paid(pay("A", 300), pay("B", 300), pay("C", 400)),
            paid(pay("A", 350), pay("B", 350), pay("C", 300)), "D1",
            "regions that act, bear their share and are four: 0 is below 1",
            f"club: {CITE}", "at least 40% for those that are four.",
        ),
        Bite(
            "one and the same region acts and bears its share",
            scene(BEARING, books=asking(group(
                "two", "four", lead_user_floor=cited(1), min_share=cited(0.4)))),
            "0", "7", paid(pay("A", 300), pay("B", 300), pay("C", 400)),
            paid(pay("A", 300), pay("B", 400), pay("C", 300)), "D1",
            "are two or four: 0 is below 1", f"club: {CITE}",
            "at least 40% for those that are two or four.",
        ),
    ), scene(BEARING, books=asking(group("four", lead_user_floor=cited(1))))),
    Bites("newcomers", (
        Bite(
            "somebody is new to the case and to its partnership",
            scene(KNOWN, settings=vetoed("B")), "0", "5", FULL, (plan("D1", "AC"),),
            "D1", "newcomers: 0 is below 1", f"club: {CITE}", "at least 1 member new",
        ),
        Bite(
            "as many are new as asked; nested regions count once",
            scene(KNOWN, regions={r["region"]: {"nuts": r["nuts"]}
                                  for r in NESTED["regions"]},
                  memberships="partnership,case,region\nsteel,,C\n",
                  books={"club": club(min_newcomers=cited(2))}),
            "0", "7", (), FULL, "D1", "newcomers: 1 is below 2", f"club: {CITE}",
            "at least 2 members new",
        ),
    ), ONE),
    Bites("state_balance", (
        Bite(
            "half of the members come from one state at most",
            scene(ONE, regions={"C": {"state": "S1"}}, books=BALANCED), "6", "7",
            (plan("D1", "BC"),), FULL, "S1 D1", "members of one state: 2 is above 1.5",
            f"club: {CITE}", "more than 50% of a case's members",
        ),
        Bite(
            "a region inside one that stays out counts like any other",
            scene(ONE, regions="region,name,state,nuts,category.worth\n"
                  "A,Alder,S1,NL2,one\nB,Birch,S1,NL22,two\nC,Cedar,S3,,four\n"
                  "E,Elm,S1,,two\n", books=BALANCED, settings=vetoed("A")),
            "6", "8", (plan("D1", "BC"),), (plan("D1", "BCE"),), "S1 D1",
            "members of one state: 2 is above 1.5", f"club: {CITE}",
            "more than 50% of a case's members",
        ),
    ), ONE),
)  # fmt: skip

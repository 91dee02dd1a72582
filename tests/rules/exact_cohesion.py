"""The whole of what the checks on cohesion and breadth find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tiny import CITE, NESTED, PLAIN, cited, club, pay, plan, scene, serve

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

FULL = plan("D1", "ABC")
MIXED = {"scheme": "worth", "categories": ["one", "two"], "min_regions": cited(2)}
PARTS = scene(
    PLAIN, regions={"C": {"nuts": "NL2"}, "B": {"nuts": "BE2"}, "A": {"nuts": "BE1"}},
    capabilities="capability,class\nK,skill\nU,lead_user\nV,lead_user\n",
    assets="region,capability,level\nA,U,2\nB,U,1\nB,V,2\nB,K,3\nC,V,3\n",
)  # fmt: skip
BROAD: list[
    tuple[
        str, str, Scene, tuple[CasePlan, ...],
        list[tuple[str, int | Fraction | None, str, str]],
    ]
] = [
    ("substantive_mix", "by a name, by a unit, by levels", scene(
        PARTS, books={"club": club(consortium={"required": [
            {**MIXED, "substantive": {"lead_user_floor": cited(3)}},
            {**MIXED, "min_regions": cited(1), "substantive": {}}, MIXED]})}),
     (plan("D1", "ABC", exchanges=(serve("AB", 1), serve("BC", 0))),
      plan("D2", "BC", roles={"K": "B"})),
     [("D1", 0, "", f"club: {CITE}"), ("D1", 0, "", f"club: {CITE}"),
      ("D2", -1, "regions in a substantive role that are one or two: 1 is below 2",
       f"club: {CITE}"),
      ("D2", 0, "", f"club: {CITE}")]),
    ("substantive_share", "who acts and bears enough, to the cent", scene(
        PARTS, costs="case,layer,amount\nD1,1,100\nD2,2,100\n",
        books={"club": club(consortium={"required": [
            {**MIXED, "substantive": {
                "lead_user_floor": cited(3), "min_share": cited(0.25)}},
            {**MIXED, "substantive": {}}, MIXED]})}),
     (plan("D1", "ABC", roles={"K": "A"}, funding=(
         pay("A", 25), pay("B", 20), pay("B", 5, "g", "2"), pay("C", 50))),
      plan("D2", "AB", roles={"K": "A"}, funding=(pay("A", 24.99), pay("B", 75.01)))),
     [("D1", 0, "", f"club: {CITE}"),
      ("D2", -1, "regions that act, bear their share and are one or two: 1 is below 2",
       f"club: {CITE}")]),
    ("newcomers", "rows of the case, of its partnership, and of others", scene(
        PLAIN, cases={"D1": {"partnership": "steel"}},
        memberships="partnership,case,region\nsteel,,A\n,D2,B\nwind,,C\n",
        books={"club": club(min_newcomers=cited(2))}),
     (FULL, plan("D2", "ABC"), plan("D2", "AB", observers="C")),
     [("D1", 0, "", f"club: {CITE}"), ("D2", 0, "", f"club: {CITE}"),
      ("D2", -1, "newcomers: 1 is below 2", f"club: {CITE}")]),
    ("state_balance", "members that count, by state", scene(
        {**NESTED, "cases": PLAIN["cases"]}, regions={"A": {"state": "S3"}},
        books={"club": club(max_state_share=cited(0.5))}),
     (FULL, plan("D2", "BC")),
     [("S3 D1", -1, "members of one state: 2 is above 1", f"club: {CITE}"),
      ("S2 D2", 0, "", f"club: {CITE}"), ("S3 D2", 0, "", f"club: {CITE}")]),
]  # fmt: skip

"""The whole of what the checks on years find: grants that end, and closed windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rules.bites_years import HORIZON, LATER, YEAR, paid, planned
from tests.tiny import CITE, PAID, cited, grant, pay, scene, serve

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

COSTS = (
    "case,layer,amount,per,year\n"
    "D1,1,400,case,2025\nD1,1,300,partner,2026\nD1,1,50,case,\nD1,2,70,case,2025\n"
    "D1,2,30,case,2027\n"
)
TWO_ENDS = planned(400, COSTS, {"g": YEAR, "h": LATER, "i": grant(), "j": grant(0)})
"""Grant i has no known end, and j pays nobody."""
CHARGED = planned(
    400, "case,layer,amount,year\nD1,1,10,2025\nD1,1,10,2026\n", {"g": YEAR},
    capabilities="capability\nK\n",
    assets="region,capability,level,capacity,unit_cost\nA,K,2,3,20\n",
    needs="region,capability,amount\nB,K,2\n",
    roles="case,capability,kind,min_amount\nD1,K,exchange,1\n",
)  # fmt: skip
HELD = scene(PAID, settings={"horizon": HORIZON})

ENDING: list[
    tuple[
        str, str, Scene, tuple[CasePlan, ...],
        list[tuple[str, int | Fraction | None, str, str]],
    ]
] = [
    ("grant_years", "each end, each layer, in order", TWO_ENDS,
     paid(pay("B", 100, "h"), pay("A", 100, "g"), pay("C", 200, "g"), pay("A", 900),
          pay("B", 35, "h", layer="2"), pay("A", 1, "q"), pay("B", 40, "i")),
     [("D1 layer 1 2025", -150_00, "declared: EUR 600 is above EUR 450",
       f"g: {CITE}"),
      ("D1 layer 2 2026", 0, "", f"g: {CITE}; h: {CITE}")]),
    ("grant_years", "without a rate nothing is declared", scene(
        TWO_ENDS, books={"j": grant(0, duration={"max": cited(12)})}),
     paid(pay("B", 9, "j")), [("D1 layer 1 2025", 450_00, "", f"j: {CITE}")]),
    ("grant_years", "exchanged units cost in time", CHARGED,
     paid(pay("A", 25, "g"), exchanges=(serve("AB", 2),)),
     [("D1 layer 1 2025", 0, "", f"g: {CITE}")]),
    ("grant_years", "without a horizon no grant ends", scene(
        PAID, books={"g": YEAR}), paid(pay("A", 900, "g")), []),
]  # fmt: skip
CLOSED: list[tuple[str, str, Scene, tuple[CasePlan, ...], list[tuple[str, str]]]] = [
    ("window", "the last day of an instrument may be the first of the horizon", scene(
        HELD, books={"g": grant(valid_to="2025-01-01")}), paid(pay("A", 1, "g")), []),
    ("window", "its first day may be the last of the horizon", scene(
        HELD, books={"g": grant(valid_from="2028-12-31")}), paid(pay("A", 1, "g")), []),
    ("window", "a day before is too early", scene(
        HELD, books={"g": grant(valid_to="2024-12-31")}), paid(pay("A", 1, "g")),
     [("g D1 A layer 1", "g holds to 2024-12-31, and on no day of the horizon from "
       "2025-01-01 to 2028-12-31")]),
    ("window", "a day after is too late", scene(
        HELD, books={"g": grant(valid_from="2029-01-01", valid_to="2030-01-01")}),
     paid(pay("A", 1, "g")),
     [("g D1 A layer 1", "g holds from 2029-01-01 to 2030-01-01, and on no day of the "
       "horizon from 2025-01-01 to 2028-12-31")]),
    ("window", "without a horizon dates close nothing", scene(
        PAID, books={"g": grant(valid_to="2024-12-31")}), paid(pay("A", 1, "g")), []),
]  # fmt: skip

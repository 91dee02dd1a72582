"""The whole of what the checks find on money beside plain grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rules.bites_sources import HALF, beside, paid, programme, sources, voucher
from tests.tiny import CITE, LOAN, POOLED, book, cited, grant, pay, scene

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

CAPPED = sources(
    1000, {"v": voucher(per_firm={"cap": cited(30), "types": ["sme", "ngo"]}),
           "g": grant()},
    actors="actor,region,type\na1,A,sme\na2,A,ngo\na3,A,\nb1,B,rto\nb2,B,sme\n",
)  # fmt: skip
MIXED = sources(
    1000, {"g": grant(0.5), "h": grant(0.25, stacking=beside("open")),
           "i": grant(0.2, stacking={"groups": ["open"]}),
           LOAN: book("loan", rate=HALF), "firms": book("private")},
    budgets="instrument,region,amount\nfirms,A,300\n",
)  # fmt: skip
WIDE = scene(
    programme(900, 200, 0.25), budgets="instrument,region,amount,year\n"
    "p,A,100,2025\np,A,100,2026\np,B,200,\np,,1,\nfar,C,5,\n",
    books={"far": book("pooled", rate=HALF)},
)  # fmt: skip
OPEN_AREA = scene(WIDE, budgets="instrument,region,amount\np,A,unlimited\nfar,C,5\n")
WITHOUT = book("pooled", rate=HALF, cost_share={"min": cited(0.4)},
               associates=cited(value=False))  # fmt: skip
ROWS = "instrument,region,amount\np,A,300\np,B,300\n"

SUMS: list[
    tuple[
        str, str, Scene, tuple[CasePlan, ...],
        list[tuple[str, int | Fraction | None, str, str]],
    ]
] = [
    ("firm_cap", "each instrument with a cap, each member, over all layers", CAPPED,
     paid(pay("B", 31, "v"), pay("A", 40, "v"), pay("A", 20, "v", layer="2"),
          pay("C", 1, "v"), pay("A", 500, "g"), pay("A", 5)),
     [("v D1 A", 0, "", f"v: {CITE}"),
      ("v D1 B", -1_00, "granted: EUR 31 is above EUR 30", f"v: {CITE}"),
      ("v D1 C", -1_00, "granted: EUR 1 is above EUR 0", f"v: {CITE}")]),
    ("firm_cap", "without any actor nothing is judged", scene(CAPPED, actors=None),
     paid(pay("B", 31, "v")), []),
    ("single_funding", "the most that no two may share, then all", MIXED,
     paid(pay("A", 30, "g"), pay("A", 10, "h"), pay("A", 10, "i"), pay("A", 50, LOAN),
          pay("B", 50, "h"), pay("B", 50, "h"), pay("C", 1), pay("B", 7, layer="2"),
          pay("A", 25, "firms")),
     [("D1 A layer 1", 15_00, "", ""), ("D1 A layer 1", 0, "", ""),
      ("D1 B layer 1", -300_00, "declared: EUR 400 is above EUR 100", "")]),
    ("own_share", "loans and pledges are the member's own, aid is not", scene(
        MIXED, books={"purse": book("own", max_own_share=cited(0.5))}),
     paid(pay("A", 30, "g"), pay("A", 10, "firms"), pay("A", 15, LOAN), pay("A", 5),
          pay("B", 3, LOAN), pay("B", 2, "h"), members="AB"),
     [("D1 A", 0, "", f"purse: {CITE}"),
      ("D1 B", -50, "own money: EUR 3 is above EUR 2.50", f"purse: {CITE}")]),
    ("out_of_area", "all of the money, and the part outside", WIDE,
     paid(pay("A", 260, "p"), pay("B", 60, "p"), pay("C", 100, "p"),
          pay("C", 9, "far")),
     [("p", -20_00, "paid: EUR 420 is above EUR 400", f"p: {CITE}"),
      ("p", 0, "", f"p: {CITE}")]),
    ("out_of_area", "money without limit is not measured", OPEN_AREA,
     paid(pay("C", 100, "p")), []),
    ("instrument_share", "associates only where the fund admits them", scene(
        POOLED, budgets=ROWS, books={"p": WITHOUT}),
     paid(pay("A", 500, "p"), pay("B", 500)),
     [("p D1 A", 100_00, "", f"p: {CITE}"), ("p D1 B", 100_00, "", f"p: {CITE}"),
      ("p D1 C", -400_00, "borne: EUR 0 is below EUR 400", f"p: {CITE}")]),
]  # fmt: skip
PLACES: list[tuple[str, str, Scene, tuple[CasePlan, ...], list[tuple[str, str]]]] = [
    ("out_of_area", "in each case a member of the area", OPEN_AREA,
     (*paid(pay("C", 1, "p"), pay("B", 0, "p"), members="BC"),
      *paid(pay("B", 1, "p"), members="AB"), *paid(pay("A", 1, "p"))),
     [("p D1", "it pays outside its area, and no member is of it")]),
    ("pool_member", "outside its area a programme asks for no row", WIDE,
     paid(pay("C", 1, "p"), pay("A", 1, "far")),
     [("far D1 A layer 1", "the region put no money into the fund")]),
    ("foreign_provider", "whoever is paid, once", sources(
        1000, {"v": voucher(foreign_provider=cited(value=True)),
               "w": voucher(foreign_provider=cited(value=False))}),
     paid(pay("A", 1, "v"), pay("A", 1, "v", layer="2"), pay("A", 1, "w"),
          pay("A", 1), members="A"),
     [("v D1 A", "no member is of another state")]),
]  # fmt: skip

"""Bites of the rules on costs, own money and what instruments have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rules.bites import Bite, Bites
from tests.rules.bites_sources import BORROWED, PLEDGED, SHARED
from tests.tiny import (
    CITE,
    PAID,
    POOLED,
    TRADE,
    book,
    cited,
    club,
    grant,
    pay,
    plan,
    scene,
    serve,
)

if TYPE_CHECKING:
    from matcher.proposal.proposal import Exchange, Payment
    from tests.rules.bites import Plans

OWN = scene(PAID, books={"g": None})
RICH = {r: {"own_budget": "unlimited"} for r in "ABC"}
CHARGED = scene(
    TRADE,
    regions="region,name,state,own_budget\nA,Alder,S1,0\nB,Birch,S2,900\nC,Cedar,S3,900\n",
    assets={"A": {"unit_cost": 50}},
    costs="case,layer,amount\nD1,1,100\n",
)  # fmt: skip
MOVED = (serve("AB", 2),)


def paid(
    *funding: Payment, members: str = "ABC", exchanges: tuple[Exchange, ...] = ()
) -> Plans:
    """One case with these payments."""
    return (plan("D1", members, funding=funding, exchanges=exchanges),)


def thirds(instrument: str, euros: int) -> Plans:
    """One case in which everybody gets the same of an instrument, and pays as much."""
    return paid(*(pay(r, euros, f) for r in "ABC" for f in (instrument, "own")))


MONEY = (
    Bites("cost_balance", (
        Bite(
            "the cost is paid in full", OWN, "0", "7",
            paid(pay("A", 300), pay("B", 300), pay("C", 400)),
            paid(pay("A", 300), pay("B", 300), pay("C", 300)), "D1 layer 1",
            "cost less payments is EUR 100", "", "bear its whole cost",
        ),
        Bite(
            "every member costs something, and every layer is paid",
            scene(OWN, costs="case,layer,amount,per\n"
                  "D1,1,100,case\nD1,2,300,partner\n"),
            "0", "7",
            paid(pay("A", 100), pay("A", 300, layer="2"), members="A"),
            paid(pay("A", 100), pay("A", 300, layer="2"), members="AB"), "D1 layer 2",
            "cost less payments is EUR 300", "", "layer by layer",
        ),
    ), TRADE),
    Bites("provider_bears", (
        Bite(
            "who gives a unit bears its cost", CHARGED, "0", "3",
            paid(pay("A", 100), exchanges=MOVED),
            paid(pay("B", 200), exchanges=MOVED), "D1 A",
            "borne: EUR 0 is below EUR 100", "", "by the region that provides",
        ),
    ), PAID),
    Bites("cost_share", (
        Bite(
            "nobody bears less than the smallest share",
            scene(OWN, regions=RICH,
                  books={"club": club(cost_share={"min": cited(0.4)})}),
            "6", "7", paid(pay("B", 500), pay("C", 500), members="BC"),
            paid(pay("A", 500), pay("B", 450), pay("C", 50)), "D1 C",
            "borne: EUR 50 is below EUR 400", f"club: {CITE}", "between 40% and 100%",
        ),
        Bite(
            "nobody bears more than the largest share",
            scene(OWN, regions={"A": {"own_budget": 900}, "B": {"own_budget": 50},
                                "C": {"own_budget": 50}},
                  books={"club": club(cost_share={"max": cited(0.4)})}),
            "0", "7", paid(pay("A", 400), pay("B", 400), pay("C", 200)),
            paid(pay("A", 900), pay("B", 50), pay("C", 50)), "D1 A",
            "borne: EUR 900 is above EUR 400", f"club: {CITE}", "between 0% and 40%",
        ),
    ), PAID),
    Bites("own_money", (
        Bite(
            "nobody pays more than it has", OWN, "0", "7", paid(pay("A", 300)),
            paid(pay("A", 300), pay("B", 301)), "B",
            "own money: EUR 301 is above EUR 300", "regions.csv:3",
            "no more than it has",
        ),
    ), TRADE),
    Bites("own_share", (
        Bite(
            "own money is a part of the share only",
            scene(PAID, regions=RICH, books={
                "g": grant(0.4), "purse": book("own", max_own_share=cited(0.5))}),
            "0", "7", thirds("g", 100), paid(pay("A", 60), pay("A", 40, "g")), "D1 A",
            "own money: EUR 60 is above EUR 50", f"purse: {CITE}", "at most 50%",
        ),
        *BORROWED,
    ), PAID),
    Bites("single_funding", (
        Bite(
            "a euro is declared once, and paid at the rate",
            scene(PAID, costs="case,layer,amount\nD1,1,1900\n"), "0", "7",
            thirds("g", 100), paid(pay("A", 100), pay("A", 101, "g")),
            "D1 A layer 1", "declared: EUR 202 is above EUR 201", "", "g 50%",
        ),
        Bite(
            "two instruments do not pay the same euro",
            scene(PAID, costs="case,layer,amount\nD1,1,1801\n",
                  books={"g": grant(0.5), "h": grant(0.5)}), "0", "7",
            paid(pay("A", 50), pay("A", 25, "g"), pay("A", 25, "h")),
            paid(pay("A", 50, "g"), pay("A", 50, "h")), "D1 A layer 1",
            "declared: EUR 200 is above EUR 100", "", "g 50%; h 50%",
        ),
        Bite(
            "the first rate that fits the region's category holds",
            scene(PAID, regions={r: {"own_budget": 250} for r in "ABC"}, books={
                "g": book("grant", rate=[
                    {"scheme": "worth", "category": "one", "value": 0.5, "source": "S"},
                    {"value": 0.2, "source": "S"},
                ])}, costs="case,layer,amount\nD1,1,1126\n"),
            "0", "7",
            paid(pay("A", 50), pay("A", 50, "g"), pay("B", 80), pay("B", 20, "g")),
            paid(pay("B", 79), pay("B", 21, "g")), "D1 B layer 1",
            "declared: EUR 105 is above EUR 100", "",
            "g 50% for regions that are one by worth, 20%",
        ),
        *SHARED,
    ), TRADE),
    Bites("envelope", (
        Bite(
            "an instrument pays no more than its rulebook says",
            scene(PAID, books={"g": grant(envelope=cited(99))}), "0", "7",
            paid(pay("A", 99, "g")), paid(pay("A", 99, "g"), pay("B", 1, "g")), "g",
            "paid: EUR 100 is above EUR 99", f"g: {CITE}", "g EUR 99",
        ),
        Bite(
            "a row of budgets goes before the rulebook",
            scene(PAID, books={"g": grant(envelope=cited(900))},
                  budgets="instrument,region,amount,year\ng,,50,2025\ng,,49,2026\n"),
            "0", "7", paid(pay("A", 99, "g")), paid(pay("A", 100, "g")), "g",
            "paid: EUR 100 is above EUR 99", "budgets.csv:2", "g EUR 99",
        ),
    ), PAID),
    Bites("region_cap", (
        Bite(
            "an authority pays no more than it set aside",
            scene(POOLED, budgets={"p": {"amount": 33}}), "0", "7",
            paid(pay("A", 33, "p")), paid(pay("A", 34, "p")), "p A",
            "paid: EUR 34 is above EUR 33", "budgets.csv:2", "money in p",
        ),
        Bite(
            "an instrument has a limit for every region",
            scene(PAID, books={"g": grant(per_region_cap=cited(33))}), "0", "7",
            paid(pay("A", 33, "g")), paid(pay("B", 34, "g")), "g B",
            "paid: EUR 34 is above EUR 33", f"g: {CITE}", "money in g",
        ),
    ), PAID),
    Bites("pool_member", (
        Bite(
            "who put no money into a pool gets none",
            scene(POOLED, budgets="instrument,region,amount\np,A,300\np,B,300\n",
                  costs="case,layer,amount\nD1,1,1501\n"),
            "0", "7", thirds("own", 100), paid(pay("C", 1, "p")), "p D1 C layer 1",
            "put no money into the fund", "", "its own members: p.",
        ),
        *PLEDGED,
    ), PAID),
)  # fmt: skip

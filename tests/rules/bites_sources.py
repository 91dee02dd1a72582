"""Bites of the rules on money beside plain grants, and on what may stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, LOAN, PAID, POOLED, book, cited, grant, pay, plan, scene

if TYPE_CHECKING:
    from matcher.proposal.proposal import Payment
    from tests.rules.bites import Plans
    from tests.tiny import Row, Scene

HALF = [{"value": 0.5, "source": "S"}]
RICH = {r: {"own_budget": "unlimited"} for r in "ABC"}
POOR = {r: {"own_budget": 0} for r in "ABC"}


def paid(*funding: Payment, members: str = "ABC") -> Plans:
    """One case with these payments."""
    return (plan("D1", members, funding=funding),)


def cost(amount: int) -> str:
    """One line of cost."""
    return f"case,layer,amount\nD1,1,{amount}\n"


def beside(*names: str) -> Row:
    """What an instrument says of others that may pay the same euro."""
    return {"cumulative": [{"of": list(names), "source": "S"}]}


def sources(amount: int, books: dict[str, Any], **more: Any) -> Scene:
    """The paid scene at another cost, with other sources of money."""
    return scene(PAID, costs=cost(amount), books={"g": None, **books}, **more)


SHARED = (
    Bite(
        "two instruments that allow it pay the same euro, each at its rate",
        sources(3001, {"g": grant(0.5, stacking=beside("national")),
                       "h": grant(0.2, stacking={"groups": ["national"]})}),
        "0", "7", paid(pay("A", 30), pay("A", 50, "g"), pay("A", 20, "h")),
        paid(pay("A", 30), pay("A", 51, "g"), pay("A", 20, "h")), "D1 A layer 1",
        "declared: EUR 102 is above EUR 101", "", "same euro: g and h.",
    ),
    Bite(
        "both together pay no more than there is",
        scene(sources(1000, {"g": grant(0.8, layers=cited([1])),
                             "h": grant(0.8, layers=cited([1]), stacking=beside("g"))},
                      regions=POOR),
              costs="case,layer,amount\nD1,1,1000\nD1,2,600\n"),
        "0", "7", paid(pay("A", 20, "g"), pay("A", 80, "h")),
        paid(pay("A", -60), pay("A", 80, "g"), pay("A", 80, "h")), "D1 A layer 1",
        "paid for them: EUR 160 is above EUR 100", "", "g 80%; h 80%",
    ),
    Bite(
        "only those that allow it share a euro",
        sources(2251, {"g": grant(0.5), "h": grant(0.1, stacking=beside("g", "i")),
                       "i": grant(0.4)}),
        "0", "7", paid(pay("A", 40), pay("A", 50, "g"), pay("A", 10, "h")),
        paid(pay("A", 35), pay("A", 5, "i"), pay("A", 50, "g"), pay("A", 10, "h")),
        "D1 A layer 1", "declared: EUR 112.50 is above EUR 100", "",
        "same euro: g and h; h and i.",
    ),
    Bite(
        "a loan stands beside a grant, up to its rate",
        sources(2251, {"g": grant(0.5), LOAN: book("loan", rate=[
            {"value": 0.1, "source": "S"}])}),
        "0", "7", paid(pay("A", 40), pay("A", 50, "g"), pay("A", 10, LOAN)),
        paid(pay("A", 39), pay("A", 50, "g"), pay("A", 11, LOAN)), "D1 A layer 1",
        "declared: EUR 110 is above EUR 100", "", "beside any other money: loan.",
    ),
)  # fmt: skip
"""Further bites of ``single_funding``."""

BORROWED = (
    Bite(
        "what is lent or pledged counts as own money",
        scene(PAID, regions=RICH, books={
            "g": grant(0.4), LOAN: book("loan", rate=HALF), "firms": book("private"),
            "purse": book("own", max_own_share=cited(0.5)),
        }, budgets="instrument,region,amount\nfirms,A,900\n"),
        "0", "7", paid(pay("A", 30), pay("A", 20, LOAN), pay("A", 50, "g")),
        paid(pay("A", 20), pay("A", 20, LOAN), pay("A", 20, "firms"),
             pay("A", 40, "g")),
        "D1 A", "own money: EUR 60 is above EUR 50", f"purse: {CITE}",
        "as itself count firms, loan.",
    ),
)  # fmt: skip
"""Further bites of ``own_share``."""

PLEDGED = (
    Bite(
        "companies pledge to their own region",
        sources(1501, {"firms": book("private")},
                budgets="instrument,region,amount\nfirms,A,300\nfirms,B,300\n"),
        "0", "7", paid(pay("A", 300, "firms")), paid(pay("C", 1, "firms")),
        "firms D1 C layer 1", "put no money into the fund", "", "own region: firms.",
    ),
)  # fmt: skip
"""Further bites of ``pool_member``."""

ASSOCIATED = (
    Bite(
        "associates may bear nothing",
        scene(POOLED, budgets="instrument,region,amount\np,A,300\np,B,300\n", books={
            "p": book("pooled", rate=HALF, cost_share={"min": cited(0.4)},
                      associates=cited(value=True))}),
        "7", "7", paid(pay("A", 250), pay("A", 250, "p"), pay("B", 500)),
        paid(pay("A", 250, "p"), pay("B", 650), pay("C", 100)), "p D1 A",
        "borne: EUR 250 is below EUR 400", f"p: {CITE}", "associates also nothing",
    ),
)  # fmt: skip
"""Further bites of ``instrument_share``."""


def programme(amount: int, money: int, cap: float, **more: Any) -> Scene:
    """A programme of region A that may pay others, too."""
    area = book("programme", rate=HALF, out_of_area={"cap": cited(cap)})
    rows = f"instrument,region,amount\np,A,{money}\n"
    return sources(amount, {"p": area}, budgets=rows, **more)


def voucher(**more: Any) -> Row:
    """A voucher that pays half."""
    return book("voucher", rate=HALF, **more)


SOURCES = (
    Bites("firm_cap", (
        Bite(
            "a member gets so much for each of its firms",
            sources(1000, {"v": voucher(per_firm={
                "cap": cited(30), "types": ["sme", "company"]})},
                actors="actor,region,type\na1,A,sme\na2,A,company\nb1,B,sme\nb2,B,rto\n"
                "c1,C,\n"),
            "0", "7", paid(pay("A", 60, "v"), pay("B", 30, "v")),
            paid(pay("B", 31, "v")), "v D1 B", "granted: EUR 31 is above EUR 30",
            f"v: {CITE}", "v EUR 30 for each sme or company",
        ),
        Bite(
            "a region without firms gets nothing",
            sources(1000, {"v": voucher(per_firm={
                "cap": cited(50), "types": ["sme"]}), "h": grant(0)},
                actors="actor,region,type\na1,A,sme\n"),
            "0", "7", paid(pay("A", 50, "v")), paid(pay("C", 1, "v")), "v D1 C",
            "granted: EUR 1 is above EUR 0", f"v: {CITE}", "EUR 50 for each sme",
        ),
    ), PAID),
    Bites("foreign_provider", (
        Bite(
            "no provider sits in another state",
            sources(1000, {"v": voucher(foreign_provider=cited(value=True))},
                    regions={r: {"state": "S1"} for r in "ABC"}),
            "0", "7", paid(pay("A", 300)), paid(pay("A", 100, "v")), "v D1 A",
            "no member is of another state", f"v: {CITE}", "a member is paid: v.",
        ),
        Bite(
            "a member of another state opens it",
            sources(1000, {"v": voucher(foreign_provider=cited(value=True))},
                    regions={r: {"state": "S1"} for r in "AB"}),
            "7", "7", paid(pay("A", 100, "v")),
            paid(pay("B", 100, "v"), members="AB"), "v D1 B",
            "no member is of another state", f"v: {CITE}", "a member is paid: v.",
        ),
    ), sources(1000, {"v": voucher(foreign_provider=cited(value=False))})),
    Bites("out_of_area", (
        Bite(
            "a part of the money only goes outside",
            programme(900, 1000, 0.15, regions={"A": {"own_budget": 0}}),
            "0", "7", paid(pay("A", 300, "p"), pay("B", 150, "p")),
            paid(pay("B", 100, "p"), pay("C", 51, "p")), "p",
            "paid outside the area: EUR 151 is above EUR 150", f"p: {CITE}",
            f"p 15% [p: {CITE}]",
        ),
        Bite(
            "all payments come out of the same money",
            programme(1101, 200, 1), "0", "7",
            paid(pay("A", 100, "p"), pay("B", 100, "p")),
            paid(pay("A", 150, "p"), pay("B", 51, "p")), "p",
            "paid: EUR 201 is above EUR 200", f"p: {CITE}", "p 100%",
        ),
        Bite(
            "money without limit pays where its area benefits",
            scene(programme(700, 0, 0.5, settings={
                "pins": [{"case": "D1", "region": "A", "role": "member",
                          "forbid": True}]}),
                  budgets="instrument,region,amount\np,A,unlimited\n"),
            "0", "6", paid(pay("C", 50, "p")),
            paid(pay("B", 50, "p"), pay("C", 50, "p"), members="BC"), "p D1",
            "it pays outside its area, and no member is of it", f"p: {CITE}", "p 50%",
        ),
    ), POOLED),
)  # fmt: skip

"""Bites of the rules on who bears the cost and who gets the money, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, PAID, PLAIN, cited, club, grant, pay, plan, scene

if TYPE_CHECKING:
    from tests.tiny import Row, Scene

ALL = (plan("D1", "ABC", funding=(pay("A", 200, "g"), pay("B", 400), pay("C", 400))),)
UNPAID = (plan("D1", "ABC", funding=(pay("A", 400), pay("B", 300), pay("C", 300))),)
HALF = "region,case,type,share\nA,,sme,0.5\nA,,company,0.5\nC,,sme,0.5\n"
"""Of A half is borne by small firms and half by others; of C half is not known."""
IN_D1 = "region,case,type,share\nA,,sme,1\nA,D1,sme,0.5\nA,D1,rto,0.5\n"
"""Small firms bear all of A, but half of it in D1."""
S1 = {"B": {"state": "S1"}}
"""A and B lie in the same state."""


def asks(beneficiaries: str | None = HALF, **conditions: Any) -> Scene:
    """The paid scene with types of beneficiaries, and with conditions of the grant."""
    what = scene(PAID, books={"g": grant(**conditions)})
    return scene(what, beneficiaries=beneficiaries) if beneficiaries else what


def mark(share: float, **group: Any) -> Row:
    """A hard earmark."""
    return {"min_share": cited(share), **group}


def capped(*entries: Row, **more: Any) -> Scene:
    """The paid scene with types of beneficiaries, and caps on public money."""
    caps = [{"source": "S", **entry} for entry in entries]
    return scene(asks(**more), books={"club": club(aid_cap=caps)})


TWO_CASES = scene(
    asks(earmarks=[mark(0.6, types=["sme"]), mark(0.1, types=["company"])],
         application={"bundle": cited(True)}),
    cases=PLAIN["cases"], costs="case,layer,amount\nD1,1,1000\nD2,1,1000\n",
    regions={r: {"own_budget": 600} for r in "ABC"},
)  # fmt: skip
BENEFICIARIES = (
    Bites("earmark", (
        Bite(
            "a part of the grant goes to small firms",
            asks(earmarks=[mark(0.6, types=["sme", "rto"])]), "0", "7", UNPAID, ALL,
            "g D1", "money for sme or rto: EUR 100 is below EUR 120", f"g: {CITE}",
            "of g 60% to sme or rto",
        ),
        Bite(
            "what a region says of the case goes before what it says in general",
            asks(IN_D1, earmarks=[mark(0.6, types=["sme"])]), "0", "7", UNPAID, ALL,
            "g D1", "money for sme: EUR 100 is below EUR 120", f"g: {CITE}",
            "of g 60% to sme",
        ),
        Bite(
            "a part of the grant goes to regions of a category",
            asks(None, earmarks=[
                mark(0.5, scheme="worth", categories=["five", "six"]),
                mark(0.5, types=["sme"]),
                {**mark(0.9, scheme="worth", categories=["one"]), "enforce": "soft"},
            ]), "0", "7", UNPAID, ALL,
            "g D1", "money for five or six: EUR 0 is below EUR 100", f"g: {CITE}",
            "of g 50% to five or six",
        ),
        Bite(
            "an application for several cases keeps it, too", TWO_CASES, "7", "14",
            (plan("D1", "ABC", funding=(pay("A", 400), pay("B", 300), pay("C", 300))),),
            (plan("D1", "ABC", funding=(pay("A", 200, "g"), pay("B", 400),
                                        pay("C", 400))),
             plan("D2", "ABC", funding=(pay("B", 200, "g"), pay("B", 400),
                                        pay("C", 400)))),
            "g D1", "money for sme: EUR 100 is below EUR 120", f"g: {CITE}",
            "of g 10% to company",
        ),
    ), PAID),
    Bites("state_share", (
        Bite(
            "no state bears too much",
            scene(asks(None, max_state_share=cited(0.4)), regions=S1), "0", "7",
            UNPAID, ALL, "g D1 S1", "borne: EUR 600 is above EUR 400", f"g: {CITE}",
            "no state bears more than 40%",
        ),
        Bite(
            "small firms bear enough",
            asks(min_beneficiary_share={"types": ["sme"], "min": cited(0.6)}), "0", "7",
            UNPAID, ALL, "g D1", "borne by sme: EUR 300 is below EUR 600",
            f"g: {CITE}", "at least 60% is borne by sme",
        ),
    ), asks(None, min_beneficiary_share={"types": ["sme"], "min": cited(0.6)})),
    Bites("aid_cap", (
        Bite(
            "a mix of types has a mix of their caps",
            capped({"beneficiary": ["sme"], "value": 0.1}, {"value": 0.05}), "0", "7",
            UNPAID, ALL, "D1 A", "public money: EUR 200 is above EUR 15",
            f"club: {CITE}", "at most 10% for sme",
        ),
        Bite(
            "only regions of a category have a cap",
            capped({"scheme": "worth", "category": "one", "value": 0.1},
                   states=cited(["S1"])), "0", "7",
            UNPAID, ALL, "D1 A", "public money: EUR 200 is above EUR 20",
            f"club: {CITE}", "10% for regions that are one",
        ),
    ), scene(PAID, books={"club": club()})),
)  # fmt: skip

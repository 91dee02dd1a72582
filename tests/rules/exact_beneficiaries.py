"""The whole of what the rules on beneficiaries find."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.rules.bites_beneficiaries import ALL, S1, UNPAID, asks, capped
from tests.rules.bites_beneficiaries import mark as marked
from tests.tiny import CITE, cited, grant, pay, plan, pool, scene

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

MARKS = [
    marked(0.25, types=["sme", "rto"]), marked(0.5, types=["company"]),
    {**marked(1, types=["ngo"]), "enforce": "soft"},
    marked(0.125, scheme="worth", categories=["two", "four"]),
]  # fmt: skip
TWICE = scene(asks(earmarks=MARKS), books={"h": grant(), "s": grant()})
FLOOR = {"types": ["company", "sme"], "min": cited(0.25)}
SHARED = scene(
    asks(max_state_share=cited(0.6), min_beneficiary_share=FLOOR), regions=S1,
    books={"h": grant()},
)  # fmt: skip
PLEDGED = scene(
    capped({"beneficiary": ["sme"], "scheme": "worth", "category": "one", "value": 0},
           {"beneficiary": ["sme"], "value": 0.4}, {"beneficiary": ["company"],
                                                    "value": 0.25}),
    books={"p": pool(), "c": {**pool(1), "kind": "private"}},
)  # fmt: skip
PAYABLE: list[
    tuple[
        str, str, Scene, tuple[CasePlan, ...],
        list[tuple[str, int | Fraction | None, str, str]],
    ]
] = [
    ("earmark", "each application, each hard earmark", TWICE,
     (plan("D1", "ABC", funding=(pay("A", 100, "g"), pay("B", 60, "g"),
                                 pay("C", 40, "g"), pay("C", 9, "h"), pay("A", 9))),),
     [("g D1", 20_00, "", f"g: {CITE}"),
      ("g D1", -50_00, "money for company: EUR 50 is below EUR 100", f"g: {CITE}"),
      ("g D1", 75_00, "", f"g: {CITE}")]),
    ("earmark", "no table, no type", scene(asks(None, earmarks=MARKS)), ALL,
     [("g D1", -25_00, "money for two or four: EUR 0 is below EUR 25", f"g: {CITE}")]),
    ("state_share", "states in order, then types", SHARED,
     (plan("D1", "ABC", funding=(pay("C", 500, "g"), pay("A", 300), pay("B", 200))),),
     [("g D1 S1", 100_00, "", f"g: {CITE}"), ("g D1 S3", 100_00, "", f"g: {CITE}"),
      ("g D1", 300_00, "", f"g: {CITE}")]),
    ("state_share", "who does not pay asks nothing", SHARED,
     (plan("D1", "ABC", funding=(pay("C", 0, "g"), pay("A", 900), pay("B", 100,
                                                                      "h"))),), []),
    ("state_share", "no table, no type", asks(None, min_beneficiary_share=FLOOR), ALL,
     []),
    ("aid_cap", "each type at its first entry; pledges are no aid", PLEDGED,
     (plan("D1", "ABC", funding=(pay("A", 30, "g"), pay("A", 30, "p"),
                                 pay("A", 40, "c"), pay("B", 5, "g"),
                                 pay("C", 80, "g"), pay("C", 20))),),
     [("D1 A", Fraction(-4750), "public money: EUR 60 is above EUR 12.50",
       f"club: {CITE}"),
      ("D1 C", Fraction(-1000), "public money: EUR 80 is above EUR 70",
       f"club: {CITE}")]),
    ("aid_cap", "in general all beneficiaries are of unknown type", capped(
        {"value": 0.5}, beneficiaries=None), UNPAID,
     [("D1 A", 200_00, "", f"club: {CITE}"), ("D1 B", 150_00, "", f"club: {CITE}"),
      ("D1 C", 150_00, "", f"club: {CITE}")]),
]  # fmt: skip
UNSTATED: list[tuple[str, Scene, str]] = [
    ("earmark", asks(None, earmarks=MARKS),
     "earmark is not tested for sme or rto (g), company (g), ngo (g): there is no"),
    ("state_share", asks(None, min_beneficiary_share=FLOOR),
     "state_share is not tested for the beneficiaries of g: there is no table"),
    ("aid_cap", capped({"beneficiary": ["sme"], "value": 0.1}, beneficiaries=None),
     "caps on aid by type of beneficiary do not hold: there is no table beneficiaries"),
    ("aid_cap", capped({"beneficiary": ["sme"], "value": 0.1}),
     "caps on aid by type of beneficiary do not hold in full for B, C: fill in"),
]  # fmt: skip

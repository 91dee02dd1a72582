"""Bites of how money is asked for: by applications, and not beside other money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, PAID, cited, grant, pay, plan, scene

if TYPE_CHECKING:
    from tests.tiny import Scene


def out(case: str, *regions: str) -> list[dict[str, Any]]:
    """Regions that are kept out of a case."""
    return [{"case": case, "region": r, "role": "member", "forbid": True}
            for r in regions]  # fmt: skip


APART: Scene = scene(
    PAID, cases="case,name\nD1,Repair\nD2,Powder\n",
    costs="case,layer,amount\nD1,1,1000\nD2,1,500\n",
    settings={"pins": [*out("D1", "C"), *out("D2", "A", "B")]},
)  # fmt: skip
"""A and B have 600 EUR for D1 of 1000, C has 300 for D2 of 500: both need the grant."""


def asked(rules: dict[str, Any], **more: Any) -> Scene:
    """Both cases, with rules about applications to the grant."""
    stated = {name: cited(value) for name, value in rules.items()}
    return scene(APART, books={"g": grant(application=stated, **more)})


ONE = plan("D1", "AB", funding=(pay("A", 300), pay("B", 300), pay("A", 400, "g")))
OTHER = plan("D2", "C", funding=(pay("C", 300), pay("C", 200, "g")))
OWN_D2 = plan("D2", "C", funding=(pay("C", 100),))
TOGETHER = ("D1", "D2")


def two_grants(of: str) -> Scene:
    """D1 lacks 100 EUR, and neither of two grants pays more than 60."""
    small = {"grant": {"max": cited(60)}}
    excludes = {"excludes": [{"of": [of], "source": "S"}]}
    return scene(PAID, books={
        "g": grant(**small, stacking=excludes),
        "h": grant(**small, stacking={"groups": ["union"]}),
    })  # fmt: skip


BOTH = plan("D1", "ABC", funding=(
    pay("A", 300), pay("B", 300), pay("C", 300), pay("A", 60, "g"), pay("B", 40, "h"),
))  # fmt: skip
EITHER = plan("D1", "ABC", funding=(pay("A", 900), pay("A", 100, "g")))

APPLICATIONS = (
    Bites("application", (
        Bite(
            "it takes one application", asked({"max_number": 1}), "4", "7", (OTHER,),
            (ONE, OTHER), "g", "applications: 2 is above 1", f"g: {CITE}",
            "g takes 1 application at most",
        ),
        Bite(
            "one application holds one case",
            asked({"bundle": True, "max_cases": 1, "max_number": 1}), "4", "7",
            (OTHER,), (ONE, OTHER), "g D1+D2", "cases: 2 is above 1", f"g: {CITE}",
            "g takes applications for up to 1 case, 1 of them at most",
            bad_together=TOGETHER,
        ),
        Bite(
            "bundles of two cases in one application",
            asked({"bundle": True, "max_cases": 2, "max_number": 1}), "7", "7",
            (ONE, OTHER), (ONE, OTHER), "g", "applications: 2 is above 1",
            f"g: {CITE}", "g takes applications for up to 2 cases",
            good_together=TOGETHER,
        ),
        Bite(
            "cases are not bundled where the rulebook does not say so",
            asked({"max_number": 5}), "7", "7", (ONE, OTHER), (ONE, OTHER), "g D1+D2",
            "g asks for each case by itself", "", "case by case",
            bad_together=TOGETHER,
        ),
    ), PAID),
    Bites("exclusion", (
        Bite(
            "an instrument excludes another one", two_grants("h"), "0", "7", (EITHER,),
            (BOTH,), "g D1", "does not pay beside h", f"g: {CITE}", "g and h",
        ),
        Bite(
            "an instrument excludes a group", two_grants("union"), "0", "7", (EITHER,),
            (BOTH,), "g D1", "does not pay beside h", f"g: {CITE}", "g and h",
        ),
    ), PAID),
)  # fmt: skip

"""Bites of the conditions under which an instrument pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
from tests.rules.bites_applications import ONE as FIRST
from tests.rules.bites_applications import OTHER, OWN_D2, TOGETHER, asked
from tests.rules.bites_sources import ASSOCIATED
from tests.tiny import CITE, ONE, PAID, cited, grant, pay, plan, scene

if TYPE_CHECKING:
    from tests.rules.bites import Plans
    from tests.tiny import Scene

ALL = (plan("D1", "ABC", funding=(pay("A", 200, "g"), pay("B", 400), pay("C", 400))),)
TWO = (plan("D1", "BC", funding=(pay("B", 500), pay("B", 200, "g"), pay("C", 300))),)
UNPAID = (plan("D1", "ABC", funding=(pay("A", 400), pay("B", 300), pay("C", 300))),)
READY = {"D1": {"phase": "demonstrate", "trl_start": 5, "trl_end": 7}}


def pays(**conditions: Any) -> Scene:
    """The paid scene with conditions of the grant."""
    return scene(PAID, cases=READY, books={"g": grant(**conditions)})


def bundle(**conditions: Any) -> Scene:
    """Two cases that may ask for the grant together, by one application."""
    return asked({"bundle": True, "max_number": 1}, **conditions)


def split(of_a: int, of_b: int, of_c: int) -> Plans:
    """One case of which A's share comes from the grant."""
    funding = (pay("A", of_a, "g"), pay("B", of_b), pay("C", of_c))
    return (plan("D1", "ABC", funding=funding),)


def closed(
    what: str, conditions: dict[str, Any], text: str, sentence: str,
    source: str = f"g: {CITE}",
) -> Bite:  # fmt: skip
    """A window that leaves the case out of the instrument."""
    return Bite(what, pays(**conditions), "0", "7", UNPAID, ALL, "g D1 A layer 1", text,
                source, sentence)  # fmt: skip


def outside(what: str, dates: dict[str, Any], told: str) -> Bite:
    """An instrument that holds on no day of the horizon."""
    horizon = {"start": "2025-06-01", "end": "2028-12-31"}
    return Bite(
        what, scene(pays(**dates), settings={"horizon": horizon}), "0", "7", UNPAID,
        ALL, "g D1 A layer 1", f"g holds {told}, and on no day of the horizon from "
        "2025-06-01 to 2028-12-31", "g.yaml:1; scenario.yaml:",
        f"valid {told}, not in the horizon from 2025-06-01",
    )  # fmt: skip


INSTRUMENTS = (
    Bites("grant_size", (
        Bite(
            "a grant is not larger than the largest",
            pays(grant={"max": cited(99)}), "0", "7", UNPAID, ALL, "g D1",
            "granted: EUR 200 is above EUR 99", f"g: {CITE}", "g up to EUR 99",
        ),
        Bite(
            "a grant is not smaller than the smallest",
            pays(grant={"min": cited(501)}), "0", "7", UNPAID, ALL, "g D1",
            "granted: EUR 200 is below EUR 501", f"g: {CITE}", "g from EUR 501",
        ),
        Bite(
            "a grant for several cases is not larger than the largest",
            asked({"bundle": True, "max_number": 1}, grant={"max": cited(450)}),
            "4", "7", (OTHER,), (FIRST, OTHER), "g D1+D2",
            "granted: EUR 600 is above EUR 450", f"g: {CITE}", "g up to EUR 450",
            bad_together=TOGETHER,
        ),
        Bite(
            "a grant for several cases is not smaller than the smallest",
            asked({"bundle": True}, grant={"min": cited(751)}), "0", "7", (),
            (FIRST, OTHER), "g D1+D2", "granted: EUR 600 is below EUR 751",
            f"g: {CITE}", "g from EUR 751", bad_together=TOGETHER,
        ),
    ), PAID),
    Bites("instrument_consortium", (
        Bite(
            "it asks for regions", pays(consortium={"min_regions": cited(4)}), "0", "7",
            UNPAID, ALL, "g D1", "regions: 3 is below 4", f"g: {CITE}", "4 regions",
        ),
        Bite(
            "it asks for states", pays(consortium={"min_states": cited(4)}), "0", "7",
            UNPAID, ALL, "g D1", "states: 3 is below 4", f"g: {CITE}", "4 states",
        ),
        Bite(
            "it asks for regions of a category",
            pays(consortium={"required": [{
                "scheme": "worth", "categories": ["one"], "min_regions": cited(2)}]}),
            "0", "7", UNPAID, ALL, "g D1", "regions that are one: 1 is below 2",
            f"g: {CITE}", "2 one regions",
        ),
        Bite(
            "it pays no large consortium", pays(consortium={"max_partners": cited(2)}),
            "6", "7", TWO, ALL, "g D1", "members: 3 is above 2", f"g: {CITE}",
            "at most 2 members",
        ),
        Bite(
            "of nested regions in a bundle the outer one counts",
            scene(bundle(consortium={
                "min_regions": cited(3), "min_states": cited(3), "required": [{
                    "scheme": "worth", "categories": ["two", "four"],
                    "min_regions": cited(1)}]}),
                regions={"A": {"nuts": "NL2"}, "B": {"nuts": "NL22"},
                         "C": {"nuts": "BE2"}}),
            "0", "7", (), (FIRST, OTHER), "g D1+D2", "regions: 2 is below 3",
            f"g: {CITE}", "3 regions", bad_together=TOGETHER,
        ),
        Bite(
            "members of all cases of a bundle are too many",
            bundle(consortium={"max_partners": cited(2)},
                   grant={"min": cited(510)}),
            "0", "7", (), (FIRST, OTHER), "g D1+D2", "members: 3 is above 2",
            f"g: {CITE}", "at most 2 members", bad_together=TOGETHER,
        ),
        Bite(
            "a case that gets nothing brings no members",
            scene(bundle(consortium={"min_regions": cited(3)},
                         grant={"max": cited(400)}),
                  costs="case,layer,amount\nD1,1,1000\nD2,1,100\n"),
            "4", "7", (OWN_D2,), (FIRST, OWN_D2), "g D1", "regions: 2 is below 3",
            f"g: {CITE}", "3 regions",
        ),
    ), PAID),
    Bites("instrument_share", (
        Bite(
            "nobody bears less than the smallest share", pays(
                cost_share={"min": cited(0.4)}),
            "6", "7", UNPAID,
            split(700, 150, 150),
            "g D1 C", "borne: EUR 150 is below EUR 400", f"g: {CITE}",
            "40% to 100% where g pays",
        ),
        Bite(
            "nobody bears more than the largest share",
            scene(pays(cost_share={"max": cited(0.35)}), regions={
                "A": {"own_budget": 0}}),
            "0", "7", UNPAID,
            split(400, 300, 300),
            "g D1 A", "borne: EUR 400 is above EUR 350", f"g: {CITE}",
            "0% to 35% where g pays",
        ),
        *ASSOCIATED,
    ), PAID),
    Bites("window", (
        closed("a phase it does not pay",
               {"phases": cited(["commercialise", "scale_up"])},
               "phase demonstrate is not paid", "g phases commercialise, scale_up"),
        closed("a layer it does not pay", {"layers": cited([2, 3])},
               "layer 1 is not paid", "layers 2, 3"),
        closed("a state it does not pay", {"states": cited(["S8", "S9"])},
               "state S1 is not paid", "states S8, S9"),
        closed("too early", {"trl": {"start": {"min": cited(6)}}},
               "readiness at the start is 5", "readiness from 6 at the start",
               f"g: {CITE}; cases.csv:2"),
        closed("too late", {"trl": {"start": {"max": cited(4)}}},
               "readiness at the start is 5", "readiness up to 4 at the start",
               f"g: {CITE}; cases.csv:2"),
        closed("aims too low", {"trl": {"end": {"min": cited(8)}}},
               "readiness at the end is 7", "readiness from 8 at the end",
               f"g: {CITE}; cases.csv:2"),
        closed("aims too high", {"trl": {"end": {"max": cited(6)}}},
               "readiness at the end is 7", "readiness up to 6 at the end",
               f"g: {CITE}; cases.csv:2"),
        outside("over before anything begins",
                {"valid_from": "2025-01-01", "valid_to": "2025-05-31"},
                "from 2025-01-01 to 2025-05-31"),
        outside("a call after all is done", {"valid_from": "2029-01-01"},
                "from 2029-01-01"),
    ), ONE),
)  # fmt: skip

"""Bites of the conditions under which an instrument pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
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


INSTRUMENTS = (
    Bites("grant_size", (
        Bite(
            "a grant is not larger than the largest",
            pays(grant={"max": cited(99)}), "0", "7", UNPAID, ALL, "g D1",
            "cents granted: 20000 is above 9900", f"g: {CITE}", "g up to 99 EUR",
        ),
        Bite(
            "a grant is not smaller than the smallest",
            pays(grant={"min": cited(501)}), "0", "7", UNPAID, ALL, "g D1",
            "cents granted: 20000 is below 50100", f"g: {CITE}", "g from 501 EUR",
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
    ), PAID),
    Bites("instrument_share", (
        Bite(
            "nobody bears less than the smallest share", pays(
                cost_share={"min": cited(0.4)}),
            "6", "7", UNPAID,
            split(700, 150, 150),
            "g D1 C", "cents borne: 15000 is below 40000", f"g: {CITE}",
            "40% to 100% where g pays",
        ),
        Bite(
            "nobody bears more than the largest share",
            scene(pays(cost_share={"max": cited(0.35)}), regions={
                "A": {"own_budget": 0}}),
            "0", "7", UNPAID,
            split(400, 300, 300),
            "g D1 A", "cents borne: 40000 is above 35000", f"g: {CITE}",
            "0% to 35% where g pays",
        ),
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
    ), ONE),
)  # fmt: skip

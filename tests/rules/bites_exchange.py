"""Bites of the rules on who serves whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rules.bites import Bite, Bites
from tests.tiny import ONE, PLAIN, TRADE, plan, scene, serve

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan

SHARED = scene(
    TRADE, cases=PLAIN["cases"],
    roles="case,capability,kind,min_amount\nD1,K,exchange,1\nD2,K,exchange,1\n",
)  # fmt: skip
TWO_GIVE = scene(
    TRADE, assets="region,capability,level,capacity\nA,K,3,3\nC,K,2,2\n",
    needs="region,capability,amount,min_level\nB,K,2,1\n",
)  # fmt: skip
PICKY = scene(TRADE, needs="region,capability,amount,min_level\nB,K,2,3\nC,K,2,1\n")
NO_A = {"pins": [{"case": "D1", "region": "A", "role": "member", "forbid": True}]}
NO_B = {"pins": [{"case": "D1", "region": "B", "role": "member", "forbid": True}]}


def gives(
    *served: tuple[str, int], min_level: int = 1, members: str = "ABC"
) -> CasePlan:
    """One case in which units are served."""
    moved = tuple(serve(pair, units, min_level=min_level) for pair, units in served)
    return plan("D1", members, exchanges=moved)


EXCHANGE = (
    Bites("asset_capacity", (
        Bite(
            "what an asset has is shared by all cases", SHARED, "3", "4",
            (gives(("AB", 2), ("AC", 1)),),
            (gives(("AB", 2)), plan("D2", "AC", exchanges=(serve("AC", 2),))), "A/K",
            "units given: 4 is above 3", "assets.csv:2", "than own needs leave",
        ),
        Bite(
            "only a member gives", scene(TRADE, settings=NO_A), "0", "4",
            (gives(("AB", 2)),), (gives(("AB", 2), members="BC"),), "D1 A-B K",
            "A is no member", "", "than own needs leave",
        ),
        Bite(
            "own needs come first",
            scene(TRADE, needs="region,capability,amount\nA,K,2\nB,K,2\n"), "1", "1",
            (gives(("AB", 1)),), (gives(("AB", 2)),), "A/K",
            "units given: 2 is above 1", "assets.csv:2", "than own needs leave",
        ),
    ), ONE),
    Bites("need_once", (
        Bite(
            "two providers do not serve one need twice", TWO_GIVE, "2", "4",
            (gives(("AB", 1), ("CB", 1)),), (gives(("AB", 2), ("CB", 1)),), "B/K",
            "units got: 3 is above 2", "needs.csv:2", "served at most once",
        ),
        Bite(
            "only a member gets", scene(TWO_GIVE, settings=NO_B), "0", "4",
            (gives(("AB", 2)),), (gives(("AB", 2), members="AC"),), "D1 A-B K",
            "B is no member", "", "served at most once",
        ),
    ), ONE),
    Bites("exchange_level", (
        Bite(
            "an asset below the asked level serves nothing", PICKY, "2", "3",
            (gives(("AC", 2)),), (gives(("AB", 2), min_level=3),),
            "D1 A-B K from level 3",
            "level: 2 is below 3", "assets.csv:2", "its level satisfies",
        ),
    ), ONE),
    Bites("exchange_nesting", (
        Bite(
            "a region serves no part of itself",
            scene(TRADE, regions={"A": {"nuts": "NL2"}, "B": {"nuts": "NL22"},
                                  "C": {"nuts": "BE2"}}),
            "2", "3", (gives(("AC", 2)),), (gives(("AB", 2)),), "D1 A-B K",
            "lies inside the other", "", "exchange nothing",
        ),
    ), TRADE),
    Bites("exchange_verdict", (
        Bite(
            "a rejected pair exchanges nothing, whoever else is in favour",
            scene(TRADE, verdicts="provider,receiver,capability,verdict,expert\n"
                  "A,B,K,rejected,one\nA,B,K,validated,two\n"),
            "2", "3", (gives(("AC", 2)),), (gives(("AB", 2)),), "D1 A-B K",
            "the pair is rejected", "", "that an expert rejected",
        ),
        Bite(
            "only validated pairs exchange where that is asked",
            scene(TRADE, settings={"exchanges": "validated-only"},
                  verdicts="provider,receiver,capability,verdict\nA,C,K,validated\n"),
            "2", "3", (gives(("AC", 2)),), (gives(("AB", 2)),), "D1 A-B K",
            "the pair is not validated", "", "that experts validated",
        ),
    ), TRADE),
    Bites("role_exchange", (
        Bite(
            "enough is served",
            scene(TRADE, roles="case,capability,kind,min_amount\nD1,K,exchange,4\n"),
            "0", "3", (gives(("AB", 2), ("AC", 2)),), (gives(("AB", 2), ("AC", 1)),),
            "D1 K", "units served: 3 is below 4", "roles.csv:2", "are served inside",
        ),
    ), ONE),
)  # fmt: skip

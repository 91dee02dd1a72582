"""Bites of the rule on costs that fall due after a grant has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.bites import Bite, Bites
from tests.tiny import CITE, PAID, cited, grant, pay, plan, scene, serve

if TYPE_CHECKING:
    from matcher.proposal.proposal import Exchange, Payment
    from tests.rules.bites import Plans
    from tests.tiny import Row, Scene

HORIZON = {"start": "2025-01-01", "end": "2028-12-31"}
YEAR = grant(duration={"max": cited(12)})
"""Ends on the last day of 2025."""
LATER = grant(duration={"max": cited(12)}, months_to_contract=cited(12))
"""Begins a year later, and ends on the last day of 2026."""


def planned(own: int, costs: str, books: dict[str, Row], **more: Any) -> Scene:
    """The paid scene with a horizon, so much own money each, and these costs."""
    return scene(
        scene(PAID, **more), regions={r: {"own_budget": own} for r in "ABC"},
        costs=costs, books={"g": None, **books}, settings={"horizon": HORIZON},
    )  # fmt: skip


def paid(*funding: Payment, exchanges: tuple[Exchange, ...] = ()) -> Plans:
    """One case with these payments."""
    return (plan("D1", "ABC", funding=funding, exchanges=exchanges),)


YEARS = (
    Bites("grant_years", (
        Bite(
            "cost of later years is left to own money",
            planned(250, "case,layer,amount,year\nD1,1,400,2025\nD1,1,600,2027\n",
                    {"g": YEAR}),
            "0", "7", paid(pay("A", 200, "g")), paid(pay("A", 101, "g"),
            pay("B", 100, "g")), "D1 layer 1 2025",
            "declared: EUR 402 is above EUR 400", f"g: {CITE}", "g up to 2025",
        ),
        Bite(
            "who ends later shares the early cost with who ends first",
            planned(400, "case,layer,amount,year\n"
                    "D1,1,400,2025\nD1,1,300,2026\nD1,1,900,2027\n",
                    {"g": YEAR, "h": LATER}),
            "0", "7", paid(pay("A", 200, "g"), pay("A", 150, "h")),
            paid(pay("A", 150, "g"), pay("A", 201, "h")), "D1 layer 1 2026",
            "declared: EUR 702 is above EUR 700", f"g: {CITE}; h: {CITE}",
            "g up to 2025, h up to 2026",
        ),
        Bite(
            "early cost of another layer does not help",
            planned(240, "case,layer,amount,year\nD1,1,500,2025\nD1,2,500,2026\n",
                    {"g": YEAR}),
            "0", "7", paid(pay("A", 250, "g")), paid(pay("A", 1, "g", layer="2")),
            "D1 layer 2 2025", "declared: EUR 2 is above EUR 0", f"g: {CITE}",
            "falls due after its grant has ended",
        ),
        Bite(
            "members and exchanged units cost in time, and some of it later",
            planned(
                100, "case,layer,amount,per,year\nD1,1,300,partner,2026\n"
                "D1,1,30,case,\nD1,1,110,partner,2025\n", {"g": grant(
                    1, duration={"max": cited(12)})},
                capabilities="capability\nK\n",
                assets="region,capability,level,capacity,unit_cost\nA,K,2,3,20\n",
                needs="region,capability,amount\nB,K,2\n",
                roles="case,capability,kind,min_amount\nD1,K,exchange,1\n",
            ),
            "0", "7",
            paid(pay("A", 400, "g"), exchanges=(serve("AB", 2),)),
            paid(pay("A", 401, "g"), exchanges=(serve("AB", 2),)), "D1 layer 1 2025",
            "declared: EUR 401 is above EUR 400", f"g: {CITE}", "g up to 2025",
        ),
    ), PAID),
)  # fmt: skip

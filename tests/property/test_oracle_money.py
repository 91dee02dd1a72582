"""The oracle on who pays what, by answers worked out in each docstring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.scenario.load import load
from matcher.verify.oracle import best
from matcher.verify.oracle_lp import Inequalities
from tests.property.by_hand import book, scene, worth
from tests.property.drawing import cited
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from pathlib import Path


OWN = "region,name,state,own_budget,category.c\nA,A,NO,{},x\nB,B,SE,{},x\nC,C,ES,0,y\n"
EACH = {"cohesion": {"scheme": "c", "points": {"x": 1}}}


def test_own_budgets_bind_to_the_cent(tmp_path: Path) -> None:
    """100 000 EUR are paid by 60 000 and 40 000, and not with one cent less."""
    costs = "case,layer,amount\nD,1,100000\n"
    for second, expected in (("40000", 2), ("39999.99", 0)):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, costs=costs,
            regions=OWN.format("60000", second),
        )  # fmt: skip
        assert worth(setting) == 2
        assert worth(setting, funding=True) == expected


def test_rates_and_smallest_grant(tmp_path: Path) -> None:
    """A pays 50 000 of its own and a grant at 0.5 pays the other 50 000.

    A smallest grant of 50 000 is met exactly, one of 50 000.01 is not.
    """
    for least, expected in ((50000, 2), (50000.01, 0)):
        grant = book("g", "grant", rate=[{"value": 0.5, "source": "S"}],
                     grant={"min": cited(least)})  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("50000", "0"), costs="case,layer,amount\nD,1,100000\n",
        )  # fmt: skip
        assert worth(setting, funding=True) == expected


def test_pool_pays_its_own_regions_in_its_layers(tmp_path: Path) -> None:
    """The pool pays A half of layer 1; layer 2 needs B's own 20 000.

    A's row of 30 000 pays half of 60 000 beside 30 000 of its own: with 10 000
    per member and 40 000 per case, two members cost 60 000.
    """
    pool = book("g", "pooled", rate=[{"value": 0.5, "source": "S"}], layers=cited([1]))
    costs = "case,layer,per,amount\nD,1,case,40000\nD,1,partner,10000\nD,2,case,20000\n"
    for row, expected in (("A,30000", 2), ("A,29999", 0), ("B,30000", 0)):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(pool,),
            regions=OWN.format("30000", "20000"), costs=costs,
            budgets=f"instrument,region,amount\ng,{row}\n",
            settings={"pins": [{"case": "D", "region": r, "role": "member",
                                "forbid": True} for r in "C"]},
        )  # fmt: skip
        # B alone can pay 20 000, never the 70 000 of a case of its own.
        assert worth(setting, funding=True) == expected


def test_unit_costs_fall_on_the_provider(tmp_path: Path) -> None:
    """A has 20 000 for units at 10 000 each: 2 of the 3 units wanted are served.

    Layer 1 costs nothing else. Without money rules all 3 are.
    """
    setting = scene(
        tmp_path, {"need_coverage": 1}, regions=OWN.format("20000", "unlimited"),
        assets="region,capability,level,capacity,unit_cost\nA,K,2,3,10000\n",
        needs="region,capability,amount\nB,K,3\n",
        roles="case,capability,kind\nD,K,exchange\n",
        costs="case,layer,amount\nD,2,10000\n",
    )  # fmt: skip
    assert worth(setting) == 3
    assert worth(setting, funding=True) == 2


def test_share_bounds_and_own_share(tmp_path: Path) -> None:
    """Every member bears at least 0.4: three members cannot, two can.

    With at most half of a share paid by the member itself, nothing pays the rest.
    """
    bounds = book("p", "partnership", cost_share={"min": cited(0.4)})
    points = {"cohesion": {"scheme": "c", "points": {"x": 1, "y": 1}}}
    regions = OWN.format("unlimited", "unlimited").replace(",0,y", ",unlimited,y")
    for books, expected in (
        ((bounds,), 2),
        ((bounds, book("own", "own", max_own_share=cited(0.5))), 0),
    ):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=points, books=books,
            regions=regions, costs="case,layer,amount\nD,1,100000\n",
        )  # fmt: skip
        assert worth(setting) == 3
        assert worth(setting, funding=True) == expected


def test_envelope_is_shared_and_consortium_is_asked(tmp_path: Path) -> None:
    """All is granted at rate 1: 150 000 pay one case of 100 000, not two.

    An instrument that asks for 4 members pays none.
    """
    for least, expected in ((2, 2), (4, 0)):
        grant = book(
            "g", "grant", rate=[{"value": 1, "source": "S"}],
            envelope=cited(150000), consortium={"min_regions": cited(least)},
        )  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("0", "0"), cases="case,name\nD,D\nE,E\n",
            costs="case,layer,amount\nD,1,100000\nE,1,100000\n",
        )  # fmt: skip
        assert worth(setting) == 4
        assert worth(setting, funding=True) == expected


def test_readiness_and_phase_windows(tmp_path: Path) -> None:
    """The grant asks for readiness 6 at the start; 5 and unknown get nothing."""
    grant = book(
        "g", "grant", rate=[{"value": 1, "source": "S"}], phases=cited(["learn"]),
        trl={"start": {"min": cited(6)}},
    )  # fmt: skip
    for phase, start, expected in (
        ("learn", "6", 2), ("learn", "5", 0), ("learn", "", 0), ("", "6", 0),
    ):  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("0", "0"), costs="case,layer,amount\nD,1,100\n",
            cases=f"case,name,phase,trl_start\nD,D,{phase},{start}\n",
        )  # fmt: skip
        assert worth(setting, funding=True) == expected


def test_whole_solutions_only() -> None:
    """2x + 2y = 3 has fractional solutions only; 2x + 3y = 7 has (2, 1)."""
    odd = Inequalities()
    x, y = odd.variable(), odd.variable()
    odd.row({x: 2, y: 2}, 3, 3)
    assert odd.whole_solution() is None
    even = Inequalities()
    x, y = even.variable(), even.variable(1)
    even.row({x: 2, y: 3}, 7, 7)
    assert even.whole_solution() == (2, 1)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("money", [False, True])
def test_money_never_adds_value(tmp_path: Path, seed: int, money: bool) -> None:
    """Drawn scenarios load, and money rules only take plans away."""
    setting = load(write_scenario(tmp_path, seed, money=money, small=True)).setting()
    needed = best(setting, funding=False)
    fundable = best(setting, funding=True)
    if needed is None:
        assert fundable is None
        return
    assert fundable is None or fundable.value <= needed.value
    weights = setting.objective.weights
    assert needed.value == sum(weights[t] * p for t, p in needed.points.items())


@pytest.mark.parametrize(
    ("start", "months", "waiting", "expected"),
    [("2025-01-01", 12, None, 0), ("2025-01-02", 12, None, 2),
     ("2025-06-01", 7, None, 0), ("2025-06-01", 7, 1, 2), ("2025-06-01", 8, None, 2)],
)  # fmt: skip
def test_grants_end(
    tmp_path: Path, start: str, months: int, waiting: int | None, expected: int
) -> None:
    """Of 100 000 EUR half falls due in 2026: only a grant that still runs pays it.

    A and B have 50 000 together. A grant at rate 0.6 pays 60 000, or 30 000 of the
    first 50 000, and then 20 000 are missing.
    """
    wait = {} if waiting is None else {"months_to_contract": cited(waiting)}
    grant = book("g", "grant", rate=[{"value": 0.6, "source": "S"}],
                 duration={"max": cited(months)}, **wait)  # fmt: skip
    setting = scene(
        tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
        regions=OWN.format("30000", "20000"),
        costs="case,layer,amount,year\nD,1,50000,2025\nD,1,50000,2026\n",
        settings={"horizon": {"start": start, "end": "2027-12-31"}},
    )  # fmt: skip
    assert worth(setting, funding=True) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [({}, 2), ({"valid_to": "2025-06-01"}, 2), ({"valid_to": "2025-05-31"}, 0),
     ({"valid_from": "2026-05-31"}, 2), ({"valid_from": "2026-06-01"}, 0)],
)  # fmt: skip
def test_instruments_hold_in_the_horizon(
    tmp_path: Path, dates: dict[str, str], expected: int
) -> None:
    """On one of its days, the first or the last, is enough."""
    grant = book("g", "grant", rate=[{"value": 1, "source": "S"}], **dates)
    setting = scene(
        tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
        regions=OWN.format("0", "0"), costs="case,layer,amount\nD,1,100000\n",
        settings={"horizon": {"start": "2025-06-01", "end": "2026-05-31"}},
    )  # fmt: skip
    assert worth(setting, funding=True) == expected

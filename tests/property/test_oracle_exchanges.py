"""The oracle on exchanges of units, by answers worked out in each docstring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.verify.oracle import best
from tests.property.by_hand import scene, worth

if TYPE_CHECKING:
    from pathlib import Path


def test_netting_takes_the_plainest_asset_first(tmp_path: Path) -> None:
    """A serves its own 2 with level 1, so 2 units of level 3 are left for B.

    B wants 3 at level 3 and gets 2; scope needs half of 3, which 2 reach:
    2 x 1 + 1 = 3.
    """
    setting = scene(
        tmp_path, {"need_coverage": 1, "scope": 1},
        assets="region,capability,actor,level,capacity\nA,K,x,3,2\nA,K,y,1,2\n",
        needs="region,capability,amount,min_level\nA,K,2,1\nB,K,3,3\n",
        roles="case,capability,kind\nD,K,exchange\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == 3
    assert [(e.provider, e.receiver, e.units) for e in answer.exchanges] == [
        ("A", "B", 2)
    ]


def test_whole_units_and_unknown_capacity(tmp_path: Path) -> None:
    """1.9 on offer serve one unit at 2 points; unknown capacity serves none."""
    setting = scene(
        tmp_path, {"need_coverage": 1},
        assets="region,capability,level,capacity\nA,K,2,1.9\nC,K,2,\n",
        needs="region,capability,amount,value\nB,K,4,2\n",
        roles="case,capability,kind\nD,K,best\n",
    )  # fmt: skip
    assert worth(setting) == 2


def test_scope_measures_the_unfloored_need(tmp_path: Path) -> None:
    """2 of 2.5 units are 0.8: enough for a share of 0.75, not for one of 0.9."""
    tables = {
        "assets": "region,capability,level,capacity\nA,K,2,unlimited\n",
        "needs": "region,capability,amount\nB,K,2.5\n",
        "roles": "case,capability,kind\nD,K,exchange\n",
    }
    for share, expected in ((0.75, 1), (0.9, 0)):
        setting = scene(tmp_path, {"scope": 1}, parameters={"scope": {"share": share}},
                        **tables)  # fmt: skip
        assert worth(setting) == expected


@pytest.mark.parametrize(
    ("exchanges", "said", "expected"),
    [
        ("not-rejected", ["validated", "rejected"], 0),
        ("not-rejected", ["doubtful"], 1),
        ("validated-only", ["doubtful"], 0),
        ("validated-only", ["validated", "doubtful"], 1),
    ],
)
def test_verdicts(
    tmp_path: Path, exchanges: str, said: list[str], expected: int
) -> None:
    """One rejection closes the pair; validated-only asks for a validation."""
    rows = "".join(f"A,B,K,{word},e{i}\n" for i, word in enumerate(said))
    setting = scene(
        tmp_path, {"need_coverage": 1}, settings={"exchanges": exchanges},
        assets="region,capability,level,capacity\nA,K,2,1\n",
        needs="region,capability,amount\nB,K,1\n",
        roles="case,capability,kind\nD,K,exchange\n",
        verdicts="provider,receiver,capability,verdict,expert\n" + rows,
    )  # fmt: skip
    assert worth(setting) == expected


def test_exchange_role_in_two_cases(tmp_path: Path) -> None:
    """3 units cannot give 2 to each of two cases: one is launched and serves 3.

    Pinning both makes the scenario infeasible.
    """
    tables = {
        "cases": "case,name\nD,D\nE,E\n",
        "assets": "region,capability,level,capacity\nA,K,2,3\n",
        "needs": "region,capability,amount\nB,K,9\n",
        "roles": "case,capability,kind,min_amount\nD,K,exchange,2\nE,K,exchange,2\n",
    }
    assert worth(scene(tmp_path, {"need_coverage": 1}, **tables)) == 3
    pins = [{"case": "D"}, {"case": "E"}]
    both = scene(tmp_path, {"need_coverage": 1}, settings={"pins": pins}, **tables)
    assert worth(both) is None

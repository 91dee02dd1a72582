"""Netting, worked out by hand: own needs first, what is left is for others."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.problem.encode import encode
from matcher.problem.netting import net
from matcher.proposal.facts import Facts
from tests.tiny import TRADE, tiny

if TYPE_CHECKING:
    from pathlib import Path

ASSETS = "region,capability,actor,level,capacity\n"
NEEDS = "region,capability,actor,min_level,amount\n"
BY_HAND = [
    pytest.param(
        "A,K,,2,5", "A,K,,1,2", [3], [0], id="a need takes from its own region's asset"
    ),
    pytest.param(
        "A,K,,2,5", "A,K,,1,7", [0], [2], id="what the asset cannot serve is missing"
    ),
    pytest.param(
        "A,K,x,3,2\nA,K,y,1,2", "A,K,,1,2", [2, 0], [0],
        id="the plainest asset that suffices goes first",
    ),
    pytest.param(
        "A,K,x,3,2\nA,K,y,1,2", "A,K,p,1,2\nA,K,q,3,1", [1, 0], [0, 0],
        id="the pickiest need goes first",
    ),
    pytest.param(
        "A,K,x,1,9", "A,K,,2,3", [9], [3], id="an asset below the level serves nothing"
    ),
    pytest.param(
        "A,K,x,1,0.5\nA,K,y,1,0.7", "A,K,,1,1", [0, Fraction(1, 5)], [0],
        id="fractions are exact",
    ),
    pytest.param("A,K,,2,unlimited", "A,K,,1,7", [None], [0], id="no limit serves all"),
    pytest.param("A,K,,2,", "A,K,,1,7", [], [7], id="unknown capacity serves nothing"),
    pytest.param("A,K,,2,5", "B,K,,1,2", [5], [2], id="another region's need waits"),
    pytest.param(
        "A,K,x,2,1\nA,K,y,2,1", "A,K,,1,1", [0, 1], [0], id="ties follow the actor"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("assets", "needs", "stock", "missing"), BY_HAND)
def test_netting_by_hand(
    tmp_path: Path, assets: str, needs: str, stock: list[Fraction | None],
    missing: list[Fraction],
) -> None:  # fmt: skip
    """What is left of assets and needs, in the order of the rows."""
    setting = tiny(
        tmp_path, TRADE, assets=ASSETS + assets + "\n", needs=NEEDS + needs + "\n"
    )
    left, open_needs = net(setting.assets, setting.needs)
    assert [left[a] for a in setting.assets if a in left] == stock
    assert [open_needs[n] for n in setting.needs] == missing


@pytest.mark.parametrize(("assets", "needs", "stock", "missing"), BY_HAND)
def test_checks_net_alike(
    tmp_path: Path, assets: str, needs: str, stock: list[Fraction | None],
    missing: list[Fraction],
) -> None:  # fmt: skip
    """The facts that proposals are judged by are derived apart, and agree."""
    setting = tiny(
        tmp_path, TRADE, assets=ASSETS + assets + "\n", needs=NEEDS + needs + "\n"
    )
    facts = Facts(setting)
    held = [facts.stock(k) for k, a in facts.assets.items() if a.capacity is not None]
    assert held == [None if left is None else int(left) for left in stock]
    assert [facts.missing(key) for key in facts.needs] == missing


def test_only_whole_units_are_encoded(tmp_path: Path) -> None:
    """Both sides are rounded down; less than one unit exchanges nothing."""
    inst = encode(tiny(
        tmp_path, TRADE,
        assets="region,capability,actor,level,capacity\nA,K,x,2,2.9\nA,K,y,2,0.9\n",
        needs="region,capability,amount\nB,K,1.5\nC,K,0.5\n",
    ))  # fmt: skip
    assert inst.labels.assets.ids == ("A/K/x",)
    assert inst.labels.needs.ids == ("B/K/1+",)
    assert inst.exchanges.capacity.tolist() == [2]
    assert inst.exchanges.amount.tolist() == [1]
    assert inst.exchanges.left.tolist() == [1.5]


def test_unlimited_is_bounded_by_all_needs(tmp_path: Path) -> None:
    """A column needs a bound: what all regions together lack of the capability."""
    inst = encode(tiny(
        tmp_path, TRADE, assets="region,capability,level,capacity\nA,K,2,unlimited\n",
        needs="region,capability,amount\nA,K,9\nB,K,2\nC,K,3\n",
    ))  # fmt: skip
    assert inst.exchanges.capacity.tolist() == [5]

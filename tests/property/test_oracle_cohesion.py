"""The oracle on breadth of a consortium, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.verify.oracle import best
from tests.property.by_hand import THREE, book, scene, worth
from tests.property.drawing import cited

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = "region,capability,level,capacity\nA,K,3,2\nB,K,1,2\nC,K,2,2\n"
BEST = "case,capability,kind,min_level\nD,K,best,1\n"
USERS = {
    "capabilities": "capability,class\nK,skill\nU,lead_user\nV,lead_user\n",
    "assets": "region,capability,level\nA,U,3\nB,U,1\nB,V,1\n",
}


def asking(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A partnership that requires groups."""
    return book("p", "partnership", consortium={"required": list(groups)}, **more)


def group(category: str, scheme: str = "c", least: int = 1, **asked: Any) -> Any:
    """So many regions of a category in a substantive role."""
    return {"scheme": scheme, "categories": [category], "min_regions": cited(least),
            "substantive": {name: cited(n) for name, n in asked.items()}}  # fmt: skip


@pytest.mark.parametrize(
    ("partnership", "memberships", "least", "expected"),
    [
        ("steel", "partnership,case,region\nsteel,,A\n,D,B\nwind,,C\n", 1, "1.5"),
        ("steel", "partnership,case,region\nsteel,,A\n,D,B\nwind,,C\n", 2, "0"),
        ("", "partnership,case,region\nsteel,,A\n,D,B\n", 2, "1.5"),
        ("steel", "", 4, "1.5"),
        ("steel", "partnership,case,region\n", 3, "1.5"),
        ("steel", "partnership,case,region\n", 4, "0"),
    ],
)
def test_newcomers(
    tmp_path: Path, partnership: str, memberships: str, least: int, expected: str
) -> None:
    """Only C is new to steel and to D; without a partnership A is new, too.

    All three are worth 1 + 0.5. Without a table nobody asks for newcomers,
    without rows all three are new.
    """
    tables = {"memberships": memberships} if memberships else {}
    setting = scene(
        tmp_path, {"cohesion": 1}, cases=f"case,name,partnership\nD,D,{partnership}\n",
        books=(book("p", "partnership", min_newcomers=cited(least)),), **tables,
    )  # fmt: skip
    assert worth(setting) == Fraction(expected)


@pytest.mark.parametrize(("most", "expected"), [(0.5, "1"), (0.7, "1.5"), (0.4, "0")])
def test_balance_of_states(tmp_path: Path, most: float, expected: str) -> None:
    """A and B are of one state: 2 of 3 members, or 1 of 2 with C alone.

    With C: A and C are worth 1; all three 1.5.
    """
    setting = scene(
        tmp_path, {"cohesion": 1}, regions=THREE.replace("SE", "NO"),
        books=(book("p", "partnership", max_state_share=cited(most)),),
    )  # fmt: skip
    assert worth(setting) == Fraction(expected)


def test_who_must_count_is_named_in_the_place_of_a_better_one(tmp_path: Path) -> None:
    """B is named with level 1 where A has 3: one point of role quality, not three."""
    for groups, expected in (((), 3), ((group("transition"),), 1)):
        setting = scene(tmp_path, {"role_quality": 1}, books=(asking(*groups),),
                        assets=LEVELS, roles=BEST)  # fmt: skip
        assert worth(setting) == expected
    answer = best(setting, funding=False)
    assert answer is not None
    assert [region for _, region in answer.cases["D"].named] == ["B"]


def test_groups_of_two_schemes_each_ask_for_themselves(tmp_path: Path) -> None:
    """Two are named: B must be for one scheme, C for the other: 1 + 2 instead of 5."""
    regions = """
region,name,state,category.c,category.size
A,A,NO,less_developed,big
B,B,SE,transition,big
C,C,ES,more_developed,small
"""
    roles = "case,capability,kind,min_level,min_providers\nD,K,best,1,2\n"
    groups = group("transition"), group("small", "size")
    setting = scene(tmp_path, {"role_quality": 1}, books=(asking(*groups),),
                    regions=regions, assets=LEVELS, roles=roles)  # fmt: skip
    assert worth(setting) == 3


def test_a_unit_given_counts(tmp_path: Path) -> None:
    """C needs two units, that serve only from level 2, and one more from level 1.

    A gives the two; B, which counts only so, the third: 2 x 1 + 0.25.
    """
    setting = scene(
        tmp_path, {"need_coverage": 1}, books=(asking(group("transition")),),
        assets="region,capability,level,capacity\nA,K,3,3\nB,K,1,2\n",
        needs="region,capability,amount,min_level,value\nC,K,2,2,1\nC,K,1,1,0.25\n",
        roles="case,capability,kind\nD,K,exchange\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("2.25")
    assert ("B", 1) in {(e.provider, e.units) for e in answer.exchanges}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"lead_user_floor": 2}, "1.5"), ({"lead_user_floor": 3}, "0"),
        ({"lead_user_floor": 0}, "1.5"), ({}, "0"),
    ],
)  # fmt: skip
def test_lead_users(tmp_path: Path, asked: dict[str, int], expected: str) -> None:
    """B is lead user of U and V with levels that add up to two; it does nothing."""
    books = (asking(group("transition", **asked)),)
    setting = scene(tmp_path, {"cohesion": 1}, books=books, **USERS)
    assert worth(setting) == Fraction(expected)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.3, "1.5"), (0.31, "0"), (0, "1.5")]
)  # fmt: skip
def test_who_counts_bears_its_share(
    tmp_path: Path, share: float, expected: str
) -> None:
    """B has 30 of the 100 that D costs, and A, which is no lead user, the rest."""
    groups = group("transition", lead_user_floor=2, min_share=share)
    setting = scene(
        tmp_path, {"cohesion": 1}, books=(asking(groups),),
        regions=THREE.replace("nuts", "own_budget").replace(",,", ",90,")
        .replace("SE,90", "SE,30"),
        costs="case,layer,amount\nD,1,100\n", **USERS,
    )  # fmt: skip
    assert worth(setting, funding=True) == Fraction(expected)
    assert worth(setting) == Fraction("1.5")


def test_one_of_two_that_count_is_enough(tmp_path: Path) -> None:
    """A and B both act; A has no money, B bears all: the second choice holds."""
    regions = THREE.replace("nuts", "own_budget").replace(",,", ",0,")
    asked = group("transition", lead_user_floor=2, min_share=0.9)
    asked["categories"] = ["less_developed", "transition"]
    setting = scene(
        tmp_path, {"cohesion": 1}, books=(asking(asked),),
        regions=regions.replace("SE,0", "SE,100"),
        costs="case,layer,amount\nD,1,100\n", **USERS,
    )  # fmt: skip
    answer = best(setting, funding=True)
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert answer.payments is not None
    assert answer.payments.shares["B", "D", "1"] == 100_00

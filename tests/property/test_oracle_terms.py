"""The oracle on single objective terms, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.verify.oracle import best
from tests.property.by_hand import scene, worth

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = "region,capability,level\nA,K,3\nB,K,2\nC,K,1\n"


def test_so_many_observers_are_options(tmp_path: Path) -> None:
    """C leads; A fits 0.8 and B 0.5, so both may watch, and the best of them count.

    Who would not count does not watch: of equal plans the oracle tells the smallest.
    """
    priorities = "region,topic,weight\nA,t,0.8\nB,t,0.5\n"
    vetoes = [{"case": "D", "region": r, "role": "member", "forbid": True}
              for r in "AB"]  # fmt: skip
    for most, expected in ((1, "0.8"), (2, "1.3"), (0, "0")):
        answer = best(
            scene(
                tmp_path, {"option_value": 1}, settings={"pins": vetoes},
                parameters={"option_value": {"most_per_case": most}},
                priorities=priorities, case_topics="case,topic\nD,t\n",
            ),
            funding=False,
        )  # fmt: skip
        assert answer is not None
        assert answer.value == Fraction(expected)
        watching = [case.observers for case in answer.cases.values()]
        assert watching == ([frozenset("AB"[:most])] if most else [])


@pytest.mark.parametrize(
    ("memberships", "expected"),
    [
        ("", "1.5"),
        ("partnership,case,region\n", "0"),
        ("partnership,case,region\np,,A\n,D,B\n", "0.5"),
        ("partnership,case,region\n,E,B\nq,,A\n", "0"),
        ("partnership,case,region\n,D,A\n,D,B\n,D,C\n", "1.5"),
    ],
)
def test_newcomers_take_effort(tmp_path: Path, memberships: str, expected: str) -> None:
    """A brings 1, B 0.5 and C none, D of p asks for all three; a newcomer costs 1.

    Without a table nobody is new, without rows all three are. With A, who knows p, and
    B, who knows D, only C is new.
    Who knows another case or partnership is new, so D stays closed. E cannot launch.
    """
    tables = {"memberships": memberships} if memberships else {}
    setting = scene(
        tmp_path, {"cohesion": 1, "onboarding": 1},
        parameters={"onboarding": {"per_newcomer": 1}},
        cases="case,name,partnership,min_partners\nD,D,p,3\nE,E,,4\n", **tables,
    )  # fmt: skip
    assert worth(setting) == Fraction(expected)


def test_unreliable_members_are_a_loss(tmp_path: Path) -> None:
    """A brings 1 less 0.3; B 0.5 less 0.6, for its row for D says nothing.

    C brings none and loses 0.6 without any row. With all three 1.5 - 1.5 = 0, with
    two A and B: 1.5 - 0.9 = 0.6.
    """
    for fewest, expected in ((3, 0), (2, "0.6")):
        setting = scene(
            tmp_path, {"cohesion": 1, "commitment_risk": 1},
            parameters={"commitment_risk": {"unknown": 0.4}},
            commitments="region,case,level,reliability\nA,,3,0.7\nB,,3,0\nB,D,3,\n",
            cases=f"case,name,min_partners\nD,D,{fewest}\n",
        )  # fmt: skip
        assert worth(setting) == Fraction(expected)


@pytest.mark.parametrize(
    ("levels", "least", "expected"),
    [
        ("A,K,3\nB,K,2\nC,K,1\n", 1, "0"),
        ("A,K,3\nB,K,3\nC,K,1\n", 1, "1"),
        ("A,K,2\nB,K,3\nC,K,1\n", 3, "2.5"),
        ("A,K,0\nB,K,0\n", 0, "0"),
        ("B,K,1\n", 0, "2.5"),
    ],
)
def test_pockets_of_excellence(
    tmp_path: Path, levels: str, least: int, expected: str
) -> None:
    """B is a region to care for: surpassed, as good as A, the only one, without any."""
    setting = scene(
        tmp_path, {"pockets": 1},
        parameters={"pockets": {"scheme": "c", "categories": ["transition"],
                                "best": 1, "only": 2.5}},
        assets=f"region,capability,level\n{levels}",
        roles=f"case,capability,kind,min_level\nD,K,best,{least}\n",
    )  # fmt: skip
    assert worth(setting) == Fraction(expected)


def test_of_equals_the_pocket_of_excellence_is_named(tmp_path: Path) -> None:
    """A and B have level 3, there is one place and B is to care for: 3 + 1."""
    setting = scene(
        tmp_path, {"role_quality": 1, "pockets": 1},
        parameters={"pockets": {"scheme": "c", "categories": ["transition"],
                                "best": 1, "only": 5}},
        assets="region,capability,level\nA,K,3\nB,K,3\nC,K,2\n",
        roles="case,capability,kind\nD,K,best\n",
    )  # fmt: skip
    assert worth(setting) == 4


@pytest.mark.parametrize(
    ("states", "listed", "expected"),
    [(2, [], 1), (3, [], 0), (1, ["L"], 1), (2, ["L"], 0), (2, ["L", "K"], 1)],
)
def test_tests_in_several_states(
    tmp_path: Path, states: int, listed: list[str], expected: int
) -> None:
    """K needs level 2, which A and B reach; L is not regulatory, and only C has it."""
    setting = scene(
        tmp_path, {"certification": 1},
        parameters={"certification": {"states": states, "capabilities": listed}},
        capabilities="capability,class\nK,regulatory\nL,service\n",
        assets=LEVELS + "C,L,1\nB,L,0\n",
        roles="case,capability,kind,min_level\nD,K,best,2\nD,L,best,0\n",
    )  # fmt: skip
    assert worth(setting) == expected


def test_thresholds_of_critical_mass(tmp_path: Path) -> None:
    """Levels 3 + 2 + 1 = 6 of 4: once at 4, and at 1.5 x 4; not at 7.

    A role without a minimum, and one of 0, have no threshold.
    """
    steps = [{"at_least": 1, "points": 1}, {"at_least": 1.5, "points": 0.5},
             {"at_least": 1.75, "points": 9}]  # fmt: skip
    setting = scene(
        tmp_path, {"critical_mass": 1}, parameters={"critical_mass": {"steps": steps}},
        capabilities="capability\nK\nL\nM\n", assets=LEVELS,
        roles="case,capability,kind,min_total\nD,K,total,4\nD,L,total,\nD,M,total,0\n",
    )  # fmt: skip
    assert worth(setting) == Fraction("1.5")


@pytest.mark.parametrize(
    ("single", "expected"), [({}, "1.5"), ({"L": 2}, "3.5"), ({"K": 0, "L": 2}, "2")]
)
def test_units_of_facilities_are_credited(
    tmp_path: Path, single: dict[str, float], expected: str
) -> None:
    """A gives 3 units of the facility K and 1 of L, which is none."""
    setting = scene(
        tmp_path, {"shared_facilities": 1},
        parameters={"shared_facilities": {"per_unit": 0.5, "capabilities": single}},
        capabilities="capability,class\nK,facility\nL,skill\n",
        assets="region,capability,level,capacity\nA,K,2,unlimited\nA,L,2,1\n",
        needs="region,capability,amount\nB,K,3\nC,L,2\n",
        roles="case,capability,kind\nD,K,exchange\nD,L,exchange\n",
    )  # fmt: skip
    assert worth(setting) == Fraction(expected)

"""The oracle on who may take part, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.verify.oracle import best
from tests.property.by_hand import THREE, book, scene, worth
from tests.property.drawing import cited

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_pays(tmp_path: Path) -> None:
    """Launching costs 1 + 0.5 + 0.1 and brings nothing: stay closed, worth 0."""
    answer = best(scene(tmp_path, {"coordination_cost": 1}), funding=False)
    assert answer is not None
    assert (answer.value, dict(answer.cases)) == (0, {})


def test_cheapest_case_when_one_is_asked_for(tmp_path: Path) -> None:
    """One case with one member of one state: -(1 + 0.5 + 0.1) = -1.6."""
    settings = {"limits": {"min_cases": 1}}
    setting = scene(tmp_path, {"coordination_cost": 1}, settings=settings)
    assert worth(setting) == Fraction("-1.6")


def test_contradictory_pins(tmp_path: Path) -> None:
    """A region cannot be lead and partner of one case."""
    pins = [{"case": "D", "region": "A", "role": r} for r in ("lead", "partner")]
    assert worth(scene(tmp_path, {}, settings={"pins": pins})) is None


def test_veto_on_partner_leaves_the_lead(tmp_path: Path) -> None:
    """C must be a member and not a partner: it leads, and all three score 1.5."""
    pins = [
        {"case": "D", "region": "C", "role": "member"},
        {"case": "D", "region": "C", "role": "partner", "forbid": True},
    ]
    answer = best(
        scene(tmp_path, {"cohesion": 1}, settings={"pins": pins}), funding=False
    )
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert answer.cases["D"].lead == "C"
    assert answer.cases["D"].members >= {"A", "B", "C"}


def test_role_quality_adds_up_the_best_providers(tmp_path: Path) -> None:
    """Two providers from level 2 of levels 3, 2, 1: 4 x (3 + 2) = 20."""
    setting = scene(
        tmp_path, {"role_quality": 1},
        assets="region,capability,level\nA,K,3\nB,K,2\nC,K,1\n",
        roles="case,capability,kind,min_level,min_providers,weight\nD,K,best,2,2,4\n",
    )  # fmt: skip
    assert worth(setting) == 20


def test_nested_regions_count_once(tmp_path: Path) -> None:
    """A holds B: of A, B, C only A and C count, so levels are 3 + 1 = 4.

    g(4) = 3 x 1 + 1 x 0.5 = 3.5; three counting members are impossible.
    """
    tables = {
        "regions": "region,name,state,nuts\nA,A,NO,NO0\nB,B,NO,NO01\nC,C,SE,SE1\n",
        "assets": "region,capability,level\nA,K,3\nB,K,3\nC,K,1\n",
        "roles": "case,capability,kind\nD,K,total\n",
    }
    assert worth(scene(tmp_path, {"scale": 1}, **tables)) == Fraction("3.5")
    three = "case,name,min_partners\nD,D,3\n"
    assert worth(scene(tmp_path, {"scale": 1}, **{**tables, "cases": three})) == 0


def test_partial_overlap_and_equal_units(tmp_path: Path) -> None:
    """B shares X1 with A, and C equals A: only A counts, so 2 members never do."""
    setting = scene(
        tmp_path, {"cohesion": 1},
        regions="region,name,state,nuts,category.c\nA,A,NO,X1|X2,less_developed\n"
        "B,B,NO,X1|X3,less_developed\nC,C,NO,X1|X2,less_developed\n",
        cases="case,name,min_partners\nD,D,2\n",
    )  # fmt: skip
    assert worth(setting) == 0


def test_commitment_most_specific_and_expired(tmp_path: Path) -> None:
    """A leads by its row for D; B's better row has expired; C is too low for D.

    Members A (1) only, with B as observer: 1 point of cohesion.
    """
    needs = [
        {"role": "lead", "level": cited(3)},
        {"role": "partner", "level": cited(2)},
        {"role": "partner", "phase": "learn", "level": cited(0)},
        {"role": "observer", "level": cited(1)},
    ]
    tables = {
        "regions": THREE.replace("transition", "less_developed")
        .replace("more_developed", "less_developed"),
        "commitments": "region,case,partnership,level,expires\nA,,,0,\nA,D,,3,\n"
        "B,,,1,\nB,D,,5,2025-05-31\nC,,,5,\nC,,p,1,2025-06-01\n",
    }  # fmt: skip
    partnership = book("p", "partnership", commitment=needs)
    for phase, expected in (("scale_up", 1), ("learn", 3)):
        setting = scene(
            tmp_path, {"cohesion": 1}, books=(partnership,),
            cases=f"case,name,partnership,phase\nD,D,p,{phase}\n", **tables,
        )  # fmt: skip
        assert worth(setting) == expected


def test_priority_gate_and_observers(tmp_path: Path) -> None:
    """A fits 0.6 + 0.5, capped at 1; B fits 0.5, below 0.6, and only observes.

    1 + 0.5 x 0.5 = 1.25; C's priority has expired.
    """
    setting = scene(
        tmp_path, {"strategic_fit": 1},
        books=(book("p", "partnership", priority_min_fit=cited(0.6)),),
        priorities="region,topic,weight,valid_until\nA,t,1,\nA,u,1,2025-06-01\n"
        "B,u,1,\nC,t,1,2025-05-31\n",
        case_topics="case,topic,weight\nD,t,0.6\nD,u,0.5\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("1.25")
    assert answer.cases["D"].observers == {"B"}


def test_effort_and_leads(tmp_path: Path) -> None:
    """Leading takes 1.5 and joining 0.5; A may lead nowhere, B has 1 and C 1.5.

    C leads one case with A and B: 1.5 points. Nobody is left to lead the other.
    """
    setting = scene(
        tmp_path, {"cohesion": 1},
        regions="region,name,state,effort_capacity,max_leads,category.c\n"
        "A,A,NO,unlimited,0,less_developed\nB,B,SE,1,,transition\nC,C,ES,1.5,,\n",
        cases="case,name,effort_base,effort_per_partner\nD,D,1,0.5\nE,E,1,0.5\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert [case.lead for case in answer.cases.values()] == ["C"]


def test_exclusive_group_state_and_case_limits(tmp_path: Path) -> None:
    """Of D, E (exclusive) and F, G (done): one of D, E and F, each worth 1.5.

    The partnership's limit of one case leaves 1.5.
    """
    cases = "case,name,exclusive_group,state\nD,D,x,\nE,E,x,\nF,F,,idea\nG,G,,done\n"
    assert worth(scene(tmp_path, {"cohesion": 1}, cases=cases)) == 3
    limit = book("p", "partnership", max_cases=cited(1))
    setting = scene(tmp_path, {"cohesion": 1}, cases=cases, books=(limit,))
    assert worth(setting) == Fraction("1.5")


def test_refuses_what_is_too_large(tmp_path: Path) -> None:
    """Seven regions are one too many."""
    rows = "".join(f"R{i},R{i},NO\n" for i in range(7))
    setting = scene(tmp_path, {}, regions="region,name,state\n" + rows)
    with pytest.raises(ValueError, match="7 regions"):
        best(setting, funding=False)

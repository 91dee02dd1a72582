"""The oracle on applications and chances, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.verify.oracle import best
from matcher.verify.oracle_applications import groupings
from tests.rules.bites_applications import APART, asked, out, two_grants
from tests.tiny import PAID, cited, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene

F = Fraction
TRIO = {"consortium": {"min_regions": cited(3)}}


def found(folder: Path, what: Scene) -> tuple[Fraction, set[tuple[str, ...]]]:
    """Points of the best plan, and the cases of each application that matters."""
    answer = best(tiny(folder, what), funding=True)
    assert answer is not None
    assert answer.payments is not None
    return answer.value, {request.cases for request in answer.payments.requests}


def test_all_groupings_of_three() -> None:
    """Three cases can be grouped in five ways, the largest groups first."""
    ways = list(groupings(["a", "b", "c"]))
    assert ways[0] == (("a", "b", "c"),)
    assert len(ways) == len(set(ways)) == 5


@pytest.mark.parametrize(
    ("rules", "more", "points", "groups"),
    [
        ({}, TRIO, 0, set()),
        ({"bundle": True}, TRIO, 7, {("D1", "D2")}),
        ({"bundle": True, "max_cases": 1}, TRIO, 0, set()),
        ({"max_number": 1}, {}, 4, {("D2",)}),
        ({"bundle": True, "max_number": 1}, {}, 7, {("D1", "D2")}),
        ({"bundle": True, "max_number": 1}, {"grant": {"max": cited(599)}}, 4,
         {("D2",)}),
        ({"bundle": True}, {"grant": {"min": cited(600)}}, 7, {("D1", "D2")}),
        ({"bundle": True}, {"grant": {"min": cited(600), "max": cited(601)}}, 7,
         {("D1", "D2")}),
        ({"bundle": True}, {**TRIO, "grant": {"max": cited(599)}}, 0, set()),
    ],
)  # fmt: skip
def test_bundles(
    tmp_path: Path, rules: dict[str, Any], more: dict[str, Any], points: int,
    groups: set[tuple[str, ...]],
) -> None:  # fmt: skip
    """A and B lack 400 EUR for D1, C lacks 200 for D2; together they are three.

    D1 brings 3 points, D2 brings 4.
    """
    assert found(tmp_path, asked(rules, **more)) == (points, groups)


def test_who_asks_for_nothing_brings_no_members(tmp_path: Path) -> None:
    """C pays D2 alone. A euro for D2 beside 400 EUR for D1 makes three members."""
    costs = "case,layer,amount\nD1,1,1000\nD2,1,100\n"
    for envelope, points in ((401, 7), (400.99, 4)):
        rules = {"bundle": True}
        what = scene(asked(rules, **TRIO, envelope=cited(envelope)), costs=costs)
        assert found(tmp_path / str(envelope), what)[0] == points


def test_instruments_apart(tmp_path: Path) -> None:
    """D1 lacks 100 EUR, two grants pay 60 each; apart, they do not."""
    for of, points in (("h", 0), ("union", 0), ("nobody", 7)):
        assert found(tmp_path / of, two_grants(of))[0] == points


def chancy(*shares: float, own: int, **more: Any) -> Scene:
    """D1 of 1000 EUR with some grants, points with their chances."""
    books = {
        f"g{i}": grant(success={"value": share, "source": "S"}, **more)
        for i, share in enumerate(shares)
    }
    return scene(
        PAID, books={"g": None, **books}, objective={"expected": True},
        regions={r: {"own_budget": own} for r in "ABC"},
    )  # fmt: skip


def test_points_with_a_chance(tmp_path: Path) -> None:
    """Certain money first; of two grants the likelier; both if one is too small."""
    small = {"grant": {"max": cited(200)}}
    for name, what, points in (
        ("own", chancy(0.5, own=400), F(7)),
        ("one", chancy(0.5, 0.8, own=300), F(28, 5)),
        ("two", chancy(0.5, 0.8, own=200, **small), F(14, 5)),
        ("none", chancy(0.5, 0, own=200, **small), F(0)),
    ):
        answer = best(tiny(tmp_path / name, what), funding=True)
        assert answer is not None
        assert answer.value == points, name
        assert answer.points["cohesion"] == points


def test_effort_counts_in_any_case(tmp_path: Path) -> None:
    """Half of 7 points less 3 for coordination; at 4 it is better left."""
    for price, points in ((3, F(1, 2)), (4, F(0))):
        what = scene(chancy(0.5, own=300), objective={
            "weights": {"cohesion": 1, "coordination_cost": 1},
            "parameters": {
                "cohesion": {"scheme": "worth", "points": {
                    "one": 1, "two": 2, "four": 4}},
                "coordination_cost": {"per_case": price, "per_member": 0,
                                      "per_state": 0, "per_observer": 0},
            },
        })  # fmt: skip
        answer = best(tiny(tmp_path / str(price), what), funding=True)
        assert answer is not None
        assert answer.value == points


def test_units_count_with_the_chance_of_their_case(tmp_path: Path) -> None:
    """B's two units come in D1, which own money pays, not in D2, which is uncertain.

    Out of D1, B gets them in D2, with a chance of a half.
    """
    goods = {
        "capabilities": "capability\nK\n",
        "assets": "region,capability,level,capacity\nA,K,2,2\n",
        "needs": "region,capability,amount,min_level\nB,K,2,1\n",
        "roles": "case,capability,kind\nD1,K,exchange\nD2,K,exchange\n",
    }
    success = {"success": {"value": 0.5, "source": "S"}}
    for kept_out, points in (((), 2), (("B",), 1)):
        what = scene(
            APART, **goods, books={"g": grant(**success)},
            costs="case,layer,amount\nD1,1,1\nD2,1,1000\n",
            objective={"expected": True, "weights": {"need_coverage": 1}},
        )  # fmt: skip
        what["settings"] = {"pins": out("D1", *kept_out)}
        answer = best(tiny(tmp_path / str(points), what), funding=True)
        assert answer is not None
        assert answer.value == points

"""The front of two terms against brute force, and what the command shows of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.engine.goals import RESOLUTION, goals, with_weights
from matcher.errors import InputError, Place
from matcher.program.solution import SolveOptions, Stop
from matcher.scenario.setting import PlacedPin
from matcher.study.goals.front import front
from matcher.verify.oracle import best
from matcher.verify.verify import exact_terms, verify
from tests.property.generator import write_scenario
from tests.scenarios.conftest import call, document, run
from tests.tiny import PLAIN, WAIT, scene, tiny_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting
    from matcher.study.goals.front import Front

SEEDS = range(24)
OF_MEMBERS = ("cohesion", "role_quality", "scale", "scope")
"""Terms that the members of a plan decide alone, so that pins on them fix both."""
PAIRS = tuple(combinations(OF_MEMBERS, 2))
Worth = tuple[Fraction, Fraction]
NONE = {
    "limits": {"min_cases": 2},
    "pins": [{"case": "D1", "forbid": True, "reason": "made for the test"}],
}
"""Settings of two cases that no plan meets."""


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers."""
    return Desk(workers, SolveOptions())


def worths(setting: Setting, terms: tuple[str, str]) -> set[Worth]:
    """Values in both terms of every set of memberships, by the oracle."""
    regions = sorted(setting.regions)
    consortia = [
        frozenset(some) for size in range(len(regions) + 1)
        for some in combinations(regions, size)
    ]  # fmt: skip
    found = set()
    for members in product(consortia, repeat=len(setting.cases)):
        pins = [
            pin for case, some in zip(setting.cases, members, strict=True)
            for pin in pinned(case, some, regions)
        ]  # fmt: skip
        fixed = replace(setting, pins=(*setting.pins, *pins))
        values = []
        for term in terms:
            alone = with_weights(fixed, {term: Fraction(1)})
            answer = best(alone, funding=setting.has_money)
            if answer is not None:
                values.append(answer.value)
        if values:
            found.add((values[0], values[1]))
    return found


def pinned(
    case: str, members: frozenset[str], regions: list[str]
) -> Iterator[PlacedPin]:
    """Pins that leave a case exactly these members, or closed without any."""
    at = Place("test", 1)
    if not members:
        yield PlacedPin(case, None, None, True, "", at)
        return
    for region in regions:
        yield PlacedPin(case, region, "member", region not in members, "", at)


def undominated(found: set[Worth]) -> set[Worth]:
    """Pairs that no other pair is as good as in both."""
    return {
        one for one in found
        if not any(o != one and o[0] >= one[0] and o[1] >= one[1] for o in found)
    }  # fmt: skip


def pairs(found: Front) -> set[Worth]:
    """The points of a front as pairs."""
    return {(point.first, point.second) for point in found.points}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_front_is_the_one_of_brute_force(
    seed: int, desk: Desk, tmp_path: Path
) -> None:
    """All pairs that no plan beats are found, no others, and that is proven."""
    path = write_scenario(tmp_path, seed, money=seed % 3 == 0, small=True)
    scenario = matcher.load(path)
    setting = replace(scenario.setting(), wait_for=None)
    if setting.objective.expected:
        pytest.skip("pins on members do not fix both terms where money is a chance")
    terms = PAIRS[seed % len(PAIRS)]
    truth = undominated(worths(setting, terms))
    found = front(scenario, desk, terms)
    assert pairs(found) == truth
    assert found.complete
    assert found.searched
    for point in found.points:
        assert point.proven
        assert point.first_at_most == point.first
        assert verify(point.plan, setting).holds
        values = {
            t.name: t.value for t in exact_terms(point.plan, with_weights(
                setting, dict.fromkeys(terms, Fraction(1))))
        }  # fmt: skip
        assert (point.first, point.second) == tuple(values[name] for name in terms)


def test_a_front_without_a_lattice_says_how_fine_it_is(
    desk: Desk, tmp_path: Path
) -> None:
    """Points that are no decimals are kept apart by the named resolution."""
    third = {"cohesion": {"scheme": "worth", "points": {"one": 1}}}
    scenario = tiny_scenario(
        tmp_path, PLAIN, objective={"parameters": third, "weights": {"cohesion": 1}}
    )
    parts = goals(scenario.setting(), ("cohesion",), desk)
    thirds = parts.question.asked.apart[0] * (2**0.5)
    odd = replace(
        parts, question=replace(
            parts.question,
            asked=replace(parts.question.asked, apart=(thirds,)),
        ),
    )  # fmt: skip
    assert parts.on_lattice("cohesion")
    assert parts.step("cohesion") == 1
    assert not odd.on_lattice("cohesion")
    assert odd.step("cohesion") == RESOLUTION


def test_chances_count_in_the_terms(desk: Desk, tmp_path: Path) -> None:
    """Under an expected objective a term is worth what the exact value says."""
    expected = scene(
        WAIT,
        objective={
            "weights": {"launched_cases": 1, "coordination_cost": 1},
            "parameters": {"coordination_cost": {"per_member": 0.25}},
        },
        settings={"wait_for": None},
    )
    scenario = tiny_scenario(tmp_path, expected)
    found = front(scenario, desk, ("launched_cases", "coordination_cost"))
    setting = scenario.setting()
    assert found.complete
    for point in found.points:
        terms = {t.name: t.value for t in exact_terms(point.plan, setting)}
        assert point.first == terms["launched_cases"]
        assert point.second == terms["coordination_cost"]
    # 600 EUR at a rate of 0.9 leave 60 EUR, which any one region has.
    assert pairs(found) == {
        (Fraction(8, 5), Fraction(-1, 2)), (Fraction(4, 5), Fraction(-1, 4)),
        (Fraction(0), Fraction(0)),
    }  # fmt: skip


def test_few_points_lie_apart_and_the_front_is_said_to_be_open(desk: Desk) -> None:
    """Both ends come first; with all points asked for the front is complete."""
    scenario = matcher.load("scenarios/miniature")
    terms = ("role_quality", "coordination_cost")
    every = front(scenario, desk, terms)
    few = front(scenario, desk, terms, most=3)
    assert every.complete
    assert len(every.points) == 6
    assert len(few.points) == 3
    assert not few.complete
    assert "not complete" in " ".join(few.sentences)
    assert pairs(few) < pairs(every)
    ends = (every.points[0], every.points[-1])
    assert {(p.first, p.second) for p in ends} < pairs(few)


def test_a_front_turned_round_is_the_same(desk: Desk) -> None:
    """Which term is the first makes no difference to the points."""
    scenario = matcher.load("scenarios/miniature")
    one = front(scenario, desk, ("role_quality", "coordination_cost"))
    other = front(scenario, desk, ("coordination_cost", "role_quality"))
    assert pairs(one) == {(b, a) for a, b in pairs(other)}


def test_equal_plans_are_told_apart_by_the_own_objective(
    desk: Desk, tmp_path: Path
) -> None:
    """Third terms count between plans that are equal in both."""
    weights = {"launched_cases": 1, "cohesion": 0, "coordination_cost": 1}
    scenario = tiny_scenario(
        tmp_path, PLAIN,
        objective={
            "weights": weights,
            "parameters": {
                "cohesion": {"scheme": "worth", "points": {"four": 1}},
                "coordination_cost": {"per_member": 0.5},
            },
        },
    )  # fmt: skip
    (point,) = front(scenario, desk, ("launched_cases", "cohesion")).points
    assert [plan.members for plan in point.plan.cases] == [("C",), ("C",)]
    assert point.plan.objective == 1


def test_no_plan_is_no_point(desk: Desk, tmp_path: Path) -> None:
    """An infeasible setting has no front, which is complete."""
    scenario = tiny_scenario(
        tmp_path, PLAIN, settings=NONE,
        objective={"weights": {"cohesion": 1, "launched_cases": 1}},
    )  # fmt: skip
    found = front(scenario, desk, ("cohesion", "launched_cases"))
    assert (found.points, found.status, found.stop) == (
        (), "infeasible", Stop.FINISHED,
    )  # fmt: skip
    assert found.sentences == ("There is no plan: the setting is infeasible.",)


def test_a_term_must_be_in_the_objective(desk: Desk) -> None:
    """Terms that the objective does not name are refused, with what it names."""
    scenario = matcher.load("scenarios/miniature")
    with pytest.raises(InputError) as caught:
        front(scenario, desk, ("role_quality", "coordination_costs"))
    (fault,) = caught.value.faults
    assert fault.code == "UNKNOWN_TERM"
    assert "coordination_cost" in fault.problem


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process shows the front, and writes it."""
    out = tmp_path / "front"
    words = ("study", "front", "miniature", "--terms", "role_quality,coordination_cost")
    ended = run(*words, "--out", out, "--json")
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert told["complete"] is True
    assert len(told["tables"]["front"]) == 6
    assert told["tables"]["front"][0]["role_quality"] == 15.36
    assert (out / "front.csv").is_file()


@pytest.mark.parametrize("terms", ["scope", "scope,scope", "a,b,c", ","])
def test_two_different_terms_are_asked_for(terms: str) -> None:
    """Anything but two different terms is a slip of the command line."""
    ended = call("study", "front", "miniature", "--terms", terms)
    assert ended.exit_code == 2
    assert "terms" in ended.output

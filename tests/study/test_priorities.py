"""Terms in order against brute force, and what the command shows of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.program.solution import SolveOptions
from matcher.study.goals.priorities import priorities
from matcher.verify.verify import verify
from tests.property.generator import write_scenario
from tests.scenarios.conftest import call, document, run
from tests.study.test_front import NONE, PAIRS, worths
from tests.tiny import PLAIN, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers

SEEDS = range(30, 42)


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers."""
    return Desk(workers, SolveOptions())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_is_kept_as_by_brute_force(
    seed: int, desk: Desk, tmp_path: Path
) -> None:
    """The best of the first term, then of the second, in both orders."""
    path = write_scenario(tmp_path, seed, money=seed % 3 == 0, small=True)
    scenario = matcher.load(path)
    setting = replace(scenario.setting(), wait_for=None)
    if setting.objective.expected:
        pytest.skip("pins on members do not fix both terms where money is a chance")
    terms = PAIRS[seed % len(PAIRS)]
    truth = worths(setting, terms)
    for order in (terms, terms[::-1]):
        found = priorities(scenario, desk, order)
        if not truth:
            assert (found.plan, found.status) == (None, "infeasible")
            continue
        turned = [pair if order == terms else pair[::-1] for pair in truth]
        first, second = max(turned)
        assert [stage.value for stage in found.stages] == [first, second]
        assert [stage.alone for stage in found.stages] == [
            max(pair[0] for pair in turned), max(pair[1] for pair in turned),
        ]  # fmt: skip
        assert all(stage.at_most == stage.value for stage in found.stages)
        assert found.stages[0].cost == 0
        assert found.plan is not None
        assert verify(found.plan, setting).holds


def test_what_comes_later_gives_up(desk: Desk) -> None:
    """Where coordination must cost nothing, there is no case and no quality."""
    scenario = matcher.load("scenarios/miniature")
    found = priorities(scenario, desk, ("coordination_cost", "role_quality"))
    assert [stage.cost for stage in found.stages] == [0, Fraction(384, 25)]
    turned = priorities(scenario, desk, ("role_quality", "coordination_cost"))
    assert [stage.value for stage in turned.stages] == [
        Fraction(384, 25), Fraction(-7, 2),
    ]  # fmt: skip
    assert turned.plan is not None
    assert turned.plan.objective == Fraction(593, 50)
    assert "given up" in " ".join(found.sentences)


def test_the_own_objective_settles_the_rest(desk: Desk, tmp_path: Path) -> None:
    """One term alone leaves much open: the plan is the best of what it leaves."""
    weights = {"launched_cases": 0, "cohesion": 1}
    scenario = tiny_scenario(tmp_path, PLAIN, objective={"weights": weights})
    found = priorities(scenario, desk, ("launched_cases",))
    assert found.plan is not None
    assert found.plan.objective == 14
    assert [stage.value for stage in found.stages] == [2]


def test_no_plan_is_told(desk: Desk, tmp_path: Path) -> None:
    """An infeasible setting has no stages."""
    scenario = tiny_scenario(tmp_path, PLAIN, settings=NONE)
    found = priorities(scenario, desk, ("cohesion",))
    assert found.stages == ()
    assert found.sentences == ("There is no plan: the setting is infeasible.",)
    assert found.plain()["points"] is None


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process shows the stages, and writes them."""
    out = tmp_path / "order"
    words = ("--order", "role_quality,coordination_cost", "--out", out, "--json")
    ended = run("study", "priorities", "miniature", *words)
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert told["points"] == 11.86
    assert [row["value"] for row in told["tables"]["priorities"]] == [15.36, -3.5]
    assert (out / "plan.csv").is_file()


def test_a_term_twice_is_refused() -> None:
    """A term has one place in the order."""
    ended = call("study", "priorities", "miniature", "--order", "scope,scope")
    assert ended.exit_code == 2
    unknown = call("study", "priorities", "miniature", "--order", "scope")
    assert unknown.exit_code == 3

"""One weight changed at a time: solved again, and told apart from mere ties."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.engine.goals import with_weights
from matcher.program.solution import SolveOptions
from matcher.study.goals.ranks import CASE, PLAN, case_values, moves, plan_values
from matcher.study.goals.weights import weights
from matcher.verify.oracle import best
from matcher.verify.verify import exact_terms
from tests.property.generator import write_scenario
from tests.scenarios.conftest import call, document, run
from tests.tiny import ONE, PLAIN, plan, proposed, tiny, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.load import Scenario

SEEDS = (3, 4, 6, 8, 11, 12)
CLOSE = {
    "weights": {"cohesion": 1, "coordination_cost": 1},
    "parameters": {
        "cohesion": {"scheme": "worth", "points": {"one": 1, "two": 2, "four": 4}},
        "coordination_cost": {"per_member": 1.9},
    },
}
"""B pays off by a hair, A does not: with a little more coordination B leaves."""


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers."""
    return Desk(workers, SolveOptions())


@pytest.fixture
def close(tmp_path: Path) -> Scenario:
    """One case in which B is worth a little more than it costs."""
    return tiny_scenario(tmp_path, ONE, objective=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_change_is_solved_as_the_oracle_does(
    seed: int, desk: Desk, tmp_path: Path
) -> None:
    """Points under new weights are the oracle's; the old plan is best or beaten."""
    path = write_scenario(tmp_path, seed, money=seed % 4 != 0, small=True)
    scenario = matcher.load(path)
    setting = replace(scenario.setting(), wait_for=None)
    found = weights(scenario, desk)
    if found.base.objective is None:
        assert found.changes == ()
        return
    known = setting.objective.weights
    assert {c.term for c in found.changes} == {n for n, w in known.items() if w}
    assert set(found.unweighted) == {n for n, w in known.items() if not w}
    for change in found.changes:
        new = {**known, change.term: known[change.term] * (1 + change.part)}
        changed = with_weights(setting, new)
        truth = best(changed, funding=setting.has_money)
        assert truth is not None
        assert change.best.objective == change.best.bound == truth.value
        old = sum(t.points for t in exact_terms(found.base, changed))
        assert change.old is not None
        assert old <= change.old <= truth.value
        assert change.still_best == (change.old == truth.value)
    assert found.stable == all(c.still_best for c in found.changes)


def test_a_plan_that_hangs_on_a_weight(desk: Desk, close: Scenario) -> None:
    """With a fifth more for coordination B does not pay; the sentences say so."""
    found = weights(close, desk)
    assert found.base.cases[0].members == ("B", "C")
    beaten = {c.name: c for c in found.changes if c.still_best is False}
    assert set(beaten) == {
        "cohesion -20%", "coordination_cost +20%",
    }  # fmt: skip
    change = beaten["coordination_cost +20%"]
    assert change.weight == Fraction(6, 5)
    assert change.difference == "B leaves D1"
    assert change.moved == 1
    assert change.best.objective == 4 - Fraction(228, 100)
    assert change.old == 6 - 2 * Fraction(228, 100)
    assert found.stable is False
    assert "not stable" in found.sentences[0]
    moved = {(m.what, m.name): (m.before, m.after) for m in change.moves}
    assert moved[PLAN, "1"][0] == 1
    assert moved[PLAN, "1"][1] > 1


def test_a_tie_is_no_change(desk: Desk, tmp_path: Path) -> None:
    """A plan that is only equalled stays the best."""
    tied = {**CLOSE, "weights": {"cohesion": 1, "coordination_cost": 0}}
    scenario = tiny_scenario(tmp_path, ONE, objective=tied)
    found = weights(scenario, desk, by=Fraction(1))
    change = {c.name: c for c in found.changes}["cohesion -100%"]
    assert change.best.objective == change.old == 0
    assert change.still_best is True
    assert (change.difference, change.moved) == ("", 0)
    assert found.stable is True
    assert found.unweighted == ("coordination_cost",)


def test_the_miniature_is_stable(desk: Desk) -> None:
    """A fifth more or less of either weight leaves the plan of the miniature."""
    found = weights(matcher.load("scenarios/miniature"), desk)
    assert found.stable is True
    assert found.ranked
    assert [p.objective for p in found.plans][:2] == [
        Fraction(593, 50), Fraction(284, 25),
    ]  # fmt: skip
    told = " ".join(found.sentences)
    assert "stable" in told
    assert "stays first" in told
    assert found.plain()["stable"] is True


def test_ranks_by_hand(tmp_path: Path) -> None:
    """Cases and plans change places when a weight does; equal ones share a rank."""
    setting = tiny(tmp_path, PLAIN, objective=CLOSE)
    both = proposed(plan("D1", "AB"), plan("D2", "C"))
    first = replace(both, terms=exact_terms(both, setting))
    other = proposed(plan("D1", "ABC"))
    second = replace(other, terms=exact_terms(other, setting))
    worths = {**case_values(first, setting), **plan_values([first, second])}
    old = {"cohesion": Fraction(1), "coordination_cost": Fraction(0)}
    new = {"cohesion": Fraction(0), "coordination_cost": Fraction(1)}
    assert list(moves(worths, old, old)) == []
    assert list(moves(worths, old, new)) == []  # C: 4 over 3, and -1.9 over -3.8
    flat = {"cohesion": Fraction(0), "coordination_cost": Fraction(0)}
    (moved,) = moves(worths, old, flat)
    assert (moved.what, moved.name, moved.before, moved.after) == (CASE, "D1", 2, 1)


def test_with_a_gap_nothing_is_called_stable_unproven(
    workers: Workers, close: Scenario
) -> None:
    """With a wide gap a plan may be best without anybody knowing it."""
    found = weights(close, Desk(workers, SolveOptions(gap=0.9)))
    for change in found.changes:
        if change.still_best is True:
            assert change.best.bound == change.old


def test_no_plan_is_told(desk: Desk, tmp_path: Path) -> None:
    """An infeasible setting has no changes."""
    scenario = tiny_scenario(
        tmp_path, ONE, settings={
            "limits": {"min_cases": 1},
            "pins": [{"case": "D1", "forbid": True, "reason": "made for the test"}],
        },
    )  # fmt: skip
    found = weights(scenario, desk)
    assert found.changes == ()
    assert found.sentences == ("There is no plan: the setting is infeasible.",)


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process changes the weights, and writes what it found."""
    out = tmp_path / "weights"
    ended = run("study", "weights", "miniature", "--by", "0.1", "--out", out, "--json")
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert told["stable"] is True
    assert told["by"] == 0.1
    assert {row["change"] for row in told["tables"]["weights"]} == {"+10%", "-10%"}
    assert (out / "plans.csv").is_file()


@pytest.mark.parametrize("part", ["0", "-5%", "200%", "much"])
def test_a_part_is_asked_for(part: str) -> None:
    """Anything but a part above 0 and up to the whole is a slip."""
    assert call("study", "weights", "miniature", "--by", part).exit_code == 2

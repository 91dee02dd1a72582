"""Twelve kinds of lies, told by real worker processes, against whole runs.

Every one ends as an error with exit code 8 or 9, or as an answer that claims no more
than it can show; a wrong proposal is never called optimal.
"""

from __future__ import annotations

import json

import pytest

import matcher
from matcher.backends.client import open_worker
from matcher.backends.contract import BACKENDS
from matcher.errors import AnswerRejected, SolverFailed
from matcher.program.solution import SolveOptions, Status, Stop
from tests.scenarios.conftest import call

TRUTH = 18.5
"""Best value of the miniature."""

CAUGHT = {
    "wrong optimum": "stated the value",
    "higher value": "stated the value",
    "infeasible vector": "breaks row|lies in",
    "fractional": "must be whole",
    "not a number": "no numbers",
    "no number claimed": "stated the",
    "nothing": "sent none",
    "low bound": "below its own answer",
    "truncated": "values for",
    "torn message": "broke off",
    "garbage": "garbled",
    "old protocol": "protocol 0",
    "hang": "did not answer within",
    "deaf": "did not answer within",
    "crash": "invalid memory access",
    "abort": "aborted",
    "killed": "out of memory",
    "starve": "memory",
    "infeasible": "called infeasible",
    "optimal at a limit": "far from it",
    "stale": "values for",
    "permuted": "breaks row|stated the value|lies in",
    "permuted, revalued": "breaks row|lies in|must be whole",
    "shifted": "breaks row|lies in|must be whole",
}
"""Words of the error that each lie ends in."""


pytestmark = pytest.mark.usefixtures("liar")


@pytest.mark.parametrize("lie", CAUGHT)
def test_lie_is_caught(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A liar that passes its start-up test is found out by the run, by name."""
    monkeypatch.setenv("MATCHER_LIE", lie)
    with pytest.raises((SolverFailed, AnswerRejected), match=CAUGHT[lie]) as told:
        matcher.solve("miniature", backend="liar", time_limit=1.0)
    assert told.value.exit_code in (8, 9)


@pytest.mark.parametrize(
    "lie", ["low bound", "infeasible vector", "stale", "infeasible"]
)
def test_exact_liar_is_caught(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backend whose word on infeasibility is final is held to the same."""
    monkeypatch.setitem(BACKENDS, "cpsat", "tests.faults.solver.liars")
    monkeypatch.setenv("MATCHER_LIE_AS", "cpsat")
    monkeypatch.setenv("MATCHER_LIE", lie)
    with pytest.raises((SolverFailed, AnswerRejected), match=CAUGHT[lie]):
        matcher.solve("miniature", backend="cpsat")


def test_unbounded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every decision has a limit, no plan is worth any number of points."""
    monkeypatch.setenv("MATCHER_LIE", "unbounded")
    with pytest.raises(SolverFailed, match="called unbounded what has bounds"):
        matcher.solve("miniature", backend="liar")


def test_suboptimal_without_money_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lie about what is needed is refuted by what turns out to be fundable."""
    monkeypatch.setenv("MATCHER_LIE", "suboptimal")
    monkeypatch.setenv("MATCHER_LIE_TIMES", "1")
    with pytest.raises(AnswerRejected, match="worth more than the solver says"):
        matcher.solve("miniature", backend="liar")


def test_suboptimal_throughout_is_caught_by_a_second_solver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bound that merely matches a poor plan is refuted only by a better plan."""
    monkeypatch.setenv("MATCHER_LIE", "suboptimal")
    with pytest.raises(AnswerRejected, match="found such a plan"):
        matcher.solve("miniature", backend="liar", confirm="cpsat")


@pytest.mark.parametrize(
    ("lie", "code"), [("low bound", 8), ("crash", 8), ("permuted", 8)]
)
def test_command_tells_and_writes_nothing(
    lie: str, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    """The command line names the solver and the fault, and leaves no folder."""
    monkeypatch.setitem(BACKENDS, "highs", "tests.faults.solver.liars")
    monkeypatch.setenv("MATCHER_LIE", lie)
    told = call("solve", "miniature", "--json", "--out", tmp_path / "out")
    assert told.exit_code == code
    said = json.loads(told.stdout)
    assert said["exit"] == code
    assert "highs" in said["error"]
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "lie", ["crash", "abort", "killed", "garbage", "torn message", "starve", "hang",
            "deaf", "old protocol"],
)  # fmt: skip
def test_one_solve_is_lost_and_the_next_one_works(
    lie: str, monkeypatch: pytest.MonkeyPatch, program
) -> None:
    """After any end of its process the same worker object serves again."""
    monkeypatch.setenv("MATCHER_LIE", lie)
    monkeypatch.setenv("MATCHER_LIE_FROM", "7")
    with open_worker("liar") as worker:
        lost = worker.solve(program([], [1] * 7), SolveOptions(time_limit=0.5))
        assert lost.stop is Stop.FAILED
        pid = worker.pid
        again = worker.solve(program([], [1] * 2), SolveOptions())
        assert (again.status, again.objective) == (Status.OPTIMAL, 2.0)
        assert worker.pid != pid


def test_stale_answer_of_the_same_shape_is_caught(
    monkeypatch: pytest.MonkeyPatch, program
) -> None:
    """An answer to another program of the same size breaks a row or its value."""
    monkeypatch.setenv("MATCHER_LIE", "stale")
    monkeypatch.setenv("MATCHER_LIE_FROM", "7")
    with open_worker("liar") as worker:
        worker.solve(program([], [1] * 6), SolveOptions())
        first = program([([1] * 7, 3, 3)], [1] * 7)
        assert worker.solve(first, SolveOptions()).stop is Stop.FAILED
        second = program([([1] * 7, 2, 2)], [1] * 7)
        stale = worker.solve(second, SolveOptions())
    assert stale.stop is Stop.FAILED
    assert "breaks row 0: 3.0" in stale.message

"""A solver that answers wrongly, or is known to, never gets to a scenario."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from matcher.backends import contract
from matcher.backends.client import open_worker
from matcher.backends.contract import BACKENDS, BackendUnavailable, load
from matcher.backends.denied import denial
from matcher.backends.selftest import examine, known
from matcher.errors import SolverFailed
from matcher.library import root
from matcher.program.solution import Solution, Status, Stop


class Knowing:
    """A backend that knows the answers by heart, but for what a test spoils."""

    NAME = "knowing"
    FEATURES = frozenset({"continuous", "unbounded"})

    def __init__(self, name: str = "", **changes: object) -> None:
        self._name = name
        self._changes = changes
        self.asked: list[str] = []

    def version(self) -> str:
        """Version of the double."""
        return "7.0"

    def solve(self, arrays, options, report, stopped) -> Solution:
        """Look the answer up, and spoil that of one program."""
        case = next(case for case in known() if case.arrays.digest() == arrays.digest())
        self.asked.append(case.name)
        x = None if case.value is None else np.array(case.x or by_hand(case.name))
        value = None if x is None else float(arrays.objective @ x)
        answer = Solution(
            case.status, Stop.FINISHED, x, value, value, 0.0, "knowing", "7.0", "fine"
        )
        return replace(answer, **self._changes) if case.name == self._name else answer


def by_hand(name: str) -> list[float]:
    """An answer where there are several."""
    return {"tie": [1, 0, 1, 0, 1, 0], "equality and range": [2, 0, 3, 0]}[name]


@pytest.mark.parametrize("name", list(BACKENDS))
def test_real_solvers_pass(name) -> None:
    """Every worker has solved what it can be asked before it says hello."""
    with open_worker(name) as worker:
        hello = worker.hello()
    assert hello.tested == sum(case.needs <= hello.features for case in known())
    assert hello.tested >= 9


def test_the_shapes_that_solvers_get_wrong_are_there() -> None:
    """Each kind of answer and each kind of number occurs."""
    cases = known()
    assert {case.status for case in cases} == {
        Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED,
    }  # fmt: skip
    assert any((case.arrays.lower < 0).any() for case in cases)
    assert any((case.arrays.row_lower == case.arrays.row_upper).any() for case in cases)
    assert any((~case.arrays.integer).any() for case in cases)
    assert len({case.name for case in cases}) == len(cases) >= 10


def test_a_right_solver_passes() -> None:
    """All programs are asked, and right answers are taken."""
    double = Knowing()
    assert examine(double) == len(known())
    assert double.asked == [case.name for case in known()]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        # What HiGHS 1.14.0 answers, with a bound to match.
        ("mixed, 2x + 3z",
         {"x": np.array([0.0, 5.0]), "objective": -15.0, "bound": -15.0},
         "best value is -9, not -15.0"),
        ("small coefficient",
         {"x": np.array([1.0, 8e7]), "objective": 1.0, "bound": 1.0}, "breaks row 0"),
        ("small difference",
         {"x": np.array([1.0, 0.0]), "objective": 1.000000001, "bound": 1.000000001},
         "its answer is"),
        ("infeasible",
         {"status": Status.OPTIMAL, "x": np.ones(2), "objective": 2.0, "bound": 2.0},
         "it is infeasible, not unknown"),
        ("unbounded", {"status": Status.INFEASIBLE}, "called infeasible"),
        ("tie", {"status": Status.INFEASIBLE, "x": None, "objective": None,
                 "bound": None}, "called infeasible"),
        ("whole, not continuous",
         {"x": np.array([3.0, 1.5]), "objective": 21.0, "bound": 21.0},
         "must be whole"),
        ("knapsack", {"status": Status.FEASIBLE}, "it is optimal, not feasible"),
        ("continuous", {"bound": None}, "without a bound"),
    ],
)  # fmt: skip
def test_a_wrong_solver_is_refused_by_name(name, changes, words) -> None:
    """The refusal names solver, version and program, and exits with code 8."""
    with pytest.raises(SolverFailed, match=words) as told:
        examine(Knowing(name, **changes))
    assert "backend knowing: version 7.0" in str(told.value)
    assert f'"{name}"' in str(told.value)
    assert told.value.exit_code == 8


def test_a_wrong_solver_never_says_hello(monkeypatch) -> None:
    """The test runs in the worker itself, on the way every solve takes."""
    monkeypatch.setitem(BACKENDS, "liar", "tests.faults.solver.liars")
    monkeypatch.setenv("MATCHER_LIE", "low bound")
    monkeypatch.setenv("MATCHER_LIE_FROM", "0")
    with (
        open_worker("liar") as worker,
        pytest.raises(BackendUnavailable, match='start-up test "knapsack"'),
    ):
        worker.hello()


def test_denied_version_is_refused(monkeypatch) -> None:
    """A version on the list is not loaded, whatever it would answer."""
    told = denial("highs", "1.14.0")
    assert told is not None
    assert "install highspy 1.15.1 or newer" in told
    assert denial("highs", "1.14.0 (built elsewhere)") == told
    assert denial("highs", "1.15.1") is None
    assert denial("cbc", "1.14.0") is None
    monkeypatch.setattr(contract, "denial", lambda name, version: f"{name} is bad")
    with pytest.raises(SolverFailed, match=r"is refused: old is bad"):
        load("old", "tests.faults.solver.liars")


def test_every_denial_is_cited() -> None:
    """Solver, version, fault, remedy and source are given, for backends that exist."""
    with (root() / "models/solvers/denied.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert row["solver"] in BACKENDS
        assert all(row.values()), row

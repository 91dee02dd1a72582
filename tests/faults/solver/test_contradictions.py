"""HiGHS is believed only when everything it says of a run agrees."""

from __future__ import annotations

import pytest

from matcher.backends.client import open_worker
from matcher.backends.contract import BACKENDS
from matcher.program.solution import SolveOptions, Status, Stop


@pytest.mark.parametrize(
    "word",
    ["kWarning", "kError", "kInfeasible", "kUnbounded", "kNotset", "kSolveError", "0",
     "1"],
)  # fmt: skip
def test_disagreement_is_a_failure(
    word: str, monkeypatch: pytest.MonkeyPatch, program
) -> None:
    """One odd word of three about a solved program, and the answer is not used."""
    monkeypatch.setitem(BACKENDS, "odd", "tests.faults.solver.contradicting")
    monkeypatch.setenv("MATCHER_LIE", word)
    with open_worker("odd") as worker:
        good = worker.solve(program([], [1] * 6), SolveOptions())
        assert (good.status, good.objective) == (Status.OPTIMAL, 6.0)
        bad = worker.solve(program([([1] * 7, 1, 3)], [1] * 7), SolveOptions())
    assert (bad.status, bad.stop, bad.x) == (Status.UNKNOWN, Stop.FAILED, None)
    assert bad.message

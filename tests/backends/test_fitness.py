"""Numbers that solvers in doubles must not get."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.backends.client import open_worker
from matcher.backends.fitness import LARGEST, SMALLEST, WIDEST, unfit
from matcher.program.solution import SolveOptions, Status, Stop

INF = np.inf


@pytest.mark.parametrize(
    ("row", "changes", "words"),
    [
        ([1.0, SMALLEST / 2], {}, "coefficient of column 1 in row 0"),
        ([1.0, -SMALLEST / 2], {}, "where solvers drop it"),
        ([2 * LARGEST, 2 * LARGEST], {}, "take it for infinite"),
        ([1.0, 2 * WIDEST], {}, "coefficients of row 0 reach from 1.0 to"),
        ([1.0, 1.0], {"upper": [1, 2 * LARGEST]}, "entry 1 of upper"),
        ([1.0, 1.0], {"objective": [1, -2 * LARGEST]}, "entry 1 of objective"),
    ],
)
def test_refused_by_place(program, row, changes, words) -> None:
    """What is too small, too large or too far apart is named, with a remedy."""
    told = unfit(program([(row, -INF, 1)], **({"objective": [1, 1]} | changes)))
    assert words in told
    assert "backend cpsat" in told


def test_accepted(program) -> None:
    """The limits themselves pass, and so do rows without a bound or an entry."""
    rows = [([1.0, WIDEST], -INF, 1), ([SMALLEST, 0], -INF, INF), ([0, 0], 0, 1)]
    assert unfit(program(rows, [1, 0])) == ""
    assert unfit(program([], [])) == ""


@pytest.mark.parametrize("name", ["highs", "cbc"])
@pytest.mark.parametrize("small", [1e-10, -1e-12])
def test_no_small_coefficient_is_dropped(name, small, program) -> None:
    """HiGHS would drop it without an error: asked for 1 - 0.8, it would answer 1."""
    arrays = program([([small, 1], -INF, 1)], [0, 1], lower=[8e9, 0], upper=[8e9, 1])
    with open_worker(name) as worker:
        solution = worker.solve(arrays, SolveOptions())
    assert (solution.status, solution.stop) == (Status.UNKNOWN, Stop.FAILED)
    assert "check the units" in solution.message

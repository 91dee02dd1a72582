"""Programs without the columns that their rows decide: fewer, the same answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

import matcher
from matcher.engine.question import ask
from matcher.engine.run import prepare
from matcher.formulation.kept import kept
from matcher.program.narrow import narrowed
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status
from matcher.program.units import in_solver_units

if TYPE_CHECKING:
    from matcher.backends.client import Worker


def program(
    rows: list[list[float]], low: list[float], high: list[float],
    upper: list[float], objective: list[float],
) -> Arrays:  # fmt: skip
    """A program in whole columns from 0, written row by row."""
    matrix = csr_array(np.array(rows, dtype=np.float64))
    n = len(upper)
    return Arrays(
        indptr=matrix.indptr.astype(np.int64), indices=matrix.indices.astype(np.int64),
        data=matrix.data, row_lower=np.array(low), row_upper=np.array(high),
        lower=np.zeros(n), upper=np.array(upper, dtype=np.float64),
        objective=np.array(objective, dtype=np.float64),
        integer=np.ones(n, dtype=bool), offset=5.0,
    )  # fmt: skip


INF = np.inf


def test_equal_columns_become_one() -> None:
    """A = b, and a chain of them, are one column with the sum of the points."""
    arrays = program(
        [[1, -1, 0, 0], [0, 1, -1, 0], [1, 1, 1, 1]],
        [0, 0, -INF], [0, 0, 3], [1, 1, 1, 9], [1, 2, 4, 1],
    )  # fmt: skip
    small = narrowed(arrays)
    assert small is not None
    assert small.arrays.num_columns == 2
    assert sorted(small.arrays.objective) == [1, 7]
    assert small.lift(np.array([1.0, 0.0])).tolist() == [1, 1, 1, 0]
    assert small.lower(np.array([1.0, 1.0, 1.0, 2.0])).tolist() == [1, 2]


def test_rows_without_a_choice_fix_columns() -> None:
    """B <= a with a at 0 fixes b; what they are worth moves into the offset."""
    arrays = program(
        [[-1, 1, 0, 0], [0, -2, 1, 0], [0, 0, 1, 1]],
        [-INF, -INF, 1], [0, 0, 4], [0, 1, 1, 9], [3, 3, 3, 1],
    )  # fmt: skip
    small = narrowed(arrays)
    assert small is not None
    assert small.arrays.num_columns == 1
    assert small.arrays.offset == 5.0
    assert small.lift(np.array([2.0])).tolist() == [0, 0, 0, 2]


def test_a_column_fixed_above_zero_moves_limits_and_points() -> None:
    """What it uses of a row is gone, and its points are certain."""
    arrays = program([[1, 0, 0], [2, 1, 1]], [1, -INF], [1, 7], [1, 9, 9], [3, 1, 1])
    small = narrowed(arrays)
    assert small is not None
    assert small.arrays.row_upper.tolist() == [5]
    assert small.arrays.offset == 8.0


def test_what_cannot_hold_is_left_to_the_solver() -> None:
    """A row that no value meets narrows nothing: the solver is to say so."""
    arrays = program([[1, 1], [1, -1]], [3, 0], [3, 0], [1, 1], [1, 1])
    assert narrowed(arrays) is None


def test_decimals_that_cancel_decide_nothing(highs: Worker) -> None:
    """0.7 + 0.3 - 1 is no coefficient, though doubles leave a trace of one."""
    arrays = program(
        [[1, -1, 0], [1, 0, -1], [-1, 0.7, 0.3]], [0, 0, 0], [0, 0, INF],
        [1, 1, 1], [1, 0, 0],
    )  # fmt: skip
    small = narrowed(arrays)
    assert small is not None
    assert small.arrays.num_entries == 0
    assert highs.solve(small.arrays, SolveOptions()).objective == 6.0


def test_a_long_chain_is_not_cut_short() -> None:
    """Where fixing does not come to its end, a broken row at the end is not lost."""
    n = 25
    rows = [[0.0] * n for _ in range(n)]
    for i in range(n - 1):
        rows[i][i], rows[i][i + 1] = 1.0, -1.0
    rows[n - 1][n - 1] = 2.0
    upper = [1.0] * n
    low, high = [-INF] * n, [0.0] * (n - 1) + [1.0]
    arrays = program(rows, low, high, upper, [1.0] * n)
    assert narrowed(replace(arrays, lower=np.array([1.0] + [0.0] * (n - 1)))) is None


def test_a_whole_column_stays_whole() -> None:
    """Merged with one that may be broken, its bounds are whole numbers."""
    arrays = program(
        [[1, -1, 0], [1, 0, 0], [0, 0, 1]], [0, 1.5, 0], [0, INF, 0], [2, 1.5, 1],
        [1, 1, 1],
    )  # fmt: skip
    broken = replace(arrays, integer=np.array([True, False, True]))
    assert narrowed(broken) is None  # x = 1 at most, but 1.5 at least


def test_few_columns_less_are_not_worth_it() -> None:
    """A program of which next to nothing goes is asked as it was written."""
    arrays = program([[1, 1, 1, 1]], [-INF], [2], [0, 1, 1, 1], [1, 1, 1, 1])
    assert narrowed(arrays) is None


@pytest.mark.parametrize("origin", ["eu-only", "regional-money"])
@pytest.mark.parametrize("assumption", ["", "eu-only", "cedar-short"])
def test_kept_consortia_have_the_same_best(
    highs: Worker, origin: str, assumption: str
) -> None:
    """Narrowed or not, a solver finds the same value, and the lifted answer holds."""
    scenario = matcher.load("scenarios/miniature")
    plan = matcher.solve(scenario, assumption=origin)
    inst, terms = prepare(scenario.setting(assumption))
    question = ask(inst, terms, funding=True)
    arrays = in_solver_units(kept(question.full, plan.cases, drop=True).program.arrays)
    small = narrowed(arrays)
    assert small is not None
    assert small.arrays.num_columns < arrays.num_columns / 2
    whole = highs.solve(arrays, SolveOptions())
    part = highs.solve(small.arrays, SolveOptions())
    assert whole.status is part.status is Status.OPTIMAL
    assert part.objective == pytest.approx(whole.objective)
    assert part.x is not None
    x = small.lift(part.x)
    slack = 1e-6 * (1 + np.abs(arrays.row_upper))
    assert (arrays.activity(x) <= arrays.row_upper + slack).all()
    assert (arrays.activity(x) >= arrays.row_lower - slack).all()
    assert float(arrays.objective @ x) + arrays.offset == pytest.approx(part.objective)

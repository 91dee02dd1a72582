"""Assignments against every choice of pairs, by every way there is to find them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from matcher.core import assign
from matcher.core._solve import figures
from tests.core.assignments import BACKENDS, EASY, Given, check, drawn

pytestmark = pytest.mark.usefixtures("shared")


@settings(EASY, max_examples=60)
@given(drawn(heavy=False))
def test_algorithms_made_for_it_and_programs_agree(given: Given) -> None:
    """Without weights, the quick way and every solver find a best plan."""
    for backend in BACKENDS:
        check(given, "total", assign(**given, backend=backend))


@settings(EASY, max_examples=60)
@given(drawn(), st.sampled_from(BACKENDS))
def test_weights_and_groups(given: Given, backend: str) -> None:
    """Generalised assignment with groups is solved to the best plan."""
    check(given, "total", assign(**given, backend=backend))


@settings(EASY, max_examples=50)
@given(drawn(most=2), st.sampled_from(BACKENDS))
def test_many_to_many(given: Given, backend: str) -> None:
    """Minima and maxima on both sides."""
    found = assign(**given, backend=backend)
    check(given, "total", found)


@settings(EASY, max_examples=40)
@given(drawn(heavy=False), st.booleans())
def test_a_sparse_matrix_is_the_same_question(given: Given, heavy: bool) -> None:
    """Stored pairs are allowed, zeros among them; others are forbidden."""
    value = given["value"]
    mask = np.ones(value.shape, dtype=bool)
    for p in given["forbid"]:
        mask[p] = False
    if heavy:
        given.update(use=(value > 0) * 2.0, capacity=3.0)
    at = np.nonzero(mask)
    stored = coo_array((value[at], at), shape=value.shape)
    asked = {**given, "value": stored, "forbid": None}
    if heavy:
        asked["use"] = csr_array(given["use"])
    dense, sparse = assign(**given), assign(**asked)
    assert (dense.status, dense.objective) == (sparse.status, sparse.objective)
    check(given, "total", sparse)


@pytest.mark.parametrize("density", [0.02, 0.2, 0.9])
@pytest.mark.parametrize("per_row", ["exactly", "at_most"])
def test_larger_ones_agree_with_a_program(density: float, per_row: str) -> None:
    """Seats, in one matrix or sparsely, are worth what the linear program is."""
    rng = np.random.default_rng(5)
    n, m = 60, 25
    mask = rng.random((n, m)) < density
    mask[np.arange(n), np.arange(n) % m] = True
    value = coo_array((rng.normal(size=mask.sum()), np.nonzero(mask)), shape=(n, m))
    given = {"value": value, "per_row": per_row, "per_column": (0, 3)}
    quick, slow = assign(**given), assign(**given, backend="highs")
    assert (quick.backend, slow.backend) == ("scipy", "highs")
    assert quick.objective == pytest.approx(slow.objective, rel=1e-12)
    again = assign(**given)
    assert (again.choice == quick.choice).all()


def test_many_to_many_needs_no_whole_columns() -> None:
    """The linear program of limits on numbers of pairs has whole corners."""
    rng = np.random.default_rng(6)
    value = rng.integers(0, 4, (25, 20)).astype(float)  # many ties
    limits = {"per_row": (1, 3), "per_column": (2, 4), "sense": "min"}
    found = assign(value, **limits)
    assert (found.status, found.gap, found.choice) == ("optimal", 0.0, None)
    assert found.objective == assign(value, **limits, backend="cpsat").objective


@pytest.mark.parametrize("objective", ["total", "max_min", "leximin"])
@pytest.mark.parametrize("shape", [(0, 3), (0, 0)])
def test_nobody_to_assign(shape: tuple[int, int], objective: str) -> None:
    """No rows are a plan of value 0, unless a column needs some."""
    found = assign(np.zeros(shape), objective=objective)
    assert (found.status, found.objective, found.worst) == ("optimal", 0.0, None)
    assert found.choice is not None
    assert found.choice.shape == (0,)
    out = assign(np.zeros((2, 0)), objective=objective, per_row="at_most")
    assert (out.status, out.worst) == ("optimal", 0.0)
    none = assign(np.zeros((0, 1)), per_column=(1, 1), objective=objective)
    assert none.reason == "column 0 needs 1 pairs, 0 are allowed"


@pytest.mark.parametrize("objective", ["total", "max_min", "leximin"])
def test_all_forbidden(objective: str) -> None:
    """Without an allowed pair, rows stay out where they may."""
    value = csr_array((2, 2), dtype=float)
    found = assign(value, per_row="at_most", objective=objective)
    assert found.choice is not None
    assert (found.choice.tolist(), found.objective) == ([-1, -1], 0.0)
    assert found.worst == 0.0
    none = assign(value, objective=objective)
    assert (none.status, none.choice) == ("infeasible", None)
    assert none.reason == "row 0 needs 1 pairs, 0 are allowed"
    assert repr(none) == f"Assignment({none.reason}, infeasible)"


def test_it_is_told_in_one_line() -> None:
    """What was decided, and how good it is."""
    found = assign([[1.0, 2.0]])
    assert repr(found) == (
        "Assignment(1 pairs of 1 rows, optimal, objective 2, bound 2)"
    )


def test_the_gap_is_relative_to_the_value() -> None:
    """In either sense; a bound that differs by round-off is the value."""
    told = figures("feasible", -8.0, -10.0, seconds=0.0, backend="highs")
    assert told.gap == 0.25
    assert figures("feasible", 0.0, 1.0, seconds=0.0, backend="highs").gap == np.inf
    same = figures("optimal", 3.0, 3.0 + 1e-9, seconds=0.0, backend="highs")
    assert (same.bound, same.gap) == (3.0, 0.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_round_off_takes_no_capacity(backend: str) -> None:
    """0.1 and 0.2 fit into 0.3, and a tenth of 30 seats into 3."""
    given: Given = {"use": [0.1, 0.2], "capacity": 0.3, "backend": backend}
    assert assign([[1.0], [1.0]], **given).objective == 2
    seats = assign(np.ones((4, 1)), capacity=(1.1 - 0.8) * 10, per_row="at_most")
    assert seats.objective == 3


def test_fix_and_forbid_as_matrices() -> None:
    """Boolean tables, sparse tables and lists say the same."""
    value = np.array([[1.0, 2.0], [3.0, 9.0]])
    mask = np.array([[False, False], [True, False]])
    for asked in (mask, csr_array(mask), [(1, 0)], np.array([[1, 0]])):
        assert assign(value, fix=asked).objective == 5
        assert assign(value, forbid=asked, sense="min").objective == 10


def test_the_time_limit_leaves_what_was_found() -> None:
    """Without time a solver has no plan, or one without proof."""
    rng = np.random.default_rng(8)
    given = {"use": rng.random((40, 8)), "capacity": 2.2, "time_limit": 0.0}
    for objective in ("total", "max_min", "leximin"):
        found = assign(rng.random((40, 8)), **given, objective=objective)
        assert found.status in ("unknown", "feasible")
        assert (found.choice is None) == (found.status == "unknown")


@pytest.mark.parametrize("least", [[1, 1, 1, 1], [1, 1, 1, 0]])
@pytest.mark.parametrize("spare", [2, 21])
def test_rows_that_compete_for_too_few_columns(least: list[int], spare: int) -> None:
    """Three rows who all need one of two columns have no plan, dense or sparse."""
    value = np.zeros((4, 2 + spare))
    value[:3, :2] = 1.0
    value[3, 2:] = 1.0
    found = assign(csr_array(value), per_row=(least, 1), per_column=(0, 1))
    assert found.status == "infeasible"
    assert (found.backend, found.reason) == ("scipy", "")


@pytest.mark.parametrize("least", [[1, 1, 1, 1], [1, 1, 1, 0]])
def test_a_fixed_pair_leaves_too_few_seats(least: list[int]) -> None:
    """What only the fixed row could have taken is no seat for others."""
    value = csr_array([[1.0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    found = assign(value, per_row=(least, 1), per_column=(0, 1), fix=[(0, 0)])
    assert (found.status, found.backend) == ("infeasible", "scipy")


def test_too_many_seats_are_a_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where seats would take too much memory, a solver answers the same."""
    value = np.random.default_rng(10).random((12, 4))
    quick = assign(value, per_column=(0, 4))
    monkeypatch.setattr("matcher.core.matching.MOST_SEATS", 10)
    slow = assign(value, per_column=(0, 4))
    assert (quick.backend, slow.backend) == ("scipy", "highs")
    assert quick.objective == pytest.approx(slow.objective)


def test_a_second_solver_is_asked_where_it_can() -> None:
    """Weights that CP-SAT cannot take leave the first solver's word."""
    given: Given = {"use": [[1 / 3], [2 / 7]], "capacity": 0.5}
    found = assign(np.ones((2, 1)), **given)
    assert (found.status, found.backend, found.reason) == ("infeasible", "highs", "")

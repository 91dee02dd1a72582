"""Numbers of every size and kind: no answer hangs on the unit of the values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from matcher.core import (
    assign,
    complementarity,
    cover,
    parts,
    select,
    stable,
    teams,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("shared")
TINY, SQUARE = 1e-9, [[5, 1], [4, 3]]


@pytest.mark.parametrize("backend", ["highs", "cpsat", "cbc"])
def test_tiny_values_are_told_apart(backend: str) -> None:
    """Tolerances of solvers are absolute; a unit must not decide what is best."""
    value = TINY * np.array([4.0, 5.0, -3.0])
    found = select(value, [[1, 1, 1]], [1], backend=backend)
    assert found.chosen is not None
    assert found.chosen.tolist() == [False, True, False]
    assert found.bound == found.objective == value[1]
    costs = assign(TINY * np.array([[5, 1], [4, 3]]), backend=backend, sense="min")
    assert costs.choice is not None
    assert costs.choice.tolist() == [1, 1]
    assert costs.gap == 0


def test_a_bound_of_tiny_values_stays_a_bound() -> None:
    """A gap that was asked for is told, whatever the unit."""
    rng = np.random.default_rng(3)
    value, use = rng.integers(20, 30, 14) * TINY, rng.integers(20, 40, (2, 14))
    best = select(value, use, 200)
    loose = select(value, use, 200, gap=0.9)
    assert best.objective is not None
    assert loose.bound is not None
    assert loose.bound >= best.objective * (1 - 1e-9)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e12])
def test_the_worst_of_many_to_many_is_found_in_any_unit(unit: float) -> None:
    """The worst row of many-to-many plans is best, and the bound in the same unit."""
    found = assign(
        unit * np.array([[3.0, 4.0], [1.0, 7.0]]), per_row=(1, 2), per_column=(0, 1),
        objective="max_min",
    )  # fmt: skip
    assert found.worst == 3 * unit
    assert found.bound == found.objective == 10 * unit


def test_sparse_matching_tells_values_apart_in_any_unit() -> None:
    """What is added to all weights must not swallow them."""
    value = 1e-18 * np.array([[2.0, 1.0, 0, 0], [2.0, 3.0, 0, 0], [0, 0, 1, 0]])
    found = assign(csr_array(value), per_column=(0, 1))
    assert found.choice is not None
    assert (found.choice.tolist(), found.backend) == ([0, 1, 2], "scipy")


@pytest.mark.parametrize("objective", ["max_min", "leximin"])
def test_a_gap_is_for_the_total_and_not_for_the_worst(objective: str) -> None:
    """Fair is fair, however good a total has to be."""
    rng = np.random.default_rng(0)
    value, use = rng.integers(1, 30, (14, 5)), rng.integers(1, 9, (14, 5))
    given = {"use": use, "capacity": use.sum() / 16, "objective": objective}
    fair, loose = assign(value, **given), assign(value, gap=0.9, **given)
    assert fair.status == loose.status == "optimal"
    assert fair.worst == loose.worst


def test_duplicates_add_up_without_overflow() -> None:
    """Sums of stored duplicates are sums of numbers, not of their small type."""
    at = np.array([0, 0, 0]), np.array([0, 0, 1])
    for data, total in ((np.array([100, 100, 50], np.int8), 200), ([True] * 3, 2)):
        value = coo_array((data, at), shape=(1, 2))
        assert assign(value).objective == total
        assert value.nnz == 3


def test_numbers_may_be_objects_and_counts_of_numpy() -> None:
    """A table read from somewhere often holds Python's own numbers."""
    assert assign(np.array(SQUARE, object)).objective == 9
    assert assign([[Fraction(1, 2), 1]], per_column=(0, np.int64(1))).objective == 1
    assert complementarity(SQUARE, SQUARE, top=np.int64(1)).nnz == 0
    assert stable(SQUARE, SQUARE, [0, 1], group_size=np.int64(2)).stable


def test_nothing_listed_is_nothing_asked() -> None:
    """Empty lists of pairs are lists of pairs."""
    assert select([1, 2], [[1, 1]], [2], requires=[]).objective == 3
    assert parts(SQUARE, SQUARE, []).shape == (0, 2)


def test_what_is_told_cannot_be_written_over() -> None:
    """Arrays of results are read-only."""
    told = stable(SQUARE, SQUARE, [0, 1])
    found = assign(SQUARE)
    assert found.choice is not None
    for array in (found.choice, told.rows_alone, told.columns_alone, told.pairs):
        assert not array.flags.writeable


MASKED = np.ma.array([[1.0, 9.0], [5.0, 2.0]], mask=[[0, 1], [0, 0]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: assign([[1, None]]), r"value\[0, 1\] is None; it must be a real"),
        (lambda: assign([["a", 1]]), "value holds <U.*; it must hold real numbers"),
        (lambda: assign(None), "value is None; it must hold real numbers"),
        (lambda: assign([[10**400]]), "value holds numbers above 1e308"),
        (lambda: assign(MASKED), r"value\[0, 1\] is masked; it must be a real number"),
        (lambda: assign(SQUARE, use=[[1], [1, 2]], capacity=1), "use has rows of sev"),
        (lambda: assign(SQUARE, capacity=[[1], [1, 2]]), "capacity has rows of se"),
        (lambda: assign(SQUARE, forbid=[(0, 1), (0,)]), "forbid has rows of several"),
        (lambda: assign(SQUARE, gap="0.1"), "gap is '0.1'; it must lie between 0"),
        (lambda: assign(SQUARE, time_limit="5"), "time_limit is '5'; it must be 0 or"),
        (lambda: assign(SQUARE, sense=np.array(["max"] * 2)), "sense is array"),
        (lambda: assign(SQUARE, fix=[(1e300, 0)]), r"fix\[0, 0\] is 1e\+300; it must"),
        (lambda: assign(np.eye(3), forbid=np.eye(3)), "forbid holds float64; a matrix"),
        (lambda: cover([1], [[1]], [1], fix=[1e300]), r"fix\[0\] is 1e\+300"),
        (lambda: parts(SQUARE, SQUARE, [(0, 1e300)]), r"pairs\[0, 1\] is 1e\+300"),
        (lambda: stable(SQUARE, SQUARE, [0, 1e300]), r"choice\[1\] is 1e\+300"),
        (lambda: stable(SQUARE, SQUARE, [0, 1], outside_rows=None), "outside_rows is"),
        (lambda: complementarity(SQUARE, SQUARE, threshold="1"), "threshold is '1'"),
        (lambda: select([1], [[1]], 1, exclusive=3), "exclusive is 3; it must be a li"),
        (lambda: select([1], [[1]], 1, at_least=5), "at_least is 5; it must be a pair"),
        (lambda: teams([[1]], [[1]], [[1]], states=["a", ["b"]]), "states has rows of"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_named(call: Callable[[], Any], words: str) -> None:
    """The argument, the place and what stands there."""
    with pytest.raises(ValueError, match=words):
        call()


def test_the_worst_sum_is_nothing_for_a_solver_of_whole_numbers() -> None:
    """Said before anything is solved in its name, with the backends that can."""
    value = np.array([[3.0, 2, 1], [1, 4, 2], [2, 2, 2.5]])
    with pytest.raises(ValueError, match='backend: "cpsat" knows whole numbers only'):
        assign(value, per_row=(1, 2), objective="max_min", backend="cpsat")

"""Who has what whom lacks, against the definition written out pair by pair."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from matcher.core import complementarity, parts

MODULE = sys.modules["matcher.core.complementarity"]


@st.composite
def drawn(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Small tables of levels and needs, many of them zero."""
    n, k = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    some = st.sampled_from([0.0, 0.0, 1.0, 2.0, 0.1, 0.75])
    values = draw(st.lists(some, min_size=2 * n * k, max_size=2 * n * k))
    both = np.array(values, dtype=float).reshape(2, n, k)
    return both[0], both[1]


def by_hand(level: np.ndarray, need: np.ndarray) -> np.ndarray:
    """The definition, one pair and one capability after the other."""
    n, k = level.shape
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for c in range(k):
                left = max(0.0, level[i, c] - need[i, c])
                lack = max(0.0, need[j, c] - level[j, c])
                out[i, j] += min(left, lack)
    return out


@settings(max_examples=60, deadline=None)
@given(drawn(), st.sampled_from([1, 7, 500_000]))
def test_it_is_the_definition(
    tables: tuple[np.ndarray, np.ndarray], block: int
) -> None:
    """Dense and sparse, in blocks of any size, to the last bit; the parts add up."""
    level, need = tables
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "BLOCK", block)
        found = complementarity(level, need)
        sparse = complementarity(coo_array(level), csr_array(need))
    expected = by_hand(level, need)
    assert (found.toarray() == expected).all()
    assert (sparse.toarray() == expected).all()
    assert found.nnz == np.count_nonzero(expected)
    assert not found.diagonal().any()
    pairs = np.argwhere(expected >= 0)
    each = parts(level, need, pairs.reshape(-1, 2))
    assert each.shape == (len(pairs), level.shape[1])
    assert each.sum(axis=1) == pytest.approx(expected[expected >= 0])


@settings(max_examples=40, deadline=None)
@given(drawn(), st.integers(1, 4), st.sampled_from([0.0, 0.75, 1.0]))
def test_the_best_of_each_row_are_kept(
    tables: tuple[np.ndarray, np.ndarray], top: int, threshold: float
) -> None:
    """The highest entries above the threshold, the first column of several as high."""
    expected = by_hand(*tables)
    for row in expected:
        order = sorted(range(len(row)), key=lambda j: (-row[j], j))
        row[order[top:]] = 0.0
    expected[expected <= threshold] = 0.0
    found = complementarity(*tables, top=top, threshold=threshold)
    assert (found.toarray() == expected).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": [[1, np.nan]]}, r"level\[0, 1\] is nan; it must be a finite"),
        ({"level": csr_array([[0.0, -1.0]])}, r"level\[0, 1\] is -1.0; it must be 0"),
        ({"need": [[1, np.inf]]}, r"need\[0, 1\] is inf; it must be a finite"),
        ({"need": [[1], [2]]}, r"need has shape \(2, 1\); it must have shape \(1, 2\)"),
        ({"level": [[1], [2, 3]]}, "level has rows of several lengths"),
        ({"level": [["a", "b"]]}, "level holds <U1; it must hold real numbers"),
        ({"level": csr_array([[1j, 0]])}, "level holds complex128"),
        ({"top": 0}, "top is 0; it must be a whole number from 1"),
        ({"threshold": -1}, "threshold is -1; it must be a finite number, 0 or more"),
    ],
)
def test_refusals_name_the_argument(change: dict[str, Any], words: str) -> None:
    """What cannot be is told with its place and value."""
    arguments = {"level": [[1, 0]], "need": [[0, 2]], **change}
    with pytest.raises(ValueError, match=words):
        complementarity(**arguments)


def test_parts_of_a_pair_that_is_not_there() -> None:
    """A number that is no row is refused."""
    with pytest.raises(ValueError, match=r"pairs\[1, 0\] is 2; it must be below 2"):
        parts([[1], [0]], [[0], [1]], [(0, 1), (2, 0)])


def test_nothing_given_is_changed() -> None:
    """Arguments stay as they were, sparse ones with unsorted indices too."""
    level = csr_array(([2.0, 1.0], [1, 0], [0, 2, 2]), shape=(2, 2))
    before = level.indices.copy(), level.data.copy()
    complementarity(level, [[0, 0], [1, 1]])
    assert (level.indices == before[0]).all()
    assert (level.data == before[1]).all()

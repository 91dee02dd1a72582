"""Programs and workers that the backend tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from matcher.backends.client import Worker, open_worker
from matcher.program.program import Arrays

Row = tuple[Sequence[float], float, float]
Build = Callable[..., Arrays]


def _program(
    rows: Sequence[Row],
    objective: Sequence[float],
    *,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    integer: Sequence[bool] | None = None,
    offset: float = 0.0,
) -> Arrays:
    """Arrays from dense rows; columns are binary unless told otherwise."""
    n = len(objective)
    dense = np.array([row[0] for row in rows], dtype=float).reshape(len(rows), n)
    lines, indices = np.nonzero(dense)
    counts = np.bincount(lines, minlength=len(rows))
    return Arrays(
        indptr=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        indices=indices.astype(np.int64),
        data=dense[lines, indices],
        row_lower=np.array([row[1] for row in rows], dtype=float),
        row_upper=np.array([row[2] for row in rows], dtype=float),
        lower=np.zeros(n) if lower is None else np.array(lower, dtype=float),
        upper=np.ones(n) if upper is None else np.array(upper, dtype=float),
        objective=np.array(objective, dtype=float),
        integer=np.ones(n, dtype=bool) if integer is None else np.array(integer),
        offset=offset,
    )


@pytest.fixture(scope="session")
def program() -> Build:
    """Function that builds a program from dense rows."""
    return _program


@pytest.fixture(scope="session")
def hard() -> Arrays:
    """Seeded knapsack of 25 rows that no solver finishes within minutes."""
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 1000, (25, 250))
    rows = [(row, -np.inf, row.sum() // 3) for row in weights]
    return _program(rows, weights.sum(0) / 25 + rng.integers(0, 100, 250))


@pytest.fixture(params=["highs", "cpsat", "cbc"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """A worker of each backend in turn."""
    with open_worker(request.param) as opened:
        yield opened

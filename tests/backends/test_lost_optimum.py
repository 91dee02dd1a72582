"""Programs whose best answer a solver loses, in some orders of their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from matcher.backends.client import open_worker
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status

HERE = Path(__file__).parent
ORDERS = {"highs": (5, 6, 57, 71, 97, 146), "cbc": (1, 25, 46)}
"""The first orders in which HiGHS 1.15.1 with presolve, and CBC 2.10.3 with all its
cuts, call a lesser answer the optimum."""
BEST = {"highs": 3.25, "cbc": 5.25}


def shuffled(name: str, order: int) -> Arrays:
    """The program with rows and columns in a random order."""
    with np.load(HERE / f"lost_by_{name}.npz") as file:
        kept = {name: file[name] for name in file.files}
    rng = np.random.default_rng(order)
    columns = rng.permutation(len(kept["lower"]))
    rows = rng.permutation(len(kept["row_lower"]))
    matrix = csr_array(
        (kept["data"], kept["indices"], kept["indptr"]), shape=(len(rows), len(columns))
    )
    matrix = csr_array(matrix[rows][:, columns])
    matrix.sort_indices()
    return Arrays(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=matrix.data,
        row_lower=kept["row_lower"][rows],
        row_upper=kept["row_upper"][rows],
        lower=kept["lower"][columns],
        upper=kept["upper"][columns],
        objective=kept["objective"][columns],
        integer=kept["integer"][columns],
        offset=float(kept["offset"]),
    )


@pytest.mark.parametrize("name", ORDERS)
def test_no_order_loses_the_best_answer(name: str) -> None:
    """As the solvers are set here, every order has one optimum."""
    with open_worker(name) as worker:
        for order in ORDERS[name]:
            answer = worker.solve(shuffled(name, order), SolveOptions())
            assert answer.status is Status.OPTIMAL, order
            assert answer.objective == pytest.approx(BEST[name]), order

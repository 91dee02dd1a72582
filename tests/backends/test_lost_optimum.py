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
LOST = {
    "highs": ("highs", (5, 6, 57, 71, 97, 146), 3.25),
    "cbc": ("cbc", (1, 25, 46), 5.25),
    "cbc_gomory": ("cbc", (0, 24, 26), 3.24),
}
"""By program: the solver, the first orders in which it calls a lesser answer the
optimum, and the best there is. HiGHS 1.15.1 does so with presolve, CBC 2.10.3 with its
cuts of the kinds twoMir and Gomory."""
TIGHT, BEST_TIGHT = "highs_tolerance", 4.0
"""A program that HiGHS 1.15.1 gets wrong in every order if what it takes for zero is as
large as its tolerance."""


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


@pytest.mark.parametrize("name", LOST)
def test_no_order_loses_the_best_answer(name: str) -> None:
    """As the solvers are set here, every order has one optimum."""
    solver, orders, best = LOST[name]
    with open_worker(solver) as worker:
        for order in orders:
            answer = worker.solve(shuffled(name, order), SolveOptions())
            assert answer.status is Status.OPTIMAL, order
            assert answer.objective == pytest.approx(best), order


def test_no_tolerance_loses_the_best_answer() -> None:
    """What HiGHS takes for zero is far smaller than what it takes for whole."""
    with open_worker("highs") as worker:
        for order in range(5):
            answer = worker.solve(shuffled(TIGHT, order), SolveOptions())
            assert answer.status is Status.OPTIMAL, order
            assert answer.objective == pytest.approx(BEST_TIGHT), order

"""Plain assignment by SciPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def solve(costs: NDArray[np.float64] | csr_array) -> float:
    """Least total cost."""
    if isinstance(costs, csr_array):
        rows, columns = min_weight_full_bipartite_matching(costs)
    else:
        rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].sum())

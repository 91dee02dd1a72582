"""Plain assignment by the package lap: Jonker and Volgenant's algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lap
from scipy.sparse import csr_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def solve(costs: NDArray[np.float64] | csr_array) -> float:
    """Least total cost."""
    if isinstance(costs, csr_array):
        total, *_ = lap.lapmod(costs.shape[0], costs.data, costs.indptr, costs.indices)
    else:
        total, *_ = lap.lapjv(costs)
    return float(total)

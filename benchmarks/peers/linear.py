"""Plain assignment, one row to one column at least cost, against who does only that."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from benchmarks.laps import Laps
from benchmarks.peers import LINEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

HIGHEST = 10_000
"""Costs are whole numbers from 1 to this."""


def costs(seed: int, n: int, share: float) -> NDArray[np.float64] | csr_array:
    """Costs of n rows and n columns, dense or with a share of all pairs.

    Sparse ones hold one full assignment at least.
    """
    import numpy as np
    from scipy.sparse import csr_array

    random = np.random.default_rng([seed, n])
    dense = random.integers(1, HIGHEST, (n, n), endpoint=True).astype(float)
    if share >= 1:
        return dense
    stored = random.random((n, n)) < share
    stored[np.arange(n), random.permutation(n)] = True
    return csr_array(np.where(stored, dense, 0.0))


def assigned(seed: int, peer: str, n: int, share: float) -> dict[str, Any]:
    """Seconds and total of the numerical core and of a peer, in turn."""
    from matcher.core.assign import assign

    module = importlib.import_module(f"benchmarks.peers.{LINEAR[peer][0]}")

    def core(given: Any) -> float:
        found = assign(given, per_column=(0, 1), sense="min")
        if found.objective is None:
            raise RuntimeError(f"no assignment: {found}")
        return found.objective

    given, small = costs(seed, n, share), costs(seed, 10, share)
    ways = {"core": core, "peer": module.solve}
    for way in ways.values():  # what is loaded at first use is loaded now
        way(small)
    answer: dict[str, Any] = {}
    for name, way in ways.items():
        laps = Laps()
        total = way(given)
        laps.lap(name)
        answer |= laps.found | {f"{name} total": total}
    if answer["core total"] != answer["peer total"]:
        raise RuntimeError(f"the totals differ: {answer}")
    for unit in ("", " CPU"):
        answer[f"core / peer{unit}"] = answer[f"core{unit} s"] / answer[f"peer{unit} s"]
    return answer

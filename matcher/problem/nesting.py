"""Nested regions: East Netherlands holds Gelderland, so the two count once.

Region b is covered by region a when each of b's NUTS codes begins with one of
a's. Of two regions made of the same units the first by id covers the other;
of two that overlap only in part, too, so that nothing is counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.problem.labels import Axis
    from matcher.scenario.setting import Setting


def nested(setting: Setting, axis: Axis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the inner and the outer region of every nested pair."""
    regions = [(i, setting.regions[name].nuts) for i, name in enumerate(axis.ids)]
    stated = [(i, nuts) for i, nuts in regions if nuts]
    pairs = []
    for i, mine in stated:
        for j, theirs in stated:
            if i < j and _touch(mine, theirs):
                inward = _inside(mine, theirs) and not _inside(theirs, mine)
                pairs.append((i, j) if inward else (j, i))
    array = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def _inside(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    return all(any(code.startswith(outer) for outer in theirs) for code in mine)


def _touch(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    return any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs)

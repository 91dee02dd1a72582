"""Which instruments may pay for the same euro, as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


def largest_sets(conflict: Bools, among: Bools) -> Bools:
    """Every largest set of some instruments of which each two are in conflict, (S, F).

    Grown one instrument after the other: it joins what it is in conflict with.
    """
    sets = [frozenset[int]()]
    for new in np.nonzero(among)[0].tolist():
        near = set(np.nonzero(conflict[new])[0].tolist())
        grown = {frozenset({new, *(old & near)}) for old in sets} | set(sets)
        sets = sorted(
            (one for one in grown if not any(one < other for other in grown)),
            key=sorted,
        )
    found = np.zeros((len(sets), len(among)), dtype=bool)
    for row, members in enumerate(sets):
        found[row, list(members)] = True
    return found


def odd_ring(near: Sequence[Set[int]]) -> list[int]:
    """A ring of odd length, five or more, without chords; empty where there is none."""
    # in such a ring, and in the complement of one, everybody lacks two of the others
    inner = {i for i in range(len(near)) if 2 <= len(near[i]) <= len(near) - 3}
    waiting = [[i] for i in sorted(inner)]
    while waiting:
        path = waiting.pop()
        for new in sorted((near[path[-1]] & inner) - set(path)):
            # the start is the smallest of its ring, and nobody inside has a chord
            if new < path[0] or any(new in near[each] for each in path[1:-1]):
                continue
            if len(path) == 1 or new not in near[path[0]]:
                waiting.append([*path, new])
            elif len(path) >= 4 and len(path) % 2 == 0:
                return [*path, new]
    return []

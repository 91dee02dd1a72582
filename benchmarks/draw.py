"""Draws that give the same numbers on every machine and Python."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")


class Draw:
    """A stream of draws that depends on its names only.

    Every table has a stream of its own, so that drawing more for one changes no
    other. Only `Random.random` is used: of all its methods it alone is promised to
    give the same sequence in later Pythons.
    """

    def __init__(self, *names: object) -> None:
        self._next = Random("/".join(map(str, names))).random

    def chance(self, percent: int) -> bool:
        """Whether something of that probability happens."""
        return self._next() * 100 < percent

    def whole(self, low: int, high: int, step: int = 1) -> int:
        """A number from ``low`` to ``high``, both included, in steps from ``low``."""
        return low + step * int(self._next() * ((high - low) // step + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self._next() * len(items))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """Different items, at most ``count``, in the order of ``items``."""
        left = list(range(len(items)))
        taken = [
            left.pop(int(self._next() * len(left)))
            for _ in range(min(count, len(items)))
        ]
        return [items[i] for i in sorted(taken)]

"""How much of a difference in points each single change accounts for.

With n changes, v(S) the points once the changes S are made, the part of change i is::

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S))

the mean, over all orders, of what i adds to those before it. The parts add up to
v(all) - v(none) exactly. Of more than `MOST` changes some orders are drawn. Source:
Shapley, A Value for n-Person Games (1953).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 6
"""Changes up to which all orders count: 64 sets of changes are solved."""
ORDERS: Final = 40
"""Orders drawn of more changes where nobody says how many."""
DIGITS: Final = 6
"""Digits of a standard error."""

Points = Fraction | None
Value = tuple[Points, Points]
"""Points of the best plan known, and the proven bound on those of any plan."""
Values = Callable[[frozenset[int]], Value]
"""Points by the changes made."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one change accounts for."""

    points: Points
    """None where some set of changes has no plan."""
    at_least: Points = None
    at_most: Points = None
    """Proven range over all best plans; None where none is known."""
    error: Points = None
    """Standard error over the orders drawn; None where all of them count."""


def exact(count: int, value: Values) -> tuple[Part, ...]:
    """The part of each change, over all orders."""
    known = {
        frozenset(some): value(frozenset(some))
        for size in range(count + 1)
        for some in combinations(range(count), size)
    }
    return tuple(_part(i, count, known) for i in range(count))


def _part(i: int, count: int, known: dict[frozenset[int], Value]) -> Part:
    points, least, most = [], [], []
    for some, (found, bound) in known.items():
        if i in some:
            continue
        more, more_bound = known[some | {i}]
        share = Fraction(
            math.factorial(len(some)) * math.factorial(count - len(some) - 1),
            math.factorial(count),
        )
        points.append(_times(share, more, found))
        least.append(_times(share, more, bound))
        most.append(_times(share, more_bound, found))
    return Part(_sum(points), _sum(least), _sum(most))


def sampled(count: int, value: Values, orders: int, seed: int) -> tuple[Part, ...]:
    """The part of each change, over some orders drawn; they add up exactly, too."""
    pick, names = random.Random(seed), list(range(count))
    added: list[list[Points]] = [[] for _ in names]
    for _ in range(orders):
        pick.shuffle(names)
        done: frozenset[int] = frozenset()
        for i in names:
            before, done = done, done | {i}
            added[i].append(_times(Fraction(1), value(done)[0], value(before)[0]))
    return tuple(_mean(each) for each in added)


def _mean(added: Sequence[Points]) -> Part:
    """The mean with its standard error."""
    total = _sum(added)
    if total is None:
        return Part(None)
    mean = total / len(added)
    if len(added) == 1:
        return Part(mean)
    squares = sum((each - mean) ** 2 for each in added if each is not None)
    error = math.sqrt(squares / (len(added) - 1) / len(added))
    return Part(mean, error=round(Fraction(error), DIGITS))


def _times(share: Fraction, one: Points, other: Points) -> Points:
    return None if one is None or other is None else share * (one - other)


def _sum(parts: Sequence[Points]) -> Points:
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(parts) else None

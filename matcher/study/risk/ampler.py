"""Which setting has all the money of another: nothing can be worth less there.

A setting is ampler than another if it differs in money only, has every instrument of
the other, and no less in any budget, envelope or purse. Then every plan of the other is
a plan here and worth the same, so that values and bounds carry over: more money rules
out nothing, and an instrument that pays nothing asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matcher.scenario.columns import UNLIMITED
from matcher.study.deciding import CITING, deciding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.problem.instance import Bools
    from matcher.scenario.rulebook import Instrument, OwnMoney
    from matcher.scenario.setting import Setting

_TOLD: Final = CITING | {"name", "body"}
"""Keys of a rulebook that decide nothing."""
_APART: Final = frozenset({"envelope", "success", "max_own_share"})
"""Money, which is compared by itself; and chances, which outcomes take the place of."""
_MONEY: Final = ("budgets", "instruments", "regions", "own_money")
"""Parts of a setting that hold money."""


@dataclass(frozen=True, slots=True)
class _Means:
    """The money of a setting, and all the rest of it."""

    rest: tuple[Any, ...]
    books: Mapping[str, Any]
    """Rules of each instrument, its money apart."""
    sums: Mapping[tuple[Any, ...], Any]
    """Amounts by what they limit; the first part is the instrument, or ''."""


def ample(settings: Sequence[Setting]) -> Bools:
    """Whether setting i is ampler than j, or just as ample; shape (n, n)."""
    means = [_means(setting) for setting in settings]
    return np.array([[_covers(one, other) for other in means] for one in means])


def money_apart(one: Setting, other: Setting) -> bool:
    """Whether two settings differ in nothing but money and who pays it how."""
    return _means(one).rest == _means(other).rest


def _means(setting: Setting) -> _Means:
    rest = [part for name, part in deciding(setting).items() if name not in _MONEY]
    rest.append({n: replace(r, own_budget=None) for n, r in setting.regions.items()})
    sums: dict[tuple[Any, ...], Any] = {
        ("", name): region.own_budget for name, region in setting.regions.items()
    }
    own = setting.own_money
    rest.append(None if own is None else _rules(own))
    share = None if own is None else own.max_own_share
    sums["", ""] = None if share is None else share.value
    for row in setting.budgets:
        sums[row.key] = row.amount
    for name, book in setting.instruments.items():
        envelope = book.envelope
        sums[name,] = None if envelope is None else envelope.value
    books = {name: _rules(book) for name, book in setting.instruments.items()}
    return _Means(tuple(rest), books, sums)


def _rules(book: Instrument | OwnMoney) -> Any:
    data = book.model_dump()
    return _bare({key: part for key, part in data.items() if key not in _APART})


def _bare(data: Any) -> Any:
    """What decides something of a rulebook's data."""
    if isinstance(data, Mapping):
        return {key: _bare(part) for key, part in data.items() if key not in _TOLD}
    return [_bare(part) for part in data] if isinstance(data, tuple | list) else data


def _covers(one: _Means, other: _Means) -> bool:
    if one.rest != other.rest:
        return False
    if any(one.books.get(name) != book for name, book in other.books.items()):
        return False
    in_play = {"", *other.books}
    mine, theirs = (
        {key: amount for key, amount in means.sums.items() if key[0] in in_play}
        for means in (one, other)
    )
    return mine.keys() == theirs.keys() and all(
        _no_less(mine[key], amount) for key, amount in theirs.items()
    )


def _no_less(one: Any, other: Any) -> bool:
    """Whether an amount is as high; an unknown one only compares with its like."""
    if one is None or other is None:
        return one is other
    return bool(one == UNLIMITED or (other != UNLIMITED and one >= other))


class Between:
    """What is known of a figure of each setting that an ampler one has no less of."""

    def __init__(self, ampler: Bools) -> None:
        self._ampler = ampler
        self.least: list[Fraction | None] = [None] * len(ampler)
        self.most: list[Fraction | None] = [None] * len(ampler)

    def learn(
        self, i: int, least: Fraction | None = None, most: Fraction | None = None
    ) -> None:
        """Note what was found for one setting, and what follows for others."""
        if least is not None:
            for j in map(int, np.nonzero(self._ampler[:, i])[0]):
                known = self.least[j]
                self.least[j] = least if known is None else max(known, least)
        if most is not None:
            for j in map(int, np.nonzero(self._ampler[i])[0]):
                known = self.most[j]
                self.most[j] = most if known is None else min(known, most)

    def doubt(self, i: int) -> Fraction | None:
        """How far apart both ends are; None where an end is unknown."""
        least, most = self.least[i], self.most[i]
        return None if least is None or most is None else max(most - least, Fraction(0))

    def hope(self, i: int, weights: Mapping[int, Fraction]) -> Fraction:
        """Weighted upper ends that a closer look at one setting may take away."""
        hope, known = Fraction(0), self.least[i] or Fraction(0)
        for j in weights:
            doubt, most = self.doubt(j), self.most[j]
            if self._ampler[i, j] and doubt is not None and most is not None:
                hope += weights[j] * max(min(doubt, most - known), Fraction(0))
        return hope

    def left(self, weights: Mapping[int, Fraction], done: set[int]) -> Fraction | None:
        """Weighted doubt about all settings not looked at; None without an end."""
        doubts = {i: self.doubt(i) for i in weights if i not in done}
        known = {i: doubt for i, doubt in doubts.items() if doubt is not None}
        if len(known) < len(doubts):
            return None
        return sum((weights[i] * doubt for i, doubt in known.items()), Fraction(0))

    def next(self, weights: Mapping[int, Fraction], done: set[int]) -> int | None:
        """The setting to look at next: none without an end, then the widest doubt.

        Of those without an upper end the ampler ones come first, of those without a
        lower one the scarcer ones: they say most about the others.
        """
        left = [i for i in weights if i not in done]
        for ends, says in ((self.most, 1), (self.least, 0)):
            open_ = [i for i in left if ends[i] is None]
            if open_:
                return max(
                    open_, key=lambda i: (int(self._ampler.sum(axis=says)[i]), -i)
                )
        weighed = [(weights[i] * (self.doubt(i) or 0), -i) for i in left]
        widest, at = max(weighed, default=(Fraction(0), 0))
        return -at if widest > 0 else None

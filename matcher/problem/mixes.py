"""Who bears a member's cost, by type, and the rates that follow for each such mix.

The first mixes are those of the regions, in order: who bears a region's cost in every
case that says nothing of its own. Then comes one for every region and case that does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.scenario.columns import PERCENTS
from matcher.scenario.records import ACTOR_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.problem.instance import Ints
    from matcher.problem.labels import Labels
    from matcher.scenario.paying import ForWhom
    from matcher.scenario.records import Region
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

Parts = dict[str | None, int]
"""Hundredths of the cost by type; None stands for unknown types."""
WHOLE: Final = Fraction(1)


@dataclass(frozen=True, eq=False, slots=True)
class Mixes:
    """All mixes of a setting, W of them."""

    of: Ints
    """Mix of each region in each case, shape (R, D)."""
    regions: tuple[Region, ...]
    """Region of each mix."""
    parts: tuple[Parts, ...]

    @classmethod
    def encode(cls, setting: Setting, labels: Labels) -> Mixes:
        """Number the mixes and say which holds where."""
        stated: dict[tuple[str, str | None], Parts] = defaultdict(dict)
        for row in setting.beneficiaries:
            stated[row.region, row.case][row.type] = int(row.share * PERCENTS)
        regions = list(setting.regions.values())
        parts = [_with_rest(stated.get((g.region, None), {})) for g in regions]
        of = np.repeat(np.arange(len(regions))[:, None], len(labels.cases), axis=1)
        for (region, case), mine in stated.items():
            if case is not None:
                at = labels.regions.index[region]
                of[at, labels.cases.index[case]] = len(parts)
                regions.append(regions[at])
                parts.append(_with_rest(mine))
        return cls(of, tuple(regions), tuple(parts))

    def table(self) -> Ints:
        """Hundredths of each mix by known type, shape (W, T)."""
        rows = [[mine.get(kind, 0) for kind in ACTOR_TYPES] for mine in self.parts]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(ACTOR_TYPES))

    def rates(self, books: Sequence[Instrument], layers: Sequence[str]) -> Ints:
        """Numerators and denominators of all rates, shape (F, W, L, 2)."""
        table = [
            [self._by_layer(book, w, layers) for w in range(len(self.parts))]
            for book in books
        ]
        shape = len(books), len(self.parts), len(layers), 2
        return np.array(table, dtype=np.int64).reshape(shape)

    def _by_layer(
        self, book: Instrument, mix: int, layers: Sequence[str]
    ) -> list[tuple[int, int]]:
        if not book.rate:  # a pledge pays whatever is pledged
            return [(1, 1)] * len(layers)
        return [
            self._blend(
                [r for r in book.rate if r.layers is None or layer in r.layers],
                mix, Fraction(0),
            )
            for layer in layers
        ]  # fmt: skip

    def caps(self, entries: Sequence[ForWhom]) -> Ints:
        """Largest part of a member's cost that is paid, shape (W, 2); 1: no cap."""
        caps = [self._blend(entries, w, WHOLE) for w in range(len(self.parts))]
        return np.array(caps, dtype=np.int64).reshape(len(self.parts), 2)

    def _blend(
        self, entries: Iterable[ForWhom], mix: int, otherwise: Fraction
    ) -> tuple[int, int]:
        """Each part of the cost at the value of the first entry that fits it."""
        category = self.regions[mix].category
        fitting = [
            e for e in entries
            if e.scheme is None or category.get(e.scheme) == e.category
        ]  # fmt: skip
        value = sum(
            (
                Fraction(part, PERCENTS)
                * next(
                    (e.value for e in fitting
                     if e.beneficiary is None or kind in e.beneficiary),
                    otherwise,
                )
                for kind, part in self.parts[mix].items()
            ),
            Fraction(0),
        )  # fmt: skip
        return value.numerator, value.denominator


def _with_rest(known: Parts) -> Parts:
    """The same with what is left, which is of unknown type."""
    rest = PERCENTS - sum(known.values())
    return {**known, None: rest} if rest else dict(known)

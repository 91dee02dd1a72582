"""Which few outcomes tell plans apart: those that are looked at in one program.

A plan's points are known in every outcome; a program of a few lots sees no more of it
than what it brings there, and holds its points elsewhere against these (`relaxed`).
What a plan seems to be worth is what such a program would make of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.study.risk.relaxed import over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from matcher.study.risk.twostage import Decided, Measure, TwoStage, Weights


@dataclass(frozen=True, eq=False, slots=True)
class Telling:
    """Chooses lots in which plans fail."""

    two: TwoStage
    weights: Weights
    measure: Measure

    def apart(
        self, plans: Sequence[Decided], limit: Fraction, blocks: Sequence[int]
    ) -> tuple[int, ...]:
        """Lots, first ``blocks``, under which no plan seems worth more than a limit.

        The plan that seems best is held against the lot in which it fails most.
        """
        chosen = list(blocks)
        while True:
            seeming = [self._seeming(plan, chosen) for plan in plans]
            worths = [self.measure.worth(self.weights, seem) for seem in seeming]
            best = max(range(len(plans)), key=worths.__getitem__)
            lot = self._failing(plans[best], seeming[best])
            if worths[best] <= limit or lot is None or lot in chosen:
                return tuple(chosen) or (self._likeliest(),)
            chosen.append(lot)

    def _likeliest(self) -> int:
        return max(self.weights, key=self.weights.__getitem__)

    def _seeming(self, plan: Decided, blocks: Sequence[int]) -> dict[int, Fraction]:
        """What the program of these blocks would make of a plan, by lot."""
        values, most = plan.values, self.two.alone.most
        seem = {}
        for i in self.weights:
            above = [values[b] for b in over(self.two, blocks, i)]
            tops = [*above, *(cap for cap in (most[i],) if cap is not None)]
            seem[i] = min(tops, default=max(values.values()))
        return seem

    def _failing(self, plan: Decided, seem: dict[int, Fraction]) -> int | None:
        """The lot whose block would take most from what a plan seems to be worth."""
        lots = list(self.weights)
        seems = np.array([float(seem[i]) for i in lots])
        value = np.array([float(plan.values[i]) for i in lots])
        order = np.argsort(seems)
        weight = np.array([float(self.weights[i]) for i in lots])
        tail = np.zeros(len(lots))
        before = np.cumsum(weight[order]) - weight[order]
        level = float(self.measure.level)
        tail[order] = np.clip(level - before, 0, weight[order]) / level
        averse = float(self.measure.aversion)
        counts = (1 - averse) * weight + averse * tail
        below = self.two.ampler[np.ix_(lots, lots)]
        lost = np.maximum(seems[None, :] - value[:, None], 0.0) * below @ counts
        best = int(np.argmax(lost))
        return lots[best] if lost[best] > 0 else None

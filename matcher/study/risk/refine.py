"""Two stages to a proven gap: plans of single outcomes, and bounds from a few together.

1. The best plan of single outcomes, each as if it were sure to come. Bounds and plans
   carry over between outcomes where one has all the money of the other, so that few
   need a solve: always the one whose value is in widest doubt. Their mean is the first
   bound: nobody can do better than who knows what comes.
2. Plans to choose from: the plan of the scenario as written, those of single outcomes,
   and each of these with further cases for the amplest outcome, all valued in every
   outcome. The best is the plan at hand.
3. While better ones come of it: the plan at hand crossed with another one, which is
   better where it fails (`between`). Once the bounds of single outcomes may be all that
   is missing, these are proven to the end.
4. Until the bound is near: a few outcomes get a block in one program (`relaxed`). They
   are chosen so that no plan known seems better than the plan at hand: the plan that
   seems best is held against the outcome in which it fails most. The program gives a
   bound, and a plan that is valued like the others.

Each round adds an outcome or closes the gap: there are finitely many.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.study.risk.relaxed import between, relaxed
from matcher.study.risk.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.study.risk.twostage import (
        Consortia,
        Decided,
        Measure,
        TwoStage,
        Weights,
    )

PART: Final = 2
"""Rounds are solved to this part of the gap: the rest is for what lies between their
bound and the plan."""
ALONE: Final = 8
"""Single outcomes are solved to this part of it: their bounds limit everything else,
and each begins from a plan that is nearly as good."""
TOGETHER: Final = 4
"""Most lots that get a block where plans are crossed."""
PARTNERS: Final = 2
"""Plans that the plan at hand is crossed with."""


@dataclass(slots=True)
class Found:
    """The best plan known, and what is proven of all others."""

    plan: Decided | None = None
    worth: Fraction | None = None
    bound: Fraction | None = None
    impossible: bool = False
    """No plan keeps every rule in every outcome."""
    blocks: tuple[int, ...] = ()
    """Lots of the last program."""

    def near(self, gap: Fraction) -> bool:
        """Whether the bound is within a relative gap of the worth."""
        if self.worth is None or self.bound is None:
            return self.impossible
        return self.bound - self.worth <= gap * abs(self.worth)

    def rule_out(self) -> None:
        """No plan keeps every rule in every outcome: then no bound means anything."""
        self.impossible, self.bound = True, None

    def offer(self, plan: Decided, worth: Fraction) -> None:
        """Take a plan if it is better."""
        if self.worth is None or worth > self.worth:
            self.plan, self.worth = plan, worth

    def prove(self, bound: Fraction | None) -> None:
        """Take a bound if it is lower."""
        if bound is not None:
            self.bound = bound if self.bound is None else min(self.bound, bound)


@dataclass(eq=False)
class Search:
    """What is sought for some of the lots: all, or those of one branch of an event."""

    two: TwoStage
    weights: Weights
    """Probability of each lot considered; they add up to 1."""
    measure: Measure
    found: Found
    """Filled as the search goes on, so that Ctrl-C leaves what is known."""
    _crossed: set[tuple[int, int]] = field(default_factory=set)
    """Plans crossed so far, by identity."""

    @property
    def _telling(self) -> Telling:
        return Telling(self.two, self.weights, self.measure)

    @property
    def gap(self) -> Fraction:
        """Relative gap asked for."""
        return Fraction(self.two.desk.options.gap)

    @property
    def _limit(self) -> Fraction:
        """What no plan may seem to be worth in a program of a few lots."""
        worth = self.found.worth or Fraction(0)
        return worth + self.gap / PART * abs(worth)

    def run(self, known: Iterable[Consortia] = ()) -> None:
        """Look for the best plan, up to the gap; ``known`` plans are tried first."""
        for plans in known:
            self._try(plans)
        self._prove()
        for lot in tuple(self.two.solved):
            self._offer(lot)
        while not self.found.near(self.gap) and (i := self._doubtful()) is not None:
            if not self._look(i):
                return
        while not self.found.near(self.gap) and (self._closer() or self._cross()):
            pass
        while not self.found.near(self.gap) and self._round():
            pass

    def _look(self, i: int) -> bool:
        """Look at a lot, more closely than before; False where it has no plan."""
        gap = 0.0 if i in self.two.solved else float(self.gap / ALONE)
        if self.two.look(i, gap).status == "infeasible":
            self.found.rule_out()
            return False
        self._prove()
        self._offer(i)
        return True

    def _try(self, plans: Consortia | None, *, whole: bool = False) -> None:
        """Value consortia in every lot, and keep them if they are the best.

        They are given up once nothing they may yet bring makes them better, unless the
        ``whole`` of their values is of use.
        """
        hopeless = None if whole else self._hopeless
        decided = None if plans is None else self.two.decided(plans, hopeless)
        if decided is not None:
            worth = self.measure.worth(self.weights, decided.values)
            self.found.offer(decided, worth)

    def _hopeless(self, tops: Mapping[int, Fraction]) -> bool:
        known = self.found.worth
        return known is not None and self.measure.worth(self.weights, tops) <= known

    def _prove(self) -> None:
        """Nobody can do better than who knows what comes."""
        most = self.two.alone.most
        known = {i: top for i in self.weights if (top := most[i]) is not None}
        if len(known) == len(self.weights):
            self.found.prove(self.measure.worth(self.weights, known))

    def _doubtful(self) -> int | None:
        """The lot to look at next by itself; None where too little hangs on it."""
        alone, solved = self.two.alone, self.two.solved
        i = alone.next(self.weights, set(solved))
        left = alone.left(self.weights, set(solved))
        if i is None or self.found.worth is None or left is None:
            return i
        return i if left > self.gap / PART**2 * abs(self.found.worth) else None

    def _offer(self, i: int) -> None:
        """Try the best plan of a lot, and the same with further cases."""
        if i in self.weights and not self.found.near(self.gap):
            self._try(self.two.solved[i].plans)
            if not self.found.near(self.gap):
                self._try(self._grown(i))

    def _grown(self, i: int) -> Consortia | None:
        """The best plan of a lot, with further cases for the amplest outcome."""
        plans, ampler = self.two.solved[i].plans, self.two.ampler
        above = [j for j in self.weights if ampler[j, i]]
        top = max(above, key=lambda j: int(ampler[j].sum()))
        if plans is None or top == i:
            return None
        return self.two.grown(top, plans).proposal.cases or None

    def _closer(self) -> bool:
        """Prove what is best in one lot to the end; False where that cannot be enough.

        The best plans known of each lot are the least that can be proven of them.
        """
        two, worth = self.two, self.found.worth
        least = {i: two.alone.least[i] for i in self.weights}
        known = {i: value for i, value in least.items() if value is not None}
        if worth is None or len(known) < len(least):
            return False
        if self.measure.worth(self.weights, known) > worth + self.gap * abs(worth):
            return False
        exact = {i for i, alone in two.solved.items() if alone.gap == 0}
        hopes = {two.alone.hope(i, self.weights): i for i in {*self.weights} - exact}
        hope = max(hopes, default=Fraction(0))
        return hope > 0 and self._look(hopes[hope])

    def _cross(self) -> bool:
        """Cross the plan at hand with others until one is better; False if none is.

        First with the one that together with it would be worth most, if each outcome
        could choose between both.
        """
        best = self.found.plan
        if best is None:
            return False
        others = [plan for plan in self.two.plans if plan is not best]
        others.sort(key=lambda plan: self._together(best, plan), reverse=True)
        for other in others[:PARTNERS]:
            if (id(best), id(other)) in self._crossed:
                continue
            self._crossed.add((id(best), id(other)))
            lots = self._telling.apart([best, other], self._limit, ())[:TOGETHER]
            plans = between(
                self.two, self.weights, self.measure, lots, [best, other],
                gap=float(self.gap / ALONE),
            )  # fmt: skip
            self._try(plans)
            if self.found.plan is not best:
                return True
        return False

    def _together(self, one: Decided, other: Decided) -> Fraction:
        """Worth of two plans, if each outcome could choose between them."""
        values = {i: max(one.values[i], other.values[i]) for i in self.weights}
        return self.measure.worth(self.weights, values)

    def _needed(self) -> tuple[int, ...]:
        """Lots under which no plan known seems better than the plan at hand.

        Without any plan those are chosen in which there is least money.
        """
        worth, blocks = self.found.worth, self.found.blocks
        if worth is None:
            least = [i for i in self.weights if self.two.ampler[i].sum() == 1]
            return tuple(dict.fromkeys([*blocks, *(least or self.weights)]))
        return self._telling.apart(self.two.plans, self._limit, blocks)

    def _round(self) -> bool:
        """One program of a few lots; False where no other is left to be asked."""
        blocks = self._needed()
        if blocks == self.found.blocks:
            return False
        self.found.blocks = blocks
        known = None
        if self.found.plan is not None and self.found.worth is not None:
            known = self.found.plan, self.found.worth
        answer = relaxed(
            self.two, self.weights, self.measure, blocks, known,
            gap=float(self.gap / PART),
        )  # fmt: skip
        if answer.impossible:
            self.found.rule_out()
            return False
        self.found.prove(answer.bound)
        self._try(answer.plans, whole=True)
        return True

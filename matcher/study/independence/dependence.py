"""What a plan keeps without direct EU money, as figures and tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.proposal.jsonform import euro, points
from matcher.proposal.proposal import OWN
from matcher.study.course import standing
from matcher.study.independence.words import sentences
from matcher.study.table import Table
from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from matcher.program.solution import Stop
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Judged
    from matcher.study.independence.opening import Opening
    from matcher.study.table import Cell

KEPT, LOST, NEW = "kept", "lost", "new"


@dataclass(frozen=True, slots=True)
class Standing:
    """One case with and without direct EU money."""

    case: str
    status: str
    """`KEPT`, `LOST` or `NEW`."""
    proof: str
    """What is proven of its loss or gain; empty where it is kept."""
    before: Fraction | None
    after: Fraction | None
    """Points that it brings; None where it is not launched."""
    granted: int
    direct: int
    """Cents granted with direct EU money in play, and those that are direct."""
    granted_after: int

    @property
    def kept(self) -> Fraction | None:
        """Part of its points that is kept."""
        if self.before is None or self.before <= 0:
            return None
        return (self.after or Fraction(0)) / self.before


@dataclass(frozen=True, slots=True)
class Gain:
    """One regional instrument changed, without any direct EU money."""

    opening: Opening
    now: Fraction
    then: Fraction | None
    """Points of the plans found; None without a plan."""
    at_least: Fraction | None
    at_most: Fraction | None
    """Proven range of the points won."""

    @property
    def won(self) -> Fraction | None:
        """Points won back, between the plans found."""
        return None if self.then is None else self.then - self.now


@dataclass(frozen=True)
class Independence:
    """A scenario with and without direct EU money."""

    assumption: str
    direct: tuple[str, ...]
    """Instruments of direct EU money, which are switched off."""
    unsaid: tuple[str, ...]
    """Instruments in play of which nothing says who manages them; they stay in."""
    settings: tuple[Setting, Setting]
    plans: tuple[Proposal | None, Proposal | None]
    """Best plans with direct EU money and without; None after Ctrl-C."""
    told: Judged
    """Differences between the two, each with what is proven of it."""
    gains: tuple[Gain, ...]
    """What would win back most comes first."""
    stop: Stop
    reached: bool
    kind: str = field(default="independence", init=False)

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        return standing(self.plans)

    @property
    def values(self) -> tuple[Fraction | None, Fraction | None]:
        """Points with direct EU money and without."""
        one, other = (None if p is None else p.objective for p in self.plans)
        return one, other

    @property
    def loss(self) -> Fraction | None:
        """Points that rest on direct EU money, between the plans found."""
        before, after = self.values
        return None if before is None or after is None else before - after

    @property
    def index(self) -> Fraction | None:
        """Part of the points that rests on direct EU money."""
        before, after = self.values
        return _part_lost(before, after)

    @property
    def index_range(self) -> tuple[Fraction | None, Fraction | None]:
        """Proven range of that part, over all best plans.

        What is left may be less than nothing: then the part is largest where little
        was possible before, and smallest where much was.
        """
        (before, after), (most, most_after) = self.values, self._bounds
        negative = most_after is not None and most_after < 0
        least = _part_lost(most if negative else before, most_after)
        negative = after is not None and after < 0
        largest = _part_lost(before if negative else most, after)
        return None if least is None else max(least, Fraction(0)), largest

    @property
    def _bounds(self) -> tuple[Fraction | None, Fraction | None]:
        one, other = (None if p is None else p.bound for p in self.plans)
        return one, other

    @property
    def granted(self) -> tuple[int | None, int | None]:
        """Cents granted with direct EU money in play, and without."""
        one, other = (
            None if p is None or p.objective is None else sum(
                _granted(s, each)[0] for each in p.cases
            )
            for s, p in zip(self.settings, self.plans, strict=True)
        )  # fmt: skip
        return one, other

    @property
    def money_index(self) -> Fraction | None:
        """Part of the granted euros that is not granted without direct EU money."""
        before, after = self.granted
        return _part_lost(
            None if before is None else Fraction(before),
            None if after is None else Fraction(after),
        )

    @property
    def direct_share(self) -> Fraction | None:
        """Part of the granted euros that is direct EU money."""
        plan, total = self.plans[0], self.granted[0]
        if plan is None or not total:
            return None
        paid = sum(_granted(self.settings[0], each)[1] for each in plan.cases)
        return Fraction(paid, total)

    @property
    def cases(self) -> tuple[Standing, ...]:
        """Every case that is launched in one of the plans at least."""
        before, after = self.plans
        if before is None or after is None or None in self.values:
            return ()
        proofs = {each.case: proof for each, proof in self.told if not each.region}
        worth = [_worth(p, s) for p, s in zip((before, after), self.settings,
                                              strict=True)]  # fmt: skip
        found = []
        for name in sorted({*before.by_case, *after.by_case}):
            one, other = before.by_case.get(name), after.by_case.get(name)
            paid, direct = _granted(self.settings[0], one)
            status = NEW if one is None else LOST if other is None else KEPT
            found.append(Standing(
                name, status, proofs.get(name, ""), worth[0].get(name),
                worth[1].get(name), paid, direct, _granted(self.settings[1], other)[0],
            ))  # fmt: skip
        return tuple(found)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return tuple(sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """All in all, case by case, layer by layer, and what would win back most."""
        return (
            self._summary(), self._dependence(), self._cases(), self._layers(),
            self._gains(),
        )  # fmt: skip

    def _summary(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for name, setting, plan in zip(
            ("with direct EU money", "without"), self.settings, self.plans, strict=True
        ):
            if plan is not None and plan.objective is None:
                rows.append((name, None, plan.bound, None, None, None))
            elif plan is not None:
                parts = [_granted(setting, each) for each in plan.cases]
                rows.append((name, plan.objective, plan.bound, len(plan.cases),
                             sum(p[0] for p in parts),
                             sum(p[1] for p in parts)))  # fmt: skip
        columns = "plan", "points", "bound", "cases", "granted_EUR", "direct_EUR"
        return Table(
            "summary", "With and without direct EU money", columns, tuple(rows)
        )

    def _dependence(self) -> Table:
        rows: tuple[tuple[Cell, ...], ...] = (
            ("points that are lost", self.index, *self.index_range),
            ("euros that are not granted any more", self.money_index, None, None),
            ("euros granted that are direct EU money", self.direct_share, None, None),
        )
        return Table("dependence", "Which part rests on direct EU money",
                     ("what", "part", "at_least", "at_most"), rows)  # fmt: skip

    def _cases(self) -> Table:
        columns = ("case", "status", "verdict", "points_with", "points_without", "kept",
                   "granted_EUR", "direct_EUR", "granted_without_EUR")  # fmt: skip
        rows = tuple(
            (c.case, c.status, c.proof, c.before, c.after, c.kept, c.granted, c.direct,
             c.granted_after)
            for c in self.cases
        )  # fmt: skip
        return Table("cases", "What each case keeps", columns, rows)

    def _layers(self) -> Table:
        sums = [Counter[str](), Counter[str](), Counter[str]()]
        for i, plan in enumerate(self.plans):
            for each in plan.cases if plan is not None else ():
                for p in each.funding:
                    book = self.settings[i].instruments.get(p.instrument)
                    if book is not None and book.aid:
                        sums[2 * i][p.layer] += p.amount
                        sums[1][p.layer] += p.amount * (book.direct and i == 0)
        layers = sorted({*sums[0], *sums[2]})
        one, other = (value is not None for value in self.values)
        known = one, one, other
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (layer, *(part[layer] if k else None
                      for part, k in zip(sums, known, strict=True)))
            for layer in layers
        )  # fmt: skip
        columns = "layer", "granted_EUR", "direct_EUR", "granted_without_EUR"
        return Table("layers", "Grants by layer of cost", columns, rows)

    def _gains(self) -> Table:
        columns = ("instrument", "kind", "change", "points_now", "points_then",
                   "won_back", "at_least", "at_most", "share_of_loss")  # fmt: skip
        rows = tuple(
            (g.opening.instrument, g.opening.kind, g.opening.text, g.now, g.then, g.won,
             g.at_least, g.at_most, self.share(g))
            for g in self.gains
        )  # fmt: skip
        title = "What regional instruments would win back, one change each"
        return Table("gains", title, columns, rows)

    def share(self, gain: Gain) -> Fraction | None:
        """Part of the loss that a change wins back; above 1 it brings more."""
        if not self.loss or gain.won is None:
            return None
        return gain.won / self.loss

    def plain(self) -> dict[str, Any]:
        """Which instruments were switched off, and the parts that rest on them."""
        least, most = self.index_range
        before, after = self.granted
        return {
            "assumption": self.assumption,
            "direct": list(self.direct),
            "unsaid": list(self.unsaid),
            "dependence": {
                "points": points(self.index), "at_least": points(least),
                "at_most": points(most), "granted": points(self.money_index),
                "direct_of_granted": points(self.direct_share),
            },
            "granted_EUR": None if before is None else euro(before),
            "granted_without_EUR": None if after is None else euro(after),
        }  # fmt: skip


def _worth(plan: Proposal, setting: Setting) -> dict[str, Fraction]:
    """What the plan would be worth less without each of its cases."""

    def value(cases: tuple[CasePlan, ...]) -> Fraction:
        terms = exact_terms(replace(plan, cases=cases), setting)
        return sum((term.points for term in terms), Fraction(0))

    whole = value(plan.cases)
    return {
        each.case: whole - value(tuple(c for c in plan.cases if c is not each))
        for each in plan.cases
    }


def _granted(setting: Setting, plan: CasePlan | None) -> tuple[int, int]:
    """Cents that public money pays for good in a case, and those that are direct."""
    aid = direct = 0
    for p in plan.funding if plan is not None else ():
        book = None if p.instrument == OWN else setting.instruments[p.instrument]
        if book is not None and book.aid:
            aid += p.amount
            direct += p.amount * book.direct
    return aid, direct


def _part_lost(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """1 - after / before; None where that says nothing."""
    if before is None or after is None or before <= 0:
        return None
    return 1 - after / before

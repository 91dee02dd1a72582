"""Deciding before the money is known: the plan, its risk, and what knowing is worth.

The consortia are decided now; the outcome comes; then cases are dropped and money is
dealt out as is best (`twostage`). Applying costs nothing here and binds to nothing, so
whoever can pay a case is applied to for it: which applications matter follows from who
pays in which outcome.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.errors import Faults
from matcher.program.solution import Status, Stop
from matcher.proposal.jsonform import points
from matcher.study.course import FOUND
from matcher.study.risk import words
from matcher.study.risk.refine import Found, Search
from matcher.study.risk.twostage import ZERO, Measure, mean, two_stage

if TYPE_CHECKING:
    from matcher.engine.desk import Desk
    from matcher.study.risk.outcomes import Event, Prospect
    from matcher.study.risk.twostage import Decided, TwoStage, Weights
    from matcher.study.table import Table

LEVEL = Fraction(1, 10)
"""Probability of the worst outcomes that a mean is told of."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number of which only two ends are known; None where one is not."""

    least: Fraction | None
    most: Fraction | None


@dataclass(frozen=True, slots=True)
class Knowing:
    """What it is worth to know first how an event ends."""

    event: str
    worth: Span


@dataclass(frozen=True, eq=False, slots=True)
class Risk:
    """The plan to decide on now, its spread over the outcomes, and what is proven."""

    prospect: Prospect
    two: TwoStage
    measure: Measure
    gap: Fraction
    """Relative gap asked for."""
    found: Found
    as_written: Decided | None
    """The plan of the scenario as written; None where it has none."""
    knowing: tuple[Knowing, ...]
    """By event, where there are several."""
    near: bool
    """Whether all that was asked is answered within the gap."""
    stop: Stop

    @property
    def kind(self) -> str:
        """One word."""
        return "risk"

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        if self.found.plan is not None:
            return FOUND
        return str(Status.INFEASIBLE if self.found.impossible else Status.UNKNOWN)

    @property
    def reached(self) -> bool:
        """Whether every answer came within the gap asked for."""
        return self.near and self.stop is Stop.FINISHED

    @property
    def weights(self) -> Weights:
        """Probability of each lot."""
        return all_of(self.two)

    @property
    def expected(self) -> Fraction | None:
        """Mean points of the plan."""
        plan = self.found.plan
        return None if plan is None else mean(self.weights, plan.values)

    @property
    def cvar(self) -> Fraction | None:
        """Mean points of the plan in the worst outcomes."""
        plan = self.found.plan
        return None if plan is None else self.measure.cvar(self.weights, plan.values)

    @property
    def worst(self) -> Fraction | None:
        """Points of the plan in the worst outcome."""
        return None if self.found.plan is None else min(self.found.plan.values.values())

    @property
    def gained(self) -> Fraction | None:
        """Worth of the plan less that of the plan of the scenario as written."""
        if self.as_written is None or self.found.worth is None:
            return None
        worth = self.measure.worth(self.weights, self.as_written.values)
        return self.found.worth - worth

    @property
    def perfect(self) -> Span:
        """What it is worth to know the outcome before deciding."""
        alone = self.two.alone
        least, most = (_mean(self.weights, ends) for ends in (alone.least, alone.most))
        return between(least, most, self.found)

    @property
    def errors(self) -> tuple[float | None, float | None]:
        """Standard errors of the plan's mean points and of the bound, where drawn."""
        plan, draws = self.found.plan, self.prospect.draws
        if plan is None or draws is None:
            return None, None
        most = self.two.alone.most
        tops = {i: top for i, top in enumerate(most) if top is not None}
        known = len(tops) == len(most)
        return (
            standard_error(self.weights, plan.values, draws),
            standard_error(self.weights, tops, draws) if known else None,
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return tuple(words.sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """What was found, in rows."""
        return tuple(words.tables(self))

    def plain(self) -> dict[str, Any]:
        """The figures beside the tables, as plain data."""
        perfect, (error, of_bound) = self.perfect, self.errors
        figures = {
            "expected": self.expected, "cvar": self.cvar, "worst": self.worst,
            "worth": self.found.worth, "bound": self.found.bound,
            "gained": self.gained, "information_least": perfect.least,
            "information_most": perfect.most,
        }  # fmt: skip
        told = {k: None if v is None else points(v) for k, v in figures.items()}
        return {
            "level": points(self.measure.level),
            "risk_aversion": points(self.measure.aversion),
            "outcomes": len(self.prospect.outcomes),
            "combinations": self.prospect.every,
            "draws": self.prospect.draws,
            **told,
            "standard_error": error,
            "standard_error_of_bound": of_bound,
        }


def risk(
    prospect: Prospect,
    desk: Desk,
    *,
    level: Fraction = LEVEL,
    aversion: Fraction = ZERO,
    events: bool = True,
) -> Risk:
    """Find the consortia to decide on before the outcome is known.

    Parameters
    ----------
    prospect
        The outcomes: `weighted`, `applications` or `from_file` of `outcomes`.
    desk
        Open workers; their gap is that of the answer.
    level
        Probability of the worst outcomes that make up the CVaR.
    aversion
        Weight of the CVaR in what a plan is worth; the mean has the rest.
    events
        Whether to find what it is worth to know one event first: a plan per branch.

    Raises
    ------
    InputError
        When an outcome changes what counts: its points could not be set against those
        of the others.
    InputError, SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    _refuse_other_objectives(prospect)
    two = two_stage(desk, prospect)
    measure = Measure(level, aversion)
    study = _Study(prospect, two, measure, events=events)
    stop = Stop.FINISHED
    try:
        study.run()
    except KeyboardInterrupt:
        if study.found.plan is None:
            raise
        stop = Stop.INTERRUPTED
    return Risk(
        prospect, two, measure, Fraction(desk.options.gap), study.found,
        study.as_written, tuple(study.knowing), study.near, stop,
    )  # fmt: skip


def _refuse_other_objectives(prospect: Prospect) -> None:
    """Outcomes are about money and people; what counts is the same in all of them."""
    base, faults = prospect.scenario.setting().objective, Faults()
    for outcome in prospect.outcomes:
        setting = prospect.scenario.setting(prospect.assumption(outcome))
        if setting.objective != base:
            changed = [o for o in setting.overrides if o.path.startswith("objective")]
            told = ", ".join(dict.fromkeys(o.path for o in changed)) or "objective"
            at = changed[0].origin if changed else setting.places["limits"]
            faults.add(
                "OTHER_OBJECTIVE", at,
                f'an outcome changes {told}: its points count other things',
                "leave the objective as it is in all outcomes",
            )  # fmt: skip
    faults.raise_if_any()


@dataclass(eq=False)
class _Study:
    """What was found so far."""

    prospect: Prospect
    two: TwoStage
    measure: Measure
    events: bool
    found: Found = field(default_factory=Found)
    as_written: Decided | None = None
    knowing: list[Knowing] = field(default_factory=list)
    near: bool = True

    def run(self) -> None:
        """All questions, the most important first."""
        stage = self.two.desk.best(self.prospect.scenario.setting())
        stage.solution.uninterrupted()
        base = stage.proposal
        if base.objective is not None:
            self.as_written = self.two.decided(base.cases)
        self._search(self.found, all_of(self.two))
        events = [e for e in self.prospect.events if len(e.branches) > 1]
        if self.found.worth is None or len(events) < 2 or not self.events:
            return
        for i, event in enumerate(self.prospect.events):
            if event in events:
                self.knowing.append(Knowing(event.name, self._known_first(i, event)))

    def _search(self, found: Found, weights: Weights) -> None:
        plans = [plan.cases for plan in self.two.known.values() if plan is not None]
        search = Search(self.two, weights, self.measure, found)
        search.run(plans)
        self.near = self.near and found.near(search.gap)

    def _known_first(self, at: int, event: Event) -> Span:
        """Consortia decided once more for each branch of an event."""
        least: Fraction | None = ZERO
        most: Fraction | None = ZERO
        for branch in range(len(event.branches)):
            weights = self._given(at, branch)
            total = sum(weights.values(), ZERO)
            if not total:
                continue
            found = Found()
            self._search(found, {i: w / total for i, w in weights.items()})
            least = _plus(least, total, found.worth)
            most = _plus(most, total, found.bound)
        return between(least, most, self.found)

    def _given(self, at: int, branch: int) -> dict[int, Fraction]:
        """Probability of each lot together with a branch of an event."""
        outcomes, found = self.prospect.outcomes, {}
        for i, lot in enumerate(self.two.lots):
            mine = [outcomes[o] for o in lot.outcomes]
            weight = sum(
                (o.probability for o in mine if o.branches[at] == branch), ZERO
            )
            if weight:
                found[i] = weight
        return found


def all_of(two: TwoStage) -> Weights:
    """Every lot with its probability."""
    return {i: lot.weight for i, lot in enumerate(two.lots)}


def between(least: Fraction | None, most: Fraction | None, found: Found) -> Span:
    """What knowing more is worth, from what it brings and what is found without."""
    low = high = None
    if least is not None and found.bound is not None:
        low = max(least - found.bound, ZERO)
    if most is not None and found.worth is not None:
        high = max(most - found.worth, ZERO)
    return Span(low, high)


def standard_error(weights: Weights, values: Any, draws: int) -> float:
    """Standard error of a mean over outcomes drawn."""
    if draws < 2:
        return math.inf
    middle = mean(weights, values)
    spread = sum((w * (values[i] - middle) ** 2 for i, w in weights.items()), ZERO)
    return math.sqrt(float(spread) / (draws - 1))


def _mean(weights: Weights, ends: list[Fraction | None]) -> Fraction | None:
    known = {i: end for i, end in enumerate(ends) if end is not None}
    return mean(weights, known) if len(known) == len(ends) else None


def _plus(
    total: Fraction | None, weight: Fraction, value: Fraction | None
) -> Fraction | None:
    return None if total is None or value is None else total + weight * value

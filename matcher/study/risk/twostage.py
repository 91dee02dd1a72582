"""Consortia decided now, money dealt out once the outcome is known: what is solved.

Over the plans x that may be decided now, where V(s,x) are the points that a plan
brings in outcome s, of probability p[s]::

    maximise   (1 - L) * sum_s p[s] V(s,x) + L * CVaR(V(x))
    CVaR       the mean of V(x) over the worst outcomes, `level` of all probability

In an outcome cases may be dropped, who serves whom and who pays is decided anew; nobody
joins or leaves. A plan decided now keeps every rule but those about money under the
scenario as written. Where points are expected there, outcomes take the place of
chances, and effort is spent on all that is decided, whatever the outcome. Source: Birge
and Louveaux, Introduction to Stochastic Programming, chapters 1 and 4; Rockafellar and
Uryasev, Optimization of Conditional Value-at-Risk (2000).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.desk import Desk, begun
from matcher.engine.question import Question
from matcher.engine.solving import Task
from matcher.formulation.kept import decided_as, kept
from matcher.objectives import all_terms
from matcher.study.risk.ampler import Between, ample, money_apart
from matcher.study.risk.relaxed import relaxed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Bools, Floats
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Objective, Setting
    from matcher.study.risk.outcomes import Prospect

    Change = Callable[[Assembly], Assembly]
    Consortia = Sequence[CasePlan]
    Hopeless = Callable[[Mapping[int, Fraction]], bool]
    Weights = Mapping[int, Fraction]

ZERO: Final = Fraction(0)
CLOSER: Final = 4
"""Part of the gap to which given consortia are valued: they take little time."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a spread of points is worth: its mean, and the mean of its worst part."""

    level: Fraction
    """Probability of the worst part."""
    aversion: Fraction
    """Weight of the worst part, 0 to 1; the mean has the rest."""

    def cvar(self, weights: Weights, values: Mapping[int, Fraction]) -> Fraction:
        """Mean of the worst outcomes, `level` of all probability."""
        left, total = self.level, ZERO
        for i in sorted(weights, key=values.__getitem__):
            part = min(weights[i], left)
            total, left = total + part * values[i], left - part
        return total / self.level

    def worth(self, weights: Weights, values: Mapping[int, Fraction]) -> Fraction:
        """Mean and worst part as weighed."""
        worst = self.cvar(weights, values) if self.aversion else ZERO
        return (1 - self.aversion) * mean(weights, values) + self.aversion * worst


def mean(weights: Weights, values: Mapping[int, Fraction]) -> Fraction:
    """Values times their probability."""
    return sum((weights[i] * values[i] for i in weights), ZERO)


@dataclass(frozen=True, eq=False, slots=True)
class Lot:
    """Outcomes in which nothing is different that a plan could tell."""

    outcomes: tuple[int, ...]
    weight: Fraction
    """Their probability."""
    setting: Setting
    question: Question


@dataclass(frozen=True, eq=False)
class Decided:
    """Consortia decided now, and what becomes of them in each lot."""

    cases: tuple[CasePlan, ...]
    effort: Fraction
    """Points of what is spent whatever happens."""
    carried: tuple[Proposal, ...]
    """The best that is done with them, by lot."""

    @cached_property
    def values(self) -> dict[int, Fraction]:
        """Points in each lot, effort among them."""
        points = (proposal.objective for proposal in self.carried)
        return {i: self.effort + (p or ZERO) for i, p in enumerate(points)}


@dataclass(frozen=True, eq=False, slots=True)
class Alone:
    """The best that can be decided where one lot is known to come."""

    plans: tuple[CasePlan, ...] | None
    value: Fraction | None
    bound: Fraction | None
    status: str
    gap: float
    """Relative gap to which it was looked for."""


@dataclass(eq=False)
class TwoStage:
    """Outcomes as programs, and what was found of them so far."""

    desk: Desk
    now: Question
    """What may be decided now: no rule about money, points of effort only."""
    lots: tuple[Lot, ...]
    plain: bool
    """What is carried out in a lot may be decided as it is: no effort counts apart,
    and the lots differ from the scenario as written in money only."""
    ampler: Bools
    """Whether lot i has all the money of lot j, shape (n, n)."""
    alone: Between = field(init=False)
    """Points of the best plan of each lot."""
    solved: dict[int, Alone] = field(default_factory=dict)
    """Lots whose best plan was looked for."""
    known: dict[object, Decided | None] = field(default_factory=dict)
    """Plans by their roles; None for those that may not be decided."""

    def __post_init__(self) -> None:
        self.alone = Between(self.ampler)

    @property
    def plans(self) -> list[Decided]:
        """All plans that were valued, in the order in which they were found."""
        return [plan for plan in self.known.values() if plan is not None]

    def look(self, i: int, gap: float) -> Alone:
        """Look for the best plan of a lot that is sure to come."""
        known = self.solved.get(i)
        if known is None or gap < known.gap:
            found = self._sure(i, gap) if self.plain else self._effortful(i, gap)
            self.solved[i] = found
            self.alone.learn(i, found.value, found.bound)
        return self.solved[i]

    def _sure(self, i: int, gap: float) -> Alone:
        """What is carried out in the lot is what is decided: its program is enough."""
        options, question = replace(self.desk.options, gap=gap), self.lots[i].question
        # a desk of its own: what another remembers may be proven less closely
        desk = Desk(self.desk.workers, options, self.desk.report, self.desk.clock)
        stage = desk.answer(question, self._told(i), self._start(i, question))
        stage.solution.uninterrupted()
        plan = stage.proposal
        plans = None if plan.objective is None else plan.cases
        return Alone(plans, plan.objective, plan.bound, plan.status, gap)

    def _told(self, i: int) -> str:
        """Name of the solve of a lot."""
        return self.lots[i].setting.assumption or "as written"

    def _start(self, i: int, question: Question) -> Floats | None:
        """The best plan known of a lot, to begin from; None where there is none."""
        if not self.plans:
            return None
        best = max(self.plans, key=lambda plan: plan.values[i])
        task = Task(self.desk.workers, self.desk.options, self.desk.clock)
        return begun(question.asked, best.cases, task)

    def _effortful(self, i: int, gap: float) -> Alone:
        """More may be decided than is carried out."""
        sure = Measure(Fraction(1), ZERO)
        answer = relaxed(self, {i: Fraction(1)}, sure, [i], None, gap=gap)
        plan = None if answer.plans is None else self.decided(answer.plans)
        status = "infeasible" if answer.impossible else "unknown"
        if plan is None:
            return Alone(None, None, answer.bound, status, gap)
        value = plan.values[i]
        bound = None if answer.bound is None else max(answer.bound, value)
        return Alone(plan.cases, value, bound, "feasible", gap)

    def kept(self, question: Question, plans: Consortia, *, drop: bool) -> Stage:
        """The best that these consortia can do, closer than the gap asked for."""
        closer = replace(self.desk.options, gap=self.desk.options.gap / CLOSER)
        desk = replace(self.desk, options=closer)
        return _changed(desk, question, lambda part: kept(part, plans, drop=drop))

    def grown(self, i: int, plans: Consortia) -> Stage:
        """The best plan of a lot that has these consortia, and maybe further cases."""
        question = self.lots[i].question
        return _changed(self.desk, question, lambda part: _grown(part, plans))

    def decided(
        self, plans: Consortia, hopeless: Hopeless | None = None
    ) -> Decided | None:
        """Consortia with what becomes of them; None where they may not be decided.

        None as well where they turn out to be ``hopeless``, asked with the most points
        of each lot that they may yet bring.
        """
        key = tuple(sorted((p.case, p.lead, p.members, p.observers) for p in plans))
        if key in self.known:
            return self.known[key]
        now = self.kept(self.now, plans, drop=False).proposal
        if now.objective is None:
            self.known[key] = None
            return None
        return self._decided(key, now, hopeless)

    def _decided(
        self, key: object, now: Proposal, hopeless: Hopeless | None
    ) -> Decided | None:
        assert now.objective is not None
        between = Between(self.ampler)
        done: dict[int, Proposal] = {}
        weights = {i: lot.weight for i, lot in enumerate(self.lots)}
        while (i := between.next(weights, set(done))) is not None:
            if self._close(between, weights, set(done)):
                break
            done[i] = self.kept(self.lots[i].question, now.cases, drop=True).proposal
            if done[i].objective is None:
                self.known[key] = None
                return None
            between.learn(i, done[i].objective, done[i].bound)
            tops = {
                j: now.objective + t
                for j in weights
                if (t := between.most[j]) is not None
            }
            if hopeless is not None and len(tops) == len(weights) and hopeless(tops):
                return None
        carried = tuple(self._like(done, i) for i in weights)
        plan = Decided(now.cases, now.objective, carried)
        for i, value in plan.values.items():
            self.alone.learn(i, least=value)
        self.known[key] = plan
        return plan

    def _close(self, between: Between, weights: Weights, done: set[int]) -> bool:
        """Whether a plan's mean points are known to the gap at which it is valued."""
        left = between.left(weights, done)
        if left is None:
            return False
        known = {i: least or ZERO for i, least in enumerate(between.least)}
        part = Fraction(self.desk.options.gap) / CLOSER
        return left <= part * abs(mean(weights, known))

    def _like(self, done: Mapping[int, Proposal], i: int) -> Proposal:
        """What is done in a lot: the best that is known there, or in a scarcer one."""
        scarcer = [j for j in done if self.ampler[i, j]]
        return done[max(scarcer, key=lambda j: (done[j].objective or ZERO, j == i))]


def _changed(desk: Desk, question: Question, change: Change) -> Stage:
    """The answer to a question with both of its forms changed."""
    full = change(question.full)
    asked = change(question.asked) if question.merged else full
    stage = desk.answer(Question(asked, full), "consortia as decided")
    stage.solution.uninterrupted()
    return stage


def _grown(assembly: Assembly, plans: Consortia) -> Assembly:
    """The program in which these consortia are launched, and others may be."""
    cases = assembly.inst.labels.cases
    launched = np.zeros(len(cases.ids), dtype=bool)
    launched[cases.encode(plan.case for plan in plans)] = True
    arrays = decided_as(assembly.program.arrays, assembly, plans, launched)
    return replace(assembly, program=replace(assembly.program, arrays=arrays))


def two_stage(desk: Desk, prospect: Prospect) -> TwoStage:
    """The outcomes of a prospect as programs; equal ones become one lot.

    Raises
    ------
    InputError
        When a rule lacks a figure under an outcome.
    """
    base = prospect.scenario.setting()
    expected = base.objective.expected
    effort = _terms(base.objective, carried=False, expected=expected)
    settings = []
    for outcome in prospect.outcomes:
        setting = prospect.scenario.setting(prospect.assumption(outcome))
        own = _terms(setting.objective, carried=True, expected=expected)
        settings.append(replace(setting, objective=own))
    ampler = ample(settings)
    first = [int(np.argmax(row)) for row in ampler & ampler.T]
    chosen = sorted(set(first))
    lots = []
    for i in chosen:
        mine = tuple(j for j, f in enumerate(first) if f == i)
        weight = sum((prospect.outcomes[j].probability for j in mine), ZERO)
        lots.append(Lot(mine, weight, settings[i], desk.question(settings[i])))
    now = desk.question(replace(base, objective=effort), funding=False)
    plain = not any(effort.weights.values()) and all(
        money_apart(base, settings[i]) for i in chosen
    )
    return TwoStage(desk, now, tuple(lots), plain, ampler[np.ix_(chosen, chosen)])


def _terms(objective: Objective, *, carried: bool, expected: bool) -> Objective:
    """The terms that count where a case is carried out, or those of effort.

    Effort counts apart only where the scenario's objective is an expected one.
    """
    terms = all_terms()
    names = {
        name for name in objective.weights
        if (name not in terms or terms[name].CARRIED or not expected) == carried
    }  # fmt: skip
    return replace(
        objective,
        weights={n: w for n, w in objective.weights.items() if n in names},
        parameters={n: p for n, p in objective.parameters.items() if n in names},
        expected=False,
    )

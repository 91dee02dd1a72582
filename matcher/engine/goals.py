"""Objective terms one by one: the best of one term, while others keep what they have.

Every term's points are kept by themselves in one program, so that any of them can be
the objective and any other a row::

    maximise value_t(x)   subject to   value_s(x) >= floor_s   for other terms s

Values are in a term's own unit, without its weight. Solved in turn, each term a floor
for those after it, this gives what is best in the order of the terms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.certify import FINEST, step_of
from matcher.engine.question import Question, ask
from matcher.engine.run import prepare
from matcher.engine.stages import holding
from matcher.engine.worth import worth_at_least
from matcher.errors import Fault, InputError, did_you_mean
from matcher.program.blocks import COUPLING, RowBlock, Subject
from matcher.program.builder import POINT_DECIMALS
from matcher.program.solution import Status, Stop
from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.program.program import Arrays, Floats
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME: Final = "goal"
"""Stands in the place of a rule on the rows that hold what a term must keep."""
ALL: Final = ""
"""The scenario's own objective, all its terms together."""
RESOLUTION: Final = Fraction(1, 1000)
"""In a term's own unit: values nearer than this are not told apart where a term takes
values on no lattice."""
_SLACK: Final = 1e-6
"""What a floor on such a term is lowered by: solvers do not keep rows closer."""


@dataclass(frozen=True, slots=True)
class Goals:
    """A setting whose program keeps the points of each term by themselves."""

    setting: Setting
    """As written; its objective breaks the last ties."""
    counted: Setting
    """Every term with a weight, or asked for, at weight 1."""
    question: Question
    names: tuple[str, ...]
    """Terms of the program, in its order."""

    def step(self, goal: str) -> Fraction:
        """Distance between values of a term that are told apart."""
        step = step_of(_about(self.question.asked, self._points(goal)[0]))
        return step if step is not None and step >= FINEST else RESOLUTION

    def on_lattice(self, goal: str) -> bool:
        """Whether all values of a term are multiples of its step."""
        step = step_of(_about(self.question.asked, self._points(goal)[0]))
        return step is not None and step >= FINEST

    def values(self, plan: Proposal) -> Mapping[str, Fraction]:
        """Exact value of every term of a plan, without weights."""
        return {t.name: t.value for t in exact_terms(plan, self.counted)}

    def asking(self, goal: str, floors: Mapping[str, Fraction]) -> Question:
        """The question for the best of one goal, with floors under others."""
        weights = {goal: Fraction(1)} if goal else self.setting.objective.weights
        setting = with_weights(self.setting, weights)
        asked, full = self.question.asked, self.question.full
        small, large = (
            self._posed(form, which, goal, floors, setting)
            for which, form in enumerate((asked, full))
        )
        return Question(small, large if self.question.merged else small)

    def _posed(
        self, form: Assembly, which: int, goal: str, floors: Mapping[str, Fraction],
        setting: Setting,
    ) -> Assembly:  # fmt: skip
        arrays = form.program.arrays
        for name, floor in floors.items():
            arrays = _kept(arrays.with_points(self._points(name)[which]), floor)
        arrays = arrays.with_points(self._points(goal)[which])
        count = len(floors)
        subject = Subject((tuple(floors),), (np.arange(count),))
        block = RowBlock(NAME, count, subject, np.full(count, COUPLING))
        program = replace(form.program, arrays=arrays, rows=(*form.program.rows, block))
        return replace(form, program=program, inst=replace(form.inst, setting=setting))

    def _points(self, goal: str) -> tuple[Floats, Floats]:
        """Points per column of a goal, in the small form and in the full one."""
        forms = (self.question.asked, self.question.full)
        if goal:
            at = self.names.index(goal)
            return forms[0].apart[at], forms[1].apart[at]
        weights = self.setting.objective.weights
        small, full = (
            _clean(sum(
                (float(weights.get(name, 0)) * points
                 for name, points in zip(self.names, form.apart, strict=True)),
                np.zeros(form.program.arrays.num_columns),
            ))
            for form in forms
        )  # fmt: skip
        return small, full


def _clean(points: Floats) -> Floats:
    """Sums of decimals without the dust of doubles; what is no decimal stays."""
    rounded = np.round(points, POINT_DECIMALS)
    return np.where(np.abs(points - rounded) < 1e-12, rounded, points)


def _about(form: Assembly, points: Floats) -> Arrays:
    return form.program.arrays.with_points(points)


def _kept(arrays: Arrays, floor: Fraction) -> Arrays:
    """The program with a row that keeps its objective at a floor."""
    step = step_of(arrays)
    exact = worth_at_least(arrays, floor) if step and step >= FINEST else None
    if exact is not None:
        return exact
    priced = np.nonzero(arrays.objective)[0]
    least = float(floor) - _SLACK
    return arrays.with_row(priced, arrays.objective[priced], lower=least)


def with_weights(setting: Setting, weights: Mapping[str, Fraction]) -> Setting:
    """The setting with other weights; the terms' parameters stay."""
    return replace(setting, objective=replace(setting.objective, weights=weights))


def goals(setting: Setting, names: Iterable[str], desk: Desk) -> Goals:
    """Keep the terms of a setting apart.

    Parameters
    ----------
    setting
        What to solve; no answer of an instrument is awaited.
    names
        Terms that will be asked for; each must be in the setting's objective, with
        any weight.
    desk
        Whose clock counts the time.

    Raises
    ------
    InputError
        When a term is not in the objective, or as `matcher.engine.run.prepare`.
    """
    setting = replace(setting, wait_for=None)
    weights, asked = setting.objective.weights, tuple(names)
    for name in asked:
        if name not in weights:
            place = setting.objective.document.place(("weights",))
            fault = Fault(
                "UNKNOWN_TERM", place,
                f'"{name}" is no term of this objective{did_you_mean(name, weights)}',
                f"use {', '.join(weights)}, or give it a weight, which may be 0",
            )  # fmt: skip
            raise InputError((fault,))
    wanted = sorted({*asked, *(name for name, w in weights.items() if w)})
    counted = with_weights(setting, dict.fromkeys(wanted, Fraction(1)))
    inst, terms = prepare(counted)
    funding = setting.has_money
    question = ask(inst, terms, funding=funding, apart=True)
    desk.clock.lap("encode")
    return Goals(setting, counted, question, tuple(t.name for t in terms))


@dataclass(frozen=True, slots=True)
class Met:
    """A plan that is best in one goal after the other, verified in its setting."""

    plan: Proposal | None
    """With the points of the setting's own objective; None without any plan."""
    values: Mapping[str, Fraction]
    """Exact value of every term, without weights."""
    bounds: Mapping[str, Fraction | None]
    """What no plan exceeds in each goal that was asked for, given those before it."""
    status: str
    """Of the first goal: optimal, feasible, infeasible or unknown."""
    stages: tuple[Stage, ...]

    @property
    def proven(self) -> bool:
        """Whether every goal is proven to be as good as it can be."""
        asked = [name for name in self.bounds if name]
        return self.plan is not None and all(
            self.bounds[name] == self.values[name] for name in asked
        )


def met(
    parts: Goals, order: Sequence[str], desk: Desk, *,
    floors: Mapping[str, Fraction] | None = None, start: Floats | None = None,
    patience: float | None = None,
) -> Met:  # fmt: skip
    """Solve for one goal after the other; each keeps what those before it reached.

    Parameters
    ----------
    parts
        The setting, its terms apart.
    order
        Names of terms, the most important first; `ALL` is the own objective.
    desk
        Open workers.
    floors
        What terms must reach in any case.
    start
        A plan to begin from, in columns of the small form.
    patience
        Seconds for the own objective, which only chooses between plans that are equal
        in all terms before it; None: as long as for any other.

    Raises
    ------
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    kept, status = dict(floors or {}), "unknown"
    stages: list[Stage] = []
    bounds: dict[str, Fraction | None] = {}
    last: Stage | None = None
    for goal in order:
        question = parts.asking(goal, kept)
        stage = _answered(question, goal, desk, start, None if goal else patience)
        stages.append(stage)
        found = stage.proposal
        status = found.status if goal == order[0] else status
        if found.objective is None:
            bounds[goal] = None
            break
        last = stage
        bounds[goal] = found.bound
        start = question.lowered(_x(stage))
        if goal:
            kept[goal] = max(found.objective, kept.get(goal, found.objective))
        if stage.solution.stop is Stop.INTERRUPTED:
            break
    bounds |= {goal: None for goal in order if goal not in bounds}
    if last is None:
        return Met(None, {}, bounds, status, tuple(stages))
    plan = _as_written(last, parts.setting)
    return Met(plan, parts.values(plan), bounds, status, tuple(stages))


def _answered(
    question: Question, goal: str, desk: Desk, start: Floats | None,
    patience: float | None,
) -> Stage:  # fmt: skip
    """The answer to one goal, within so many seconds where they are stated."""
    limits = [s for s in (desk.options.time_limit, patience) if s is not None]
    options = replace(desk.options, time_limit=min(limits, default=None))
    timed = replace(desk, options=options)
    stage = timed.answer(question, f"best of {goal or 'all terms'}", start)
    desk.solves = timed.solves
    return stage


def _x(stage: Stage) -> Floats:
    assert stage.solution.x is not None
    return stage.solution.x


def _as_written(stage: Stage, setting: Setting) -> Proposal:
    """A plan with the points of the setting's own objective, judged once more."""
    terms = exact_terms(stage.proposal, setting)
    worth = sum((term.points for term in terms), Fraction(0))
    plan = replace(
        stage.proposal, terms=terms, objective=worth, bound=None,
        status=str(Status.FEASIBLE),
    )  # fmt: skip
    return holding(plan, stage.solution, setting, funding=setting.has_money)

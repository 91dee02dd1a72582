"""One run of a sweep: from a resolved setting to what is kept of its answer.

The answer follows from the task alone, whoever works on it and whatever was worked on
before: runs may be spread over processes in any order. Every plan is verified against
its own setting.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from matcher import __version__
from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.certify import reconciled
from matcher.engine.desk import begun
from matcher.engine.question import ask
from matcher.engine.run import prepare
from matcher.engine.solving import Task as Solve
from matcher.engine.ties import without_ties
from matcher.program.solution import Stop
from matcher.proposal.proposal import OWN, CasePlan
from matcher.study.deciding import CITING, deciding

if TYPE_CHECKING:
    from matcher.engine.desk import Desk
    from matcher.engine.question import Question
    from matcher.engine.stages import Stage
    from matcher.program.program import Floats
    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.sweep.grid import Combination

FAULTY: Final = "faulty"
"""The inputs of a run break a rule of their format, or a rule lacks a figure."""
FAILED: Final = "failed"
"""A solver or a process failed, or an answer did not hold."""
LARGE: Final = 500
"""Columns from which a program is begun from a plan: finding one takes longer there
than what the plan costs to put in order, below it does not."""
START_SECONDS: Final = 20.0
"""For putting it in order; it takes far less, and without it nothing is lost."""


@dataclass(frozen=True, slots=True)
class Consortium:
    """Who takes part in one launched case."""

    case: str
    lead: str
    partners: tuple[str, ...]
    observers: tuple[str, ...]

    @property
    def plan(self) -> CasePlan:
        """The consortium without its money and exchanges."""
        return CasePlan(self.case, self.lead, self.partners, self.observers)


@dataclass(frozen=True, slots=True)
class Task:
    """What one answer is asked with."""

    key: str
    run: Combination
    """Its setting is resolved anew by whoever works on it."""
    options: SolveOptions
    backend: str
    begin: tuple[Consortium, ...] = ()
    """Consortia that a large program is begun from; a hint, never trusted. Part of
    the key: of plans worth as much, another start may bring another."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A task without an answer."""

    key: str
    status: str
    """`FAULTY` or `FAILED`."""
    error: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sweep keeps of a verified answer."""

    key: str
    status: str
    points: Fraction | None
    bound: Fraction | None
    needed: Fraction | None
    """Points of the best plan found without rules about money."""
    reached: bool
    """Whether it came within the gap asked for."""
    consortia: tuple[Consortium, ...]
    money: tuple[tuple[str, int], ...]
    """Cents by instrument, own money among them."""
    terms: tuple[tuple[str, Fraction, Fraction], ...]
    """Term, value and weight."""
    seconds: float
    backend: str
    version: str

    @property
    def gap(self) -> Fraction | None:
        """Relative distance to the bound, as of a proposal."""
        if self.points is None or self.bound is None:
            return None
        distance = self.bound - self.points
        return distance / (abs(self.points) or abs(self.bound) or Fraction(1))


def key_of(
    setting: Setting, options: SolveOptions, backend: str,
    begin: tuple[Consortium, ...] = (),
) -> str:  # fmt: skip
    """SHA-256 of all that an answer depends on: equal keys have equal answers.

    A time limit that ends a solve is the exception: it depends on the machine.
    """
    asked = (
        __version__, backend, options.gap, options.time_limit, options.seed,
        options.threads, setting.solve.tie_break,
    )  # fmt: skip
    sha = hashlib.sha256(repr(asked).encode())
    for name, part in deciding(setting).items():
        sha.update(f"\n{name} ".encode())
        sha.update(repr(_plain(part)).encode())
    if begin:
        sha.update(f"\nbegin {_plain(begin)!r}".encode())
    return sha.hexdigest()


def answered(task: Task, setting: Setting, desk: Desk) -> Answer:
    """Solve the setting of a task and keep what a sweep asks about.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended a solve: half an answer is none.
    InputError, SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    began = time.perf_counter()
    inst, terms = prepare(replace(setting, wait_for=None))
    question = ask(inst, terms, funding=setting.has_money)
    fundable = desk.answer(question, "run", start_of(question, task, desk))
    fundable.solution.uninterrupted()
    needs = plan = fundable.proposal
    if setting.has_money:
        free = desk.answer(ask(inst, terms, funding=False), "needed")
        free.solution.uninterrupted()
        needs, plan = reconciled(free.proposal, plan, setting)
    if setting.solve.tie_break:
        best = replace(fundable, proposal=plan)
        plan = without_ties(best, desk.workers, desk.options, desk.clock).proposal
    return _kept(task, fundable, plan, needs.objective, time.perf_counter() - began)


def _kept(
    task: Task, stage: Stage, plan: Proposal, needed: Fraction | None, seconds: float
) -> Answer:
    paid: Counter[str] = Counter()
    for case in plan.cases:
        for payment in case.funding:
            paid[payment.instrument] += payment.amount
    return Answer(
        key=task.key, status=plan.status, points=plan.objective, bound=plan.bound,
        needed=needed, reached=stage.solution.stop is Stop.FINISHED,
        consortia=tuple(
            Consortium(p.case, p.lead, p.partners, p.observers) for p in plan.cases
        ),
        money=tuple(sorted(paid.items(), key=lambda item: (item[0] == OWN, item[0]))),
        terms=tuple((term.name, term.value, term.weight) for term in plan.terms),
        seconds=seconds, backend=stage.solution.backend,
        version=stage.solution.version,
    )  # fmt: skip


def start_of(question: Question, task: Task, desk: Desk) -> Floats | None:
    """A plan of these consortia as far as the setting allows, to begin from."""
    worker, small = desk.workers.chosen, question.asked
    columns = small.program.arrays.num_columns
    if not task.begin or columns < LARGE or worker.name in WHOLE_ONLY:
        return None
    plans = [consortium.plan for consortium in task.begin]
    options = replace(task.options, time_limit=START_SECONDS)
    return begun(small, plans, Solve(desk.workers, options, desk.clock))


def _plain(value: Any) -> Any:
    """A value as plain data that prints the same wherever it is equal."""
    if isinstance(value, BaseModel):
        names = [n for n in type(value).model_fields if n not in CITING]
        return {name: _plain(getattr(value, name)) for name in names}
    if is_dataclass(value) and not isinstance(value, type):
        compared = [f.name for f in fields(value) if f.compare]
        return [_plain(getattr(value, name)) for name in compared]
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(inner)) for key, inner in value.items())
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, Fraction, dt.date)):
        return value
    raise TypeError(f"a {type(value).__name__} in a setting has no fixed form")

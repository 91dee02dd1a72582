"""Hundreds of runs: what is to be done, what is done already, and how far it is.

A run is done once it has an answer for the inputs as they are now. Equal settings are
answered once. Large programs are begun from the best plan of the scenario as written,
which is found first and kept with the rest: runs do not depend on their order. That
plan is part of what they are asked with, so that another one asks them anew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from matcher.engine.question import ask
from matcher.engine.run import options_of, prepare
from matcher.errors import InputError
from matcher.program.solution import Stop
from matcher.study.sweep.answers import FAULTY, LARGE, Answer, Failed, Task, key_of
from matcher.study.sweep.grid import Combination
from matcher.study.sweep.runners import Here
from matcher.study.sweep.store import Named
from matcher.study.sweep.summary import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.program.solution import SolveOptions
    from matcher.scenario.setting import Setting
    from matcher.study.sweep.answers import Consortium
    from matcher.study.sweep.grid import Grid
    from matcher.study.sweep.runners import Outcome, Runner
    from matcher.study.sweep.store import Store

AS_WRITTEN: Final = Combination({})
"""The scenario without any change of a grid."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How every run is solved; None takes what its setting says."""

    backend: str | None = None
    gap: float | None = None
    time_limit: float | None = None

    def of(self, setting: Setting, seed: int | None) -> tuple[SolveOptions, str]:
        """Options and backend of one run; a solver has one thread."""
        given = {"gap": self.gap, "time_limit": self.time_limit, "seed": seed}
        stated = {name: value for name, value in given.items() if value is not None}
        options = replace(options_of(setting), threads=1, **stated)  # type: ignore[arg-type]
        return options, self.backend or setting.solve.backend


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a sweep is, in runs."""

    done: int
    """Without those that were done before."""
    before: int
    total: int
    failed: int


Report = Callable[[Reached], None]


@dataclass(slots=True)
class _Plan:
    """What is to be done."""

    ids: list[str] = field(default_factory=list)
    """Of every run of the grid, in its order."""
    tasks: dict[str, Task] = field(default_factory=dict)
    """By the key of the answer that is wanted."""
    runs: dict[str, list[Named]] = field(default_factory=lambda: defaultdict(list))
    """Runs that wait for an answer, by its key."""
    linked: list[tuple[Named, str]] = field(default_factory=list)
    """Runs whose answer another run has."""
    faulty: list[tuple[Named, Failed]] = field(default_factory=list)
    done: list[Named] = field(default_factory=list)
    """Runs that have their answer."""


@dataclass(frozen=True, slots=True)
class _First:
    """The answer that others begin from."""

    key: str = ""
    begin: tuple[Consortium, ...] = ()
    """Its consortia; none where nothing begins from it."""


def sweep(
    grid: Grid, store: Store, runner: Runner, asked: Asked, report: Report | None = None
) -> Sweep:
    """Run what is not done yet, and sum up every run of the grid.

    Ctrl-C ends the work and sums up what is there; another one is raised.

    Raises
    ------
    WriteFailed
        When the store cannot be written; what it holds stays.
    SolverFailed
        When the runner cannot work at all.
    """
    store.see(_axes(grid, store))
    first, stop = _First(), Stop.FINISHED
    try:
        first = _beginning(grid, store, asked)
    except KeyboardInterrupt:
        stop = Stop.INTERRUPTED
    plan = _planned(grid, store, asked, first)
    store.place(plan.done)
    if stop is Stop.FINISHED:
        stop = _worked_off(plan, grid, store, runner, report)
    found = {row.run: row for row in store.rows()}
    rows = tuple(found[run] for run in plan.ids if run in found)
    return Sweep(
        grid.title, tuple(grid.axes), len(grid), len(plan.done), rows, stop,
        store.notice,
    )  # fmt: skip


def _worked_off(
    plan: _Plan, grid: Grid, store: Store, runner: Runner, report: Report | None
) -> Stop:
    """Do what is to be done, until all is or Ctrl-C comes."""
    tell = _Teller(plan, report)
    try:
        for run, failed in plan.faulty:
            store.fail(failed, [run])
            tell.more(1, failed=True)
        for run, key in plan.linked:
            store.link(run, key)
            tell.more(1)
        tasks = list(plan.tasks.values())
        with closing(runner.outcomes(grid, tasks)) as outcomes:  # type: ignore[type-var]
            for outcome in outcomes:
                runs = plan.runs[outcome.key]
                _keep(store, outcome, plan.tasks[outcome.key], runs)
                tell.more(len(runs), failed=isinstance(outcome, Failed))
    except KeyboardInterrupt:
        return Stop.INTERRUPTED
    return Stop.FINISHED


def _axes(grid: Grid, store: Store) -> list[str]:
    """Axes of all grids of a store, in the order they came."""
    known = (axis for row in store.rows() for axis in row.labels)
    return list(dict.fromkeys((*known, *grid.axes)))


def _planned(grid: Grid, store: Store, asked: Asked, first: _First) -> _Plan:
    """What every run needs: its answer may be kept, or known from another run."""
    plan, kept, known = _Plan(), store.kept(), store.known()
    for place, combination in enumerate(grid.combinations()):
        run = _named(grid, place, combination, asked)
        plan.ids.append(run.id)
        try:
            setting = grid.setting(combination)
        except InputError as error:
            plan.faulty.append((run, Failed("", FAULTY, str(error))))
            continue
        options, backend = asked.of(setting, combination.seed)
        key = key_of(setting, options, backend)
        begin = () if key == first.key else first.begin  # it begins from nothing itself
        key = key_of(setting, options, backend, begin) if begin else key
        if kept.get(run.id) == key:
            plan.done.append(run)
            continue
        if key in known:
            plan.linked.append((run, key))
            continue
        plan.runs[key].append(run)
        plan.tasks.setdefault(key, Task(key, combination, options, backend, begin))
    return plan


def _named(grid: Grid, place: int, run: Combination, asked: Asked) -> Named:
    """A run with its id: the same as long as the same is asked for."""
    scenario = grid.scenario.name
    text = repr((scenario, run.means, asked.backend, asked.gap, asked.time_limit))
    name = hashlib.sha256(text.encode()).hexdigest()[:24]
    return Named(name, scenario, grid.digest, place, run.labels)


def _keep(store: Store, outcome: Outcome, task: Task, runs: Sequence[Named]) -> None:
    if isinstance(outcome, Answer):
        store.save(outcome, task.options, runs)
    else:
        store.fail(outcome, runs)


def _beginning(grid: Grid, store: Store, asked: Asked) -> _First:
    """The answer to the scenario as written, where beginning from it helps.

    It is kept, so that whoever goes on begins from the same. Where it failed nothing
    begins from it, and it is tried again when the sweep goes on.
    """
    try:
        setting = grid.setting(AS_WRITTEN)
        inst, terms = prepare(setting)
        question = ask(inst, terms, funding=setting.has_money)
    except InputError:
        return _First()
    if question.asked.program.arrays.num_columns < LARGE:
        return _First()
    options, backend = asked.of(setting, None)
    key = key_of(setting, options, backend)
    if key not in store.known():
        task = Task(key, AS_WRITTEN, options, backend)
        for outcome in _one(grid, task):
            if isinstance(outcome, Answer):
                store.save(outcome, options, ())
    return _First(key, store.consortia(key))


def _one(grid: Grid, task: Task) -> Iterator[Outcome]:
    with closing(Here().outcomes(grid, [task])) as outcomes:  # type: ignore[type-var]
        yield from outcomes


class _Teller:
    """Counts runs and tells how far the sweep is."""

    def __init__(self, plan: _Plan, report: Report | None) -> None:
        self._report = report
        self._now = Reached(0, len(plan.done), len(plan.ids), 0)
        self.more(0)

    def more(self, runs: int, *, failed: bool = False) -> None:
        """So many runs more are done."""
        now = self._now
        self._now = replace(
            now, done=now.done + runs, failed=now.failed + runs * failed
        )
        if self._report is not None:
            self._report(self._now)

"""A grid: axes of assumptions, seeds and objectives, whose product is the runs.

An axis changes one thing. Its values are names of assumptions, changes written as in
an assumption, or one setting with a list of values. A run takes one value of each axis;
what an axis further down sets stands before what one further up sets.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from matcher.errors import Faults, InputError, did_you_mean
from matcher.objectives import all_terms
from matcher.scenario.change import shown
from matcher.scenario.load import BASELINE, TOGETHER
from matcher.scenario.reader import validated
from matcher.scenario.rulebook import Strict
from matcher.scenario.schema import Assumption, AssumptionName, Scalar
from matcher.scenario.validation import report_validation
from matcher.scenario.values import FormatOne, Seed
from matcher.scenario.yamlfile import read_yaml
from matcher.study.sweep.weighing import unknown_term, weighed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.errors import Fault, Place
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.scenario.yamlfile import Document

SEED: Final = "seed"
OBJECTIVE: Final = "objective"
MOST_RUNS: Final = 100_000
"""Runs of one grid; more is nearly always a slip in it."""
TAKEN: Final = (
    "run", "scenario", "status", "points", "bound", "gap", "needed", "reached", "cases",
    "seconds", "backend", "error", "answer", "launched", "case", "region", "role",
)  # fmt: skip
"""Columns that tables and views of runs have: no axis is called so."""


class Named(Assumption):
    """A change written in the grid."""

    name: AssumptionName
    """What it is called in tables."""


class Spread(Strict):
    """One setting, or several alike, with a list of values."""

    set: str | tuple[str, ...]
    """Path as in an assumption, or a list of paths that get the same value."""
    values: Annotated[tuple[Scalar, ...], Field(min_length=1)]
    """A run for each."""


class Weighting(Strict):
    """The scenario's objective with other weights."""

    name: AssumptionName
    """What it is called in tables."""
    weights: Mapping[str, Scalar]
    """Weight by term, such as `2` or `0.5x`; other terms keep theirs."""


class GridFile(Strict):
    """A grid as it is written."""

    format: FormatOne
    """Version of the format."""
    title: str | None = None
    """What the grid asks, in a few words."""
    axes: Annotated[Mapping[AssumptionName, Any], Field(min_length=1)]
    """Axes by name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One value of an axis."""

    label: str
    assumption: str = ""
    """Assumption of the grid's scenario that it stands for; '' changes nothing."""
    seed: int | None = None
    weights: Mapping[str, Any] | None = None
    means: str = ""
    """What a change written in the grid does, as text: another grid may call another
    change the same."""


@dataclass(frozen=True, slots=True)
class Combination:
    """One value of each axis: what one run is asked with."""

    steps: Mapping[str, Step]
    """By axis, in the order written."""

    @property
    def labels(self) -> dict[str, str]:
        """What the run is called, axis by axis."""
        return {axis: step.label for axis, step in self.steps.items()}

    @property
    def seed(self) -> int | None:
        """Seed of the solver; None takes the scenario's."""
        return next((s.seed for s in self.steps.values() if s.seed is not None), None)

    @property
    def means(self) -> str:
        """All that it changes, as text."""
        return repr([(a, s.label, s.means) for a, s in self.steps.items()])


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid for one scenario, checked."""

    title: str
    digest: str
    """SHA-256 of the file."""
    axes: Mapping[str, tuple[Step, ...]]
    scenario: Scenario
    """The scenario with every change of the grid as a further assumption."""
    document: Document

    def __len__(self) -> int:
        return math.prod(map(len, self.axes.values()))

    def combinations(self) -> Iterator[Combination]:
        """Every run; neighbours differ in the last axis."""
        for steps in itertools.product(*self.axes.values()):
            yield Combination(dict(zip(self.axes, steps, strict=True)))

    def setting(self, run: Combination) -> Setting:
        """The resolved setting of a run.

        Raises
        ------
        InputError
            With every fault of the resolved inputs.
        """
        names = [s.assumption for s in run.steps.values() if s.assumption]
        setting = self.scenario.setting(TOGETHER.join(names))
        for step in run.steps.values():
            if step.weights is not None:
                at = ("axes", OBJECTIVE)
                place = self.document.key_place(at)
                setting = weighed(setting, step.weights, place)
        return setting


def read_grid(path: str | Path, scenario: Scenario) -> Grid:
    """Read a grid file for a scenario; every value is tried by itself.

    Raises
    ------
    InputError
        With every fault found, each at its line.
    """
    path, faults = Path(path), Faults()
    document = read_yaml(path, path.name)
    file = validated(GridFile, document, faults)
    faults.raise_if_any()
    reader = _Reader(scenario, document, faults)
    axes = {name: reader.axis(name, value) for name, value in file.axes.items()}
    faults.raise_if_any()
    grid = Grid(
        file.title or path.stem,
        hashlib.sha256(document.text.encode()).hexdigest(),
        axes, scenario.assuming(reader.added), document,
    )  # fmt: skip
    if len(grid) > MOST_RUNS:
        faults.add("TOO_MANY_RUNS", document.key_place(("axes",)),
                   f"{len(grid):,} runs, more than {MOST_RUNS:,}",
                   "shorten an axis, or make several grids")  # fmt: skip
    _try_each(grid, faults)
    faults.raise_if_any()
    return grid


class _Reader:
    """Turns the axes as written into steps, and notes the assumptions they add."""

    def __init__(self, scenario: Scenario, document: Document, faults: Faults) -> None:
        self.scenario, self.document, self.faults = scenario, document, faults
        self.added: dict[str, tuple[Assumption, Place]] = {}

    def axis(self, name: str, value: Any) -> tuple[Step, ...]:
        """Steps of one axis; faults are noted."""
        at = ("axes", name)
        if name in TAKEN:
            self.faults.add("BAD_KEY", self.document.key_place(at),
                            f'"{name}" is a column of tables of runs',
                            "call the axis otherwise")  # fmt: skip
        if isinstance(value, dict):
            steps = self._spread(name, value)
        elif isinstance(value, tuple) and value:
            read = {SEED: self._seed, OBJECTIVE: self._objective}
            step = read.get(name, self._assumption)
            found = (step(name, (*at, i), entry) for i, entry in enumerate(value))
            steps = tuple(one for one in found if one is not None)
        else:
            self.faults.add("BAD_VALUE", self.document.place(at),
                            f"{name}: a list of values is needed",
                            "write a list, or a mapping of set and values")  # fmt: skip
            return ()
        self._distinct(name, steps)
        return steps

    def _checked(self, kind: Any, at: tuple[str | int, ...], value: Any) -> Any:
        """A value of a kind, or None with its faults noted."""
        try:
            return TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            model = kind if isinstance(kind, type) else None
            report_validation(error, self.document, self.faults, model=model, root=at)
            return None

    def _seed(self, _axis: str, at: tuple[str | int, ...], value: Any) -> Step | None:
        seed = self._checked(Seed, at, value)
        return None if seed is None else Step(str(seed), seed=seed, means=f"{seed}")

    def _objective(
        self, axis: str, at: tuple[str | int, ...], value: Any
    ) -> Step | None:
        """The scenario's objective, one by name, or other weights."""
        if isinstance(value, dict):
            found = self._checked(Weighting, at, value)
            if found is None:
                return None
            for term in found.weights.keys() - all_terms().keys():
                place = self.document.key_place((*at, "weights", term))
                self.faults.found.append(unknown_term(term, place))
            return Step(found.name, weights=found.weights, means=str(found.weights))
        if not self._is_name(at, value):
            return None
        if value == BASELINE:
            return Step(BASELINE)
        overlay = Assumption(set={OBJECTIVE: value})
        return self._added(axis, value, overlay, at)

    def _assumption(
        self, axis: str, at: tuple[str | int, ...], value: Any
    ) -> Step | None:
        """An assumption of the scenario, or a change written here."""
        if isinstance(value, dict):
            found = self._checked(Named, at, value)
            if found is None:
                return None
            fields = {k: getattr(found, k) for k in Assumption.model_fields}
            return self._added(axis, found.name, Assumption(**fields), at)
        if not self._is_name(at, value):
            return None
        known = self.scenario.assumptions
        for name in self.scenario.parts(value):
            if name not in known:
                self.faults.add("UNKNOWN_ASSUMPTION", self.document.place(at),
                                f'no assumption "{name}"{did_you_mean(name, known)}',
                                f"use one of {', '.join((BASELINE, *known))}"
                                )  # fmt: skip
        return Step(value, "" if value == BASELINE else value)

    def _spread(self, axis: str, value: Any) -> tuple[Step, ...]:
        """One step for each value of a setting."""
        found = self._checked(Spread, ("axes", axis), value)
        if found is None:
            return ()
        paths = (found.set,) if isinstance(found.set, str) else found.set
        steps = []
        for i, one in enumerate(found.values):
            overlay = Assumption(set=dict.fromkeys(paths, one))
            label = "null" if one is None else shown(one)
            steps.append(self._added(axis, label, overlay, ("axes", axis, "values", i)))
        return tuple(steps)

    def _added(
        self, axis: str, label: str, overlay: Assumption, at: tuple[str | int, ...]
    ) -> Step:
        """A step that a further assumption of the scenario stands for."""
        name = f"{axis}={label}".replace(TOGETHER, " and ")
        self.added[name] = (overlay, self.document.place(at))
        return Step(label, name, means=str(overlay))

    def _is_name(self, at: tuple[str | int, ...], value: Any) -> bool:
        if isinstance(value, str):
            return True
        self.faults.add("BAD_VALUE", self.document.place(at),
                        "a name or a mapping is needed",
                        "write the name of an assumption, or {name: ..., set: ...}"
                        )  # fmt: skip
        return False

    def _distinct(self, axis: str, steps: Iterable[Step]) -> None:
        """Refuse two values of one label: nobody could tell their runs apart."""
        seen: set[str] = set()
        for step in steps:
            if step.label in seen:
                self.faults.add("DUPLICATE_VALUE",
                                self.document.key_place(("axes", axis)),
                                f'{axis}: "{step.label}" stands twice',
                                "name one of them otherwise")  # fmt: skip
            seen.add(step.label)


def _try_each(grid: Grid, faults: Faults) -> None:
    """Build the setting of every value once: what is faulty alone is a slip."""
    told: dict[Fault, None] = {}
    for axis, steps in grid.axes.items():
        for i, step in enumerate(steps):
            try:
                grid.setting(Combination({axis: step}))
            except InputError as error:
                at = grid.document.place(("axes", axis, i))
                told |= dict.fromkeys(_at_grid(f, at, grid) for f in error.faults)
    faults.found.extend(told)


def _at_grid(fault: Fault, at: Place, grid: Grid) -> Fault:
    """The fault at the line of the grid that brings it about."""
    if fault.place.file == grid.document.file:
        return fault
    return replace(fault, place=at, problem=f"{fault.place}: {fault.problem}")

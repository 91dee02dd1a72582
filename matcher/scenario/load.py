"""Read a scenario: what it holds, under every assumption.

`load` reads everything that the scenario names, collects every fault of every
file, and returns a `Scenario`: what was written, checked. `Scenario.setting`
applies an assumption and gives the typed `Setting` that the house works with.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matcher import library
from matcher.errors import Fault, Faults, InputError, Place, did_you_mean
from matcher.scenario.build import build_setting
from matcher.scenario.change import Written
from matcher.scenario.impossible import impossible
from matcher.scenario.oddities import oddities
from matcher.scenario.overlay import apply
from matcher.scenario.reader import Reader, validated
from matcher.scenario.records import TABLES
from matcher.scenario.schema import ScenarioFile
from matcher.scenario.setting import Override, Setting
from matcher.scenario.tables import to_records
from matcher.scenario.yamlfile import Document, Path_, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.scenario.schema import Assumption
    from matcher.scenario.tables import RawTable

SETTINGS_FILE: Final = "scenario.yaml"
BASELINE: Final = "baseline"
"""Names the scenario as written, unless it has an assumption of that name."""
TOGETHER: Final = "+"
"""Joins the names of assumptions that hold together."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as written, read and checked; nothing of it is changed later."""

    name: str
    root: Path
    """Folder that relative paths start from."""
    settings: ScenarioFile
    document: Document
    tables: Mapping[str, RawTable]
    rulebooks: Mapping[str, Document]
    """By id, in the order the scenario lists them."""
    objective: Document | None
    """Objective file; None when the scenario gives weights itself."""
    files: Mapping[str, Path]
    """Every file read, by the name shown in faults."""
    notices: tuple[str, ...]
    """What was seen and not read, and what looks odd but may be meant."""
    today: dt.date

    def __repr__(self) -> str:
        tables = ", ".join(f"{t} {len(raw.cells)}" for t, raw in self.tables.items())
        return f"<Scenario {self.name!r}: {tables}; assumptions: " + (
            f"{', '.join(map(repr, self.assumptions)) or 'none'}>"
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Names of the assumptions, in the order written."""
        return tuple(self.settings.assumptions)

    def setting(self, assumption: str = "") -> Setting:
        """Resolve the scenario under one assumption; '' means as written.

        Several assumptions hold together as ``a+b``: a later one overrides what an
        earlier one sets, and an instrument that one of them leaves out is out.

        Raises
        ------
        InputError
            With every fault of the resolved inputs.
        """
        faults = Faults()
        resolved = self.resolve(assumption, faults)
        faults.raise_if_any()
        setting = build_setting(resolved, faults)
        faults.raise_if_any()
        return setting

    def resolve(self, assumption: str, faults: Faults) -> Resolved:
        """Apply an assumption to what was written; faults go to the collector."""
        written = Written(
            settings=dict(self.document.data),
            tables=dict(self.tables),
            rulebooks={name: dict(doc.data) for name, doc in self.rulebooks.items()},
        )
        instruments = tuple(
            name for name, doc in self.rulebooks.items()
            if doc.data["kind"] not in ("partnership", "own")
        )  # fmt: skip
        parts = self.parts(assumption)
        known = [name for name in parts if self._is_known(name, faults)]
        for name in known:
            self._set(written, name, faults)
        for name in known:  # afterwards: what is set may be about what is left out
            self._choose(written, name, instruments, faults)
        return Resolved(self, TOGETHER.join(parts), written, tuple(written.overrides))

    def assuming(self, more: Mapping[str, tuple[Assumption, Place]]) -> Scenario:
        """The scenario with further assumptions, each with the place that states it.

        They are not tried: `setting` tells their faults.
        """
        stated = {name: assumption for name, (assumption, _) in more.items()}
        every = {**self.settings.assumptions, **stated}
        places: dict[Path_, Place]
        places = {("assumptions", name): place for name, (_, place) in more.items()}
        return replace(
            self,
            settings=self.settings.model_copy(update={"assumptions": every}),
            document=replace(self.document, values={**self.document.values, **places}),
        )

    def parts(self, assumption: str) -> list[str]:
        """Names of the assumptions that hold; none for the scenario as written."""
        whole = assumption in self.settings.assumptions
        parts = [assumption] if whole else assumption.split(TOGETHER)
        as_written = {"", BASELINE} - self.settings.assumptions.keys()
        return [name for name in parts if name not in as_written]

    def _is_known(self, name: str, faults: Faults) -> bool:
        if name in self.settings.assumptions:
            return True
        known = ", ".join(self.assumptions) or "none: the scenario has none"
        faults.add(
            "UNKNOWN_ASSUMPTION",
            self.document.place(("assumptions",)),
            f'no assumption "{name}"{did_you_mean(name, self.assumptions)}',
            f"use one of {known}",
        )
        return False

    def _set(self, written: Written, name: str, faults: Faults) -> None:
        changes = self.settings.assumptions[name].set
        base = ("assumptions", name, "set")
        places = {path: self.document.key_place((*base, path)) for path in changes}
        apply(written, name, changes, places, faults)

    def _choose(
        self, written: Written, name: str, instruments: tuple[str, ...], faults: Faults
    ) -> None:
        """Leave out the instruments that an assumption does not let play a part."""
        overlay = self.settings.assumptions[name]
        if overlay.instruments is None:
            return
        named = overlay.instruments.only or overlay.instruments.without or ()
        place = self.document.place(("assumptions", name, "instruments"))
        for instrument in named:
            if instrument not in instruments:
                faults.add("UNKNOWN_INSTRUMENT", place,
                           f'"{instrument}" is no instrument of this scenario'
                           + did_you_mean(instrument, instruments),
                           f"use {', '.join(instruments)}")  # fmt: skip
        keep_named = overlay.instruments.only is not None
        for instrument in instruments:
            left_out = (instrument in named) != keep_named
            if left_out and instrument in written.rulebooks:
                del written.rulebooks[instrument]
                written.overrides.append(
                    Override(f"instruments.{instrument}", "in play", "left out", place)
                )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A scenario with one assumption applied, not yet typed."""

    scenario: Scenario
    assumption: str
    written: Written
    overrides: tuple[Override, ...]


def load(path: str | Path, *, today: dt.date | None = None) -> Scenario:
    """Read a scenario folder, or one ``.yaml`` file, or a bundled name.

    Parameters
    ----------
    path
        Folder, settings file, or the name of a bundled scenario.
    today
        Day that stands in where the scenario states no date; default: today.

    Raises
    ------
    InputError
        With every fault of every file, under every assumption.
    """
    settings_path = _find(Path(path))
    root = settings_path.parent
    document = read_yaml(settings_path, settings_path.name)
    faults = Faults()
    settings = validated(ScenarioFile, document, faults)
    if settings is None:
        raise InputError(faults)
    reader = Reader(root, document, faults)
    tables = reader.tables(settings)
    rulebooks = reader.rulebooks(settings)
    objective = reader.objective(settings)
    if faults:  # the cells of the tables are looked at, too: all faults at once
        for name, raw in tables.items():
            to_records(raw, TABLES[name], faults)
    faults.raise_if_any()
    scenario = Scenario(
        name=root.name if settings_path.name == SETTINGS_FILE else settings_path.stem,
        root=root, settings=settings, document=document, tables=tables,
        rulebooks=rulebooks, objective=objective,
        files={settings_path.name: settings_path, **reader.files},
        notices=tuple(reader.notices), today=today or dt.date.today(),
    )  # fmt: skip
    plain = _try_every_assumption(scenario)
    odd = (*oddities(plain), *impossible(plain, scenario.rulebooks))
    return replace(scenario, notices=(*scenario.notices, *odd))


def _try_every_assumption(scenario: Scenario) -> Setting:
    """Build every setting once, so that no assumption fails later; return the first."""
    faults: dict[Fault, None] = {}
    settings: list[Setting] = []
    for name in ("", *scenario.assumptions):
        try:
            settings.append(scenario.setting(name))
        except InputError as error:
            new = [fault for fault in error.faults if fault not in faults]
            faults |= dict.fromkeys(_under(fault, name) for fault in new)
    if faults:
        raise InputError(faults)
    return settings[0]


def _under(fault: Fault, assumption: str) -> Fault:
    """The fault with the assumption that alone brings it about."""
    if not assumption:
        return fault
    told = f'{fault.problem}, under the assumption "{assumption}"'
    return replace(fault, problem=told)


def _find(path: Path) -> Path:
    # Not the methods of `Path`: they fail on names too long for the file system.
    if os.path.isdir(path):
        if (path / SETTINGS_FILE).is_file():
            return path / SETTINGS_FILE
        problem, remedy = f"holds no {SETTINGS_FILE}", "name a scenario folder"
    elif os.path.isfile(path):
        return path
    else:
        try:
            return library.scenario_path(str(path)) / SETTINGS_FILE
        except library.NotInLibrary as error:
            problem = f"does not exist{did_you_mean(path.name, error.known)}"
            remedy = "name a scenario folder, a .yaml file or a bundled scenario"
    faults = Faults()
    faults.add("NO_SCENARIO", Place(str(path)), problem, remedy)
    raise InputError(faults)

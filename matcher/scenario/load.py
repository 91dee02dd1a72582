"""Read a scenario: the one place that opens its files.

`load` reads everything that the scenario names, collects every fault of every
file, and returns a `Scenario`: what was written, checked. `Scenario.setting`
applies an assumption and gives the typed `Setting` that the house works with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from matcher import library
from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.build import build_setting
from matcher.scenario.overlay import Written, apply
from matcher.scenario.records import TABLES
from matcher.scenario.rulebook import Rulebook
from matcher.scenario.schema import (
    ObjectiveFile,
    ScenarioFile,
    TableFile,
    report_validation,
)
from matcher.scenario.setting import Override, Setting
from matcher.scenario.tables import Dialect, RawTable, read_table
from matcher.scenario.yamlfile import Document, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE: Final = "scenario.yaml"
_RULEBOOK: TypeAdapter[Any] = TypeAdapter(Rulebook)


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
    """What was seen and not read."""
    today: dt.date

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Names of the assumptions, in the order written."""
        return tuple(self.settings.assumptions)

    def setting(self, assumption: str = "") -> Setting:
        """Resolve the scenario under one assumption; '' means as written.

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
            overrides=[],
        )
        instruments = tuple(
            name for name, doc in self.rulebooks.items()
            if doc.data["kind"] not in ("partnership", "own")
        )  # fmt: skip
        if assumption:
            self._overlay(written, assumption, instruments, faults)
        return Resolved(self, assumption, written, tuple(written.overrides))

    def _overlay(
        self, written: Written, name: str, instruments: tuple[str, ...], faults: Faults
    ) -> None:
        overlay = self.settings.assumptions.get(name)
        if overlay is None:
            known = ", ".join(self.assumptions) or "none: the scenario has none"
            faults.add(
                "UNKNOWN_ASSUMPTION",
                self.document.place(("assumptions",)),
                f'no assumption "{name}"{did_you_mean(name, self.assumptions)}',
                f"use one of {known}",
            )
            return
        base = ("assumptions", name)
        places = {p: self.document.key_place((*base, "set", p)) for p in overlay.set}
        apply(written, name, overlay.set, places, faults)
        if overlay.instruments is None:
            return
        named = overlay.instruments.only or overlay.instruments.without or ()
        place = self.document.place((*base, "instruments"))
        for instrument in named:
            if instrument not in instruments:
                faults.add("UNKNOWN_INSTRUMENT", place,
                           f'"{instrument}" is no instrument of this scenario'
                           + did_you_mean(instrument, instruments),
                           f"use {', '.join(instruments)}")  # fmt: skip
        keep_named = overlay.instruments.only is not None
        for instrument in instruments:
            if (instrument in named) != keep_named:
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
    settings = _validate(ScenarioFile, document, faults)
    if settings is None:
        raise InputError(faults)
    reader = _Reader(root, document, faults)
    tables = reader.tables(settings)
    rulebooks = reader.rulebooks(settings)
    objective = reader.objective(settings)
    faults.raise_if_any()
    scenario = Scenario(
        name=root.name if settings_path.name == SETTINGS_FILE else settings_path.stem,
        root=root, settings=settings, document=document, tables=tables,
        rulebooks=rulebooks, objective=objective,
        files={settings_path.name: settings_path, **reader.files},
        notices=tuple(reader.notices), today=today or dt.date.today(),
    )  # fmt: skip
    _try_every_assumption(scenario)
    return scenario


def _try_every_assumption(scenario: Scenario) -> None:
    """Build every setting once, so that no assumption fails later."""
    faults: dict[Any, None] = {}
    for name in ("", *scenario.assumptions):
        try:
            scenario.setting(name)
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise InputError(faults)


def _find(path: Path) -> Path:
    if path.is_dir():
        if (path / SETTINGS_FILE).is_file():
            return path / SETTINGS_FILE
        problem, remedy = f"holds no {SETTINGS_FILE}", "name a scenario folder"
    elif path.is_file():
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


def _validate(model: Any, document: Document, faults: Faults) -> Any:
    """Typed value of a document, or None with its faults noted."""
    validate = (
        model.validate_python
        if isinstance(model, TypeAdapter)
        else model.model_validate
    )
    try:
        return validate(document.data)
    except ValidationError as error:
        report_validation(error, document, faults)
        return None


class _Reader:
    """Reads the files a scenario names, staying inside its folder."""

    def __init__(self, root: Path, document: Document, faults: Faults) -> None:
        self.root, self.document, self.faults = root, document, faults
        self.files: dict[str, Path] = {}
        self.notices: list[str] = []

    def tables(self, settings: ScenarioFile) -> dict[str, RawTable]:
        """Raw tables by name: every known NAME.csv, and those listed otherwise."""
        listed: dict[str, str | TableFile] = {
            n: f"{n}.csv" for n in TABLES if (self.root / f"{n}.csv").is_file()
        }
        listed |= dict(settings.tables.items())
        shown = {e if isinstance(e, str) else e.file for e in listed.values()}
        for stray in sorted(self.root.glob("*.csv")):
            if stray.name not in shown:
                hint = did_you_mean(stray.stem, TABLES)
                self.notices.append(
                    f"{stray.name} is not read: no table of that name{hint}"
                )
        tables: dict[str, RawTable] = {}
        for name, entry in listed.items():
            given = TableFile(file=entry) if isinstance(entry, str) else entry
            place = self.document.place(("tables", name))
            path = self._inside(given.file, place)
            if path is None:
                continue
            try:
                dialect = Dialect(given.decimal, given.delimiter)
                tables[name] = read_table(path, given.file, TABLES[name], dialect)
            except InputError as error:
                self.faults.found.extend(error.faults)
        for needed in ("regions", "cases"):
            if needed not in listed:
                self.faults.add(
                    "MISSING_TABLE",
                    self.document.place(("tables",)),
                    f"there is no table {needed}",
                    f"add {needed}.csv",
                )
        return tables

    def rulebooks(self, settings: ScenarioFile) -> dict[str, Document]:
        """Rulebook documents by id, in order."""
        found: dict[str, Document] = {}
        for i, name in enumerate(settings.rulebooks):
            place = self.document.place(("rulebooks", i))
            document = self._yaml(name, "rulebook", place)
            if document is None:
                continue
            book = _validate(_RULEBOOK, document, self.faults)
            if book is None:
                continue
            if book.id in found:
                self.faults.add(
                    "DUPLICATE_RULEBOOK",
                    place,
                    f'"{book.id}" stands twice',
                    "list each rulebook once",
                )
            found[book.id] = document
        for kind in ("partnership", "own"):
            same = [n for n, doc in found.items() if doc.data["kind"] == kind]
            if len(same) > 1:
                self.faults.add("TWO_RULEBOOKS", self.document.place(("rulebooks",)),
                                f"{' and '.join(same)} are both of kind {kind}",
                                "keep one of them")  # fmt: skip
        return found

    def objective(self, settings: ScenarioFile) -> Document | None:
        """Objective file named by the settings; weights by term need none."""
        if not isinstance(settings.objective, str):
            return None
        place = self.document.place(("objective",))
        document = self._yaml(settings.objective, "objective", place)
        if (
            document is not None
            and _validate(ObjectiveFile, document, self.faults) is None
        ):
            return None
        return document

    def _yaml(self, name: str, kind: str, place: Place) -> Document | None:
        if name.endswith((".yaml", ".yml")):
            path = self._inside(name, place)
            if path is None:
                return None
        else:
            find = (
                library.find_rulebook if kind == "rulebook" else library.find_objective
            )
            try:
                path = find(name)
            except library.NotInLibrary as error:
                self.faults.add(
                    f"UNKNOWN_{kind.upper()}",
                    place,
                    f'no {kind} "{name}"{did_you_mean(name, error.known)}',
                    f"use one of {', '.join(error.known)}, or a path ending in .yaml",
                )
                return None
            name = f"models/{kind}s/{path.name}"
            self.files[name] = path
        try:
            return read_yaml(path, name)
        except InputError as error:
            self.faults.found.extend(error.faults)
            return None

    def _inside(self, name: str, place: Place) -> Path | None:
        """Real path of a file of this scenario; None, with a fault, if outside."""
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root.resolve()):
            self.faults.add(
                "OUTSIDE_SCENARIO",
                place,
                f'"{name}" lies outside the scenario',
                "copy the file into the scenario folder",
            )
            return None
        if not path.is_file():
            near = did_you_mean(path.name, (p.name for p in self.root.iterdir()))
            self.faults.add("MISSING_FILE", place, f'"{name}" does not exist{near}',
                            "correct the name, or add the file")  # fmt: skip
            return None
        self.files[name] = path
        return path

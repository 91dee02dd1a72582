"""Open the files a scenario names: those inside its folder, and no others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from matcher import library
from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.letters import quoted
from matcher.scenario.records import TABLES
from matcher.scenario.rulebook import PAYABLE, Instrument, Rulebook
from matcher.scenario.schema import ObjectiveFile, ScenarioFile, TableFile
from matcher.scenario.tables import NEEDED, Dialect, RawTable, read_table
from matcher.scenario.validation import report_validation
from matcher.scenario.yamlfile import Document, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

# A drive or share of Windows or an address, on whatever system it is read.
_FOREIGN: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\|[A-Za-z][A-Za-z0-9+.-]*://")
RULEBOOK: Final[TypeAdapter[Any]] = TypeAdapter(Rulebook)
"""Any of the kinds of rulebook."""


def validated(model: Any, document: Document, faults: Faults) -> Any:
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


class Reader:
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
        for needed in NEEDED:
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
            book = validated(RULEBOOK, document, self.faults)
            if book is None:
                continue
            if book.id in found:
                self.faults.add(
                    "DUPLICATE_RULEBOOK",
                    place,
                    f'"{book.id}" stands twice',
                    "list each rulebook once",
                )
            if isinstance(book, Instrument):
                _payable(book, place, self.faults)
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
            and validated(ObjectiveFile, document, self.faults) is None
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
        if _FOREIGN.match(name):
            self._outside(name, place)
            return None
        try:
            path = (self.root / name).resolve()
            is_file = path.is_file()
        except (OSError, RuntimeError, ValueError):  # a zero byte, too long, a ring
            shown = quoted(ascii(name)[1:-1])
            self.faults.add("BAD_PATH", place, f"{shown} is no path",
                            "write a plain file name")  # fmt: skip
            return None
        if not path.is_relative_to(self.root.resolve()):
            self._outside(name, place)
            return None
        if not is_file:
            near = did_you_mean(path.name, (p.name for p in self.root.iterdir()))
            self.faults.add("MISSING_FILE", place, f'"{name}" does not exist{near}',
                            "correct the name, or add the file")  # fmt: skip
            return None
        self.files[name] = path
        return path

    def _outside(self, name: str, place: Place) -> None:
        self.faults.add(
            "OUTSIDE_SCENARIO",
            place,
            f'"{name}" lies outside the scenario',
            "copy the file into the scenario folder",
        )


def _payable(book: Instrument, place: Place, faults: Faults) -> None:
    """Refuse an instrument that the rules would let pay wrongly, or never."""
    if book.kind not in PAYABLE:
        faults.add(
            "CANNOT_PAY", place,
            f'"{book.id}" is of kind {book.kind}, for which there is no rule yet',
            f"leave it out; kinds that can pay today are {', '.join(PAYABLE)}",
        )  # fmt: skip
    elif not book.rate and book.kind != "private":
        faults.add(
            "UNKNOWN_RATE", place,
            f'"{book.id}" states no funding rate: it is unknown what it pays',
            "copy the rulebook into the scenario's folder and give `rate` a source",
        )  # fmt: skip

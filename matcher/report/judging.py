"""Read a result folder back and judge it from its own inputs, without any solver.

A hash shows an accident. Somebody who changes a file and its hash meets the second
line: everything that follows from ``inputs`` is computed again and compared.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from matcher import __version__
from matcher.errors import Faults, InputError, Place
from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from matcher.proposal.verdict import Finding, Verdict, must
from matcher.report.claims import NAME, claims, manifest_claims, unproven
from matcher.report.folder import MANIFEST
from matcher.report.manifest import text_hash, unsealed
from matcher.report.result import INPUTS, PROPOSAL, verdict_data
from matcher.report.swap import left_over
from matcher.report.tables import COLUMNS, result_tables
from matcher.report.words import table_rows
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

MOST_BYTES: Final = 200_000_000
"""No file of a result is larger; what is larger would only fill the memory."""
_UNREADABLE: Final = (
    KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError,
)  # fmt: skip
"""What plain data of a wrong shape raises on its way to a proposal."""
_CITED: Final = re.compile(r"[^;]*:\d+\s*(?=;|$)")
"""A line of an input as `rules.csv` cites it: those of ``inputs`` may be others."""
Table = list[list[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A saved result, read and judged."""

    proposal: Proposal | None
    setting: Setting | None
    verdict: Verdict
    damaged: tuple[tuple[str, str], ...]
    """File and what is wrong with it."""
    unverified: tuple[str, ...]
    """What the result says that only a solver, or its author, can show."""

    @property
    def holds(self) -> bool:
        """True when every file is whole and every check holds."""
        return self.verdict.holds and not self.damaged


@dataclass(slots=True)
class _Folder:
    """The files of a result, each read once, and what is wrong with them."""

    path: Path
    damaged: dict[str, str] = field(default_factory=dict)
    unverified: list[str] = field(default_factory=list)
    texts: dict[str, str | None] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Text of a file; None, with the damage noted, if there is none."""
        if name not in self.texts:
            self.texts[name] = self._read(name)
        return self.texts[name]

    def note_faults(self, error: InputError) -> None:
        """Note the faults of the inputs that lie in the folder."""
        for fault in error.faults:
            self.damaged[f"{INPUTS}/{fault.place}"] = f"{fault.problem} [{fault.code}]"

    def _read(self, name: str) -> str | None:
        path = self.path / name
        try:
            if path.exists() and not path.is_file():
                raise OSError(0, "not a file")  # reading a pipe would never end
            if path.stat().st_size > MOST_BYTES:
                raise OSError(0, f"larger than {MOST_BYTES:,} bytes")
            return path.read_bytes().decode("utf-8")
        except OSError as error:
            self.damaged[name] = f"cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            self.damaged[name] = "is not UTF-8"
        return None


def judge(folder: Path) -> Judged:
    """Read a result folder and judge it from its own inputs, without any solver.

    Raises
    ------
    InputError
        When the folder is no result at all.
    """
    if not any((folder / name).is_file() for name in (MANIFEST, PROPOSAL)):
        raise InputError(_no_result(folder))
    files = _Folder(folder)
    told = _manifest(files)
    setting = _setting(files)
    data, proposal = _document(files)
    findings: list[Finding] = []
    untested: tuple[str, ...] = ()
    if proposal is not None and setting is not None:
        try:
            verdict = verify(proposal, setting)
            findings += (*verdict.findings, *_said(data, proposal, setting, verdict))
            untested = verdict.untested
            tables = result_tables(proposal, setting)
            files.unverified += unproven(proposal, setting)
        except InputError as error:  # an objective that no term understands
            files.note_faults(error)
        except _UNREADABLE as error:
            files.damaged[PROPOSAL] = f"holds values of a wrong kind ({_told(error)})"
        else:
            findings += _repeated(files, told, data, setting)
            _compare_tables(files, tables)
    return Judged(proposal, setting, Verdict(tuple(findings), untested),
                  tuple(sorted(files.damaged.items())),
                  tuple(files.unverified))  # fmt: skip


def _no_result(folder: Path) -> Faults:
    faults = Faults()
    kept = [str(path) for path in left_over(folder.resolve(), "old")]
    remedy = "name a folder that `matcher solve` has written"
    if kept and not folder.exists():
        remedy = f"writing it was cut off; the earlier result stands in {kept[0]}"
    faults.add("NO_RESULT", Place(str(folder)), f"holds no {PROPOSAL}", remedy)
    return faults


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:160]


def _manifest(files: _Folder) -> dict[str, Any] | None:
    """The manifest, after comparing it with every file of the folder."""
    text = files.text(MANIFEST)
    if text is None:
        return None
    try:
        told = unsealed(text)
    except _UNREADABLE as error:
        files.damaged[MANIFEST] = f"is not the manifest of a result ({_told(error)})"
        return None
    listed: dict[str, Any] = told["files"]
    for name, digest in sorted(listed.items()):
        parts = PurePosixPath(name).parts
        if "\0" in name or not parts or parts[0] == "/" or ".." in parts:
            files.damaged[MANIFEST] = f"names a file outside of the folder: {name!r}"
            continue
        found = files.text(name)
        if found is not None and text_hash(found) != digest:
            files.damaged[name] = "was changed after it was written"
    for name in (PROPOSAL, *COLUMNS):
        if name not in listed:
            files.damaged[MANIFEST] = f"does not list {name}"
    _strangers(files, {MANIFEST, *listed})
    return told


def _strangers(files: _Folder, listed: set[str]) -> None:
    """Files that no manifest lists: among the inputs they might be read."""
    for path in sorted(files.path.rglob("*")):
        name = path.relative_to(files.path).as_posix()
        if path.is_dir() or name in listed:
            continue
        if name.startswith(f"{INPUTS}/") and not path.name.startswith("."):
            files.damaged[name] = f"is not listed in {MANIFEST}"
        else:
            files.unverified.append(f"{name}, which is no part of the result")


def _setting(files: _Folder) -> Setting | None:
    from matcher.scenario.load import load

    try:
        return load(files.path / INPUTS).setting()
    except InputError as error:
        files.note_faults(error)
    return None


def _document(files: _Folder) -> tuple[dict[str, Any], Proposal | None]:
    """The proposal as plain data and as what it stands for."""
    text = files.text(PROPOSAL)
    if text is None:
        return {}, None
    try:
        data = json.loads(text)
        proposal = from_json(loads(text))
        if dumps(data) != text:
            # Another reader could take the other one of two equal keys.
            files.damaged[PROPOSAL] = "is not written as it would be (or a key twice)"
        return data, proposal
    except _UNREADABLE as error:
        files.damaged[PROPOSAL] = f"cannot be understood ({_told(error)})"
    return {}, None


def _said(
    data: Mapping[str, Any], proposal: Proposal, setting: Setting, verdict: Verdict
) -> Iterator[Finding]:
    """Findings about the document, beside the rules."""
    again = json.loads(dumps(to_json(proposal)))
    for key in sorted({*again, *data} - {"verdict"}):
        same = key in again and key in data and data[key] == again[key]
        yield must(NAME, key, same, "does not follow from the rest")
    yield must(NAME, "verdict", data.get("verdict") == verdict_data(verdict),
               "is not what the checks say")  # fmt: skip
    yield from claims(proposal, setting)


def _repeated(
    files: _Folder, told: Mapping[str, Any] | None, data: Mapping[str, Any],
    setting: Setting,
) -> list[Finding]:  # fmt: skip
    """Findings about what the manifest repeats."""
    if told is None:
        return []
    try:
        written = told["versions"]["matcher"]
        findings = list(manifest_claims(told, data, setting))
    except _UNREADABLE as error:
        files.damaged[MANIFEST] = f"holds values of a wrong kind ({_told(error)})"
        return []
    if written != __version__:
        files.unverified.append(
            f"words: matcher {written} wrote them, and this is {__version__}"
        )
    return findings


def _compare_tables(files: _Folder, tables: Mapping[str, str]) -> None:
    """Each table must be readable and say what the proposal says."""
    for name in COLUMNS:
        text = files.text(name)
        if text is None:
            continue
        try:
            found, meant = table_rows(text), table_rows(tables[name])
        except csv.Error as error:
            files.damaged[name] = f"cannot be read as a table: {error}"
            continue
        if _uncited(found) != _uncited(meant):
            files.damaged[name] = f"does not say what {PROPOSAL} says"
        elif found != meant:
            files.unverified.append(f"lines of the original files cited in {name}")


def _uncited(table: Table) -> Table:
    """A table without the lines that it cites."""
    return [[_CITED.sub("LINE", cell) for cell in row] for row in table]

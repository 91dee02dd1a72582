"""A result as files: put together from a proposal, and read back to be judged."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import AnswerRejected, Faults, InputError, Place
from matcher.proposal.jsonform import dumps, from_json, loads, points, to_json
from matcher.proposal.verdict import Finding, Verdict
from matcher.report.folder import MANIFEST
from matcher.report.manifest import input_hashes, manifest, text_hash
from matcher.report.tables import COLUMNS, WORDS, result_tables
from matcher.scenario.export import resolved_files
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

PROPOSAL: Final = "proposal.json"
INPUTS: Final = "inputs"
_UNREADABLE: Final = (
    KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError,
)  # fmt: skip
"""What plain data of a wrong shape raises on its way to a proposal."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: kept from before the solve, for the manifest."""

    scenario: Scenario
    setting: Setting
    backend: str
    options: SolveOptions
    inputs: Mapping[str, str]
    """Hashes of the files read."""


def request(
    scenario: Scenario, setting: Setting, *, backend: str, options: SolveOptions
) -> Request:
    """Note what is asked, with the hashes of the files as they are now."""
    return Request(scenario, setting, backend, options, input_hashes(scenario))


def worth_keeping(proposal: Proposal, folder: Path) -> bool:
    """Whether a proposal may take a folder's place.

    An answer may, also the answer that nothing is possible. Less than an answer is
    kept only where it replaces nothing.
    """
    if proposal.objective is not None or proposal.status == "infeasible":
        return True
    needed = proposal.needed is not None and proposal.needed.objective is not None
    return needed and not (folder / MANIFEST).exists()


def document(proposal: Proposal, setting: Setting) -> dict[str, Any]:
    """The proposal as plain data, with the verdict on exactly that data.

    Raises
    ------
    AnswerRejected
        When what would be written does not hold.
    """
    data = to_json(proposal)
    # Seconds differ from run to run; they stand in the manifest alone.
    data["meta"].pop("seconds", None)
    for stage in ("needed", "fundable"):
        if stage in data["meta"]:
            told = dict(data["meta"][stage])
            told.pop("seconds", None)
            data["meta"][stage] = told
    written = from_json(loads(dumps(data)))
    verdict = verify(written, setting)
    if not verdict.holds:
        raise AnswerRejected(f"the proposal does not hold: {verdict}")
    data["verdict"] = verdict_data(verdict)
    return data


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    return {
        "holds": verdict.holds,
        "checks": len(verdict.findings),
        "broken": [
            {"rule": f.rule, "subject": f.subject, "text": f.text,
             "slack": points(f.slack), "source": f.source}
            for f in verdict.broken
        ],
        "untested": list(verdict.untested),
    }  # fmt: skip


def result_files(
    asked: Request, proposal: Proposal, data: Mapping[str, Any]
) -> dict[str, str]:
    """Every file of a result folder, by name; ``data`` is its `document`."""
    files = {PROPOSAL: dumps(data), **result_tables(proposal, asked.setting)}
    resolved = resolved_files(asked.scenario, asked.setting.assumption)
    files |= {f"{INPUTS}/{name}": text for name, text in resolved.items()}
    files[MANIFEST] = dumps(
        manifest(
            asked.scenario, asked.setting, proposal, inputs=asked.inputs, files=files,
            options=asked.options, backend=asked.backend,
        )
    )  # fmt: skip
    return files


@dataclass(frozen=True, slots=True)
class Judged:
    """A saved result, read and judged."""

    proposal: Proposal | None
    setting: Setting | None
    verdict: Verdict
    damaged: tuple[tuple[str, str], ...]
    """File and what is wrong with it."""

    @property
    def holds(self) -> bool:
        """True when every file is whole and every check holds."""
        return self.verdict.holds and not self.damaged


def judge(folder: Path) -> Judged:
    """Read a result folder and judge it from its own inputs, without any solver.

    Raises
    ------
    InputError
        When the folder is no result at all.
    """
    if not any((folder / name).is_file() for name in (MANIFEST, PROPOSAL)):
        faults = Faults()
        faults.add("NO_RESULT", Place(str(folder)), f"holds no {PROPOSAL}",
                   "name a folder that `matcher solve` has written")  # fmt: skip
        raise InputError(faults)
    damaged = dict(_changed(folder))
    setting = _setting(folder, damaged)
    proposal, strange = _proposal(folder, damaged)
    findings: list[Finding] = list(strange)
    untested: tuple[str, ...] = ()
    if proposal is not None and setting is not None:
        try:
            verdict = verify(proposal, setting)
            findings += verdict.findings
            untested = verdict.untested
            tables = result_tables(proposal, setting)
        except _UNREADABLE as error:
            damaged[PROPOSAL] = f"holds values of a wrong kind ({_told(error)})"
            tables = {}
        _compare_tables(folder, tables, damaged)
    whole = Verdict(tuple(findings), untested)
    return Judged(proposal, setting, whole, tuple(sorted(damaged.items())))


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:160]


def _read(folder: Path, name: str, damaged: dict[str, str]) -> str | None:
    try:
        return (folder / name).read_bytes().decode("utf-8")
    except OSError as error:
        damaged[name] = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        damaged[name] = "is not UTF-8"
    return None


def _changed(folder: Path) -> dict[str, str]:
    """Files that are missing or not as the manifest says."""
    damaged: dict[str, str] = {}
    text = _read(folder, MANIFEST, damaged)
    if text is None:
        return damaged
    try:
        listed = dict(json.loads(text)["files"])
    except _UNREADABLE as error:
        return {MANIFEST: f"is no manifest ({_told(error)})"}
    for name, digest in sorted(listed.items()):
        found = _read(folder, name, damaged)
        if found is not None and text_hash(found) != digest:
            damaged[name] = "was changed after it was written"
    return damaged


def _setting(folder: Path, damaged: dict[str, str]) -> Setting | None:
    from matcher.scenario.load import load

    try:
        return load(folder / INPUTS).setting()
    except InputError as error:
        for fault in error.faults:
            damaged[f"{INPUTS}/{fault.place}"] = f"{fault.problem} [{fault.code}]"
    return None


def _proposal(
    folder: Path, damaged: dict[str, str]
) -> tuple[Proposal | None, list[Finding]]:
    """The proposal, with findings about what its document says of itself."""
    text = _read(folder, PROPOSAL, damaged)
    if text is None:
        return None, []
    try:
        data = loads(text)
        proposal = from_json(data)
        again = loads(dumps(_bare(to_json(proposal))))
    except _UNREADABLE as error:
        damaged[PROPOSAL] = f"cannot be understood ({_told(error)})"
        return None, []
    findings = [
        Finding("document", key, holds=False, text="does not follow from the rest")
        for key in again
        if data.get(key) != again[key]
    ]
    planned = proposal.status in ("optimal", "feasible")
    if planned != (proposal.objective is not None) or proposal.needed is None:
        text = f"{proposal.status} does not go with what stands there"
        findings.append(Finding("document", "status", holds=False, text=text))
    if not planned and proposal.cases:
        findings.append(
            Finding("document", "cases", holds=False, text="cases without a plan")
        )
    verdict = data.get("verdict")
    if not isinstance(verdict, dict) or verdict.get("holds") is not True:
        findings.append(
            Finding("document", "verdict", holds=False, text="is missing or negative")
        )
    return proposal, findings


def _bare(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "meta"}


def _compare_tables(
    folder: Path, tables: Mapping[str, str], damaged: dict[str, str]
) -> None:
    """Each table must be readable and say what the proposal says."""
    for name in COLUMNS:
        text = _read(folder, name, damaged)
        if text is None:
            continue
        try:
            found = _facts(text)
        except (csv.Error, ValueError) as error:
            damaged[name] = f"cannot be read as a table: {error}"
            continue
        if name in tables and found != _facts(tables[name]):
            damaged[name] = f"does not say what {PROPOSAL} says"


def _facts(text: str) -> list[dict[str, str]]:
    """Rows of a table without the columns that only explain."""
    header, *rows = csv.reader(io.StringIO(text), strict=True)
    return [
        {k: v for k, v in zip(header, row, strict=True) if k not in WORDS}
        for row in rows
    ]

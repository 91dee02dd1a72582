"""A result as files, put together from a proposal that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import AnswerRejected
from matcher.proposal.jsonform import dumps, from_json, loads, points, to_json
from matcher.proposal.verdict import Verdict
from matcher.report.claims import claims
from matcher.report.folder import MANIFEST
from matcher.report.manifest import input_hashes, manifest, sealed
from matcher.report.tables import result_tables
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
    data = without_seconds(to_json(proposal))
    written = from_json(loads(dumps(data)))
    verdict = verify(written, setting)
    for judged in (verdict, Verdict(tuple(claims(written, setting)))):
        if not judged.holds:
            raise AnswerRejected(f"the proposal does not hold: {judged}")
    data["verdict"] = verdict_data(verdict)
    return data


def without_seconds(data: dict[str, Any]) -> dict[str, Any]:
    """A proposal as plain data without what differs from run to run.

    How long it took stands in the manifest alone.
    """
    meta = {key: part for key, part in data["meta"].items() if key != "seconds"}
    for stage in ("needed", "fundable", "fallback"):
        if stage in meta:
            meta[stage] = {k: v for k, v in meta[stage].items() if k != "seconds"}
    return {**data, "meta": meta}


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    return {
        "holds": verdict.holds,
        "checks": len(verdict.findings),
        "broken": [
            {"rule": f.rule, "subject": f.subject, "text": f.text,
             "slack": points(f.room[0]), "source": f.source, "unit": f.room[1],
             "what": f.what}
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
    files[MANIFEST] = sealed(
        manifest(
            asked.scenario, asked.setting, proposal, inputs=asked.inputs, files=files,
            options=asked.options, backend=asked.backend,
        )
    )  # fmt: skip
    return files

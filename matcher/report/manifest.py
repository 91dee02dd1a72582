"""The manifest of a result: what it was made from, with what, and how it ended."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from matcher import __version__
from matcher.library import content_hash
from matcher.proposal.jsonform import dumps, points
from matcher.report.departures import departures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

SEAL: Final = "sha256"
"""Key of the manifest's own hash."""
_LIBRARIES = ("numpy", "scipy", "highspy", "ortools", "pulp")


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of every file that was read, by the name shown in faults."""
    return {name: content_hash(path) for name, path in sorted(scenario.files.items())}


def text_hash(text: str) -> str:
    """SHA-256 of a text as it is written to a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(data: Mapping[str, Any]) -> str:
    """Text of a manifest with the hash of itself at its end.

    The seal shows an accident, such as a byte that a disk lost. Whoever changes a
    manifest on purpose can seal it anew; that is what the recomputation is for.
    """
    return dumps({**data, SEAL: text_hash(dumps(data))})


def unsealed(text: str) -> dict[str, Any]:
    """Read a manifest, and check that its text is what was sealed.

    Raises
    ------
    ValueError
        When the text is no manifest, or not one that `sealed` wrote.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("files"), dict):
        raise ValueError("it lists no files")
    told = {key: value for key, value in data.items() if key != SEAL}
    if sealed(told) != text:
        raise ValueError("it was changed after it was written")
    return told


def manifest(
    scenario: Scenario, setting: Setting, proposal: Proposal, *,
    inputs: Mapping[str, str], files: Mapping[str, str], options: SolveOptions,
    backend: str,
) -> dict[str, Any]:  # fmt: skip
    """Everything a later reader needs to trust or to repeat a result.

    Parameters
    ----------
    scenario, setting, proposal
        What was asked, as resolved, and the answer.
    inputs
        Hashes of the files read, taken before solving.
    files
        Text of every other file of the result, by name.
    options, backend
        How the answer was sought.
    """
    fundable = proposal.meta.get("fundable", {})
    data: dict[str, Any] = {
        "format": 1,
        "scenario": scenario.name,
        "title": scenario.settings.title,
        "assumption": setting.assumption or None,
        "overrides": [
            {"path": o.path, "old": o.old, "new": o.new, "origin": str(o.origin)}
            for o in setting.overrides
        ],
        "status": proposal.status,
        "objective": points(proposal.objective),
        "bound": points(proposal.bound),
        "gap": points(proposal.gap),
        "backend": backend,
        "solver": fundable.get("version"),
        "native_status": fundable.get("native_status"),
        "stop": fundable.get("stop"),
        "program": fundable.get("program"),
        "seed": options.seed,
        "threads": options.threads,
        "gap_asked": options.gap,
        "time_limit": options.time_limit,
        "seconds": dict(proposal.meta.get("seconds", {})),
        "versions": versions(),
        "inputs": dict(inputs),
        "rulebooks": {
            name: {
                "file": document.file,
                "sha256": inputs.get(document.file),
                "departs": departures(document),
            }
            for name, document in scenario.rulebooks.items()
        },
        "files": {name: text_hash(text) for name, text in sorted(files.items())},
    }
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stamp.isascii() and stamp.isdigit() and len(stamp) < 12:
        moment = dt.datetime.fromtimestamp(int(stamp), dt.UTC)
        data["written"] = moment.isoformat()
    return data


def versions() -> dict[str, str | None]:
    """Versions of what takes part in an answer; None where it is not installed."""
    found: dict[str, str | None] = {
        "matcher": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found

"""Somebody who changes a result and computes everything anew that is computed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from matcher.proposal.jsonform import dumps, from_json, loads
from matcher.report.manifest import sealed, text_hash, unsealed
from matcher.report.result import verdict_data
from matcher.report.tables import result_tables
from matcher.scenario.load import load
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matcher.scenario.setting import Setting

MANIFEST = "manifest.json"
PROPOSAL = "proposal.json"
REPEATED = ("scenario", "assumption", "status", "objective", "bound", "gap")
WRONG = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)
Step = str | int


def content(folder: Path) -> dict[str, str]:
    """Text of every file of a result, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def seal(folder: Path, change: Callable[[Any], object] = lambda _: None) -> None:
    """Write the manifest that goes with the files as they are now, changed."""
    path = folder / MANIFEST
    told = unsealed(path.read_text("utf-8"))
    files = content(folder)
    told["files"] = {name: text_hash(files[name]) for name in files if name != MANIFEST}
    change(told)
    path.write_text(sealed(told), "utf-8")


def forge(folder: Path, data: Any, setting: Setting | None = None) -> None:
    """Write another proposal, with the tables, verdict and manifest that go with it."""
    setting = setting or load(folder / "inputs").setting()
    try:
        proposal = from_json(loads(dumps(data)))
        data["verdict"] = verdict_data(verify(proposal, setting))
        for name, text in result_tables(proposal, setting).items():
            (folder / name).write_text(text, "utf-8", newline="")
    except WRONG:
        pass  # what cannot be understood cannot be told in tables either
    (folder / PROPOSAL).write_text(dumps(data), "utf-8")

    def repeat(told: Any) -> None:
        fundable = data["meta"].get("fundable", {})
        told |= {key: data[key] for key in REPEATED if key in data}
        told |= {"solver": fundable.get("version")}
        told |= {k: fundable.get(k) for k in ("native_status", "stop", "program")}

    seal(folder, repeat)


def document(folder: Path) -> Any:
    """The proposal as plain data."""
    return json.loads((folder / PROPOSAL).read_text("utf-8"))


def leaves(node: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Path of every single value below a node, and of every list and record."""
    if path:
        yield path
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(node, list):
        for i, inner in enumerate(node):
            yield from leaves(inner, (*path, i))


def other(value: Any) -> Any:
    """A value of the same kind that says something else."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}x" if value else "x"
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, list):
        return [*value, value[-1]] if value else ["x"]
    if isinstance(value, dict):
        return {**value, "extra": "x"}
    return "x"


def changed(data: Any, path: tuple[Step, ...], value: Any) -> Any:
    """A copy of plain data with one value replaced."""
    copy = json.loads(json.dumps(data))
    node = copy
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return copy


def at(data: Any, path: tuple[Step, ...]) -> Any:
    """Value at a path."""
    for step in path:
        data = data[step]
    return data

"""How studies end without a plan: by exit code, in words, and in their document."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.conftest import ROOT, call, document
from tests.study.grids import grid_file

if TYPE_CHECKING:
    from pathlib import Path

TERMS = "role_quality,coordination_cost"
STUDIES = {
    "compare": ("compare", "--assumptions", "baseline,eu-only"),
    "risk": ("study", "risk", "--weights", "baseline=0.5,eu-only=0.5"),
    "ladder": ("study", "ladder", "--steps", "0.5,1"),
    "front": ("study", "front", "--terms", TERMS),
    "priorities": ("study", "priorities", "--order", TERMS),
    "weights": ("study", "weights"),
    "attribution": ("study", "attribution", "--to", "eu-only"),
    "independence": ("study", "independence"),
    "sweep": ("sweep",),
}
SWEPT = "format: 1\naxes:\n  money: [baseline, eu-only]\n"


def asked(kind: str, scenario: object, folder: Path, *more: str) -> tuple[object, ...]:
    """The words of a command."""
    words: tuple[object, ...] = (*STUDIES[kind], scenario, *more, "--json")
    if kind == "sweep":
        grid = grid_file(folder, SWEPT)
        return (*words, "--grid", grid, "--out", folder / "out", "--jobs", 1)
    return words


@pytest.mark.parametrize("kind", STUDIES)
def test_no_time_is_no_plan(kind: str, tmp_path: Path) -> None:
    """Without any plan a study ends as solve does, and says so in its document."""
    ended = call(*asked(kind, "miniature", tmp_path, "--time", "0"))
    assert ended.exit_code == 7, ended.output
    told = document(ended.stdout)
    assert (told["status"], told["stop"] != "interrupted") == ("unknown", True)
    assert "before any plan was found" in ended.stderr


@pytest.mark.parametrize("kind", STUDIES)
def test_what_is_impossible_ends_as_such(kind: str, tmp_path: Path) -> None:
    """More cases than there are cannot be launched, whatever the money."""
    miniature = tmp_path / "miniature"
    shutil.copytree(ROOT / "scenarios" / "miniature", miniature)
    path = miniature / "scenario.yaml"
    text = path.read_text("utf-8")
    assert "limits:" not in text
    path.write_text(text + "\nlimits: {min_cases: 3, max_cases: 9}\npins:\n"
                    "  - {case: D1, forbid: true, reason: made for the test}\n",
                    "utf-8")  # fmt: skip
    ended = call(*asked(kind, miniature, tmp_path))
    assert ended.exit_code == 4, ended.output
    assert document(ended.stdout)["status"] == "infeasible"
    assert "no plan meets every rule" in ended.stderr
    if kind == "compare":
        assert document(ended.stdout)["labels"] == {}
    if kind == "risk":  # a bound on what cannot be would read as something possible
        told = document(ended.stdout)
        assert told["bound"] is None
        assert {row["best at most"] for row in told["tables"]["outcomes"]} == {None}

"""Grid files: axes, their values, and every slip at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.errors import InputError
from matcher.study.sweep.grid import read_grid
from tests.scenarios.conftest import ROOT, call
from tests.study.grids import (
    RUNS,
    grid_file,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_grid_is_the_product_of_its_axes(small: Path) -> None:
    """Every combination is a run; neighbours differ in the last axis."""
    grid = read_grid(small, matcher.load("miniature"))
    labels = [run.labels for run in grid.combinations()]
    assert len(grid) == len(labels) == RUNS
    assert labels[0] == {"money": "baseline", "pool": "0.5x", "objective": "baseline"}
    assert labels[1] == {**labels[0], "objective": "quality"}
    assert len({str(label) for label in labels}) == RUNS


def test_changes_of_several_axes_hold_together(small: Path) -> None:
    """A run has what each of its values sets, and the weights of its objective."""
    grid = read_grid(small, matcher.load("miniature"))
    [run] = [
        run for run in grid.combinations()
        if run.labels == {"money": "poor", "pool": "0.5x", "objective": "quality"}
    ]  # fmt: skip
    setting = grid.setting(run)
    amounts = {b.region: b.amount for b in setting.budgets if b.instrument == "pool"}
    assert (amounts["ALD"], amounts["CED"]) == (30_000_000, 5_000_000)
    assert setting.objective.weights["role_quality"] == 2
    assert setting.objective.weights["coordination_cost"] == 1
    assert setting.objective.parameters["coordination_cost"]


def test_several_paths_may_get_one_value(tmp_path: Path) -> None:
    """A list of paths makes one axis of several settings."""
    paths = "{set: [regions.ALD.max_cases, regions.BIR.max_cases], values: [1, null]}"
    text = f"format: 1\naxes:\n  own: {paths}\n"
    grid = read_grid(grid_file(tmp_path, text), matcher.load("miniature"))
    first, second = (grid.setting(run) for run in grid.combinations())
    assert [first.regions[r].max_cases for r in ("ALD", "BIR", "CED")] == [1, 1, 2]
    assert second.regions["ALD"].max_cases is None


@pytest.mark.parametrize(
    ("line", "code", "at", "words"),
    [
        ("money: [eu-onyl]", "UNKNOWN_ASSUMPTION", 3, 'did you mean "eu-only"'),
        ("money: [eu-only+nope]", "UNKNOWN_ASSUMPTION", 3, 'no assumption "nope"'),
        ("money: [3]", "BAD_VALUE", 3, "a name or a mapping is needed"),
        ("money: []", "BAD_VALUE", 3, "a list of values is needed"),
        ("money: eu-only", "BAD_VALUE", 3, "a list of values is needed"),
        ("money: [eu-only, eu-only]", "DUPLICATE_VALUE", 3, "stands twice"),
        ("money: [{set: {}}]", "MISSING_KEY", 3, '"name" is missing'),
        ("money: [{name: a, sets: {}}]", "UNKNOWN_KEY", 3, "sets"),
        ("money: [{name: a, instruments: {only: [x]}}]", "UNKNOWN_INSTRUMENT", 3, "x"),
        ("pool: {set: instruments.pol.rate, values: [1]}", "UNKNOWN_PATH", 3, "pol"),
        ("pool: {set: cases.D9.state, values: [idea]}", "UNKNOWN_PATH", 3, "D9"),
        ("pool: {set: a, values: []}", "BAD_VALUE", 3, "at least one entry"),
        ("pool: {set: cases.D1.trl_start, values: [many]}", "NOT_A_NUMBER", 3, "many"),
        ("seed: [-1]", "BAD_VALUE", 3, "below 0"),
        ("seed: [0, 0.5]", "BAD_VALUE", 3, "whole number"),
        ("objective: [no-such]", "UNKNOWN_OBJECTIVE", 3, "no-such"),
        ("objective: [{name: a, weights: {scale: -1}}]", "BAD_VALUE", 3, "below"),
        ("objective: [{name: a, weights: {role_qualty: 2x}}]", "UNKNOWN_TERM", 3,
         'did you mean "role_quality"'),
        ("objective: [{name: a, weights: {scale: 2x}}]", "RELATIVE_TO_UNKNOWN", 3,
         "scale"),
        ("status: [eu-only]", "BAD_KEY", 3, "column"),
        ("role: [eu-only]", "BAD_KEY", 3, "column"),
    ],
)  # fmt: skip
def test_a_faulty_grid_names_its_line(
    line: str, code: str, at: int, words: str, tmp_path: Path
) -> None:
    """Every slip is told at its line, before anything is solved."""
    path = grid_file(tmp_path, f"format: 1\naxes:\n  {line}\n")
    with pytest.raises(InputError) as raised:
        read_grid(path, matcher.load("miniature"))
    [fault, *_] = raised.value.faults
    assert (fault.place.file, fault.place.line) == ("grid.yaml", at), str(fault)
    assert fault.code == code, str(fault)
    assert words in str(fault)


def test_a_slip_names_what_the_scenario_has(tmp_path: Path) -> None:
    """Changes written in the grid are no assumptions; a term stands at its line."""
    text = """format: 1
axes:
  pool: {set: instruments.pool.envelope, values: [0.5x]}
  money: [nowhere]
  objective:
    - name: a
      weights: {role_quality: 2x,
                role_qualty: 2x}
"""
    with pytest.raises(InputError) as raised:
        read_grid(grid_file(tmp_path, text), matcher.load("miniature"))
    assumption, term = raised.value.faults
    assert (assumption.place.line, term.place.line) == (4, 8)
    assert "use one of baseline, eu-only" in assumption.remedy
    assert "pool=" not in str(assumption)


def test_a_grid_too_large_is_refused(tmp_path: Path) -> None:
    """Millions of runs are a slip."""
    values = ", ".join(map(str, range(400)))
    axes = (
        f"  seed: [{values}]\n  pool: {{set: limits.max_cases, values: [{values}]}}\n"
    )
    path = grid_file(tmp_path, f"format: 1\naxes:\n{axes}")
    with pytest.raises(InputError, match="TOO_MANY_RUNS"):
        read_grid(path, matcher.load("miniature"))


def test_every_fault_of_a_grid_is_told_at_once(tmp_path: Path) -> None:
    """The command ends with one line per fault and code 3, and makes no folder."""
    path = grid_file(tmp_path, "format: 1\naxes:\n  seed: [-1]\n  money: [3]\n")
    out = tmp_path / "out"
    ended = call("sweep", "miniature", "--grid", path, "--out", out)
    assert ended.exit_code == 3
    assert "grid.yaml:3:" in ended.stderr
    assert "grid.yaml:4:" in ended.stderr
    assert not out.exists()


@pytest.mark.parametrize(("name", "least"), [("miniature", 200), ("3dp-2023", 24)])
def test_shipped_grids_are_sound(name: str, least: int) -> None:
    """Each bundled grid reads without faults and holds as many runs as it says."""
    path = ROOT / "scenarios" / name / "grid.yaml"
    grid = read_grid(path, matcher.load(name))
    assert len(grid) >= least
    assert f"= {len(grid)}" in path.read_text("utf-8")

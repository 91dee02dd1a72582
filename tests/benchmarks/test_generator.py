"""Generated scenarios are those of their seed, sound, and neither trivial nor idle."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING

import pytest

import matcher
from benchmarks.generate import scenario_files, write_scenario
from benchmarks.sizes import REGIMES, SIZES
from matcher.engine.run import prepare
from matcher.formulation.assemble import assemble

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "ed4246d734a2be9a"
"""Digest of the files of size S, balanced, seed 1. Whoever changes the generator
changes every measurement: results from before cannot be compared any more."""


def digest(files: dict[str, str]) -> str:
    """One hash of all files of a scenario."""
    sha = hashlib.sha256()
    for name, text in sorted(files.items()):
        sha.update(f"{name}\n{len(text)}\n{text}".encode())
    return sha.hexdigest()[:16]


def table(files: dict[str, str], name: str) -> list[dict[str, str]]:
    """Rows of one table."""
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"])))


def test_a_seed_gives_the_same_bytes_everywhere() -> None:
    """The files are those that were measured before, whatever Python runs this."""
    assert digest(scenario_files("S", "balanced", 1)) == KNOWN


def test_written_files_are_the_texts(tmp_path: Path) -> None:
    """What lies on the disk is what the generator says, byte for byte."""
    folder = write_scenario(tmp_path / "new", "XS", "tight", 3)
    files = scenario_files("XS", "tight", 3)
    written = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert written == {name: text.encode() for name, text in files.items()}


def test_another_seed_gives_another_scenario() -> None:
    """Seeds are no decoration: every drawn table differs."""
    one, two = (scenario_files("S", "balanced", seed) for seed in (1, 2))
    same = {name for name in one if one[name] == two[name]}
    assert same == {"objective.yaml", "capabilities.csv", "rulebooks/partnership.yaml"}


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """Nothing of the user's is overwritten."""
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(FileExistsError, match="not empty"):
        write_scenario(tmp_path, "XS", "balanced", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_regimes_differ_only_in_what_they_name() -> None:
    """A regime changes minimum amounts, people or own money of the same scenario."""
    files = {name: scenario_files("S", name, 1) for name in REGIMES}

    def changed(regime: str) -> set[str]:
        usual, other = files["balanced"], files[regime]
        return {n for n in usual if usual[n] != other[n]} - {"scenario.yaml"}

    assert changed("tight") == {"roles.csv", "regions.csv"}
    assert changed("scarce") == {"regions.csv"}
    own = {
        name: sum(int(row["own_budget"]) for row in table(files[name], "regions"))
        for name in REGIMES
    }
    assert own["scarce"] < own["balanced"] / 2
    least = {
        name: sum(int(row["min_amount"]) for row in table(files[name], "roles"))
        for name in REGIMES
    }
    assert least["tight"] > least["balanced"]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_are_as_stated(size: str) -> None:
    """Counts, densities and roles per case are those of the size."""
    files, stated = scenario_files(size, "balanced", 1), SIZES[size]
    for name, count in (
        ("regions", stated.regions),
        ("cases", stated.cases),
        ("capabilities", stated.capabilities),
    ):
        assert len(table(files, name)) == count
    books = [name for name in files if name.startswith("rulebooks/")]
    assert len(books) == stated.instruments + 1
    assert len({row["state"] for row in table(files, "regions")}) == stated.states
    cells = stated.regions * stated.capabilities
    assert 0.07 < len(table(files, "assets")) / cells < 0.19
    assert 0.10 < len(table(files, "needs")) / cells < 0.22
    per_case = [row["case"] for row in table(files, "roles")]
    assert max(per_case.count(case) for case in set(per_case)) <= 8


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("regime", REGIMES)
def test_every_scenario_passes_the_check(
    regime: str, seed: int, tmp_path: Path
) -> None:
    """Each scenario loads without faults, knows every figure and becomes a program."""
    scenario = matcher.load(write_scenario(tmp_path / "s", "S", regime, seed))
    inst, terms = prepare(scenario.setting())
    arrays = assemble(inst, terms, funding=True).program.arrays
    assert arrays.num_rows > 500
    assert scenario.notices == ()


@pytest.mark.slow
@pytest.mark.parametrize("size", ["M", "L", "XL"])
def test_large_scenarios_pass_the_check(size: str, tmp_path: Path) -> None:
    """The same for the sizes that take longer."""
    scenario = matcher.load(write_scenario(tmp_path / "s", size, "balanced", 1))
    inst, terms = prepare(scenario.setting())
    assert assemble(inst, terms, funding=True).program.arrays.num_rows > 5_000


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_small_scenarios_ask_something(regime: str, tmp_path: Path) -> None:
    """Size S is solved to proven optimality; money decides, and not all is launched."""
    folder = write_scenario(tmp_path / "s", "S", regime, 1)
    proposal = matcher.solve(folder, time_limit=600)
    assert proposal.status == "optimal"
    assert 1 < len(proposal.cases) < SIZES["S"].cases
    assert proposal.needed is not None
    assert proposal.needed.objective is not None
    assert proposal.objective is not None
    assert proposal.objective < proposal.needed.objective

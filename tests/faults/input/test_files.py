"""Files as systems and people make them: links, encodings, numbers, other letters."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from matcher.scenario.load import load
from tests.faults.input.corpus import BASE, content, lay_out
from tests.scenarios.conftest import call, document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The valid scenario, to be damaged at will."""
    return lay_out(BASE.name, tmp_path / "s")


def codes(folder: Path) -> list[tuple[str, str]]:
    """Code and file of every fault that `check` tells."""
    told = call("check", folder, "--json")
    assert told.exit_code == 3
    assert "Traceback" not in told.stderr
    return [(fault["code"], fault["file"]) for fault in document(told.stdout)["faults"]]


@pytest.mark.parametrize(
    "words",
    [("--gap", "nan"), ("--gap", "-1"), ("--gap", "inf"), ("--gap", "1,5"),
     ("--gap", "2"), ("--time", "-1"), ("--time", "nan"), ("--time", "inf"),
     ("--time", "1e400"), ("--seed", "-1"), ("--seed", "1.5"), ("--backend", "gurobi")],
)  # fmt: skip
def test_numbers_of_the_command_line(
    words: tuple[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that is none is a slip of usage: shown, refused, nothing written."""
    monkeypatch.chdir(folder)
    before = content(folder)
    told = call("solve", folder, "--out", "out", *words)
    assert told.exit_code == 2
    assert words[1] in told.stderr
    assert "Traceback" not in told.stderr
    assert content(folder) == before


def test_a_byte_order_mark_is_accepted(folder: Path) -> None:
    """Some editors and all spreadsheets begin files with one; it is no part of them."""
    plain = load(folder).setting()
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(folder).setting() == plain


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_accepted(folder: Path, ending: str) -> None:
    """A file written elsewhere says the same."""
    plain = load(folder).setting()
    for path in folder.iterdir():
        path.write_bytes(path.read_text("utf-8").replace("\n", ending).encode())
    assert load(folder).setting() == plain


def test_codes_stay_as_they_are_written(folder: Path) -> None:
    """Namibia is no blank, 1E5 no number, 007 not seven, and NO is Norway."""
    setting = load(folder).setting()
    assert sorted(setting.regions) == ["1E5", "NA", "NO"]
    assert sorted(setting.cases) == ["007", "D1"]
    assert setting.pins[0].region == setting.regions["NO"].state == "NO"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("name", ["roles.csv", "grant.yaml"])
def test_links_that_lead_out(name: str, folder: Path, tmp_path: Path) -> None:
    """What counts is where a file really lies, also when a folder is the link."""
    away = tmp_path / "away"
    away.mkdir()
    (folder / name).rename(away / name)
    (folder / name).symlink_to(away / name)
    assert codes(folder) == [("OUTSIDE_SCENARIO", "scenario.yaml")]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_ring_of_links(folder: Path) -> None:
    """Two links that point at each other are no file."""
    (folder / "grant.yaml").unlink()
    (folder / "grant.yaml").symlink_to(folder / "other.yaml")
    (folder / "other.yaml").symlink_to(folder / "grant.yaml")
    assert codes(folder) == [("BAD_PATH", "scenario.yaml")]


@pytest.mark.skipif(os.name == "nt", reason="pipes are files on POSIX systems only")
def test_a_pipe_is_no_table(folder: Path) -> None:
    """Reading a pipe would wait for ever."""
    text = (folder / "scenario.yaml").read_text("utf-8")
    (folder / "scenario.yaml").write_text(f"{text}tables: {{costs: pipe}}\n", "utf-8")
    os.mkfifo(folder / "pipe")
    assert codes(folder) == [("MISSING_FILE", "scenario.yaml")]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads anything")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    """The system's own reason is told."""
    (folder / "costs.csv").chmod(0)
    assert codes(folder) == [("UNREADABLE_FILE", "costs.csv")]


def test_faults_of_all_files_come_together(folder: Path) -> None:
    """Two tables and two YAML files with a slip each: four faults in one run."""
    slips = {"costs.csv": ("1200", "-1200"), "roles.csv": ("best", "bst"),
             "grant.yaml": ("value: 0.5", "value: 5"),
             "objective.yaml": ("role_quality: 1", "role_quality: much")}  # fmt: skip
    for name, (old, new) in slips.items():
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    found = {file for _, file in codes(folder)}
    assert found == set(slips)


@pytest.mark.parametrize("command", ["check", "solve"])
def test_a_name_too_long_for_any_file_is_told(command: str) -> None:
    """It is a scenario that does not exist, not an accident."""
    ended = call(command, "x" * 5000)
    assert ended.exit_code == 3
    assert "does not exist" in ended.output

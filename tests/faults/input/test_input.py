"""Every malformed file is told: at its line, with the value and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.input.corpus import BASE, FILES, content, index, lay_out
from tests.scenarios.conftest import call, document, run

if TYPE_CHECKING:
    from pathlib import Path

INDEX = index()
IN_A_PROCESS = ("01-duplicate-key", "18-utf16-table", "22-device", "27-bar-in-code")


def test_the_corpus_is_complete() -> None:
    """Every fixture is in the index and holds what is faulty; there are enough."""
    folders = {path.name for path in FILES.iterdir() if path.is_dir()} - {BASE.name}
    assert folders == set(INDEX)
    assert len(INDEX) >= 80
    for name, expected in INDEX.items():
        held = {path.name for path in (FILES / name).iterdir()}
        assert held & {fault.file for fault in expected}, name


def test_the_base_is_valid(tmp_path: Path) -> None:
    """Each fixture has no other fault than its own."""
    told = call("check", lay_out(BASE.name, tmp_path / "s"), "--json")
    assert told.exit_code == 0, told.stderr


@pytest.mark.parametrize("name", INDEX)
def test_a_malformed_file_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, exactly the faults of the index, no traceback, nothing written."""
    folder = lay_out(name, tmp_path / "s")
    monkeypatch.chdir(tmp_path)
    before = content(tmp_path)
    told = call("check", folder, "--json")
    faults = document(told.stdout)["faults"]
    assert told.exit_code == 3
    missing = [e for e in INDEX[name] if not any(e.fits(fault) for fault in faults)]
    assert (missing, len(faults)) == ([], len(INDEX[name])), told.stderr
    assert "Traceback" not in told.stderr
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_a_process_tells_the_same(name: str, tmp_path: Path) -> None:
    """Solving a malformed scenario for real ends before anything is written."""
    lay_out(name, tmp_path / "s")
    before = content(tmp_path)
    ended = run("solve", "s", "--out", "out", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (3, "")
    for expected in INDEX[name]:
        place = f"{expected.file}:{expected.line}" if expected.line else expected.file
        assert f"{place}" in ended.stderr
        assert expected.shows in ended.stderr
        assert expected.remedy in ended.stderr
    assert "Traceback" not in ended.stderr
    assert content(tmp_path) == before

"""What may be replaced, and how one file is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.errors import WriteFailed
from matcher.report.folder import refuse_foreign, write_file, write_folder
from tests.faults.output.failing import NEW, OLD, Faulty, content


@pytest.mark.parametrize("n", range(1, 8))
def test_one_file_is_replaced_whole_or_not(tmp_path: Path, n: int) -> None:
    """The same for single files."""
    path = tmp_path / "a.csv"
    path.write_text("old\n")
    failed = False
    with pytest.MonkeyPatch.context() as patch:
        Faulty(patch.setattr, n)
        try:
            write_file(path, "new\n")
        except WriteFailed:
            failed = True
    assert failed == (n <= 4)  # open, write, confirm, replace; the rest undoes nothing
    assert path.read_text() == ("old\n" if failed else "new\n")
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_foreign_folders_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a new or empty folder, or an earlier result, may be replaced."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    write_folder(foreign, OLD)  # an empty folder is fine
    (foreign / "manifest.json").unlink()
    file = tmp_path / "file"
    file.write_text("mine")
    monkeypatch.chdir(foreign)
    for target in (foreign, file, Path(), tmp_path):
        with pytest.raises(WriteFailed):
            write_folder(target, NEW)
    assert content(foreign) == {k: v for k, v in OLD.items() if k != "manifest.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"foreign", "file"}
    assert file.read_text() == "mine"
    refuse_foreign(tmp_path / "new")


def test_what_somebody_put_into_a_result_is_not_lost(tmp_path: Path) -> None:
    """A result that holds more than it wrote is refused; hidden files do not count."""
    files = {"a.csv": "1\n", "inputs/b.csv": "2\n"}
    manifest = json.dumps({"files": dict.fromkeys(files, "")})
    write_folder(tmp_path / "r", {**files, "manifest.json": manifest})
    (tmp_path / "r" / ".DS_Store").write_text("")
    refuse_foreign(tmp_path / "r")
    (tmp_path / "r" / "inputs" / "notes.txt").write_text("mine")
    with pytest.raises(WriteFailed, match=r"inputs/notes\.txt, which is no part"):
        refuse_foreign(tmp_path / "r")

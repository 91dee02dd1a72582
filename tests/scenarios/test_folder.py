"""What may be replaced, and how one file is."""

from __future__ import annotations

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

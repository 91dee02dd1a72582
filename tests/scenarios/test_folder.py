"""A folder is written whole or not at all, whatever fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import WriteFailed
from matcher.report.folder import refuse_foreign, write_file, write_folder

OLD = {"manifest.json": "{}\n", "a.csv": "old\n", "inputs/b.csv": "old\n"}
NEW = {"manifest.json": "[]\n", "a.csv": "new\n", "inputs/c.csv": "new\n"}


def content(folder: Path) -> dict[str, str]:
    """Text of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


class Faulty:
    """A system whose n-th call fails; with ``lasting`` every later one as well."""

    def __init__(self, patch: pytest.MonkeyPatch, n: int, *, lasting: bool) -> None:
        self.left, self.lasting = n, lasting
        places: tuple[tuple[Any, str], ...] = (
            (os, "replace"), (os, "fsync"), (Path, "open"),
            (Path, "mkdir"),
        )  # fmt: skip
        for place, name in places:
            patch.setattr(place, name, self.failing(getattr(place, name)))

    def failing(self, real: Any) -> Any:
        """The call, counted."""

        def call(*words: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.lasting and self.left < 0):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*words, **named)

        return call


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("earlier", [False, True])
def test_every_fault_leaves_the_earlier_result(
    tmp_path: Path, earlier: bool, lasting: bool
) -> None:
    """Fail the n-th call of the system for every n, until all of them succeed."""
    for n in range(1, 100):
        target = tmp_path / f"{n}" / "deep" / "result"
        if earlier:
            write_folder(target, OLD)
        else:
            target.parent.parent.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            faulty = Faulty(patch, n, lasting=lasting)
            try:
                write_folder(target, NEW)
            except WriteFailed as error:
                message = str(error)
            else:
                message = ""
        if not message:
            assert content(target) == NEW
        elif earlier and not target.exists():
            # Putting it back failed as well: the message says where it stands.
            (kept,) = target.parent.glob(".result.old-*")
            assert lasting
            assert str(kept) in message
            assert content(kept) == OLD
        else:
            assert "No space left" in message
            assert content(target) == OLD if earlier else not target.exists()
            left = [p.name for p in (tmp_path / f"{n}").rglob("*") if p.is_dir()]
            assert not [name for name in left if name.startswith(".")]
            assert earlier or not left
        if faulty.left > 0:
            assert not message
            break
    else:
        pytest.fail("it never succeeded")
    assert n > 6


@pytest.mark.parametrize("n", range(1, 6))
def test_one_file_is_replaced_whole_or_not(tmp_path: Path, n: int) -> None:
    """The same for single files."""
    path = tmp_path / "a.csv"
    path.write_text("old\n")
    failed = False
    with pytest.MonkeyPatch.context() as patch:
        Faulty(patch, n, lasting=False)
        try:
            write_file(path, "new\n")
        except WriteFailed:
            failed = True
    assert failed == (n <= 3)  # open, confirm, replace; the rest undoes nothing
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
    assert content(foreign) == {"a.csv": "old\n", "inputs/b.csv": "old\n"}
    assert file.read_text() == "mine"
    refuse_foreign(tmp_path / "new")

"""The folder of a sweep: whose it is, and when it cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from matcher.errors import WriteFailed
from matcher.report.lock import held
from matcher.study.sweep import sqlitefile, store
from matcher.study.sweep.sqlitefile import NO_WAL
from matcher.study.sweep.store import STORE
from tests.study.grids import (
    RUNS,
    content,
    swept,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_one_sweep_at_a_time(small: Path, whole: Path) -> None:
    """A folder that another process sweeps is refused, with its number."""
    with (
        held(whole.with_name(f".{whole.name}.lock")),
        pytest.raises(WriteFailed, match=f"process {os.getpid()}"),
    ):
        swept(small, whole)


def test_a_foreign_folder_is_refused(small: Path, tmp_path: Path) -> None:
    """Nothing is written among files of something else."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(WriteFailed, match="not empty"):
        swept(small, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_file_that_is_no_store_is_told(small: Path, tmp_path: Path) -> None:
    """A file of that name which SQLite does not know is left as it is."""
    out = tmp_path / "out"
    out.mkdir()
    (out / STORE).write_text("no database at all, but long enough\n" * 40, "utf-8")
    with pytest.raises(WriteFailed, match="not a database"):
        swept(small, out)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_rights_is_told(small: Path, tmp_path: Path) -> None:
    """Who may not write is told so, without a trace of the program."""
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    with pytest.raises(WriteFailed, match="allow writing there"):
        swept(small, out)


def test_a_store_that_cannot_be_written_is_told(
    small: Path, whole: Path, tmp_path: Path
) -> None:
    """A store without rights to write is refused with the remedy, and stays."""
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    before = content(out)
    real = sqlite3.connect

    def reading(path: Path, **options: Any) -> sqlite3.Connection:
        return real(f"file:{path}?mode=ro", uri=True, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlitefile.sqlite3, "connect", reading)
        with pytest.raises(WriteFailed, match=r"readonly.*allow writing there"):
            swept(small, out)
    assert content(out) == before


def test_a_full_disk_keeps_what_was_kept(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no more fits, the sweep ends with the remedy; room made, it goes on."""
    out = tmp_path / "out"
    real = sqlitefile.opened_file

    def cramped(path: Path, schema: str) -> tuple[sqlite3.Connection, str]:
        file, notice = real(path, schema)
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        file.execute(f"PRAGMA max_page_count = {pages + 1}")
        return file, notice

    monkeypatch.setattr(store, "opened_file", cramped)
    with pytest.raises(WriteFailed, match="free some space"):
        swept(small, out)
    kept = content(out)
    assert all(answer in {a[0] for a in kept["answers"]} for *_, answer in kept["runs"])
    monkeypatch.setattr(store, "opened_file", real)
    done = swept(small, out)
    assert done.before == len(kept["runs"])
    assert len(done.rows) == RUNS


def test_without_a_log_the_journal_is_used(
    small: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without shared memory gets the rollback journal, and it is said."""
    real = sqlite3.connect

    def network(path: Path, **options: Any) -> sqlite3.Connection:
        return real(f"file:{path}?vfs=unix-dotfile", uri=True, **options)

    monkeypatch.setattr(sqlitefile.sqlite3, "connect", network)
    done = swept(small, tmp_path / "out")
    monkeypatch.undo()
    assert done.notice == NO_WAL
    assert any("rollback journal" in sentence for sentence in done.sentences)
    assert content(tmp_path / "out") == content(whole)

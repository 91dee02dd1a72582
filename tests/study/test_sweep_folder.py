"""The folder of a sweep: whose it is, and when it cannot be written."""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.errors import WriteFailed
from matcher.report.lock import held
from matcher.study.sweep import sqlitefile, store
from matcher.study.sweep.sqlitefile import NO_WAL
from matcher.study.sweep.store import STORE
from tests.scenarios.conftest import ROOT
from tests.study.grids import (
    FEW,
    RUNS,
    content,
    grid_file,
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


def test_another_scenario_of_the_same_name_is_refused(
    few: Path, tmp_path: Path
) -> None:
    """Rows are never written over by another scenario; a moved one keeps them."""
    first, second, moved = (tmp_path / at / "s" for at in ("a", "b", "c"))
    for folder in (first, second):
        shutil.copytree(ROOT / "scenarios" / "miniature", folder)
    budgets = second / "budgets.csv"
    budgets.write_text(budgets.read_text("utf-8").replace("600000", "100000"), "utf-8")
    out = tmp_path / "out"
    matcher.sweep(first, grid=few, out=out)
    before = content(out)
    with pytest.raises(WriteFailed, match="another scenario called s, "):
        matcher.sweep(second, grid=few, out=out)
    assert content(out) == before
    shutil.move(first, moved)
    assert matcher.sweep(moved, grid=few, out=out).before == 4
    shutil.copy(budgets, moved / "budgets.csv")
    assert matcher.sweep(moved, grid=few, out=out).before == 1  # eu-only is the same
    assert matcher.sweep(second, grid=few, out=out).before == 4  # says the same now


def test_runs_stand_in_the_grid_that_asks_last(few: Path, tmp_path: Path) -> None:
    """Runs that are done take the place that a later grid gives them."""
    out = tmp_path / "out"
    swept(few, out)
    money = "[cedar-short, birch-short, eu-only, baseline]"
    text = FEW.replace("[baseline, eu-only, birch-short, cedar-short]", money)
    turned = swept(grid_file(tmp_path, text), out)
    assert (turned.before, len(turned.rows)) == (4, 4)
    with sqlite3.connect(out / STORE) as file:
        found = file.execute(
            "SELECT json_extract(axes, '$.money'), place FROM runs ORDER BY place"
        ).fetchall()
        grids = file.execute("SELECT DISTINCT grid FROM runs").fetchall()
    file.close()
    names = ["cedar-short", "birch-short", "eu-only", "baseline"]
    assert found == list(zip(names, range(4), strict=True))
    assert len(grids) == 1
    with (out / "runs.csv").open(encoding="utf-8") as table:
        assert [row["money"] for row in csv.DictReader(table)] == names


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

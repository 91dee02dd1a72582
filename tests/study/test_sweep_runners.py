"""Who works on a sweep, and what may end it: every run is kept once."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.study.sweep import runners
from matcher.study.sweep.answers import Answer, Failed
from matcher.study.sweep.grid import read_grid
from matcher.study.sweep.runners import Processes
from matcher.study.sweep.store import STORE, opened
from matcher.study.sweep.sweep import Asked
from tests.scenarios.conftest import ROOT, call
from tests.study.grids import (
    RUNS,
    content,
    swept,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_find_the_same(small: Path, whole: Path, tmp_path: Path) -> None:
    """Two processes beside this one keep what this one keeps by itself."""
    swept(small, tmp_path / "out", jobs=2)
    assert content(tmp_path / "out") == content(whole)


def test_a_cluster_finds_the_same(small: Path, whole: Path, tmp_path: Path) -> None:
    """A Dask cluster with two workers keeps the same, and its workers stay."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        swept(small, tmp_path / "out", dask=cluster.scheduler_address)
        with distributed.Client(cluster) as client:
            assert len(client.scheduler_info()["workers"]) == 2
    assert content(tmp_path / "out") == content(whole)


def test_no_cluster_is_told(small: Path, tmp_path: Path) -> None:
    """A wrong address ends with code 8 and what to do; so does a wrong mixture."""
    pytest.importorskip("distributed")
    words = ("sweep", "miniature", "--grid", small, "--out", tmp_path / "out")
    ended = call(*words, "--dask", "nowhere://x")
    assert ended.exit_code == 8
    assert "the address is right" in ended.stderr
    assert call(*words, "--dask", "tcp://a", "--jobs", "2").exit_code == 2


def test_a_process_that_dies_takes_no_other_run_with_it(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that kills its process fails, alone; all the others are answered."""
    monkeypatch.setenv("MATCHER_TEST_DEADLY", "eu-only")
    monkeypatch.setattr(runners, "begin", deadly_begin)
    with opened(tmp_path / STORE) as kept:
        from matcher.study.sweep.sweep import sweep

        grid = read_grid(few, matcher.load("miniature"))
        done = sweep(grid, kept, Processes(2), Asked())
    failed = [row for row in done.rows if row.answer is None]
    assert len(done.rows) == 4
    assert [row.labels["money"] for row in failed] == ["eu-only"]
    assert "tried alone" in failed[0].error


def deadly_begin(parent: int, grid: Any) -> None:
    """Get a process ready that dies of one run."""
    real = runners.answered
    deadly = os.environ["MATCHER_TEST_DEADLY"]

    def dying(task: Any, *rest: Any) -> Answer:
        if " ".join(task.run.labels.values()) == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(task, *rest)

    runners.answered = dying  # type: ignore[assignment]
    runners.begin(parent, grid)


def test_other_inputs_elsewhere_are_refused(small: Path, whole: Path) -> None:
    """Who resolves a run to another setting than was asked about has no answer."""
    from matcher.study.sweep.answers import Task
    from matcher.study.sweep.sweep import AS_WRITTEN

    grid = read_grid(small, matcher.load("miniature"))
    setting = grid.setting(AS_WRITTEN)
    options, backend = Asked().of(setting, None)
    task = Task("another", AS_WRITTEN, replace(options), backend)
    outcome = runners.work(grid, task, "one")
    assert isinstance(outcome, Failed)
    assert "same versions" in outcome.error


def test_a_sweep_ends_its_own_solvers_only(small: Path) -> None:
    """In a process that serves two sweeps, the end of one leaves the other at work."""
    from matcher.study.sweep.answers import Task, key_of
    from matcher.study.sweep.sweep import AS_WRITTEN

    grid = read_grid(small, matcher.load("miniature"))
    setting = grid.setting(AS_WRITTEN)
    options, backend = Asked().of(setting, None)
    task = Task(key_of(setting, options, backend), AS_WRITTEN, options, backend)
    for sweep in ("one", "other"):
        assert isinstance(runners.work(grid, task, sweep), Answer)
    runners.leave("one")
    assert [sweep for sweep, _ in runners.open_seats] == ["other"]
    list(runners.Here().outcomes(grid, [task]))
    (seats,) = runners.open_seats.values()
    again = replace(options, seed=1)
    key = key_of(setting, again, backend)
    other = Task(key, AS_WRITTEN, again, backend)
    assert isinstance(runners.work(grid, other, "other"), Answer)
    assert list(runners.open_seats.values()) == [seats]
    runners.leave("other")
    assert not runners.open_seats


def started(grid: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    """The command, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "matcher", "sweep", "miniature", "--grid", str(grid),
         "--out", str(out), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip


def count(out: Path) -> int:
    """Runs kept so far; 0 while there is no store."""
    try:
        with sqlite3.connect(f"file:{out / STORE}?mode=ro", uri=True) as file:
            (found,) = file.execute("SELECT count(*) FROM runs").fetchone()
        file.close()
    except sqlite3.OperationalError:
        return 0
    return int(found)


def killed_until_done(grid: Path, out: Path, runs: int, jobs: int, seed: int) -> int:
    """Kill the command at random moments, over and over; how often it was killed."""
    draw, kills, seen = random.Random(seed), 0, 0
    while True:
        process = started(grid, out, "--jobs", str(jobs))
        wanted = seen + draw.randint(0, max(1, runs // 4))
        while process.poll() is None and count(out) < wanted:
            time.sleep(0.02)
        time.sleep(draw.random() * 0.1)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
        now = count(out)
        assert now >= seen  # nothing that was kept is lost
        assert len(content(out)["runs"]) == now if now else True
        seen = now
        if process.returncode == 0:
            return kills


def test_killed_at_any_moment_it_goes_on(
    small: Path, whole: Path, tmp_path: Path
) -> None:
    """After kills at random moments every run is there once, as if nothing was."""
    out = tmp_path / "out"
    kills = killed_until_done(small, out, RUNS, jobs=1, seed=1)
    assert kills >= 3
    assert content(out) == content(whole)


@pytest.mark.slow
def test_killed_with_processes_it_goes_on(tmp_path: Path) -> None:
    """The same for the whole grid of the miniature and two processes."""
    grid = ROOT / "scenarios" / "miniature" / "grid.yaml"
    out, other = tmp_path / "out", tmp_path / "other"
    kills = killed_until_done(grid, out, 252, jobs=2, seed=2)
    assert kills >= 4
    swept(grid, other)
    assert content(out) == content(other)


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """A killed sweep leaves no process at work."""
    grid = ROOT / "scenarios" / "miniature" / "grid.yaml"
    out = tmp_path / "out"
    process = started(grid, out, "--jobs", "2")
    while count(out) < 1:
        assert process.poll() is None
        time.sleep(0.05)
    mine = descendants(process.pid)
    assert len(mine) >= 2
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in mine):
        assert time.monotonic() < deadline, [p for p in mine if alive(p)]
        time.sleep(0.1)


def descendants(pid: int) -> list[int]:
    """Processes below a process."""
    told = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in told.stdout.splitlines()]
    found, front = [], [pid]
    while front:
        front = [child for child, parent in pairs if parent in front]
        found += front
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return bool(told.stdout.strip()) and not told.stdout.strip().startswith("Z")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_done(jobs: str, whole: Path, tmp_path: Path) -> None:
    """Ctrl-C ends with code 130, tables written and no process left."""
    grid = ROOT / "scenarios" / "miniature" / "grid.yaml"
    out = tmp_path / "out"
    process = started(grid, out, "--jobs", jobs)
    while count(out) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    kept = content(out)["runs"]
    assert 2 <= len(kept) < 252
    with (out / "runs.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(kept)

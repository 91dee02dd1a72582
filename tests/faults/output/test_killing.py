"""Killed runs and runs at the same time leave one whole result, old or new."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from matcher.report.folder import write_folder
from matcher.report.judging import judge
from tests.faults.output.failing import NEW, OLD, content, strays
from tests.scenarios.conftest import ROOT, call, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
SAFETY = 300
"""Seconds after which a test gives up; nothing here takes long."""


def start(*words: object) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def writer(*words: object) -> subprocess.Popen[str]:
    """One of the writers of `dying`."""
    return start("tests.faults.output.dying", *words)


def told(process: subprocess.Popen[str]) -> str:
    """Next line a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    """End a process by `kill -9`."""
    process.kill()
    process.communicate(timeout=SAFETY)


@pytest.mark.parametrize("way", ["exchange", "two steps"])
def test_death_at_any_call_leaves_the_old_or_the_new_result(
    tmp_path: Path, way: str
) -> None:
    """Kill -9 at the n-th call for every n; the next run finds its way and cleans up.

    Where the system cannot exchange folders, the earlier result may stand beside its
    place; then the next run puts it back, and `judge` says where it stands.
    """
    target = tmp_path / "result"
    seen, died = [], "died"
    write_folder(target, OLD)
    with writer("nth", target, "exchange" if way == "exchange" else "steps") as process:
        while (died := told(process)) == "died":
            found = content(target)
            if not target.exists():
                assert way == "two steps"
                (kept,) = tmp_path.glob(".result.old-*")
                found = content(kept)
            seen.append("old" if found == OLD else "new")
            assert found in (OLD, NEW)
            write_folder(target, OLD)
            assert content(target) == OLD
            assert not strays(tmp_path)
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        process.communicate("\n", timeout=SAFETY)
    assert died == "ended"
    assert content(target) == NEW
    assert {"old", "new"} == set(seen)
    assert seen == sorted(seen, key=["old", "new"].index), "once new, never old again"
    assert len(seen) > 15


def test_death_at_any_moment_leaves_one_whole_result(tmp_path: Path) -> None:
    """Kill -9 after a random time, again and again; all files are of one run."""
    target = tmp_path / "result"
    draw = random.Random(3)
    for i in range(12):
        process = writer("loop", target, f"run{i}", 100_000)
        while not target.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.random() * 0.3)
        kill(process)
        assert len(content(target)) == 21
        assert len(set(content(target).values())) == 1
    write_folder(target, NEW)
    assert content(target) == NEW
    assert not strays(tmp_path)


def test_writers_at_the_same_time_never_mix(tmp_path: Path) -> None:
    """One at a time gets the place, the others are told who has it."""
    target = tmp_path / "result"
    processes = [writer("loop", target, name, 60) for name in "abcd"]
    refused = 0
    for process in processes:
        out, err = process.communicate(timeout=SAFETY)
        assert process.returncode == 0, err
        refused += int(out)
    assert 0 < refused < 240
    assert len(set(content(target).values())) == 1
    assert not strays(tmp_path)


def test_a_place_that_is_taken_is_refused_and_death_frees_it(result: Path) -> None:
    """Code 8 and the owner's number before anything is solved; then all is as ever."""
    before = content(result)
    process = writer("hold", result)
    assert told(process) == "held"
    ended = run("solve", "starter", "--out", result)
    assert ended.returncode == 8, ended.stderr
    assert f"another run (process {process.pid}) is writing {result}" in ended.stderr
    assert "solving" not in ended.stderr
    assert content(result) == before
    assert judge(result).holds
    kill(process)
    ended = run("solve", "starter", "--out", result)
    assert ended.returncode == 0, ended.stderr
    assert judge(result).holds
    assert not strays(result.parent)


def test_a_killed_solve_leaves_the_earlier_result(result: Path) -> None:
    """The real command, killed while it solves; the next one goes on as if nothing."""
    before = content(result)
    process = start("matcher", "solve", "3dp-2023", "--out", result)
    assert process.stderr is not None
    assert "solving" in process.stderr.readline()
    assert call("solve", "starter", "--out", result).exit_code == 8
    kill(process)
    assert content(result) == before
    assert call("solve", "starter", "--out", result).exit_code == 0
    assert judge(result).holds
    assert not strays(result.parent)


def test_a_result_beside_its_place_is_named(tmp_path: Path) -> None:
    """Code 3, and where the earlier result stands."""
    (tmp_path / ".result.old-123").mkdir()
    ended = call("verify", tmp_path / "result")
    assert ended.exit_code == 3
    assert str(tmp_path / ".result.old-123") in ended.stderr

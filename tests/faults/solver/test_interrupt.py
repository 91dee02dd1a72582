"""Ctrl-C for real: a process at work on a scenario that no solver finishes soon."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.conftest import ROOT, call, document

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0
"""Seconds after which the test gives up; a second or two is what it takes."""

# The command line tells its progress every ten seconds where nobody watches.
IMPATIENT = (
    "import matcher.report.progress as progress\n"
    "progress.EVERY_SECONDS = 0.2\n"
    "from matcher.cli import main\n"
    "main()\n"
)


@contextmanager
def solving(backend: str, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that solves, from the moment on when it has a plan with money."""
    words = ["solve", "scenarios/3dp-2023", "--backend", backend, "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, *words, "--gap", "0", "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # A test run in the background may have this signal switched off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                told = re.search(r"with every rule.*best ([0-9.]+)", line)
                if told and float(told[1]) > 0:  # doing nothing is worth 0
                    break
            yield process
        finally:
            process.kill()


def children(pid: int) -> list[int]:
    """Processes that a process has started and not yet collected."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(word) for word in text.split()]


def gone(pids: list[int]) -> bool:
    """Whether none of the processes is running any more, after a while."""
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_best_plan_is_saved(backend: str, tmp_path: Path) -> None:
    """The last plan found is on disk, verified, and no solver is left behind."""
    out = tmp_path / "out"
    with solving(backend, out) as process:
        workers = children(process.pid)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=PATIENCE)
        print(f"{backend} left {time.monotonic() - began:.2f} s after Ctrl-C")
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    told = document(stdout)
    assert told["status"] == "feasible"
    assert told["objective"] > 0
    assert told["gap"] > 0
    assert call("verify", out).exit_code == 0
    assert workers
    assert gone(workers)


def test_second_interrupt_leaves_at_once(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C twice is let go, without a proposal."""
    out = tmp_path / "out"
    with solving("highs", out) as process:
        workers = children(process.pid)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=PATIENCE)
    # Hit while it is leaving, Python ends by the signal: a shell tells 130 for both.
    assert process.returncode in (130, -signal.SIGINT), stderr
    assert "Traceback" not in stderr
    assert gone(workers)

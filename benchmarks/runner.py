"""Runs benchmarks: writes the scenario, starts fresh processes, takes medians.

This process imports neither the package nor numpy: on Linux a child's peak memory
begins at the size of the parent that started it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import machine
from benchmarks.generate import write_scenario
from benchmarks.machine import ROOT
from benchmarks.results import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.registry import Benchmark

_QUOTED: Final = 300
"""Characters of a failed process's last words that are kept."""


class Failed(Exception):
    """A measured process did not answer; the message says what it said instead."""


def measure(one: Benchmark, seed: int, about: dict[str, str]) -> list[Row]:
    """Rows of one benchmark; one row with a note when it fails."""
    known: dict[str, Any] = {
        "benchmark": one.name, "size": one.size, "regime": one.regime, "seed": seed,
        "goal": one.goal, **about,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="matcher-benchmark-") as place:
        folder = write_scenario(Path(place) / "scenario", one.size, one.regime, seed)
        try:
            answers = [_ask(one, folder) for _ in range(one.repeats)]
        except Failed as failed:
            return [Row(**known, metric="failed", median=None, lowest=None,
                        highest=None, repeats=0, note=str(failed))]  # fmt: skip
    return [Row(**known, **figures) for figures in _summed_up(answers)]


def _summed_up(answers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Median, lowest and highest of every metric any answer holds."""
    for metric in dict.fromkeys(metric for answer in answers for metric in answer):
        values = [a[metric] for a in answers if a.get(metric) is not None]
        yield {
            "metric": metric,
            "median": statistics.median(values) if values else None,
            "lowest": min(values, default=None),
            "highest": max(values, default=None),
            "repeats": len(values),
        }


def _ask(one: Benchmark, folder: Path) -> dict[str, Any]:
    """One fresh process and its answer."""
    words = json.dumps({"folder": str(folder), **one.options})
    command = [sys.executable, "-m", "benchmarks.child", one.function, words]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False,
            timeout=one.timeout,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Failed(f"no answer after {one.timeout:g} s") from error
    if done.returncode:
        raise Failed(" ".join(done.stderr.split())[-_QUOTED:])
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def about() -> dict[str, str]:
    """What every row of a run has in common."""
    return machine.describe()

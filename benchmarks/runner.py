"""Runs benchmarks: writes the scenario, starts fresh processes, takes medians.

This process imports neither the package nor numpy: on Linux a child's peak memory
begins at the size of the parent that started it.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import machine
from benchmarks.drawn import FAMILIES, write_problems
from benchmarks.generate import write_scenario
from benchmarks.machine import ROOT
from benchmarks.results import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.registry import Benchmark

FAILED: Final = "failed"
SKIPPED: Final = "skipped"
"""Stand in place of a metric; the row's note says why."""
_QUOTED: Final = 300
"""Characters of a failed process's last words that are kept."""


class Failed(Exception):
    """A measured process did not answer; the message says what it said instead."""


def measure(
    one: Benchmark, seed: int, about: dict[str, str], files: Sequence[Path] = ()
) -> list[Row]:
    """Rows of one benchmark; a row with a note for what fails.

    ``files`` stand in for what would be drawn; each is a measurement of its own.
    """
    known: dict[str, Any] = {
        "benchmark": one.name, "size": one.size, "regime": one.regime, "seed": seed,
        "goal": one.goal, **about,
    }  # fmt: skip
    missing = [name for name in one.needs if importlib.util.find_spec(name) is None]
    if missing:
        return [_unmeasured(known, SKIPPED, f"not installed: {', '.join(missing)}")]
    rows = []
    with tempfile.TemporaryDirectory(prefix="matcher-benchmark-") as place:
        for inputs in files or (_drawn(one, seed, Path(place)),):
            try:
                answers = [_ask(one, inputs) for _ in range(one.repeats)]
            except Failed as failed:
                rows.append(_unmeasured(known, FAILED, str(failed)))
            else:
                rows += [Row(**known, **figures) for figures in _summed_up(answers)]
    return rows


def _unmeasured(known: dict[str, Any], metric: str, note: str) -> Row:
    return Row(
        **known, metric=metric, median=None, lowest=None, highest=None, repeats=0,
        note=note,
    )  # fmt: skip


def _drawn(one: Benchmark, seed: int, place: Path) -> Path | int:
    """What is measured: a folder with a scenario, a file of a public format, a seed."""
    if one.seeded:
        return seed
    if one.family in FAMILIES:
        return write_problems(place, one.family, one.size, seed)
    return write_scenario(place / "scenario", one.size, one.regime, seed)


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


def _ask(one: Benchmark, inputs: Path | int) -> dict[str, Any]:
    """One fresh process and its answer."""
    kind = "file" if one.family in FAMILIES else "folder"
    given = {"seed": inputs} if isinstance(inputs, int) else {kind: str(inputs)}
    words = json.dumps({**given, **one.options})
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

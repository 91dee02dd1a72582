"""A sweep against the same runs one by one: as commands, and in one process.

All sides answer the same assumptions of the same scenario, in turn. Single runs also
explain what is left out and look for missing pieces, which a sweep does not.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.scenario.load import Scenario

Answer = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]


def sweep_against_cold(
    folder: str, count: int, gap: float, patience: float, bundled: str = ""
) -> Answer:
    """Seconds of ``count`` assumptions by each way, and their ratios.

    ``bundled`` names a scenario of the checkout that stands in for the generated one;
    a command that takes longer than ``patience`` is ended.
    """
    import matcher

    with tempfile.TemporaryDirectory(prefix="matcher-sweep-") as place:
        source = ROOT / "scenarios" / bundled if bundled else Path(folder)
        copy = Path(place) / source.name
        shutil.copytree(source, copy)
        names = _assume(copy, count)
        scenario = matcher.load(copy)
        grid = Path(place) / "grid.yaml"
        grid.write_text(f"format: 1\naxes: {{money: [{', '.join(names)}]}}\n", "utf-8")

        def commands() -> None:
            for name in names:
                words = ["solve", str(copy), "--assumption", name, "--gap", str(gap)]
                subprocess.run(
                    [sys.executable, "-m", "matcher", *words], check=True, cwd=ROOT,
                    capture_output=True, timeout=patience,
                )  # fmt: skip

        def cold() -> None:
            for name in names:
                matcher.solve(scenario, assumption=name, gap=gap)

        def swept() -> None:
            done = matcher.sweep(scenario, grid=grid, out=Path(place) / "out", gap=gap)
            if done.failed or len(done.rows) != count:
                raise RuntimeError(f"the sweep failed: {done.plain()}")

        answer: Answer = {"runs": count}
        for name, way in (("sweep", swept), ("cold", cold), ("commands", commands)):
            answer |= _timed(name, way)
    for other in ("commands", "cold"):
        for unit in ("", " CPU"):
            ratio = answer[f"sweep{unit} s"] / answer[f"{other}{unit} s"]
            answer[f"sweep / {other}{unit}"] = ratio
    return answer


def _timed(name: str, way: Callable[[], None]) -> Iterator[tuple[str, float]]:
    """Seconds on the clock, and on the processor with all processes that ended."""
    began, used = time.perf_counter(), _used()
    way()
    yield f"{name} s", time.perf_counter() - began
    yield f"{name} CPU s", _used() - used


def _used() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, whose))


def _assume(folder: Path, count: int) -> list[str]:
    """Add assumptions that change the money of every instrument; return their names."""
    import matcher

    paths = _envelopes(matcher.load(folder))
    lines, names = [], []
    for i in range(count):
        names.append(f"part-{i:02}")
        part = f"{0.5 + i / count:.4f}x"
        changes = ", ".join(f"{path}: {part}" for path in paths)
        lines.append(f"  {names[-1]}: {{set: {{{changes}}}}}")
    settings = folder / "scenario.yaml"
    head, key, rest = settings.read_text("utf-8").partition("assumptions:\n")
    key = key or "assumptions:\n"
    text = "\n".join((f"{head.rstrip()}\n{key.rstrip()}", *lines, rest))
    settings.write_text(text, "utf-8")
    return names


def _envelopes(scenario: Scenario) -> list[str]:
    """Paths to all money that can be given as a part of what it is."""
    from matcher.errors import InputError, Place
    from matcher.scenario.schema import Assumption

    found = []
    for name in scenario.rulebooks:
        path = f"instruments.{name}.envelope"
        halved = Assumption(set={path: "0.5x"})
        try:
            scenario.assuming({"tried": (halved, Place("tried"))}).setting("tried")
        except InputError:
            continue
        found.append(path)
    return found

"""The engine itself, as a user calls it."""

from __future__ import annotations

import importlib
import signal
import time
from typing import TYPE_CHECKING

import matcher
from benchmarks.peers.found import Found, Step

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.program.solution import Progress

# Imported at first use otherwise; the peers' imports are not counted either.
for _name in ("matcher.scenario.load", "matcher.engine.run"):
    importlib.import_module(_name)


def solve(scenario: Path, seconds: float, patience: float) -> Found:
    """A whole run; its two solves get half of the time each.

    After ``patience`` seconds it is told to keep what it has.
    """
    heard: list[Step] = []

    def report(stage: str, progress: Progress) -> None:
        if stage == "fundable":
            now = time.perf_counter()
            heard.append(Step(now, progress.incumbent, progress.bound))

    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, patience)
    proposal = matcher.solve(
        matcher.load(scenario), time_limit=seconds / 2, report=report
    )
    signal.setitimer(signal.ITIMER_REAL, 0)
    booked = proposal.meta["seconds"]
    value, bound = (
        None if number is None else float(number)
        for number in (proposal.objective, proposal.bound)
    )
    return Found(
        value,
        bound,
        [*heard, Step(time.perf_counter(), value, bound)],
        {"build": booked["encode"] + booked["assemble"], **booked},
    )

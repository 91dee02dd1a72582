"""Time and memory of the measuring process, phase by phase.

Peak memory only ever rises, so a figure taken after a phase is the peak up to the
end of that phase, imports included. This needs Linux or macOS.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Any


class Laps:
    """Seconds on the clock and on the processor, and peak memory, phase by phase."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._began = time.perf_counter(), time.process_time()

    def lap(self, phase: str) -> None:
        """Book the time since the last lap to a phase."""
        clock, processor = self._began
        self.found[f"{phase} s"] = time.perf_counter() - clock
        self.found[f"{phase} CPU s"] = time.process_time() - processor
        self.found[f"{phase} peak MB"] = peak_mb()
        self._began = time.perf_counter(), time.process_time()


def peak_mb(*, children: bool = False) -> float:
    """Largest resident size so far: of this process, or of its largest child."""
    whose = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    size = resource.getrusage(whose).ru_maxrss
    return float(size / (2**20 if sys.platform == "darwin" else 2**10))

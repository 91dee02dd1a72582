"""Solves the problems of a public file with `matcher.core`, one after the other."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def instances(
    file: str, family: str, backend: str, gap: float, time_limit: float, patience: float
) -> Answer:
    """Value, bound, gap, seconds and best known value of every problem.

    ``time_limit`` is for each problem; ``patience`` is for whoever started this.
    """
    from benchmarks.readers import READERS, BadFile
    from matcher.core.assign import assign
    from matcher.core.select import select

    solve: Any = assign if family == "assignment" else select
    answer: Answer = {}
    try:
        problems = READERS[family](Path(file))
    except BadFile as error:
        sys.exit(str(error))  # one line on the error stream, for whoever started this
    for one in problems:
        began = time.perf_counter()
        found = solve(**one.arrays, backend=backend, gap=gap, time_limit=time_limit)
        seconds = time.perf_counter() - began
        for figure, number in (
            ("value", found.objective), ("bound", found.bound),
            ("gap %", None if found.gap is None else 100 * found.gap),
            ("s", seconds), ("known best", one.best),
        ):  # fmt: skip
            answer[f"{one.name}: {figure}"] = number
    return answer

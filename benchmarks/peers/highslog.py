"""How far HiGHS was and when, from what it printed."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from benchmarks.peers.found import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE: Final = re.compile(
    r"%\s+(?P<bound>\S+)\s+(?P<value>\S+)\s+(?:\S+%|inf|Large)"
    r"\s+\d+\s+\d+\s+\d+\s+\d+\s+(?P<at>[\d.]+)s\s*$"
)
"""A line of the table of its tree search."""
_TIMING: Final = re.compile(r"^\s*Timing\s+([\d.]+)", re.MULTILINE)

_LAST: Final = re.compile(r"^\s*(Primal|Dual) bound\s+(\S+)", re.MULTILINE)


def final(log: str, sign: float) -> tuple[float | None, float | None]:
    """Value and bound of its closing report."""
    told = {which: _points(text, sign) for which, text in _LAST.findall(log)}
    return told.get("Primal"), told.get("Dual")


def steps(log: str, ended: float, sign: float) -> Iterator[Step]:
    """Plans and bounds; ``sign`` is -1 where HiGHS was told to minimise the negative.

    ``ended`` is when it returned; its own clock is set by that.
    """
    timing = _TIMING.search(log)
    began = ended - (float(timing[1]) if timing else 0.0)
    for line in log.splitlines():
        if told := _LINE.search(line):
            value, bound = (_points(told[name], sign) for name in ("value", "bound"))
            yield Step(began + float(told["at"]), value, bound)


def _points(text: str, sign: float) -> float | None:
    number = float(text)
    # Adding zero makes its -0 a plain one.
    return sign * number + 0.0 if math.isfinite(number) else None

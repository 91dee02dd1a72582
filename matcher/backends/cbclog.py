"""What CBC prints, and what it means: how far it is, how it ended, what it proved.

CBC writes line by line only to a terminal; into a file it holds everything back
until its end. So it gets a terminal of its own, which nobody sees.
"""

from __future__ import annotations

import math
import os
import re
import select
import time
from typing import TYPE_CHECKING, Self

from matcher.backends.answers import finite_progress
from matcher.program.solution import Status, Stop

if TYPE_CHECKING:
    from matcher.backends.contract import Report
    from matcher.program.program import Arrays

ABSOLUTE_GAP = 1e-9
"""Points between answer and bound at which CBC may stop."""

PRINTED = 1e-7
PRINTED_DECIMALS = 5e-4
"""CBC prints its bound with 8 digits or 3 decimals: what the text may hide."""

RELAXED_PRINTED = 1e-5
"""The same for the value of its relaxation, which it prints with 6 digits."""

_CHUNK = 1 << 16
"""Bytes read at once; a terminal holds less."""

_STATUS = (
    ("Result - Optimal solution found", Status.OPTIMAL, Stop.FINISHED),
    ("Result - Problem proven infeasible", Status.INFEASIBLE, Stop.FINISHED),
    ("Result - Linear relaxation infeasible", Status.INFEASIBLE, Stop.FINISHED),
    ("Result - Linear relaxation unbounded", Status.UNBOUNDED, Stop.FINISHED),
    ("Result - Stopped on time limit", Status.FEASIBLE, Stop.TIME_LIMIT),
    ("Result - User ctrl-c", Status.FEASIBLE, Stop.INTERRUPTED),
    ("Problem is infeasible", Status.INFEASIBLE, Stop.FINISHED),
)
"""By the first words of a line of CBC's log; anything else is a failure."""

_CONTINUOUS = (("Optimal objective", Status.OPTIMAL, Stop.FINISHED),)
"""The same for programs without whole columns, which never reach a tree search."""

_ANSWERED = ("Objective value:", "Optimal objective")
"""CBC's remark that it has an answer. Its file always holds values: without this
remark those of the relaxation."""

_NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
_BOUND = re.compile(rf"(?:^Lower bound:\s*|best possible\s+){_NUMBER}", re.MULTILINE)
_RELAXED = re.compile(rf"^Continuous objective value is\s+{_NUMBER}", re.MULTILINE)
"""Of use where CBC stops before its search, as it may when a wide gap is granted."""
_INCUMBENT = re.compile(rf"(?:Integer solution of|on tree,)\s+{_NUMBER}")

Ending = tuple[str, Status, Stop]
"""CBC's own line on how it ended, and what that means."""


class Terminal:
    """A terminal for one run of CBC; keeps and reports what is written to it."""

    def __init__(self, report: Report, offset: float) -> None:
        self.log = ""
        """Everything CBC has written."""
        self._report = report
        self._offset = offset
        self._began = time.monotonic()
        self._reader, self.writer = os.openpty()
        self._open = True
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hand_over()
        os.close(self._reader)

    def hand_over(self) -> None:
        """Leave the writing end to the process that has been started with it."""
        if self._open:
            self._open = False
            os.close(self.writer)

    def read(self, seconds: float) -> bool:
        """Read what comes within `seconds`; False when the process has closed it."""
        if not select.select([self._reader], [], [], seconds)[0]:
            return True
        try:
            content = os.read(self._reader, _CHUNK)
        except OSError:  # how a terminal says that nobody holds the other end
            return False
        self.log += content.decode(errors="replace").replace("\r", "")
        self._tell()
        return bool(content)

    def _tell(self) -> None:
        """Report value and bound where new whole lines have any."""
        end = self.log.rfind("\n") + 1
        text, self._seen = self.log[self._seen : end], max(self._seen, end)
        values, bound = _INCUMBENT.findall(text), _printed_bound(text, self._offset)
        if values or bound is not None:
            best = self._offset - float(values[-1]) if values else None
            seconds = time.monotonic() - self._began
            self._report(finite_progress(seconds, best, bound))


def ending(log: str, arrays: Arrays) -> Ending:
    """Last line of CBC's log that says how it ended, and what that means."""
    table = _STATUS if arrays.integer.any() else _STATUS + _CONTINUOUS
    for line in reversed(log.splitlines()):
        for words, status, stop in table:
            if line.startswith(words):
                return line.strip(), status, stop
    return "CBC did not say how it ended", Status.UNKNOWN, Stop.FAILED


def answered(log: str) -> bool:
    """Whether CBC says that it has an answer."""
    return any(line.startswith(_ANSWERED) for line in log.splitlines())


def proven_bound(
    log: str, status: Status, value: float | None, *, offset: float, gap: float
) -> float | None:
    """Upper bound on the objective, widened by what CBC's printing may hide.

    Parameters
    ----------
    log, status
        What CBC wrote, and how it ended.
    value
        Objective of its answer, None without one.
    offset
        Constant of the program, which CBC does not know.
    gap
        Relative gap at which it may stop.
    """
    printed = _printed_bound(log, offset)
    if status is not Status.OPTIMAL or value is None:
        return printed
    # CBC prints no bound when it closed the gap, and a rounded one otherwise; its
    # claim of optimality is itself a bound: it measures the gap against the larger
    # of answer and bound.
    size = abs(value - offset)
    if value > offset:
        size = size / (1.0 - gap) if gap < 1.0 else math.inf
    claimed = value + gap * size + ABSOLUTE_GAP
    return claimed if printed is None else min(printed, claimed)


def _printed_bound(log: str, offset: float) -> float | None:
    """Best bound that CBC printed, widened by what the text may hide."""
    proven = []
    for found, hidden in (
        (_BOUND.findall(log), PRINTED),
        (_RELAXED.findall(log), RELAXED_PRINTED),
    ):
        if found:
            value = -float(found[-1])
            proven.append(value + hidden * abs(value) + PRINTED_DECIMALS + offset)
    return min(proven, default=None)

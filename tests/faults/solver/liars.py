"""A backend that solves honestly and then lies, in a worker process of its own.

Loaded by the worker like any backend, from the name and module it is told. Which lie
and from which number of columns on is read from the environment: small programs, such
as those of the start-up test, are answered truly, or it would be refused at once.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import stat
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.program.solution import Status, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.program.program import Arrays
    from matcher.program.solution import Solution

_HONEST: Any = importlib.import_module(
    f"matcher.backends.{os.environ.get('MATCHER_LIE_AS', 'highs')}"
)
NAME = _HONEST.NAME
FEATURES = _HONEST.FEATURES
version = _HONEST.version

LIE = os.environ.get("MATCHER_LIE", "")
FROM = int(os.environ.get("MATCHER_LIE_FROM", "20"))
"""Columns of the smallest program that is lied about."""
TIMES = int(os.environ.get("MATCHER_LIE_TIMES", "1000"))
"""How often it lies; afterwards it is honest."""

_told: list[Solution] = []
_lies: list[str] = []


def solve(arrays, options, report, stopped) -> Solution:
    """Solve as asked, then answer something else."""
    if arrays.num_columns < FROM or len(_lies) >= TIMES:
        answer = _HONEST.solve(arrays, options, report, stopped)
        _told.append(answer)
        return answer
    _lies.append(LIE)
    if LIE in ACTS:
        ACTS[LIE](report)
    if LIE == "starve":
        _starve()
    # A better answer told on the way would give the lie away.
    truth = _HONEST.solve(arrays, options, lambda *_: None, stopped)
    lie = LIES[LIE](arrays, truth) if LIE in LIES else truth
    _told.append(truth)
    return lie


def _valued(arrays: Arrays, truth: Solution, x: np.ndarray) -> Solution:
    """An answer with another vector whose figures agree with each other."""
    value = float(arrays.objective @ x) + arrays.offset
    return replace(
        truth, status=Status.OPTIMAL, stop=Stop.FINISHED, x=x, objective=value,
        bound=value,
    )  # fmt: skip


def _halves(arrays: Arrays, truth: Solution) -> Solution:
    """The first whole column that is 1 becomes a half."""
    x = truth.x.copy()
    x[np.flatnonzero(arrays.integer & (x == 1))[0]] = 0.5
    return _valued(arrays, truth, x)


def _no_answer(arrays: Arrays, truth: Solution, status: Status) -> Solution:
    """A claim about the program, without a vector."""
    return replace(truth, status=status, x=None, objective=None, bound=None)


LIES: dict[str, Callable[[Arrays, Solution], Solution]] = {
    "wrong optimum": lambda a, t: replace(t, x=np.zeros(a.num_columns)),
    "higher value": lambda a, t: replace(
        t, objective=t.objective + 1, bound=t.bound + 1
    ),
    "suboptimal": lambda a, t: _valued(a, t, np.zeros(a.num_columns)),
    "infeasible vector": lambda a, t: _valued(a, t, a.upper.copy()),
    "fractional": _halves,
    "not a number": lambda a, t: replace(t, x=np.full(a.num_columns, np.nan)),
    "no number claimed": lambda a, t: replace(t, objective=np.nan, bound=np.nan),
    "nothing": lambda a, t: replace(t, x=None),
    "low bound": lambda a, t: replace(t, bound=t.objective - 1),
    "truncated": lambda a, t: replace(t, x=t.x[: a.num_columns // 2]),
    "infeasible": lambda a, t: _no_answer(a, t, Status.INFEASIBLE),
    "unbounded": lambda a, t: _no_answer(a, t, Status.UNBOUNDED),
    "optimal at a limit": lambda a, t: replace(
        t, x=np.zeros(a.num_columns), objective=a.offset
    ),
    "stale": lambda a, t: _told[-1],
    "permuted": lambda a, t: replace(t, x=t.x[::-1].copy()),
    "permuted, revalued": lambda a, t: _valued(a, t, t.x[::-1].copy()),
    "shifted": lambda a, t: _valued(a, t, np.roll(t.x, 1)),
}
"""What is answered in the place of the truth."""


def _starve() -> None:
    """Leave this process hardly any memory beyond what it holds."""
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + (1 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    np.ones(1 << 28)


def _pipes() -> list[int]:
    """Open pipes of this process that can be written to."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        try:
            mode = os.fstat(number).st_mode
            flags = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if stat.S_ISFIFO(mode) and flags and number > 2:
            found.append(number)
    return found


def _write(noise: bytes) -> None:
    """Write between the messages, on whatever leads to the parent."""
    for number in _pipes():
        try:
            os.write(number, noise)
        except OSError:
            continue  # the end that is read from


def _torn(_: object) -> None:
    """Half a message, then the end."""
    _write(b"MTCH\0\1" + (1000).to_bytes(8, "big") + b"half an answer")
    os._exit(0)


ACTS: dict[str, Callable[[Any], None]] = {
    "hang": lambda _: time.sleep(600),
    "deaf": lambda _: (signal.signal(signal.SIGTERM, signal.SIG_IGN), time.sleep(600)),
    "crash": lambda _: os.kill(os.getpid(), signal.SIGSEGV),
    "abort": lambda _: os.abort(),
    "killed": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "garbage": lambda _: _write(b"ERROR: licence expired\n" * 9),
    "torn message": _torn,
    "old protocol": lambda _: _write(b"MTCH\0\0" + bytes(8)),
}
"""What happens before an answer can be given."""

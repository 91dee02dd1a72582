"""How long work shows that it goes on: stage, time, best so far, bound and gap."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, Self

from matcher.report.terminal import console
from matcher.report.words import clean

if TYPE_CHECKING:
    from rich.status import Status

    from matcher.program.solution import Progress

EVERY_SECONDS: Final = 10.0
"""Time between two lines where nobody watches a terminal."""
_WORDS: Final = {
    "needed": "without rules about money",
    "fundable": "with every rule",
}


class Ticker(ABC):
    """Shows one line on the error stream while it is open, and how it changes.

    On a terminal the line is kept up to date; elsewhere a line is added now and
    then. A thread does it, because solvers may be silent for long.
    """

    def __init__(self, title: str, kept: str) -> None:
        """``kept`` is what Ctrl-C keeps."""
        self._title, self._kept = clean(title), kept
        self._console = console(stderr=True)
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        self._console.print(f"{self._title}; Ctrl-C keeps {self._kept}", soft_wrap=True)
        if self._console.is_terminal:
            self._status = self._console.status(self.line())
            self._status.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._status is not None:
            self._status.stop()

    @property
    def seconds(self) -> float:
        """Time since it was made."""
        return time.monotonic() - self._began

    @abstractmethod
    def line(self) -> str:
        """The present state in one line."""

    def _run(self) -> None:
        pause = 0.5 if self._status is not None else EVERY_SECONDS
        while not self._ended.wait(pause):
            if self._status is not None:
                self._status.update(self.line())
            else:
                self._console.print(self.line(), soft_wrap=True)


class Watch(Ticker):
    """Progress of solves: stage, time, best, bound and gap; `report` feeds it."""

    def __init__(self, title: str) -> None:
        super().__init__(title, "the best plan so far")
        self._stage = "starting"
        self._last: Progress | None = None

    def report(self, stage: str, progress: Progress) -> None:
        """Take note of what a solver said; called by the engine."""
        self._stage = _WORDS.get(stage, stage)
        self._last = progress

    def line(self) -> str:
        """The present state in one line."""
        text = f"{self._stage}, {self.seconds:.0f} s"
        last = self._last
        if last is None:
            return text
        if last.incumbent is None:
            text += ", no plan yet"
        else:
            text += f", best {last.incumbent + 0.0:.6g}"  # never -0
        if last.bound is not None:
            text += f", bound {last.bound:.6g}"
        if last.incumbent is not None and last.bound is not None:
            distance = max(last.bound - last.incumbent, 0.0)
            scale = abs(last.incumbent) or abs(last.bound) or 1.0
            text += f", gap {distance / scale:.2%}"
        return text

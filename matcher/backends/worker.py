"""One solver in a process of its own: ``python -m matcher.backends.worker NAME``.

Speaks `channel` messages on private copies of stdin and stdout; the usual file
descriptors lead nowhere, so nothing a solver prints can get between them. Ends
when the parent closes the pipe, and leaves Ctrl-C to the parent.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO

from matcher.backends.answers import failure, without_columns
from matcher.backends.channel import (
    Answer,
    ChannelError,
    Hello,
    Message,
    Refused,
    Reported,
    Solve,
    Stop,
    receive,
    send,
)
from matcher.backends.contract import (
    Backend,
    BackendUnavailable,
    Report,
    Stopped,
    load,
)

if TYPE_CHECKING:
    from matcher.program.solution import Progress, Solution

REPORT_SECONDS = 0.1
"""Least time between two reports: a solver may find hundreds of answers a second."""

LEAVE_SECONDS = 4.0
"""How long a running solve may take to stop after the parent is gone, so that files
and child processes of the solver are cleaned up."""


class _Desk:
    """What the reading thread and the solving thread share."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._writing = threading.Lock()
        self._stopped_up_to = 0
        self._closed = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self.tasks: queue.SimpleQueue[Solve] = queue.SimpleQueue()

    def send(self, message: Message) -> None:
        """Send from any thread; silence when the parent is gone."""
        try:
            with self._writing:
                send(self._outbox, message)
        except (OSError, ValueError):
            self._closed.set()

    def stopped(self, number: int) -> bool:
        """Whether solve `number` shall stop now."""
        return self._closed.is_set() or number <= self._stopped_up_to

    def working(self, busy: bool) -> None:
        """Note whether a solve is running."""
        if busy:
            self._idle.clear()
        else:
            self._idle.set()

    def listen(self) -> None:
        """Read messages until the parent is gone, then end the process."""
        try:
            while True:
                message = receive(self._inbox)
                if isinstance(message, Solve):
                    self.tasks.put(message)
                elif isinstance(message, Stop):
                    self._stopped_up_to = max(self._stopped_up_to, message.number)
        except (EOFError, OSError, ChannelError):
            self._closed.set()
            self._idle.wait(LEAVE_SECONDS)
            # The main thread may sit in native code for good, so no clean exit.
            os._exit(0)


def solution_of(
    backend: Backend, task: Solve, report: Report, stopped: Stopped
) -> Solution:
    """Solve, and turn every failure into a `Solution` that names it."""
    if task.arrays.num_columns == 0:
        return without_columns(task.arrays, backend.NAME, backend.version())
    began = time.monotonic()
    try:
        return backend.solve(task.arrays, task.options, report, stopped)
    except MemoryError as error:
        native = type(error).__name__
        message = (
            f"the solver {backend.NAME} ran out of memory; free some memory, use "
            "fewer threads or a smaller scenario"
        )
    except Exception as error:  # The process boundary: solver libraries raise
        # anything, and an exception that is lost here would look like a hang.
        native = type(error).__name__
        message = f"the solver {backend.NAME} failed: {native}: {error}"
    return failure(
        message,
        backend=backend.NAME,
        version=backend.version(),
        native=native,
        seconds=time.monotonic() - began,
    )


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Copies of stdin and stdout, while descriptors 0 and 1 lead nowhere."""
    inbox = os.fdopen(os.dup(0), "rb")
    outbox = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return inbox, outbox


def _reporter(desk: _Desk, number: int) -> Report:
    """Report function of one solve, thinned to one in `REPORT_SECONDS`."""
    last = [-REPORT_SECONDS]

    def report(progress: Progress) -> None:
        now = time.monotonic()
        if now >= last[0] + REPORT_SECONDS:
            last[0] = now
            desk.send(Reported(number, progress))

    return report


def main(name: str) -> int:
    """Serve solves with the backend called `name` until the parent leaves."""
    # A handler that does nothing, rather than "ignore": child processes of a
    # solver would inherit the latter and could not be interrupted.
    signal.signal(signal.SIGINT, lambda *_: None)
    faulthandler.enable()
    desk = _Desk(*_private_pipes())
    try:
        backend = load(name)
    except BackendUnavailable as error:
        desk.send(Refused(error))
        return 1
    desk.send(Hello(name, backend.version(), backend.FEATURES))
    threading.Thread(target=desk.listen, daemon=True).start()
    while True:
        task = desk.tasks.get()
        desk.working(True)
        solution = solution_of(
            backend,
            task,
            _reporter(desk, task.number),
            lambda number=task.number: desk.stopped(number),  # type: ignore[misc]
        )
        desk.send(Answer(task.number, solution))
        desk.working(False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""One solver in a process of its own: ``matcher.backends.worker NAME MODULE``.

Tries the solver on programs with known answers first (`selftest`), then serves. It
speaks `channel` messages on private copies of stdin and stdout; the usual file
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
from typing import TYPE_CHECKING, BinaryIO, Self

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
from matcher.backends.selftest import examine
from matcher.program.solution import Progress

if TYPE_CHECKING:
    from matcher.program.program import Floats

REPORT_SECONDS = 0.2
"""Least time between two reports: a solver may find hundreds of answers a second,
and each is a vector to be sent. The latest one is always sent in the end."""

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


class Reporter:
    """Report function of one solve: sends the latest news, thinned by a thread.

    Thinning by dropping would lose the last answer before a long silence, which is
    the one that counts when the process is killed.
    """

    def __init__(self, desk: _Desk, number: int) -> None:
        self._desk = desk
        self._number = number
        self._lock = threading.Lock()
        self._latest = Progress(0.0, None, None)
        self._x: Floats | None = None
        self._news = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._news.set()
        self._thread.join()

    def __call__(self, progress: Progress, x: Floats | None = None, /) -> None:
        """Note what is new; what is unknown keeps its last value."""
        with self._lock:
            last = self._latest
            self._latest = Progress(
                progress.seconds,
                last.incumbent if progress.incumbent is None else progress.incumbent,
                last.bound if progress.bound is None else progress.bound,
            )
            if x is not None:
                self._x = x
        self._news.set()

    def _send(self) -> None:
        """Send whatever is new until the solve is over."""
        while self._news.wait() and not self._over.is_set():
            self._news.clear()
            with self._lock:
                message = Reported(self._number, self._latest, self._x)
                self._x = None
            self._desk.send(message)
            self._over.wait(REPORT_SECONDS)


def answer_of(
    backend: Backend, task: Solve, report: Report, stopped: Stopped
) -> Answer:
    """Solve, and turn every failure into an answer that names it.

    After an exception the worker leaves: memory that ran out may stay lost, and a
    library that raised may have been left in the middle of something.
    """
    if task.arrays.num_columns == 0:
        empty = without_columns(task.arrays, backend.NAME, backend.version())
        return Answer(task.number, empty)
    began = time.monotonic()
    try:
        solution = backend.solve(task.arrays, task.options, report, stopped)
        return Answer(task.number, solution)
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
    failed = failure(
        message,
        backend=backend.NAME,
        version=backend.version(),
        native=native,
        seconds=time.monotonic() - began,
    )
    return Answer(task.number, failed, last=True)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Copies of stdin and stdout, while descriptors 0 and 1 lead nowhere."""
    inbox = os.fdopen(os.dup(0), "rb")
    outbox = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return inbox, outbox


def main(name: str, module: str) -> int:
    """Serve solves with the backend `name`, found in `module`, until told to leave."""
    # A handler that does nothing, rather than "ignore": child processes of a
    # solver would inherit the latter and could not be interrupted.
    signal.signal(signal.SIGINT, lambda *_: None)
    faulthandler.enable()
    desk = _Desk(*_private_pipes())
    try:
        backend = load(name, module)
        tested = examine(backend)
    except BackendUnavailable as error:
        desk.send(Refused(error))
        return 1
    desk.send(Hello(name, backend.version(), backend.FEATURES, tested))
    threading.Thread(target=desk.listen, daemon=True).start()
    while True:
        task = desk.tasks.get()
        desk.working(True)
        with Reporter(desk, task.number) as report:
            answer = answer_of(
                backend,
                task,
                report,
                lambda number=task.number: desk.stopped(number),  # type: ignore[misc]
            )
        desk.send(answer)
        desk.working(False)
        if answer.last:
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))

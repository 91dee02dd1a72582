"""Solving from the parent's side; imports no solver library.

::

    with open_worker("highs") as worker:
        solution = worker.solve(arrays, SolveOptions(time_limit=60))

A `Worker` stays alive between solves and is started again after a crash. Whatever
happens to it, `Worker.solve` returns a `Solution` that says so. A solver tells every
better answer as it finds it, so that the last one outlives its process.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from matcher.backends.answers import failure
from matcher.backends.channel import Hello, Refused, Reported, Solve
from matcher.backends.channel import Stop as StopMessage
from matcher.backends.claims import accept
from matcher.backends.contract import BACKENDS, BackendUnavailable
from matcher.backends.process import Lost, WorkerProcess
from matcher.program.solution import Progress, Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.backends.channel import Message
    from matcher.program.program import Arrays, Floats

START_SECONDS = 60.0
"""A worker that has not said hello by then will not: imports take about a second,
the programs of the start-up test far less."""

STOP_SECONDS = 0.8
"""How long an interrupted solver may take to end by itself. It often does, and then
has a better bound; in a long step of its own it would not for minutes, and what it
told before is at hand."""

SILENT_STOP_SECONDS = 6.0
"""The same for one that keeps its answers to itself until its end, where killing it
would lose them: CBC, which gets 3 seconds of this to write its answer."""

OVERTIME_FACTOR = 1.5
OVERTIME_SECONDS = 30.0
"""A solve is ended from outside after ``limit * factor + seconds``: solvers look at
the clock only between steps, and reading a large program does not count for them."""

_POLL_SECONDS = 0.2
"""Longest single wait, so that Ctrl-C is noticed everywhere without delay."""


class Worker:
    """One solver in a process of its own; use from the main thread."""

    def __init__(self, name: str) -> None:
        if name not in BACKENDS:
            known = ", ".join(BACKENDS)
            raise BackendUnavailable(((name, f"unknown; known: {known}"),))
        self.name = name
        self._process: WorkerProcess | None = None
        self._hello: Hello | None = None
        self._number = 0
        self._interrupted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the running worker, None before the first use."""
        return None if self._process is None else self._process.pid

    def hello(self) -> Hello:
        """Version and features of the solver; starts the worker when needed.

        Raises
        ------
        BackendUnavailable
            When the worker cannot be started, with the reason.
        """
        if self._process is None or self._hello is None:
            self._start()
        assert self._hello is not None
        return self._hello

    def solve(
        self,
        arrays: Arrays,
        options: SolveOptions,
        report: Callable[[Progress], None] | None = None,
    ) -> Solution:
        """Maximise, and answer in any case.

        Ctrl-C while waiting asks the solver for its best so far and returns it with
        `Stop.INTERRUPTED`; a second Ctrl-C, in this solve or a later one of the same
        worker, gives up and is raised. A solver that is lost on its way leaves the
        last answer it told, with `Stop.FAILED`.

        Parameters
        ----------
        arrays
            The program.
        options
            Limits, gap, seed, threads and start vector.
        report
            Called in this thread with the progress of the solve.

        Raises
        ------
        BackendUnavailable
            When the worker cannot be started.
        ValueError
            When the program holds a value that is no number, or the start vector
            has not one value per column.
        """
        arrays.assert_finite()
        if options.start is not None and options.start.shape != (arrays.num_columns,):
            raise ValueError("the start vector must have one value per column")
        self._number += 1
        try:
            version = self.hello().version
            solution = self._solve(arrays, options, report or _ignore)
        except BaseException:
            # Whoever raised it, the worker may now be in the middle of a solve.
            self._drop()
            raise
        if not solution.version:
            solution = replace(solution, version=version)
        return accept(solution, arrays, options, self._told())

    def close(self) -> None:
        """End the worker; it starts again on the next use."""
        if self._process is not None:
            self._process.close()
        self._drop()

    def _drop(self) -> None:
        """End the worker at once."""
        process, self._process, self._hello = self._process, None, None
        if process is not None:
            process.kill()

    def _start(self) -> None:
        """Start the worker and wait for its first word."""
        self._drop()
        try:
            self._process = WorkerProcess(self.name)
        except OSError as error:
            reason = f"its process cannot be started: {error}"
            raise BackendUnavailable(((self.name, reason),)) from error
        first = self._receive_until(time.monotonic() + START_SECONDS)
        if isinstance(first, Hello):
            self._hello = first
            return
        if isinstance(first, Refused):
            self._drop()
            raise first.error
        reason = f"its process did not start within {START_SECONDS:g} s"
        if isinstance(first, Lost):
            reason = f"its process did not start: {self._cause(first)}"
        self._drop()
        raise BackendUnavailable(((self.name, reason),))

    def _solve(
        self,
        arrays: Arrays,
        options: SolveOptions,
        report: Callable[[Progress], None],
    ) -> Solution:
        """Send the program and wait, through a first Ctrl-C as well."""
        assert self._process is not None
        deadline = float("inf")
        if options.time_limit is not None:
            allowed = options.time_limit * OVERTIME_FACTOR + OVERTIME_SECONDS
            deadline = time.monotonic() + allowed
        # Outside the next try: a program cut off in the pipe cannot be stopped
        # politely. A worker that is gone is noticed when waiting for its answer.
        self._process.send(Solve(self._number, arrays, options))
        try:
            solution = self._wait(deadline, report, late=Stop.FAILED)
        except KeyboardInterrupt:
            if self._process is None or self._interrupted:
                raise
            solution = self._interrupt(deadline)
        if solution.x is None or solution.objective is not None:
            return solution
        # An answer told on the way comes without its value.
        value = float(arrays.objective @ solution.x) + arrays.offset
        return replace(solution, objective=value)

    def _interrupt(self, deadline: float) -> Solution:
        """Best answer so far of the current solve, which ends one way or another."""
        assert self._process is not None
        assert self._hello is not None
        self._interrupted = True
        self._process.send(StopMessage(self._number))
        telling = "incumbent" in self._hello.features
        patience = STOP_SECONDS if telling else SILENT_STOP_SECONDS
        soon = min(deadline, time.monotonic() + patience)
        solution = self._wait(soon, _ignore, late=Stop.INTERRUPTED)
        if solution.stop is Stop.FAILED and solution.x is None:
            return solution
        return replace(solution, stop=Stop.INTERRUPTED)

    def _wait(
        self, deadline: float, report: Callable[[Progress], None], *, late: Stop
    ) -> Solution:
        """Solution of the current solve; at the deadline one that stopped `late`."""
        assert self._process is not None
        began = time.monotonic()
        while True:
            answer = self._process.answer
            if answer is not None and answer.number == self._number:
                if answer.last:
                    self._drop()
                return answer.solution
            message = self._receive_until(deadline)
            if isinstance(message, Reported) and message.number == self._number:
                report(message.progress)
            elif isinstance(message, Lost):
                reason = self._cause(message)
                return self._failure(f"was lost: {reason}", "process lost", began)
            elif message is None:
                waited = time.monotonic() - began
                reason = f"did not answer within {waited:.1f} s and was ended"
                return self._failure(reason, "no answer", began, stop=late)

    def _receive_until(self, deadline: float) -> Message | Lost | None:
        """Next message, or None at the deadline."""
        assert self._process is not None
        while True:
            left = deadline - time.monotonic()
            message = self._process.receive(min(left, _POLL_SECONDS))
            if message is not None or left <= 0:
                return message

    def _cause(self, lost: Lost) -> str:
        """Why the worker was lost; leaves no worker behind."""
        assert self._process is not None
        if lost.reason:
            return lost.reason
        return self._process.cause_of_death()

    def _told(self) -> Floats | None:
        """Best answer that the current solve told on its way."""
        found = None if self._process is None else self._process.found
        if found is None or found.number != self._number:
            return None
        return found.x

    def _failure(
        self, reason: str, native: str, began: float, stop: Stop = Stop.FAILED
    ) -> Solution:
        """End the worker; solution that names the reason and what to do.

        It holds the best answer the worker told, still without its value.
        """
        assert self._process is not None
        version = "" if self._hello is None else self._hello.version
        x, bound = self._told(), self._process.bound_of(self._number)
        self._drop()
        lost = failure(
            f"the process of the solver {self.name} {reason}; try again with fewer "
            "threads, a wider gap, a time limit or another backend",
            backend=self.name,
            version=version,
            native=native,
            seconds=time.monotonic() - began,
            stop=stop,
        )
        if x is None:
            return replace(lost, bound=bound)
        return replace(lost, status=Status.FEASIBLE, x=x, bound=bound)


def _ignore(_: Progress) -> None:
    """Report function of a caller who does not want reports."""


def open_worker(name: str) -> Worker:
    """Worker for the backend called `name`, to be used in a ``with`` statement.

    Raises
    ------
    BackendUnavailable
        When there is no such backend.
    """
    return Worker(name)


def available() -> dict[str, str | BackendUnavailable]:
    """Version of each backend, or the error that says why it cannot be used."""
    found: dict[str, str | BackendUnavailable] = {}
    for name in BACKENDS:
        try:
            with open_worker(name) as worker:
                found[name] = worker.hello().version
        except BackendUnavailable as error:
            found[name] = error
    return found

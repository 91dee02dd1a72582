"""A worker process as its parent sees it: start, messages, cause of death."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path

from matcher.backends.channel import (
    Answer,
    ChannelError,
    Message,
    Reported,
    receive,
    send,
)
from matcher.backends.contract import BACKENDS

_ROOT = Path(__file__).resolve().parents[2]

_LEAVE_SECONDS = 1.0
"""How long an idle worker may take to leave by itself after its pipe is closed."""

_TERMINATE_SECONDS = 0.3
"""How long a process may take to follow a request to terminate before it is killed."""

_QUOTED = 300
"""Characters of the worker's error text that are quoted when it died."""

_SIGNALS: dict[int, str] = {
    signal.SIGKILL: "it was killed, probably because the machine ran out of memory",
    signal.SIGSEGV: "it crashed on an invalid memory access",
    signal.SIGABRT: "it aborted, often for lack of memory",
    signal.SIGBUS: "it crashed on an invalid memory access",
    signal.SIGFPE: "it crashed on an arithmetic fault",
    signal.SIGILL: "it uses an instruction this processor does not have",
    signal.SIGTERM: "it was asked to terminate",
}


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker can no longer be talked to."""

    reason: str


class WorkerProcess:
    """One running ``matcher.backends.worker``; use from one thread."""

    def __init__(self, name: str) -> None:
        self.answer: Answer | None = None
        """Latest answer, kept even if the parent was interrupted taking it over."""
        self.found: Reported | None = None
        """Latest report that brought a better answer, kept likewise."""
        self._bound: Reported | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        # Files of a solver that is killed in mid-solve go away with this folder.
        self._folder = tempfile.TemporaryDirectory(
            prefix=f"matcher-worker-{os.getpid()}-", ignore_cleanup_errors=True
        )
        self._popen = subprocess.Popen(
            _command(name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(self._folder.name),
            # A group of its own: Ctrl-C in the terminal must not reach the worker.
            start_new_session=True,
        )
        self._messages: queue.SimpleQueue[Message | Lost] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self._last_words = ""
        self._ended = False
        _ALIVE.add(self)

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return self._popen.pid

    def send(self, message: Message) -> bool:
        """Send; False when the worker is gone."""
        assert self._popen.stdin is not None
        try:
            send(self._popen.stdin, message)
        except OSError:
            return False
        return True

    def receive(self, timeout: float) -> Message | Lost | None:
        """Next message, or None when none came within `timeout` seconds."""
        try:
            return self._messages.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None

    def _listen(self) -> None:
        """Turn the worker's output into messages until it ends."""
        assert self._popen.stdout is not None
        try:
            while True:
                message = receive(self._popen.stdout)
                if isinstance(message, Answer):
                    self.answer = message
                elif isinstance(message, Reported):
                    self._note(message)
                self._messages.put(message)
        except (EOFError, OSError, ValueError):
            self._messages.put(Lost(""))
        except ChannelError as error:
            self._messages.put(Lost(f"its messages are garbled: {error}"))

    def _note(self, told: Reported) -> None:
        """Keep what would be lost with the process: the best answer, the bound."""
        if told.x is not None:
            self.found = told
        if told.progress.bound is not None:
            self._bound = told

    def bound_of(self, number: int) -> float | None:
        """Bound that solve `number` told last."""
        told = self._bound
        return told.progress.bound if told and told.number == number else None

    def close(self) -> None:
        """Let the worker leave, or make it."""
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self._popen.stdin.close()
            self._popen.wait(_LEAVE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the worker and whatever it started: ask, wait a moment, then kill."""
        if self._ended:
            return
        self._ended = True
        _ALIVE.discard(self)
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_TERMINATE_SECONDS)
        # The group outlives its leader: a solver run as a child would go on.
        self._signal(signal.SIGKILL)
        self._popen.wait()
        self._reader.join(_LEAVE_SECONDS)
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        with self._errors as errors:
            errors.seek(0)
            self._last_words = errors.read().decode(errors="replace").strip()
        self._folder.cleanup()

    def _signal(self, number: int) -> None:
        """Send a signal to the worker and whatever it started, if anything is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def cause_of_death(self) -> str:
        """Why the worker ended, in words; ends it if it has not."""
        try:
            code = self._popen.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return "it closed its pipe and went on running"
        self.kill()
        said = f": {self._last_words[-_QUOTED:]}" if self._last_words else ""
        if code >= 0:
            return f"it ended with exit code {code}{said}"
        known = _SIGNALS.get(-code, "it was ended by the system")
        return f"{known} (signal {-code}){said}"


def _command(name: str) -> list[str]:
    """Command line of a worker; -P keeps files of the current folder out of it."""
    words = [sys.executable, "-P", "-m", "matcher.backends.worker"]
    return [*words, name, BACKENDS[name]]


def _environment(folder: str) -> dict[str, str]:
    """Environment of the parent, but this package importable and files in `folder`."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "TMPDIR": folder}


_ALIVE: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """Leave no worker behind, however the parent ends."""
    for process in list(_ALIVE):
        process.kill()

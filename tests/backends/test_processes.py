"""Pipes and processes: what goes wrong around a solver, and how it is told."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from matcher.backends import channel, client, process, worker
from matcher.backends.channel import Answer, ChannelError, Hello, Solve, Stop
from matcher.backends.client import available, open_worker
from matcher.backends.contract import BACKENDS, BackendUnavailable
from matcher.errors import SolverFailed
from matcher.program import solution as program_solution
from matcher.program.solution import Solution, SolveOptions, Status

SOLVER_LIBRARIES = ("highspy", "ortools", "pulp")


class Stub:
    """A backend whose solve is the given function."""

    NAME = "stub"
    FEATURES = frozenset({"bound"})

    def __init__(self, act) -> None:
        self._act = act

    def version(self) -> str:
        """Version of the stub."""
        return "1"

    def solve(self, arrays, options, report, stopped) -> Solution:
        """Do what the test wants."""
        return self._act()


def speak(monkeypatch, script: str) -> None:
    """Let a Python script play the worker."""
    code = textwrap.dedent(
        """
        import sys, time, os
        from matcher.backends.channel import *
        out = sys.stdout.buffer
        """
    ) + textwrap.dedent(script)
    command = [sys.executable, "-c", code]
    monkeypatch.setattr(process, "_command", lambda name: command)


HELLO = 'send(out, Hello("highs", "1.0", frozenset()))\n'


def test_client_imports_no_solver() -> None:
    """Importing the client loads none of the solver libraries."""
    code = (
        "import sys, matcher.backends.client\n"
        f"print([m for m in {SOLVER_LIBRARIES!r} if m in sys.modules])"
    )
    root = str(process._ROOT)  # noqa: SLF001 - where the package lies
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.stdout.strip() == "[]"


def test_available_names_all() -> None:
    """Each backend has a version or the reason why it cannot be used."""
    assert list(available()) == list(BACKENDS)


def test_unknown_backend() -> None:
    """An unknown name is refused, naming the known ones."""
    with pytest.raises(BackendUnavailable, match="known: highs, cpsat, cbc"):
        open_worker("gurobi")


def test_unavailable_can_be_pickled() -> None:
    """The error survives the way from worker to parent."""
    error = BackendUnavailable((("a", "missing"), ("b", "too old")))
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "backend a: missing; backend b: too old"
    assert copy.tried == error.tried


def test_missing_library_is_refused_by_name(monkeypatch) -> None:
    """A backend whose library is missing says so, from its own process."""
    monkeypatch.setitem(BACKENDS, "cbc", "matcher.backends.no_such_module")
    with (
        open_worker("cbc") as opened,
        pytest.raises(SolverFailed, match="backend cbc: cannot be imported"),
    ):
        opened.hello()


def test_worker_refusal_reaches_the_caller(monkeypatch) -> None:
    """What the worker refuses is raised in the parent."""
    speak(
        monkeypatch,
        "from matcher.backends.contract import BackendUnavailable\n"
        'send(out, Refused(BackendUnavailable((("highs", "version 1.14.0"),))))',
    )
    with (
        open_worker("highs") as opened,
        pytest.raises(BackendUnavailable, match="version"),
    ):
        opened.hello()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("print('HiGHS says hi')", "garbled"),
        ("sys.exit('no licence found')", "exit code 1: no licence found"),
        ("os.kill(os.getpid(), 11)", "invalid memory access"),
    ],
)
def test_failed_start_is_explained(monkeypatch, script, words) -> None:
    """Text on the pipe, an exit and a crash before the hello are all named."""
    speak(monkeypatch, script)
    with open_worker("highs") as opened, pytest.raises(BackendUnavailable, match=words):
        opened.hello()
    assert opened.pid is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("out.write(b'x' * 99); out.flush(); time.sleep(60)", "garbled"),
        (
            "out.write(b'MTCH' + b'\\0\\x09' * 5); out.flush(); time.sleep(60)",
            "protocol 9",
        ),
        (
            "out.write(b'MTCH\\0\\1\\0\\0\\0\\0\\0\\0\\0\\x09half'); out.flush()",
            "broke off",
        ),
        ("os.abort()", "aborted"),
        ("os._exit(3)", "exit code 3"),
        ("out.close(); os.close(1); time.sleep(60)", "closed its pipe"),
    ],
)
def test_loss_in_mid_solve_is_explained(monkeypatch, program, script, words) -> None:
    """Garbage, crashes and exits during a solve are failed solutions with a cause."""
    speak(monkeypatch, HELLO + "receive(sys.stdin.buffer)\n" + script)
    with open_worker("highs") as opened:
        solution = opened.solve(program([], [1]), SolveOptions())
    assert solution.status is Status.UNKNOWN
    assert solution.stop is program_solution.Stop.FAILED
    assert words in solution.message
    assert solution.version == "1.0"


def test_hang_is_ended(monkeypatch, program) -> None:
    """A worker that answers nothing is ended after the hard time-out."""
    speak(monkeypatch, HELLO + "time.sleep(600)")
    monkeypatch.setattr(client, "OVERTIME_SECONDS", 0.3)
    with open_worker("highs") as opened:
        solution = opened.solve(program([], [1]), SolveOptions(time_limit=0.1))
        assert opened.pid is None
    assert solution.stop is program_solution.Stop.FAILED
    assert "did not answer" in solution.message


def test_interrupt_of_a_deaf_worker(monkeypatch, program) -> None:
    """Ctrl-C on a solver that ignores the stop gives up, honestly without answer."""
    speak(
        monkeypatch,
        HELLO
        + "from matcher.program.solution import Progress\n"
        + "send(out, Reported(1, Progress(0.1, None, None)))\ntime.sleep(600)",
    )
    monkeypatch.setattr(client, "STOP_SECONDS", 0.3)

    def report(_: object) -> None:
        raise KeyboardInterrupt

    with open_worker("highs") as opened:
        solution = opened.solve(program([], [1]), SolveOptions(), report)
    assert solution.stop is program_solution.Stop.INTERRUPTED
    assert solution.status is Status.UNKNOWN


def test_report_errors_are_the_callers(hard) -> None:
    """An error in the caller's report function is raised and ends the worker."""

    def report(_: object) -> None:
        raise ZeroDivisionError

    with open_worker("highs") as opened:
        with pytest.raises(ZeroDivisionError):
            opened.solve(hard, SolveOptions(), report)
        assert opened.pid is None


def test_refuses_what_is_no_number(program) -> None:
    """NaN and a start vector of the wrong length never reach a solver."""
    with open_worker("highs") as opened:
        with pytest.raises(ValueError, match="no number"):
            opened.solve(program([], [np.nan]), SolveOptions())
        with pytest.raises(ValueError, match="one value per column"):
            opened.solve(program([], [1]), SolveOptions(start=np.zeros(2)))


@pytest.mark.parametrize("name", list(BACKENDS))
def test_worker_leaves_with_its_parent(name) -> None:
    """When the parent vanishes in mid-solve, its worker does too."""
    code = f"""
import os, threading, numpy as np
from matcher.backends.client import open_worker
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions
rng = np.random.default_rng(0)
w = rng.integers(1, 1000, (25, 250))
arrays = Arrays(np.arange(26) * 250, np.tile(np.arange(250), 25),
    w.ravel().astype(float), np.full(25, -np.inf), w.sum(1) // 3.0, np.zeros(250),
    np.ones(250), w.sum(0) / 25.0, np.ones(250, bool))
worker = open_worker({name!r})
worker.hello()
print(worker.pid, flush=True)
threading.Timer(0.7, os._exit, (0,)).start()
worker.solve(arrays, SolveOptions())
"""
    root = str(process._ROOT)  # noqa: SLF001 - where the package lies
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    pid = int(done.stdout)
    for _ in range(300):
        if not is_running(pid):
            return
        time.sleep(0.1)
    pytest.fail(f"worker {pid} of {name} still runs")


def is_running(pid: int) -> bool:
    """Whether a process runs; a dead one nobody has collected does not count."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    )
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def test_messages_survive_the_pipe() -> None:
    """What is sent is received, one after the other, then the end."""
    stream = io.BytesIO()
    channel.send(stream, Stop(3))
    channel.send(stream, Hello("a", "1", frozenset({"bound"})))
    stream.seek(0)
    assert channel.receive(stream) == Stop(3)
    assert channel.receive(stream) == Hello("a", "1", frozenset({"bound"}))
    with pytest.raises(EOFError):
        channel.receive(stream)


@pytest.mark.parametrize("cut", [3, 13, 20])
def test_cut_message_is_no_message(cut) -> None:
    """A message that breaks off is an error, not half a message."""
    stream = io.BytesIO()
    channel.send(stream, Stop(3))
    with pytest.raises(ChannelError):
        channel.receive(io.BytesIO(stream.getvalue()[:cut]))


def test_stray_objects_are_no_messages() -> None:
    """A well-formed pickle of something else is refused."""
    body = pickle.dumps({"status": "optimal"})
    header = b"MTCH" + channel.PROTOCOL.to_bytes(2, "big")
    stream = io.BytesIO(header + len(body).to_bytes(8, "big") + body)
    with pytest.raises(ChannelError, match="dict is no message"):
        channel.receive(stream)


@pytest.mark.parametrize(
    ("error", "words"),
    [(MemoryError(), "ran out of memory"), (RuntimeError("odd"), "RuntimeError: odd")],
)
def test_errors_of_a_solver_become_solutions(program, error, words) -> None:
    """Whatever a solver library raises is a failed solution that names it."""

    def act() -> Solution:
        raise error

    task = Solve(1, program([], [1]), SolveOptions())
    answer = worker.answer_of(Stub(act), task, print, lambda: False)
    assert answer.last
    assert answer.solution.stop is program_solution.Stop.FAILED
    assert words in answer.solution.message


def test_answer_number_must_match(monkeypatch, program) -> None:
    """An answer that belongs to another solve is not taken for this one."""
    speak(
        monkeypatch,
        HELLO
        + """
import numpy as np
from matcher.program.solution import Solution, Status, Stop
one = receive(sys.stdin.buffer)
for number, value in ((one.number + 7, 5.0), (one.number, 1.0)):
    send(out, Answer(number, Solution(Status.OPTIMAL, Stop.FINISHED,
        np.array([value]), value, value, 0.1, "highs", "1.0", "fine")))
""",
    )
    with open_worker("highs") as opened:
        solution = opened.solve(program([], [1], upper=[9]), SolveOptions())
    assert solution.objective == 1.0
    assert isinstance(Answer(1, solution), Answer)

"""Answers told on the way: what is left when a solver never comes to its end."""

from __future__ import annotations

import time

import numpy as np
import pytest

from matcher.backends import client
from matcher.backends.channel import Message, Reported
from matcher.backends.client import open_worker
from matcher.backends.worker import Reporter
from matcher.program.solution import Progress, SolveOptions, Status, Stop
from tests.backends.test_processes import speak

HELLO = 'send(out, Hello("highs", "1.0", frozenset({"incumbent"})))\n'
TELL = (
    HELLO
    + """
import numpy as np
from matcher.program.solution import Progress
task = receive(sys.stdin.buffer)
def tell(bound, x):
    x = None if x is None else np.array(x, dtype=float)
    send(out, Reported(task.number, Progress(0.1, 0.0, bound), x))
"""
)
"""A worker that takes a program and tells answers."""


class Desk:
    """Keeps what a worker sends."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep a message."""
        self.sent.append(message)


def stop_at_once(_: Progress) -> None:
    """Ctrl-C at the first report."""
    raise KeyboardInterrupt


def test_last_answer_is_always_sent() -> None:
    """Of many answers at once few are sent, but the last of them in any case."""
    desk = Desk()
    with Reporter(desk, 4) as report:
        for i in range(1000):
            report(Progress(float(i), float(i), None), np.array([float(i)]))
        report(Progress(1000.0, None, 5000.0))
        for _ in range(200):
            if desk.sent and desk.sent[-1].progress.bound == 5000.0:
                break
            time.sleep(0.05)
    assert all(isinstance(message, Reported) for message in desk.sent)
    assert [message.number for message in desk.sent] == [4] * len(desk.sent)
    vectors = [message.x for message in desk.sent if message.x is not None]
    assert vectors[-1].tolist() == [999.0]
    assert desk.sent[-1].progress == Progress(1000.0, 999.0, 5000.0)
    assert len(desk.sent) < 20


def test_deaf_worker_leaves_its_last_answer(monkeypatch, program) -> None:
    """Ctrl-C on a solver in a long step: the last answer and bound it told count."""
    speak(monkeypatch, TELL + "tell(9, [1, 0])\ntell(7, [1, 1])\ntell(6, None)\n"
          "time.sleep(600)")  # fmt: skip
    monkeypatch.setattr(client, "STOP_SECONDS", 0.3)
    with open_worker("highs") as worker:
        solution = worker.solve(program([], [2, 3]), SolveOptions(), stop_at_once)
        assert worker.pid is None
    assert (solution.status, solution.stop) == (Status.FEASIBLE, Stop.INTERRUPTED)
    assert solution.x.tolist() == [1, 1]
    assert (solution.objective, solution.bound) == (5.0, 6.0)


@pytest.mark.parametrize("end", ["os._exit(3)", "os.abort()", "time.sleep(600)"])
def test_lost_worker_leaves_its_last_answer(monkeypatch, program, end) -> None:
    """So it is for a worker that dies, or that overruns its limit and is killed."""
    speak(monkeypatch, TELL + "tell(7, [1, 1])\n" + end)
    monkeypatch.setattr(client, "OVERTIME_SECONDS", 1.0)
    with open_worker("highs") as worker:
        solution = worker.solve(program([], [2, 3]), SolveOptions(time_limit=0.1))
    assert (solution.status, solution.stop) == (Status.FEASIBLE, Stop.FAILED)
    assert (solution.objective, solution.bound) == (5.0, 7.0)
    assert "process of the solver highs" in solution.message


def test_told_answer_is_checked_too(monkeypatch, program) -> None:
    """An answer told on the way is used only if it keeps the rows."""
    speak(monkeypatch, TELL + "tell(7, [1, 1])\nos._exit(0)")
    rows = [([1, 1], -np.inf, 1)]
    with open_worker("highs") as worker:
        solution = worker.solve(program(rows, [2, 3]), SolveOptions())
    assert (solution.status, solution.x) == (Status.UNKNOWN, None)
    assert "breaks row 0" in solution.message


def test_answers_of_an_earlier_solve_do_not_count(monkeypatch, program) -> None:
    """What was told of another solve says nothing about this one."""
    speak(
        monkeypatch,
        TELL
        + """
from matcher.program.solution import Solution, Status, Stop as Why
tell(7, [1, 1])
send(out, Answer(task.number, Solution(Status.OPTIMAL, Why.FINISHED, np.ones(2), 5.0,
    5.0, 0.1, "highs", "1.0", "fine")))
receive(sys.stdin.buffer)
os._exit(0)
""",
    )
    with open_worker("highs") as worker:
        assert worker.solve(program([], [2, 3]), SolveOptions()).objective == 5.0
        lost = worker.solve(program([], [2, 3]), SolveOptions())
    assert (lost.stop, lost.x, lost.bound) == (Stop.FAILED, None, None)


def test_worker_starts_again_after_an_interrupt(monkeypatch, hard, program) -> None:
    """Killed for not stopping in time, it is replaced without a word."""
    monkeypatch.setattr(client, "STOP_SECONDS", 0.0)
    with open_worker("highs") as worker:
        first = worker.hello() and worker.pid
        seen: list[float] = []

        def report(progress: Progress) -> None:
            seen.append(progress.incumbent or 0.0)
            if progress.seconds > 1.0 and seen[-1]:
                raise KeyboardInterrupt

        solution = worker.solve(hard, SolveOptions(), report)
        assert solution.stop is Stop.INTERRUPTED
        assert solution.objective >= max(seen) - 1e-6
        again = worker.solve(program([], [2]), SolveOptions())
        assert (again.objective, worker.pid != first) == (2.0, True)


def test_second_interrupt_is_raised(monkeypatch, program, hard) -> None:
    """Whoever presses Ctrl-C again wants to leave, even in a later solve."""
    with open_worker("highs") as worker:
        worker.solve(hard, SolveOptions(), stop_at_once)
        with pytest.raises(KeyboardInterrupt):
            worker.solve(hard, SolveOptions(), stop_at_once)
        assert worker.pid is None

"""What the tests of several rooms share: one solver process and one way to run."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from matcher.backends.client import Worker, open_worker
from matcher.engine.run import run
from matcher.engine.solving import Workers
from matcher.proposal.proposal import Proposal
from matcher.scenario.setting import Setting

Solve = Callable[[Setting], Proposal]


def pytest_configure() -> None:
    """Hear Ctrl-C even where the tests were started in the background, deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes golden files anew."""
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write the files under tests/golden from what the program is now",
    )


@pytest.fixture(scope="session")
def highs() -> Iterator[Worker]:
    """One HiGHS process for all tests that solve; starting one takes half a second."""
    with open_worker("highs") as worker:
        yield worker


@pytest.fixture(scope="session")
def workers(highs: Worker) -> Iterator[Workers]:
    """The shared HiGHS process, and one CP-SAT process that settles money."""
    with open_worker("cpsat") as exact:
        yield Workers(highs, highs, exact)


@pytest.fixture
def solve(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Solve:
    """The whole relay, with the shared process in the place of a new one."""
    monkeypatch.setattr(
        "matcher.engine.run.open_workers", lambda _: nullcontext(workers)
    )
    return run

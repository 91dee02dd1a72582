"""The contract between this package and a solver: one page.

A backend is a module with the members of `Backend`. It is imported only inside a
worker process, because two solver libraries may refuse to share one process.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from matcher.errors import MatcherError
from matcher.program.solution import Progress, Solution, SolveOptions

if TYPE_CHECKING:
    from matcher.program.program import Arrays

Report = Callable[[Progress], None]
"""Called by a backend now and then while it solves, from any thread."""

Stopped = Callable[[], bool]
"""Asked by a backend at least every half second: shall it stop now?"""

BACKENDS = {
    "highs": "matcher.backends.highs",
    "cpsat": "matcher.backends.cpsat",
    "cbc": "matcher.backends.cbc",
}
"""Module of each backend, by name."""


class Backend(Protocol):
    """What a backend module offers."""

    NAME: str
    FEATURES: frozenset[str]
    """Which of "bound", "progress", "interrupt", "start" the backend supports."""

    def version(self) -> str:
        """Version of the solver.

        Raises
        ------
        BackendUnavailable
            When this version is known to give wrong answers, or cannot be run.
        """

    def solve(
        self, arrays: Arrays, options: SolveOptions, report: Report, stopped: Stopped
    ) -> Solution:
        """Maximise; keep the best answer found when a limit or a stop comes first."""


class BackendUnavailable(MatcherError):
    """No backend could be used; says what was tried and why each one failed."""

    exit_code = 8

    def __init__(self, tried: tuple[tuple[str, str], ...]) -> None:
        super().__init__(tried)
        self.tried = tried

    def __str__(self) -> str:
        """One sentence per backend tried."""
        return "; ".join(f"backend {name}: {reason}" for name, reason in self.tried)


def load(name: str) -> Backend:
    """Import the backend called `name` and check its version.

    Raises
    ------
    BackendUnavailable
        With the reason: unknown name, library missing, or version refused.
    """
    if name not in BACKENDS:
        raise BackendUnavailable(((name, f"unknown; known: {', '.join(BACKENDS)}"),))
    try:
        backend = cast("Backend", importlib.import_module(BACKENDS[name]))
    except ImportError as error:
        raise BackendUnavailable(((name, f"cannot be imported: {error}"),)) from error
    backend.version()
    return backend

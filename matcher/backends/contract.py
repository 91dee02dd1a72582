"""The contract between this package and a solver: one page.

A backend is a module with the members of `Backend`. It is imported only inside a
worker process, because two solver libraries may refuse to share one process.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, cast

from matcher.backends.denied import denial
from matcher.errors import SolverFailed

if TYPE_CHECKING:
    from matcher.program.program import Arrays, Floats
    from matcher.program.solution import Progress, Solution, SolveOptions

Stopped = Callable[[], bool]
"""Asked by a backend at least every half second: shall it stop now?"""

BACKENDS = {
    "highs": "matcher.backends.highs",
    "cpsat": "matcher.backends.cpsat",
    "cbc": "matcher.backends.cbc",
}
"""Module of each backend, by name; a worker is told both."""
WHOLE_ONLY: Final = ("cpsat",)
"""Backends that know whole numbers only: their money is in whole cents throughout."""


class Report(Protocol):
    """How a backend tells of its progress while it solves."""

    def __call__(self, progress: Progress, x: Floats | None = None, /) -> None:
        """Tell, from any thread and as often as there is news.

        ``x`` is a new best answer. It is all that is left of a solve whose process
        is killed, so a backend that can tell it early should.
        """


class Backend(Protocol):
    """What a backend module offers."""

    NAME: str
    FEATURES: frozenset[str]
    """What the backend supports: "bound", "progress", "interrupt" and "start" as the
    words say; "incumbent" reports every new best answer, "continuous" takes columns
    that need not be whole, "unbounded" tells that no best answer exists."""

    def version(self) -> str:
        """Version of the solver.

        Raises
        ------
        BackendUnavailable
            When it cannot be run.
        """

    def solve(
        self, arrays: Arrays, options: SolveOptions, report: Report, stopped: Stopped
    ) -> Solution:
        """Maximise; keep the best answer found when a limit or a stop comes first."""


class BackendUnavailable(SolverFailed):
    """No backend could be used; says what was tried and why each one failed."""

    def __init__(self, tried: tuple[tuple[str, str], ...]) -> None:
        super().__init__(tried)
        self.tried = tried

    def __str__(self) -> str:
        """One sentence per backend tried."""
        return "; ".join(f"backend {name}: {reason}" for name, reason in self.tried)


def load(name: str, module: str) -> Backend:
    """Import the backend called `name` from `module` and check its version.

    Raises
    ------
    BackendUnavailable
        With the reason: library missing, or version refused.
    """
    try:
        backend = cast("Backend", importlib.import_module(module))
    except ImportError as error:
        raise BackendUnavailable(((name, f"cannot be imported: {error}"),)) from error
    version = backend.version()
    reason = denial(name, version)
    if reason is not None:
        raise BackendUnavailable(((name, f"version {version} is refused: {reason}"),))
    return backend

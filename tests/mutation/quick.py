"""A pytest plugin that keeps the tests which run in this process alone.

Tests that start solvers or commands say nothing more about the verifier, and they can
be neither measured nor repeated in a moment. Use it with ``-p tests.mutation.quick``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.architecture.source import ROOT

if TYPE_CHECKING:
    import pytest

OUTSIDE = frozenset({"highs", "workers", "solve", "run_elsewhere"})
"""Fixtures that start processes."""
FOLDERS = ("tests/verify", "tests/rules", "tests/objectives")
"""Where the tests of the verifier are."""
SLOW = "tests/verify/test_tampering.py"
"""Finds nearly every slip in a check, but takes too long to be asked each time."""
ORACLE = tuple(
    path.relative_to(ROOT).as_posix()
    for path in sorted(ROOT.glob("tests/property/test_oracle*.py"))
)
"""Where those of the brute force are."""


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what starts a process."""
    kept = [item for item in items if not OUTSIDE & set(_fixtures(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))

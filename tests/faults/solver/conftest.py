"""Programs and liars for the faults of solvers."""

from __future__ import annotations

import pytest

from matcher.backends import client
from matcher.backends.contract import BACKENDS
from tests.backends.conftest import hard, program

__all__ = ["hard", "liar", "program"]


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend called `liar`, registered as others are, and little patience."""
    monkeypatch.setitem(BACKENDS, "liar", "tests.faults.solver.liars")
    monkeypatch.setattr(client, "OVERTIME_SECONDS", 0.5)

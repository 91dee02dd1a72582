"""What the tests of the verifier share."""

from __future__ import annotations

import pytest


@pytest.fixture
def run_elsewhere() -> None:
    """Say that a test starts another process; such tests measure, they do not count."""

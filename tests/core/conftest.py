"""Processes of solvers that the tests of the numerical core share."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from matcher.backends.client import open_worker
from tests.core.assignments import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shared() -> Iterator[None]:
    """One process of each backend for all tests here; starting one takes long."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        known: dict[str, Shared] = {}

        def opened(name: str) -> Shared:
            if name not in known:
                known[name] = Shared(stack.enter_context(open_worker(name)))
            return known[name]

        patch.setattr("matcher.core._solve.open_worker", opened)
        yield

"""What relations and comparisons share: living solvers and a lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.backends.client import open_worker
from matcher.engine.solving import Workers
from tests.property.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BACKENDS = ("highs", "cpsat", "cbc")


@pytest.fixture(scope="session")
def backends() -> Iterator[Mapping[str, Workers]]:
    """One process of each solver, for all tests of this folder."""
    opened = {name: open_worker(name) for name in BACKENDS}
    yield {
        name: Workers(worker, opened["highs"], opened["cpsat"])
        for name, worker in opened.items()
    }
    for worker in opened.values():
        worker.close()


@pytest.fixture(scope="session")
def lab(
    backends: Mapping[str, Workers], tmp_path_factory: pytest.TempPathFactory
) -> Lab:
    """Drawn scenarios, read and solved once for all relations."""
    return Lab(tmp_path_factory.mktemp("lab"), backends)

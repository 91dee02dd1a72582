"""Grids and a finished sweep that several tests look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.study.sweep import runners
from tests.study.grids import (
    FEW,
    SMALL,
    grid_file,
    swept,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """File of a small grid."""
    return grid_file(tmp_path, SMALL)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """File of a grid of four runs."""
    return grid_file(tmp_path, FEW)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an uninterrupted sweep of the small grid; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    swept(grid_file(folder, SMALL), folder / "out")
    return folder / "out"


@pytest.fixture(autouse=True)
def no_worker_is_left() -> Iterator[None]:
    """Whatever a test did, no solver of this process goes on."""
    yield
    for sweep, _ in list(runners.open_seats):
        runners.leave(sweep)

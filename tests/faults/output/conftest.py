"""Results to be damaged, and the commands that read and write them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.conftest import call

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result of the starter under an assumption; not to be changed."""
    folder = tmp_path_factory.mktemp("solved") / "starter"
    words = ("--assumption", "half-pool", "--out", folder)
    outcome = call("solve", "starter", *words)
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture
def result(solved: Path, tmp_path: Path) -> Path:
    """A copy of that result, to be damaged at will."""
    folder = tmp_path / "result"
    shutil.copytree(solved, folder)
    return folder

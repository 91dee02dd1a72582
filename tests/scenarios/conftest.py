"""How the commands are run here: in this process, or for real in one of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main

ROOT = Path(__file__).resolve().parents[2]


def call(*words: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


def run(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "matcher", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def document(text: str) -> Any:
    """The one JSON document that a text is; anything more is an error."""
    return json.loads(text)


@pytest.fixture
def miniature(tmp_path: Path) -> Path:
    """A copy of the miniature, to be changed at will."""
    folder = tmp_path / "scenarios" / "miniature"
    shutil.copytree(ROOT / "scenarios" / "miniature", folder)
    return folder


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result of the starter; not to be changed."""
    folder = tmp_path_factory.mktemp("solved") / "starter"
    outcome = call("solve", "starter", "--out", folder)
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture
def result(solved: Path, tmp_path: Path) -> Path:
    """A copy of that result, to be damaged at will."""
    folder = tmp_path / "result"
    shutil.copytree(solved, folder)
    return folder

"""What lies where, what may import what, and what a quick command must not load."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT

SLOW_TO_IMPORT = {"highspy", "ortools", "pandas", "pulp", "scipy"}


def test_imports_go_one_way() -> None:
    """The contracts on who may import whom are kept."""
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "the development packages are not installed"
    run = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    """`matcher --help` answers before tables, matrices or solvers are imported."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "matcher", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Usage" in run.stdout
    # A line reads `import time: self | cumulative | package.module`.
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in run.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert not loaded & SLOW_TO_IMPORT


def test_data_folders_hold_no_python() -> None:
    """Models and scenarios are data: whoever edits them needs no programmer."""
    folders = (ROOT / "models", ROOT / "scenarios")
    assert all(folder.is_dir() for folder in folders)
    assert not [path for folder in folders for path in folder.rglob("*.py*")]


def test_no_room_with_a_single_file() -> None:
    """A folder of the package earns its name by at least two files."""
    rooms = {path.parent for path in PACKAGE.rglob("*.py")} - {PACKAGE}
    counts = {
        room.name: sum(path.name != "__init__.py" for path in room.glob("*.py"))
        for room in rooms
    }
    assert counts
    assert not {room: count for room, count in counts.items() if count < 2}


def test_locks_pin_every_package_by_hash_and_name_no_index() -> None:
    """The locks work with any package index and accept only the known files."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        entries = [
            entry for entry in text.replace("\\\n", "").splitlines() if "==" in entry
        ]
        assert entries
        assert not [entry for entry in entries if "--hash=sha256:" not in entry]


def test_both_locks_agree() -> None:
    """What tests run with is what users run with: the same files, and more."""
    user, developer = (
        {
            entry.strip()
            for entry in (ROOT / name)
            .read_text("utf-8")
            .replace("\\\n", "")
            .split("\n")
            if "==" in entry
        }
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert user < developer

"""Every fuzz target, for a bounded number of inputs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNS = 10_000
LIMITS = ("-rss_limit_mb=500", "-timeout=20", "-max_len=4000", "-seed=1")
"""Memory of the whole process, seconds and bytes for one input."""


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed: it has wheels for Linux and macOS only",
)
@pytest.mark.parametrize("target", ["settings", "tables", "overrides"])
def test_only_input_errors_escape(target: str, tmp_path: Path) -> None:
    """Whatever a file holds ends in faults with place and remedy, or in a scenario."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.targets", target, f"-runs={RUNS}",
         f"-artifact_prefix={tmp_path}/", *LIMITS],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    assert f"Done {RUNS} runs" in ended.stderr

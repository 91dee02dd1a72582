"""Branch coverage of the verifier: every line and branch of it must be reached.

Run from the root of the project::

    python -m tests.mutation.coverage

It runs the verifier's quick tests, names what they do not reach, and fails if there is
anything. `tests/verify/test_coverage.py` does the same in every run of the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.architecture.source import ROOT
from tests.mutation.quick import FOLDERS, ORACLE, SLOW
from tests.mutation.targets import Target, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def measured() -> Mapping[str, Any]:
    """What coverage says of each file after the quick tests, by path."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "coverage.json")
        words = (
            "-q", "-p", "tests.mutation.quick", "-p", "no:cacheprovider",
            "--cov=matcher",
            "--cov-branch", f"--cov-report=json:{out}", f"--ignore={SLOW}",
            *FOLDERS, *ORACLE,
        )  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False,
            capture_output=True, text=True,
            env={"COVERAGE_FILE": str(Path(folder, "data")), "PATH": ""},
        )  # fmt: skip
        if ended.returncode:
            raise AssertionError(f"the quick tests fail:\n{ended.stdout[-3000:]}")
        files: Mapping[str, Any] = json.loads(out.read_text("utf-8"))["files"]
        return files


def unreached(files: Mapping[str, Any]) -> Iterator[str]:
    """Lines and branches of the verifier that no quick test reaches."""
    for target in targets(oracle=True):
        if target.path not in files:
            yield f"{target.path}: never imported"
            continue
        told = files[target.path]
        for line in told["missing_lines"]:
            if target.owns(line):
                yield f"{target.path}:{line}: never run"
        for start, end in told["missing_branches"]:
            if target.owns(start):
                yield f"{target.path}:{start}: never goes to {_words(target, end)}"


def _words(target: Target, line: int) -> str:
    return f"line {line}" if line > 0 else "the end of its function"


def main() -> int:
    """Print what is not reached; 0 when there is nothing."""
    left = list(unreached(measured()))
    for line in left:
        sys.stdout.write(line + "\n")
    reached = "everything that judges is reached, every line and every branch"
    sys.stdout.write(
        f"{len(left)} places are not reached\n" if left else reached + "\n"
    )
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())

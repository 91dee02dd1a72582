"""Mutation score of the verifier: the slips in it that its tests would not notice.

Run from the root of the project::

    python -m tests.mutation                        # the whole verifier
    python -m tests.mutation rules/effort facts     # files whose path holds a word
    python -m tests.mutation --jobs 2

Each mutant is put into the running code in the place of the original function, in a
forked process, and judged by the quick tests that reach this function, until one of
them fails. Survivors are listed; those in `equivalent.txt` change nothing that anybody
could notice, and are counted apart. The exit code is 1 below the threshold.
"""

from __future__ import annotations

import argparse
import sys

import pytest

from tests.mutation import quick
from tests.mutation.judge import Judge

THRESHOLD = 0.9
"""Part of all mutants that the tests must notice, equivalent ones counted as missed."""


def main() -> int:
    """Judge every mutant; print the score and the survivors."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("words", nargs="*", help="only files whose path holds one")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    given = parser.parse_args()
    judge = Judge(given.words, given.jobs)
    options = ["-q", "-p", "no:cacheprovider", "--no-header", f"--ignore={quick.SLOW}"]
    ended = pytest.main([*options, *quick.FOLDERS], plugins=[judge, quick])
    if ended != pytest.ExitCode.OK:
        return int(ended)
    for line in judge.report():
        sys.stdout.write(line + "\n")
    return 0 if judge.score >= THRESHOLD else 1


if __name__ == "__main__":
    sys.exit(main())

"""Solver versions known to answer wrongly: data under `models/solvers`, with sources.

A version is refused before it solves anything, even where the start-up test would
pass: that test holds a dozen programs, the reports of others hold many more.
"""

from __future__ import annotations

import csv
from typing import Final

from matcher.library import root

_TABLE: Final = "models/solvers/denied.csv"


def denial(solver: str, version: str) -> str | None:
    """Why a version must not be used, with the remedy and the source; None if it may.

    Parameters
    ----------
    solver
        Name of the backend.
    version
        What the backend says of itself; only its first word is compared, as some
        backends add the package that brings them.
    """
    found = version.partition(" ")[0]
    with (root() / _TABLE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["solver"], row["version"]) == (solver, found):
                return f"{row['fault']}; {row['remedy']} ({row['source']})"
    return None

"""Small grids of the miniature, and what a store of their runs holds."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import matcher
from matcher.study.sweep.store import STORE

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.study.sweep.summary import Sweep


SMALL = """
format: 1
title: small
axes:
  money: [baseline, eu-only, {name: poor, set: {budgets.pool/CED.amount: 100000}}]
  pool: {set: instruments.pool.envelope, values: [0.5x, 1x]}
  objective: [baseline, {name: quality, weights: {role_quality: 2x}}]
"""
RUNS = 12
DISTINCT = 10
"""Settings of it that differ: with the EU grant alone the pool plays no part."""


FEW = """
format: 1
axes:
  money: [baseline, eu-only, birch-short, cedar-short]
"""


def grid_file(folder: Path, text: str) -> Path:
    """A grid of that text."""
    path = folder / "grid.yaml"
    path.write_text(text, "utf-8")
    return path


def swept(grid: Path, out: Path, **options: Any) -> Sweep:
    """Sweep of the miniature."""
    return matcher.sweep("miniature", grid=grid, out=out, **options)


def content(out: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a store holds, but for times and versions."""
    with sqlite3.connect(out / STORE) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {
            "runs": "run, axes, status, error, answer",
            "answers": "answer, status, exact_points, exact_bound, exact_needed, "
            "launched",
            "memberships": "*",
            "money": "*",
            "terms": "*",
        }
        found = {
            name: sorted(file.execute(f"SELECT {columns} FROM {name}"), key=repr)
            for name, columns in tables.items()
        }
    file.close()
    return found

"""Inputs that mean harm, or that an unlucky script made: answered soon and small.

Each is read in a process that may use one gigabyte and a minute; the files lie at the
limits of size, so whatever costs more than they do ends the process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from matcher.scenario import tables, yamlfile
from tests.faults.input.corpus import BASE, content, lay_out
from tests.scenarios.conftest import ROOT, document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

resource = pytest.importorskip("resource", reason="limits of POSIX systems")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux holds a process to its address space"
)

GIGABYTE = 2**30
SECONDS = 120
"""Far above what any of them takes; only a hang reaches it."""

HEAD = "format: 1\ntitle: Tiny\n"
LEVELS = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]


def bomb() -> str:
    """Nine levels of ten aliases: a billion values."""
    return HEAD + "description: &a0 x\n" + "\n".join(LEVELS) + "\n"


def full(line: str) -> str:
    """As many lines as settings may have."""
    return HEAD + line * ((yamlfile.MAX_BYTES - len(HEAD)) // len(line))


YAML: dict[str, tuple[str, str, int]] = {
    "alias bomb": (bomb(), "ALIAS", 4),
    "aliases up to the limit": (full("- *a\n"), "BAD_YAML", 3),
    "3000 levels of brackets": (HEAD + "date: " + "[" * 3000, "TOO_DEEP", 3),
    "3000 levels of indentation": (
        HEAD + "\n".join(" " * i + "a:" for i in range(1, 1300)), "BAD_YAML", 3,
    ),
    "6000 digits": (HEAD + "limits: {max_cases: " + "9" * 6000 + "}\n",
                    "NUMBER_TOO_LONG", 3),
    "6000 digits of a part": (
        HEAD + "rulebooks: [grant.yaml]\n"
        f"assumptions: {{a: {{set: {{regions.NO.own_budget: {'9' * 6000}x}}}}}}",
        "NUMBER_TOO_LONG", 4,
    ),
    "one key, many times": (full("date: 2025-01-31\n"), "DUPLICATE_KEY", 4),
    "one endless line": (full("x"), "BAD_YAML", 3),
    "one byte too many": (full("#") + "#" * 20, "FILE_TOO_LARGE", 0),
}  # fmt: skip
"""Settings with the code and line they must be told with."""

CSV: dict[str, tuple[Callable[[], str], str, int]] = {
    "one byte too many": (
        lambda: "case,capability,kind\n".ljust(tables.MAX_BYTES + 1, "\n"),
        "FILE_TOO_LARGE", 0,
    ),
    "too many rows": (
        lambda: "case,capability,kind\n" + "a,b,c\n" * (tables.MAX_ROWS + 1),
        "TOO_MANY_ROWS", tables.MAX_ROWS + 2,
    ),
    "a cell without an end": (
        lambda: 'case,capability,kind\nD1,K,"' + "x" * 1_000_000, "BAD_CSV", 2,
    ),
    "a million columns": (lambda: "case," * 1_000_000, "TOO_MANY_COLUMNS", 1),
    "a fault in every row": (
        lambda: "case,capability,kind\n" + "D9,K,bst\n" * 200_000, "NOT_A_CHOICE", 2,
    ),
}  # fmt: skip


def limited() -> None:
    """Let this process have one gigabyte, and no more."""
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))


def told(folder: Path) -> list[tuple[str, int]]:
    """Code and line of every fault, as a process of limited means tells them."""
    before = content(folder)
    ended = subprocess.run(
        [sys.executable, "-m", "matcher", "check", str(folder), "--json"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=limited,
        capture_output=True, encoding="utf-8", timeout=SECONDS, check=False,
    )  # fmt: skip
    assert ended.returncode == 3, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert content(folder) == before
    faults = document(ended.stdout)["faults"]
    assert len(faults) <= tables.MAX_TOLD + 1
    return [(fault["code"], fault["line"] or 0) for fault in faults]


@pytest.mark.parametrize("name", YAML)
def test_hostile_settings(name: str, tmp_path: Path) -> None:
    """A bomb, an abyss or a giant of a file is told at its line."""
    folder = lay_out(BASE.name, tmp_path / "s")
    text, code, line = YAML[name]
    (folder / "scenario.yaml").write_text(text, "utf-8")
    assert told(folder)[0] == (code, line)


@pytest.mark.parametrize("name", CSV)
def test_hostile_tables(name: str, tmp_path: Path) -> None:
    """A table is refused by its size before it is parsed, or told within limits."""
    folder = lay_out(BASE.name, tmp_path / "s")
    text, code, line = CSV[name]
    (folder / "roles.csv").write_text(text(), "utf-8")
    assert (code, line) in told(folder)

"""A name that looks like a formula is text in every table, and comes back as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.report.tables import COLUMNS
from matcher.report.words import guarded, table_rows, table_text, unguarded
from matcher.scenario.load import load
from tests.scenarios.conftest import call
from tests.tiny import PAID, scene, write_scene

if TYPE_CHECKING:
    from pathlib import Path

PAYLOADS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("http://example.org";"click")',
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\uff1d1+1",
    "'=1+1",
    "''@x",
)
"""What spreadsheets run, and what begins with the quote that stops them."""
HARMLESS = ("", "'", "''", "'plain", "plain", "1-1", "a=b", "\u2212 1", "#1", "\"'=x")
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBERS = frozenset({"cost", "grants", "own", "gap_eur", "units", "amount", "value",
                     "weight", "points", "slack", "min_level"})  # fmt: skip


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_payload_is_guarded_and_comes_back(text: str) -> None:
    """One quote stands before it, and exactly that one is taken away."""
    assert guarded(text) == f"'{text}"
    table = table_text(("a", "b"), [(text, -1)])
    ((_, _), (cell, number)) = csv.reader(io.StringIO(table, newline=""))
    assert not cell.startswith(STARTS)
    assert number == "-1"
    assert table_rows(table) == [["a", "b"], [text, "-1"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_left_alone(text: str) -> None:
    """Also text that really begins with a quote."""
    assert guarded(text) == text == unguarded(text)


@given(st.text("'=+-@\t\r\n a,\"\uff1d|1"))
def test_every_text_comes_back(text: str) -> None:
    """No two texts are written alike."""
    table = table_text(("a", "b"), [(text, text)])
    assert table_rows(table)[1] == [text, text]
    assert not guarded(text).startswith(STARTS)


def hostile(folder: Path) -> Path:
    """A scenario in which everything that may be named is named like a formula."""
    names = iter(p for p in PAYLOADS if not p.startswith(("\t", "\r", "\n")))
    what = scene(
        PAID,
        regions=[
            {"region": code, "name": next(names), "state": state,
             "category.worth": worth, "own_budget": "300"}
            for code, state, worth in (
                ("=A1", "-S", "one"), ("+B", "@S", "two"), ("'-C", "=S", "four")
            )
        ],
        cases=[{"case": "@D", "name": next(names)}],
        costs=[{"case": "@D", "layer": "1", "amount": "1000"}],
        settings={"title": next(names), "pins": [
            {"case": "@D", "region": "=A1", "role": "lead", "reason": next(names)}
        ]},
    )  # fmt: skip
    what["books"]["g"] = {**what["books"]["g"], "sources": {"S": next(names)}}
    return write_scene(folder, what)


def test_a_result_of_formulas_verifies(tmp_path: Path) -> None:
    """No cell runs, numbers stay numbers, the inputs are what was solved."""
    scenario, out = hostile(tmp_path / "scenario"), tmp_path / "out"
    told = call("solve", scenario, "--out", out)
    assert told.exit_code == 0, told.output
    texts = []
    for name in COLUMNS:
        text = (out / name).read_text("utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            for column, cell in row.items():
                if column in NUMBERS:
                    assert not cell or float(cell) is not None
                else:
                    assert not cell.startswith(STARTS), (name, column, cell)
                    texts.append(cell)
    assert {"'=A1", "'+B", "''-C", "'@D"} <= set(texts)
    assert call("verify", out).exit_code == 0
    here, there = load(out / "inputs").setting(), load(scenario).setting()
    assert replace(here, name=there.name) == there


def test_input_tables_stay_as_they_were_written(tmp_path: Path) -> None:
    """Inputs are read again and compared by hash, so nothing is put before a cell."""
    scenario, out = hostile(tmp_path / "scenario"), tmp_path / "out"
    assert call("solve", scenario, "--out", out).exit_code == 0
    for name in ("regions.csv", "cases.csv", "costs.csv"):
        assert (out / "inputs" / name).read_bytes() == (scenario / name).read_bytes()

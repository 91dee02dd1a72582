"""What a manifest tells of rulebooks that a scenario changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from matcher.library import find_rulebook, scenario_path
from matcher.report.departures import departures
from matcher.scenario.yamlfile import parse_yaml, read_yaml
from tests.scenarios.conftest import call

if TYPE_CHECKING:
    from pathlib import Path

NAME = "vinnovate"


def test_a_changed_number_is_one_line() -> None:
    """Path, shipped value and value here; notes and sources count, too."""
    path = find_rulebook(NAME)
    text = path.read_text("utf-8")
    assert departures(read_yaml(path, path.name)) == []
    changed = text.replace("min_states: {value: 2", "min_states: {value: 3")
    assert changed != text
    found = departures(parse_yaml(changed, "own.yaml"))
    assert found == ["consortium.min_states.value: 2 -> 3"]


def test_an_added_and_a_missing_value_are_lines() -> None:
    """What stands on one side only is compared with nothing."""
    text = find_rulebook(NAME).read_text("utf-8").replace("body: ", "stray: ")
    told = departures(parse_yaml(text, "own.yaml"))
    assert [line.split(":")[0] for line in told] == ["body", "stray"]
    assert told[0].endswith("-> nothing")
    assert "stray: nothing ->" in told[1]


def test_a_rulebook_of_its_own_departs_from_nothing(tmp_path: Path) -> None:
    """No shipped rulebook has the ids of the miniature: its manifest tells of none."""
    out = tmp_path / "out"
    assert call("solve", scenario_path("miniature"), "--out", out).exit_code == 0
    books = json.loads((out / "manifest.json").read_text("utf-8"))["rulebooks"]
    assert len(books) == 5
    assert all(book["departs"] == [] for book in books.values())

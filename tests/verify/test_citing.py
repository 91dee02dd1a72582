"""How findings cite a number of a rulebook, and a line of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.errors import Place
from matcher.rules._shared import cite, line
from tests.tiny import PLAIN, cited, club, tiny

if TYPE_CHECKING:
    from pathlib import Path


def test_a_number_is_cited_with_its_own_confidence(tmp_path: Path) -> None:
    """Its own confidence where it states one, else that of its rulebook."""
    sure = {**cited(3), "confidence": "confirmed"}
    setting = tiny(tmp_path, PLAIN, books={
        "club": club(max_cases=sure, priority_min_fit=cited(0.5))})  # fmt: skip
    book = setting.partnership
    assert book is not None
    assert cite(book, book.max_cases) == "club: made for the test (confirmed)"
    assert cite(book, book.priority_min_fit) == "club: made for the test (assumption)"


def test_a_place_without_line_is_its_file() -> None:
    """Columns play no part: a finding is about a row."""
    assert line(Place("cases.csv", 2, field="state")) == "cases.csv:2"
    assert line(Place("scenario.yaml")) == "scenario.yaml"

"""What is asked for, and the plan for a no: on the page, in tables, checked again."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matcher.report.asked import fallback_lines, fallback_title
from matcher.report.funding_mix import mix_rows
from matcher.report.tables import result_tables
from matcher.report.terminal import console, show
from tests.faults.output.forging import seal
from tests.scenarios.conftest import call
from tests.tiny import WAIT, tiny, write_scene
from tests.verify.waiting import paid, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """D1 and D2; g pays one of them, h both."""
    return tiny(tmp_path / "setting", WAIT)


def rows(text: str) -> list[dict[str, str]]:
    """Rows of a table."""
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_tells_what_is_done_after_a_no(setting: Setting) -> None:
    """What goes on, what is launched then, and what is asked for then."""
    proposal = waiting(setting, paid("D2", "h"))
    assert fallback_title(proposal) == "If g says no (50%)"
    assert list(fallback_lines(proposal)) == [
        ("goes on", "D1"),
        ("D2", "A leads; cost EUR 600: h EUR 540, own money EUR 60"),
        ("h", "D2: EUR 540, funded with a chance of 80%"),
    ]
    page = io.StringIO()
    show(proposal, setting, console(page))
    shown = " ".join(page.getvalue().split())
    assert "If g says no (50%) goes on D1 D2 A leads" in shown
    assert "g D2: EUR 540, funded with a chance of 50%" in shown


def test_without_an_awaited_answer_nothing_is_told(setting: Setting) -> None:
    """No title and no lines where there is no plan for a no."""
    alone = replace(waiting(setting), fallback=None)
    assert (fallback_title(alone), list(fallback_lines(alone))) == ("", [])
    tables = result_tables(alone, replace(setting, wait_for=None))
    assert not rows(tables["fallback_memberships.csv"])
    assert not rows(tables["fallback_funding.csv"])


def test_what_a_no_launches_is_no_gap(setting: Setting) -> None:
    """A case that is needed is told as a gap only if no plan launches it."""
    waits = waiting(setting, paid("D2", "h"))
    one, back = waits.cases[0], waits.fallback
    assert back is not None
    needed = replace(waits, cases=(one, *back.cases), fallback=None)
    waits = replace(waits, cases=(one,), needed=needed)
    without = replace(waits, fallback=replace(back, cases=()))
    for proposal, lost in ((waits, False), (without, True)):
        page = io.StringIO()
        show(proposal, setting, console(page))
        assert ("D2: its whole cost of" in page.getvalue()) == lost
        told = {str(row[0]) for row in mix_rows(proposal, setting)}
        assert told == ({"D1", "D2"} if lost else {"D1"})


def test_nothing_may_go_on(setting: Setting) -> None:
    """Where every case rests on the answer, nothing goes on after a no."""
    proposal = waiting(setting, paid("D2", "h"))
    only = replace(proposal, cases=proposal.cases[1:])
    assert next(iter(fallback_lines(only))) == ("goes on", "nothing")


def test_tables_tell_both_plans(setting: Setting) -> None:
    """Applications are told apart by when they are made; the rest has own tables."""
    tables = result_tables(waiting(setting, paid("D2", "h")), setting)
    assert [tuple(row.values()) for row in rows(tables["applications.csv"])] == [
        ("g", "D2", "540", "0.5", "no"), ("h", "D1", "540", "0.8", "no"),
        ("h", "D2", "540", "0.8", "yes"),
    ]  # fmt: skip
    (member,) = rows(tables["fallback_memberships.csv"])
    assert (member["case"], member["region"], member["role"]) == ("D2", "A", "lead")
    assert [tuple(row.values()) for row in rows(tables["fallback_funding.csv"])] == [
        ("h", "D2", "A", "1", "540"), ("own", "D2", "A", "1", "60")]  # fmt: skip
    assert {row["holds"] for row in rows(tables["rules.csv"])} == {"yes"}


@pytest.mark.parametrize(("table", "old", "new"), [
    ("applications.csv", ",540,0.8,yes", ",540,0.9,yes"),
    ("fallback_memberships.csv", ",lead,", ",partner,"),
    ("fallback_funding.csv", ",540", ",541"),
])  # fmt: skip
def test_a_tampered_table_is_noticed(
    tmp_path: Path, table: str, old: str, new: str
) -> None:
    """A saved result with another table than its proposal gives is refused."""
    result = tmp_path / "result"
    folder = write_scene(tmp_path / "scenario", WAIT)
    assert call("solve", folder, "--out", result).exit_code == 0
    assert call("verify", result).exit_code == 0
    path = result / table
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    seal(result)
    told = call("verify", result)
    assert told.exit_code == 9, told.output
    assert table in told.output

"""In which year a grant ends, told twice: for the solver and for the check."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from matcher.engine.run import prepare
from matcher.proposal.facts import Facts
from matcher.rules import all_rules, asking
from tests.rules.bites_years import YEAR, YEARS, planned
from tests.tiny import PAID, cited, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Row, Scene

DATED = "case,layer,amount,year\nD1,1,1000,2026\n"


def ending(start: str, months: int, waiting: int | None) -> Scene:
    """A grant of so many months, from a day or some months after it."""
    more: Row = {} if waiting is None else {"months_to_contract": cited(waiting)}
    book = grant(duration={"max": cited(months)}, **more)
    span = {"start": start, "end": "2040-12-31"}
    return scene(planned(900, DATED, {"g": book}), settings={"horizon": span})


@pytest.mark.parametrize(
    ("start", "months", "waiting", "year"),
    [
        ("2025-01-01", 12, None, 2025), ("2025-01-02", 12, None, 2026),
        ("2025-01-01", 13, None, 2026), ("2025-01-01", 36, None, 2027),
        ("2025-06-15", 6, None, 2025), ("2025-06-15", 7, None, 2026),
        ("2025-03-01", 10, None, 2025), ("2025-03-01", 10, 1, 2026),
        ("2025-12-31", 0, None, 2025), ("2025-01-01", 0, None, 2024),
        ("2025-01-01", 12, 24, 2027),
    ],
)  # fmt: skip
def test_a_grant_ends_in_the_year_of_its_last_day(
    tmp_path: Path, start: str, months: int, waiting: int | None, year: int
) -> None:
    """Twelve months from the first of January are over before the next one."""
    setting = tiny(tmp_path, ending(start, months, waiting))
    assert Facts(setting).last_year(setting.instruments["g"]) == year
    inst, _ = prepare(setting)
    assert inst.money.last_year.tolist() == inst.money.years.tolist() == [year]
    late = 100_000 if year < 2026 else 0
    assert inst.money.late_case[:, 0, 0].tolist() == [late]


def test_what_is_not_said_ends_nothing(tmp_path: Path) -> None:
    """No horizon, or no longest project: no last year."""
    for i, what in enumerate((
        scene(PAID, books={"g": YEAR}), planned(9, DATED, {"g": grant()}),
        planned(9, DATED, {"g": grant(duration={"min": cited(3)})}),
    )):  # fmt: skip
        setting = tiny(tmp_path / str(i), what)
        assert Facts(setting).last_year(setting.instruments["g"]) is None
        assert prepare(setting)[0].money.years.tolist() == []
        assert all_rules()["grant_years"].sentence(setting) == ""


def test_only_dated_costs_make_the_rule_untested(tmp_path: Path) -> None:
    """Where costs carry no years, nobody misses a horizon or a duration."""
    rule = asking()["grant_years"]
    bite = YEARS[0].bites[0].scene
    assert rule.untested(tiny(tmp_path / "all", bite)) == ""
    assert rule.untested(tiny(tmp_path / "none", PAID)) == ""
    undated = planned(9, "case,layer,amount\nD1,1,9\n", {"g": grant(), "h": YEAR})
    assert rule.untested(tiny(tmp_path / "undated", undated)) == ""
    assert all_rules()["grant_years"].sentence(tiny(tmp_path / "u", undated)) == ""


def test_dates_are_a_rule_only_with_a_horizon(tmp_path: Path) -> None:
    """Without one they are noted; with one the note is gone, and the sentence tells."""
    window, book = asking()["window"], grant(valid_to="2025-05-31")
    noted = tiny(tmp_path / "noted", scene(PAID, books={"g": book}))
    assert noted.date == dt.date(2025, 6, 1)
    assert "taken as open on 2025-06-01: g (... to 2025-05-31)" in (
        window.untested(noted)
    )
    assert all_rules()["window"].sentence(noted) == ""
    planned_for = tiny(tmp_path / "planned", scene(PAID, books={"g": book}, settings={
        "horizon": {"start": "2025-05-31", "end": "2025-12-31"}}))  # fmt: skip
    assert window.untested(planned_for) == ""
    assert all_rules()["window"].sentence(planned_for) == (
        "Instruments pay what they are meant for: g valid to 2025-05-31."
    )

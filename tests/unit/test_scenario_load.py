"""Loading a scenario: all faults of all files at once, and nothing outside it."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest

from matcher.errors import InputError
from matcher.library import scenario_path
from matcher.scenario.load import load
from tests.tiny import (
    ONE,
    PAID,
    PLAIN,
    POOLED,
    TRADE,
    cited,
    club,
    grant,
    scene,
    tiny,
    tiny_scenario,
    write_scene,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene


def faults_of(folder: Path, what: Scene) -> list[str]:
    """Code and file of every fault."""
    with pytest.raises(InputError) as told:
        load(write_scene(folder, what))
    return [f"{fault.code} {fault.place.file}" for fault in told.value.faults]


def test_ids_are_sorted_whatever_the_order_of_rows(tmp_path: Path) -> None:
    """Permuting the rows of every table gives the same setting."""
    one = tiny(tmp_path / "s", TRADE)
    other = tiny(tmp_path / "t" / "s", {
        name: rows[::-1] if isinstance(rows, list) else rows
        for name, rows in TRADE.items()
    })  # fmt: skip
    assert list(other.regions) == list(one.regions) == ["A", "B", "C"]
    assert one == other


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    """A slip in the settings' tables and two in tables and a rulebook: one message."""
    what = scene(
        PAID, regions={"A": {"own_budget": "much"}}, cases={"D1": {"phase": "late"}},
        books={"club": club(max_cases=cited(-1), commitmnt=[])},
    )  # fmt: skip
    assert sorted(faults_of(tmp_path / "a", what)) == [
        "BAD_VALUE club.yaml", "NOT_A_CHOICE cases.csv", "NOT_A_NUMBER regions.csv",
        "UNKNOWN_KEY club.yaml",
    ]  # fmt: skip
    what = scene(what, books={"club": None}, costs={"D1": {"layer": 4}})
    assert sorted(faults_of(tmp_path / "b", what)) == [
        "NOT_A_CHOICE cases.csv", "NOT_A_CHOICE costs.csv", "NOT_A_NUMBER regions.csv",
    ]  # fmt: skip


def test_every_assumption_is_tried(tmp_path: Path) -> None:
    """A fault under an assumption is told when the scenario is read, not later."""
    what = scene(ONE, settings={"assumptions": {
        "fine": {"set": {"regions.A.max_cases": 1}},
        "slip": {"set": {"regions.A.max_cases": "many"}},
    }})  # fmt: skip
    assert faults_of(tmp_path, what) == ["NOT_A_NUMBER scenario.yaml"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"tables": {"regions": "../regions.csv", "cases": "cases.csv"}},
         "OUTSIDE_SCENARIO"),
        ({"tables": {"regions": "/etc/passwd", "cases": "cases.csv"}},
         "OUTSIDE_SCENARIO"),
        ({"objective": "../objective.yaml"}, "OUTSIDE_SCENARIO"),
        ({"rulebooks": ["a/../../b.yaml"]}, "OUTSIDE_SCENARIO"),
        ({"tables": {"regions": "regionen.csv", "cases": "cases.csv"}}, "MISSING_FILE"),
        ({"rulebooks": ["no-such-book"]}, "UNKNOWN_RULEBOOK"),
        ({"objective": "no-such-weights"}, "UNKNOWN_OBJECTIVE"),
        ({"titel": "Tiny"}, "UNKNOWN_KEY"),
        ({"title": None}, "BAD_VALUE"),
        ({"format": 2}, "BAD_VALUE"),
        ({"limits": {"min_cases": 1.5}}, "BAD_VALUE"),
        ({"pins": [{"case": "D9"}]}, "UNKNOWN_CODE"),
        ({"pins": [{"case": "D1", "region": "A"}]}, "BAD_VALUE"),
        ({"assumptions": {"a": {"instruments": {}}}}, "BAD_VALUE"),
    ],
)  # fmt: skip
def test_settings_that_are_refused(
    tmp_path: Path, settings: dict[str, object], code: str
) -> None:
    """Each is one fault of the settings file, at a line."""
    what = scene(ONE, settings={k: v for k, v in settings.items() if v is not None})
    folder = write_scene(tmp_path / "s", what)
    if settings.get("title", "") is None:
        text = (folder / "scenario.yaml").read_text("utf-8")
        (folder / "scenario.yaml").write_text(text.replace('"Tiny"', "1"), "utf-8")
    with pytest.raises(InputError) as told:
        load(folder)
    assert {f.code for f in told.value.faults} == {code}
    assert all(f.place.file == "scenario.yaml" for f in told.value.faults)
    assert all(f.place.line for f in told.value.faults)


def test_a_link_out_of_the_scenario_is_followed_and_refused(tmp_path: Path) -> None:
    """What counts is where a file really lies."""
    folder = write_scene(tmp_path / "s", ONE)
    (folder / "regions.csv").rename(tmp_path / "regions.csv")
    (folder / "regions.csv").symlink_to(tmp_path / "regions.csv")
    with pytest.raises(InputError, match="lies outside the scenario"):
        load(folder)


def test_rulebooks_are_checked(tmp_path: Path) -> None:
    """An unknown source, two partnerships and a budget of nothing are told."""
    stray = {"value": 1, "source": "T"}
    assert faults_of(
        tmp_path / "a", scene(PAID, books={"g": grant(envelope=stray)})
    ) == ["UNKNOWN_SOURCE g.yaml"]
    both = scene(ONE, books={"club": club(), "clique": club()})
    assert faults_of(tmp_path / "b", both) == ["TWO_RULEBOOKS scenario.yaml"]
    what = scene(POOLED, budgets="instrument,region,amount\nq,A,1\n")
    assert faults_of(tmp_path / "c", what) == ["UNKNOWN_INSTRUMENT budgets.csv"]
    unpaired = {"value": 0.5, "source": "S", "scheme": "worth"}
    what = scene(PAID, books={"g": {**grant(), "rate": [unpaired]}})
    assert faults_of(tmp_path / "d", what) == ["BAD_VALUE g.yaml"]


def test_a_commitment_has_one_scope(tmp_path: Path) -> None:
    """To a case or to a partnership: of two rows that name both none would go first."""
    rows = "region,case,partnership,level\nA,D1,p,2\nA,,p,3\nA,D1,,1\nA,,,0\n"
    assert faults_of(tmp_path, scene(ONE, commitments=rows)) == [
        "TWO_SCOPES commitments.csv"
    ]


def test_a_table_no_one_asked_for_is_noticed(tmp_path: Path) -> None:
    """A file with nearly the name of a table is not silently left out."""
    folder = write_scene(tmp_path, PLAIN)
    (folder / "asets.csv").write_text("region\n", "utf-8")
    (notice,) = load(folder).notices
    assert (
        notice
        == 'asets.csv is not read: no table of that name (did you mean "assets"?)'
    )


def test_a_table_may_declare_how_it_is_written(tmp_path: Path) -> None:
    """Semicolons and decimal commas are read where the settings say so."""
    entry = {"file": "r.csv", "decimal": ",", "delimiter": ";"}
    folder = write_scene(tmp_path, scene(ONE, settings={
        "tables": {"regions": entry, "cases": "cases.csv"}}))  # fmt: skip
    (folder / "r.csv").write_text(
        "region;name;state;own_budget\nA;Alder, the;S1;1,5\n", "utf-8"
    )
    region = load(folder).setting().regions["A"]
    assert (region.name, region.own_budget) == ("Alder, the", 150)


def test_the_day_that_stands_in(tmp_path: Path) -> None:
    """Without a date in the settings the caller's day holds, not a hidden clock."""
    folder = write_scene(tmp_path, scene(ONE, settings={"date": None}))
    (folder / "scenario.yaml").write_text(
        "format: 1\ntitle: t\nobjective: {}\n", "utf-8"
    )
    day = dt.date(2024, 2, 29)
    assert load(folder, today=day).setting().date == day


def test_what_is_no_scenario(tmp_path: Path) -> None:
    """A folder without settings and a name nobody knows are told kindly."""
    with pytest.raises(InputError, match=r"holds no scenario\.yaml"):
        load(tmp_path)
    with pytest.raises(InputError, match='did you mean "miniature"'):
        load("minature")


def test_one_file_may_be_named_itself(tmp_path: Path) -> None:
    """Settings under another name are a scenario of that name."""
    folder = write_scene(tmp_path, ONE)
    (folder / "scenario.yaml").rename(folder / "other.yaml")
    assert load(folder / "other.yaml").name == "other"


def test_an_unknown_assumption_is_told(tmp_path: Path) -> None:
    """The nearest name and all names are told."""
    scenario = tiny_scenario(tmp_path, ONE, settings={"assumptions": {"no-eu": {}}})
    with pytest.raises(
        InputError, match=r'no assumption "noeu" \(did you mean "no-eu"'
    ):
        scenario.setting("noeu")


def test_a_listed_table_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    """Listing one table under another name does not drop the tables beside it."""
    what = scene(ONE, settings={"tables": {"regions": "places.csv"}})
    folder = write_scene(tmp_path, what)
    (folder / "regions.csv").rename(folder / "places.csv")
    assert set(load(folder).tables) >= {"regions", "cases"}
    (folder / "cases.csv").unlink()
    with pytest.raises(InputError, match="MISSING_TABLE"):
        load(folder)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("category.cohesion_2021_27", "category.cohesion", "UNKNOWN_SCHEME"),
        ("more_developed", "more_develloped", "UNKNOWN_CATEGORY"),
    ],
)
def test_a_misspelt_scheme_or_category_is_told(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    """A category nobody asks for would otherwise change the plan without a word."""
    folder = tmp_path / "s"
    shutil.copytree(scenario_path("starter"), folder)
    path = folder / "regions.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=code):
        load(folder)

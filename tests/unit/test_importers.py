"""Scenario tables are rebuilt from public extracts, byte for byte."""

from __future__ import annotations

import csv
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from matcher.errors import InputError
from matcher.importers import import_scenario
from matcher.importers.levels import Scale, Step, combined
from matcher.importers.quotients import ALL_REGIONS, TOTAL, Quotient, quotient
from matcher.importers.writing import plain, round_to, table_text
from matcher.scenario.records import TABLES, declared

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = ("3dp-2023", "s3p-industry-2017")

each_scenario = pytest.mark.parametrize("name", NAMES)


def rows(name: str, table: str) -> list[dict[str, str]]:
    """Rows of a committed table."""
    text = (SCENARIOS / name / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the 3D-printing sources with one text replaced in one file."""
    folder = tmp_path / "source"
    shutil.copytree(SCENARIOS / "3dp-2023" / "source", folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@each_scenario
def test_the_committed_tables_are_what_the_sources_give(name: str) -> None:
    """Nobody edits a table by hand, and every platform builds the same bytes."""
    tables = import_scenario(SCENARIOS / name)
    assert list(tables) == sorted(tables)
    assert set(tables) == {path.name for path in (SCENARIOS / name).glob("*.csv")}
    for file, text in tables.items():
        assert (SCENARIOS / name / file).read_bytes() == text.encode(), file


@each_scenario
def test_the_source_folder_alone_is_enough(name: str, tmp_path: Path) -> None:
    """Only the extracts and the recipe are read, not the tables beside them."""
    shutil.copytree(SCENARIOS / name / "source", tmp_path / "elsewhere")
    assert import_scenario(tmp_path / "elsewhere") == import_scenario(SCENARIOS / name)


@each_scenario
def test_every_cell_fits_the_declared_table(name: str) -> None:
    """Headers are declared, cells parse, references exist, keys are unique."""
    known = {
        "regions": {row["region"] for row in rows(name, "regions")},
        "capabilities": {row["capability"] for row in rows(name, "capabilities")},
        "cases": {row["case"] for row in rows(name, "cases")},
    }
    for path in sorted((SCENARIOS / name).glob("*.csv")):
        columns = declared(TABLES[path.stem])
        headers = {field: header for header, (field, _) in columns.items()}
        keys = []
        for row in rows(name, path.stem):
            for header, cell in row.items():
                spec = columns[header if header in columns else header.split(".")[0]][1]
                assert cell or not spec.required, (path.stem, header, row)
                for part in cell.split("|") if spec.many else [cell]:
                    if part:
                        spec.parse(part)
                        assert not spec.refers or part in known[spec.refers]
            keys.append(
                tuple(row.get(headers[key], "") for key in TABLES[path.stem].KEY)
            )
        assert len(keys) == len(set(keys)), path.stem
        assert b"\r" not in path.read_bytes()


@each_scenario
def test_every_role_can_be_met_by_the_members_of_the_partnership(name: str) -> None:
    """No case is hopeless: some of its partnership's members fill each role."""
    members: dict[str, set[str]] = {}
    for row in rows(name, "memberships"):
        if row["role"] in ("lead", "participant"):
            members.setdefault(row["partnership"], set()).add(row["region"])
    cases = {row["case"]: row for row in rows(name, "cases")}
    for role in rows(name, "roles"):
        case = cases[role["case"]]
        there = members[case["partnership"]]
        assets = [
            row
            for row in rows(name, "assets")
            if row["capability"] == role["capability"] and row["region"] in there
        ]
        levels = sorted((int(row["level"]) for row in assets), reverse=True)
        if role["kind"] == "best":
            able = [level for level in levels if level >= int(role["min_level"])]
            assert len(able) >= int(role["min_providers"] or 1), role
        elif role["kind"] == "total":
            best = levels[: int(case["max_partners"])]
            assert sum(best) >= int(role["min_total"]), role
        else:
            asked = sum(
                Fraction(row["amount"])
                for row in rows(name, "needs")
                if row["capability"] == role["capability"] and row["region"] in there
            )
            offered = sum(
                Fraction(row["capacity"] or 0)
                for row in assets
                if int(row["level"]) > 1
            )
            assert min(asked, offered) >= Fraction(role["min_amount"]), role


def test_members_and_leads_of_3d_printing_are_the_printed_ones() -> None:
    """27 active and 5 interested regions; each printed lead stands behind its case."""
    roles = [row["role"] for row in rows("3dp-2023", "memberships")]
    assert (roles.count("lead"), roles.count("participant")) == (3, 24)
    assert roles.count("interested") == 5
    firm = {
        (row["case"], row["region"]): int(row["level"])
        for row in rows("3dp-2023", "commitments")
        if row["case"]
    }
    assert set(firm) == {
        ("D01", "ITH5"), ("D02", "NL4"), ("D02", "ITC4"), ("D03", "BE3"),
        ("D04", "ES24"), ("D05", "ITH5"), ("D06", "AT31"), ("D07", "NL4"),
        ("D08", "ES51"), ("D09", "ITH2"), ("D10", "NL4"),
    }  # fmt: skip
    assert min(firm.values()) >= 4


def test_a_region_printed_twice_is_one_member_in_its_firmest_role() -> None:
    """Valencia and North-East Romania stand as lead and participant in print."""
    found = {
        (row["region"], row["role"])
        for row in rows("s3p-industry-2017", "memberships")
        if row["partnership"] == "textile-2017" and row["region"] in ("ES52", "RO21")
    }
    assert found == {("ES52", "lead"), ("RO21", "lead")}


def test_nested_regions_are_kept_and_can_be_recognised() -> None:
    """West Flanders lies in Flanders, South Holland in Randstad: the units show it."""
    units = {
        row["region"]: set(row["nuts"].split("|"))
        for row in rows("s3p-industry-2017", "regions")
    }
    assert units["BE25"] < units["BE2"]
    assert units["NL33"] < units["NL3"]


def test_own_money_of_regions_that_only_watch_stays_unknown() -> None:
    """A blank is not a zero: nobody has asked the interested regions."""
    roles = {row["region"]: row["role"] for row in rows("3dp-2023", "memberships")}
    for row in rows("3dp-2023", "regions"):
        assert (row["own_budget"] == "") == (roles[row["region"]] == "interested")


def test_a_location_quotient_is_exact_and_says_what_is_missing() -> None:
    """A third of the region against a quarter of everybody is four thirds."""
    counts = {
        ("A", "25"): Fraction(10),
        ("B", "25"): None,
        ("A", TOTAL): Fraction(30),
        (ALL_REGIONS, "25"): Fraction(100),
        (ALL_REGIONS, TOTAL): Fraction(400),
    }
    found = quotient(counts, ("A",), ("25",), Fraction(1, 2))
    assert found == Quotient(Fraction(4, 3), Fraction(5), True)
    partly = quotient(counts, ("A", "B"), ("25",))
    assert partly is not None
    assert not partly.complete
    assert quotient(counts, ("B",), ("25",)) is None


def test_levels_need_both_the_quotient_and_the_count() -> None:
    """A tiny region with a huge quotient does not lead."""
    scale = Scale(
        (Step(3, Fraction(2), Fraction(50)), Step(1, Fraction(1), Fraction(1)))
    )
    assert scale.level(Quotient(Fraction(2), Fraction(50), True)) == 3
    assert scale.level(Quotient(Fraction(9), Fraction(49), True)) == 1
    assert scale.level(Quotient(Fraction(1, 2), Fraction(99), True)) == 0
    assert [combined([3, 2]), combined([3]), combined([2, 1]), combined([0])] == [
        2, 3, 1, 0,
    ]  # fmt: skip


def test_numbers_are_written_plainly() -> None:
    """No exponent, no trailing zeros, no float noise; halves of a step go up."""
    assert [plain(Fraction(1, 3)), plain(100), plain(None)] == ["0.33", "100", ""]
    assert plain(Fraction(1_000_000)) == "1000000"
    assert round_to(Fraction(15_000), 10_000) == 20_000
    assert table_text(("a", "b"), [{"a": "x, y"}]) == 'a,b\n"x, y",\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("members.csv", "region_as_printed", "name", "BAD_HEADER"),
        ("members.csv", "BE,lead,", "BE,chief,", "UNKNOWN_ROLE"),
        ("employment.csv", "AT12,20,4260", "AT12,20,4260,7", "BAD_ROW"),
        ("h2020.csv", "AT12,LEIT,", "AT12,LEIT,x", "NOT_A_NUMBER"),
        ("cases.csv", ",ITH5", ",XX99", "UNKNOWN_REGION"),
        ("erdf_match.csv", "2014AT16RFOP001", "2014AT16RFOP999", "UNKNOWN_PROGRAMME"),
        ("recipe.yaml", "own_budget:", "own_bugdet:", "UNKNOWN_KEY"),
        ("recipe.yaml", "h2020: [SC1]", "h2020: [SC9]", "UNKNOWN_GROUP"),
        (
            "recipe.yaml",
            "capability: metrology",
            "capability: magic",
            "UNKNOWN_CAPABILITY",
        ),
        ("recipe.yaml", "per_head: 0.09", "per_head: much", "NOT_A_NUMBER"),
        ("recipe.yaml", "roles:", "roles: [", "BAD_YAML"),
    ],
)
def test_a_fault_in_a_source_is_named_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    """The message says which file, where in it, and what to do."""
    with pytest.raises(InputError) as caught:
        import_scenario(changed(tmp_path, file, old, new))
    found = [fault for fault in caught.value.faults if fault.code == code]
    assert found
    assert found[0].place.file == f"source/{file}"
    assert found[0].place.line or found[0].place.field


def test_a_missing_recipe_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    """A folder without a recipe cannot be rebuilt, and the message says so."""
    with pytest.raises(InputError, match="UNREADABLE"):
        import_scenario(tmp_path)

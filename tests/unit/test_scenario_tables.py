"""Tables: nothing is shifted, renamed, dropped or coerced; faults at their cells."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.errors import Faults, InputError
from matcher.scenario.records import TABLES
from matcher.scenario.tables import Dialect, check_references, read_table, to_records

if TYPE_CHECKING:
    from pathlib import Path

SEMICOLON = Dialect(",", ";")


def read(
    folder: Path, name: str, content: str | bytes, dialect: Dialect = Dialect()  # noqa: B008
) -> list[Any]:  # fmt: skip
    """Records of one table, or its faults raised."""
    path = folder / f"{name}.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    raw = read_table(path, path.name, TABLES[name], dialect)
    faults = Faults()
    records = to_records(raw, TABLES[name], faults)
    faults.raise_if_any()
    return records


def faults_of(*arguments: Any) -> list[tuple[str, str]]:
    """Code and place of every fault."""
    with pytest.raises(InputError) as told:
        read(*arguments)
    return [(f.code, str(f.place)) for f in told.value.faults]


def test_cells_become_exact_values(tmp_path: Path) -> None:
    """Codes stay text, amounts fractions, money cents, blanks unknown."""
    (region,) = read(
        tmp_path, "regions",
        "region,name,state,nuts,effort_capacity,max_cases,own_budget,category.c\n"
        "NA, Namur ,NO,BE35|BE34,0.1,,12.34,\n",
    )  # fmt: skip
    assert (region.region, region.name, region.state) == ("NA", "Namur", "NO")
    assert region.nuts == ("BE35", "BE34")
    assert region.effort_capacity == Fraction(1, 10)
    assert (region.max_cases, region.own_budget) == (None, 1234)
    assert region.category == {}
    assert str(region.at) == "regions.csv:2"


def test_a_blank_is_the_stated_default_or_unknown(tmp_path: Path) -> None:
    """A blank value of a need is one point; a blank capacity is unknown, not zero."""
    (need,) = read(tmp_path, "needs", "region,capability,amount,value\nA,K,2,\n")
    (asset,) = read(tmp_path, "assets", "region,capability,level,capacity\nA,K,2,\n")
    assert (need.value, need.min_level, need.actor) == (1, 1, "")
    assert (asset.capacity, asset.unit_cost, asset.date) == (None, None, None)


@pytest.mark.parametrize("word", ["unlimited", "Unlimited"])
def test_unlimited_is_a_word(tmp_path: Path, word: str) -> None:
    """A limit that is known not to bind is no blank and no huge number."""
    (asset,) = read(
        tmp_path, "assets", f"region,capability,level,capacity\nA,K,2,{word}\n"
    )
    assert asset.capacity == "unlimited"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("region,name,state\nA,Alder\n", ("RAGGED_ROW", "regions.csv:2")),
        ("region,name,state\nA,Al,der,S1\n", ("RAGGED_ROW", "regions.csv:2")),
        ("region,name,state,name\nA,a,S1,b\n", ("DUPLICATE_COLUMN", "regions.csv:1")),
        ("region,name,state,nutz\nA,a,S1,b\n", ("UNKNOWN_COLUMN", "regions.csv:1")),
        ("region,name,state,\nA,a,S1,\n", ("UNKNOWN_COLUMN", "regions.csv:1")),
        ("region,name,state,category\nA,a,S1,\n", ("UNKNOWN_COLUMN", "regions.csv:1")),
        ("region,name\nA,a\n", ("MISSING_COLUMN", "regions.csv:1")),
        ("", ("EMPTY_FILE", "regions.csv:1")),
        ('region,name,state\nA,"a,S1\n', ("BAD_CSV", "regions.csv:2")),
        ("region,name,state\nA,,S1\n", ("MISSING_VALUE", "regions.csv:2, column name")),
        ("region,name,state\nA,a,S1\n\nA,b,S2\n", ("DUPLICATE_ROW", "regions.csv:4")),
        ("region,name,state,max_cases\nA,a,S1,1.5\n",
         ("NOT_WHOLE", "regions.csv:2, column max_cases")),
        ("region,name,state,max_cases\nA,a,S1,-1\n",
         ("OUT_OF_RANGE", "regions.csv:2, column max_cases")),
        ("region,name,state,own_budget\nA,a,S1,0.001\n",
         ("FRACTION_OF_CENT", "regions.csv:2, column own_budget")),
        ("region,name,state,own_budget\nA,a,S1,1 000 000\n",
         ("NOT_A_NUMBER", "regions.csv:2, column own_budget")),
        ("region,name,state,own_budget\nA,a,S1,nan\n",
         ("NOT_A_NUMBER", "regions.csv:2, column own_budget")),
        ("region,name,state,own_budget\nA,a,S1,1e30\n",
         ("NUMBER_TOO_LONG", "regions.csv:2, column own_budget")),
        ("region,name,state\nA\u200b,a,S1\n",
         ("HIDDEN_CHARACTER", "regions.csv:2, column region")),
        ("region,name,state\nA,a\u202e,S1\n",
         ("HIDDEN_CHARACTER", "regions.csv:2, column name")),
        ("region,name,state\nA|B,a,S1\n", ("BAD_CODE", "regions.csv:2, column region")),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, fault: tuple[str, str]) -> None:
    """Each slip is told once, at its row and column."""
    assert faults_of(tmp_path, "regions", text) == [fault]


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        ("regions", "region,name,state,effort_capcity\nA,a,S,1\n",
         'did you mean "effort_capacity"'),
        ("roles", "case,capability,kind\nD,K,bst\n", 'did you mean "best"'),
        ("assets", "region,capability,level,capacity\nA,K,2,\"1,5\"\n",
         'declare decimal: ","'),
        ("assets", "region,capability,level,capacity\nA,K,2,1 000\n",
         "remove the thousands separators"),
        ("commitments", "region,level,expires\nA,1,31.12.2025\n",
         "write it as 2025-01-31"),
        ("commitments", "region,level,expires\nA,1,2025-02-30\n", "is not a date"),
        ("assets", "region,capability,level\nA,K,4\n", "4 is above 3"),
    ],
)  # fmt: skip
def test_the_remedy_is_told(tmp_path: Path, table: str, text: str, told: str) -> None:
    """A fault says what to write instead."""
    with pytest.raises(InputError, match=told):
        read(tmp_path, table, text)


def test_every_fault_of_a_table_at_once(tmp_path: Path) -> None:
    """Three bad cells in two rows are three faults; a bad row is no duplicate, too."""
    text = "region,capability,level,capacity\nA,K,5,x\nA,K,no,1\nA,K,1,1\n"
    assert faults_of(tmp_path, "assets", text) == [
        ("NOT_A_NUMBER", "assets.csv:2, column capacity"),
        ("OUT_OF_RANGE", "assets.csv:2, column level"),
        ("NOT_A_NUMBER", "assets.csv:3, column level"),
    ]


def test_a_declared_decimal_comma(tmp_path: Path) -> None:
    """Numbers are read with the comma, text keeps it."""
    (asset,) = read(
        tmp_path, "assets",
        "region;capability;level;capacity;unit_cost;source\nA;K;2;1,5;10,05;a, b\n",
        SEMICOLON,
    )  # fmt: skip
    assert (asset.capacity, asset.unit_cost) == (Fraction(3, 2), 1005)
    assert asset.source == "a, b"


def test_points_where_commas_are_declared(tmp_path: Path) -> None:
    """1.500 might be a thousand and a half or one and a half: it is refused."""
    text = "region;capability;level;capacity\nA;K;2;1.500\n"
    assert faults_of(tmp_path, "assets", text, SEMICOLON) == [
        ("MIXED_DECIMALS", "assets.csv:2, column capacity")
    ]


def test_encodings(tmp_path: Path) -> None:
    """A byte order mark is tolerated; other encodings are told with their line."""
    text = "region,name,state\nA,Ålesund,NO\n"
    assert read(tmp_path, "regions", text.encode("utf-8-sig"))[0].region == "A"
    assert faults_of(tmp_path, "regions", text.encode("cp1252")) == [
        ("NOT_UTF8", "regions.csv:2")
    ]
    assert faults_of(tmp_path, "regions", text.encode("utf-16")) == [
        ("NOT_UTF8", "regions.csv")
    ]


def test_accents_have_one_form(tmp_path: Path) -> None:
    """Codes that look alike are alike: both spellings of an accent are one."""
    text = "region,name,state\n\u00c5,a,S\nA\u030a,b,S\n"
    assert faults_of(tmp_path, "regions", text) == [("DUPLICATE_ROW", "regions.csv:3")]


def test_quoted_line_breaks_keep_the_line_numbers(tmp_path: Path) -> None:
    """A row is told by the line it begins at, whatever its cells hold."""
    text = 'region,capability,level,source\nA,K,1,"a b"\n\nB,K,9,\n'
    assert faults_of(tmp_path, "assets", text) == [
        ("OUT_OF_RANGE", "assets.csv:4, column level")
    ]


def test_a_row_is_unique_by_its_whole_key(tmp_path: Path) -> None:
    """Two actors of a region may hold the same capability."""
    text = "region,capability,actor,level\nA,K,x,1\nA,K,y,2\nA,K,,3\n"
    assert len(read(tmp_path, "assets", text)) == 3


def test_references_must_exist(tmp_path: Path) -> None:
    """An unknown code is told with its table and the nearest known code."""
    rows = read(tmp_path, "assets", "region,capability,level\nES42,K,1\nES24,Q,1\n")
    faults = Faults()
    check_references(rows, {"regions": {"ES24": 0}, "capabilities": {"K": 0}}, faults)
    assert [str(fault) for fault in faults] == [
        'assets.csv:2, column region: "ES42" is not in regions (did you mean "ES24"?); '
        "add it to regions, or correct the code [UNKNOWN_CODE]",
        'assets.csv:3, column capability: "Q" is not in capabilities; '
        "add it to capabilities, or correct the code [UNKNOWN_CODE]",
    ]


def test_days_are_days(tmp_path: Path) -> None:
    """A date cell is a date."""
    (row,) = read(tmp_path, "commitments", "region,level,expires\nA,1,2025-12-31\n")
    assert row.expires == dt.date(2025, 12, 31)

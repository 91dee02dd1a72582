"""Settings files: strict YAML, every fault at its line and column."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.errors import InputError, Place
from matcher.scenario.yamlfile import MAX_DEPTH, parse_yaml, read_yaml

if TYPE_CHECKING:
    from pathlib import Path


def faults_of(text: str) -> list[tuple[str, int, int]]:
    """Code, line and column of every fault in a text."""
    with pytest.raises(InputError) as told:
        parse_yaml(text, "s.yaml")
    return [(f.code, f.place.line, f.place.column) for f in told.value.faults]


def test_norway_stays_norway() -> None:
    """NO, no, on and off are words; only true and false are truth values."""
    data = parse_yaml("a: NO\nb: [no, on, off, yes, Y]\nc: true\nd: null\n", "s").data
    assert data == {
        "a": "NO",
        "b": ("no", "on", "off", "yes", "Y"),
        "c": True,
        "d": None,
    }


def test_numbers_are_exact() -> None:
    """A tenth is a tenth; quoted digits are text."""
    data = parse_yaml("a: 0.1\nb: 1e-3\nc: '7'\nd: 2025-01-31\n", "s").data
    assert data == {
        "a": Fraction(1, 10), "b": Fraction(1, 1000), "c": "7", "d": "2025-01-31",
    }  # fmt: skip


def test_places_of_keys_and_values() -> None:
    """Every key and value knows its line and column; a missing one, its parent's."""
    document = parse_yaml("a:\n  b: [1, 2]\n", "s")
    assert document.key_place(("a", "b")) == Place("s", 2, 3)
    assert document.place(("a", "b", 1)) == Place("s", 2, 10)
    assert document.place(("a", "c")) == document.place(("a",))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", ("DUPLICATE_KEY", 3, 1)),
        ("a: {b: 1, b: 2}\n", ("DUPLICATE_KEY", 1, 11)),
        ("a: !!python/object:os.system x\n", ("TAG", 1, 4)),
        ("a: !!str 1\n", ("TAG", 1, 4)),
        ("a: &x 1\nb: *x\n", ("ALIAS", 2, 4)),
        ("a: 1\n---\nb: 2\n", ("TWO_DOCUMENTS", 2, 1)),
        ("a: .inf\n", ("NOT_FINITE", 1, 4)),
        ("a: .NaN\n", ("NOT_FINITE", 1, 4)),
        ("a: 1e999\n", ("NOT_FINITE", 1, 4)),
        ("a: 007\n", ("LEADING_ZERO", 1, 4)),
        ("a: " + "9" * 40 + "\n", ("NUMBER_TOO_LONG", 1, 4)),
        ("? [a, b]\n: 1\n", ("BAD_KEY", 1, 3)),
        ("a: [1, 2\n", ("BAD_YAML", 2, 1)),
        ("", ("EMPTY_FILE", 0, 0)),
        ("# nothing\n", ("EMPTY_FILE", 0, 0)),
    ],
)
def test_what_is_refused(text: str, fault: tuple[str, int, int]) -> None:
    """What is ambiguous or dangerous is a fault at its place, never a guess."""
    assert faults_of(text) == [fault]


def test_deep_nesting_is_refused() -> None:
    """A bomb of brackets stops before anything is built."""
    codes = [code for code, _, _ in faults_of("a: " + "[" * (MAX_DEPTH + 5))]
    assert codes == ["TOO_DEEP"]


def test_several_faults_of_one_file() -> None:
    """One reading tells every fault of the values."""
    assert faults_of("a: 1\na: 2\nb: 01\nc: .nan\n") == [
        ("DUPLICATE_KEY", 2, 1), ("LEADING_ZERO", 3, 4), ("NOT_FINITE", 4, 4),
    ]  # fmt: skip


def test_the_message_names_both_lines() -> None:
    """A repeated key is told with the line where it stood first."""
    with pytest.raises(
        InputError, match=r's.yaml:3:1: "a" stands twice, first at line 1'
    ):
        parse_yaml("a: 1\nb: 2\na: 3\n", "s.yaml")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("a: 1\n".encode("utf-16"), "NOT_UTF8"),
        ("a: Größe\n".encode("cp1252"), "NOT_UTF8"),
        (b"a: 1\n" + b"#" * 1_000_000, "FILE_TOO_LARGE"),
        (b"a: \x07\n", "BAD_YAML"),
    ],
)
def test_bytes_that_are_no_settings(tmp_path: Path, raw: bytes, code: str) -> None:
    """Another encoding or a giant file is told as such."""
    path = tmp_path / "s.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as told:
        read_yaml(path, "s.yaml")
    assert [fault.code for fault in told.value.faults] == [code]


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    """Some editors begin UTF-8 files with a mark; it is no part of the first key."""
    path = tmp_path / "s.yaml"
    path.write_bytes("a: Größe\n".encode("utf-8-sig"))
    assert read_yaml(path, "s.yaml").data == {"a": "Größe"}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """No traceback for a file that is not there."""
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(tmp_path / "no.yaml", "no.yaml")

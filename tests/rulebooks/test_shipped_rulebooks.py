"""The library of rulebooks: every number cited, every file sound, every kind known."""

from __future__ import annotations

import shutil
from fractions import Fraction
from typing import TYPE_CHECKING, Any, get_args

import pytest

from matcher import library
from matcher.scenario.lint import lint, rulebook_files, shelf
from matcher.scenario.load import load
from matcher.scenario.rulebook import KINDS, PAYABLE, Instrument, InstrumentKind
from matcher.scenario.yamlfile import read_yaml
from tests.scenarios.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHELF = ROOT / "models" / "rulebooks"
FILES = sorted(SHELF.glob("*.yaml"))
EXPECTED = {
    "I3 Strand 1": ["i3-strand1-2021", "i3-strand1-2024", "i3-strand1-2025",
                    "i3-strand1-2026"],
    "I3 Strand 2a": ["i3-strand2a-2021", "i3-strand2a-2023", "i3-strand2a-2024",
                     "i3-strand2a-2025", "i3-strand2a-2026"],
    "I3 Strand 2b": ["i3-strand2b-2023"],
    "clusters": ["innosup-1", "escp-s3", "euroclusters"],
    "Horizon Europe": ["horizon-ria", "horizon-ia", "horizon-csa",
                       "horizon-innovation-valleys-2024", "horizon-cofund"],
    "joint calls": ["era-net-cofund", "eurostars-2024"],
    "Digital Europe": ["digital-europe", "edih-2026"],
    "Interreg": ["interreg-europe", "interreg-danube-2022", "interreg-central-europe"],
    "ERDF": ["erdf-2014-20", "erdf-2021-27"],
    "regions": ["vinnovate", "bel-sme-2019", "vlaio-development"],
    "vouchers": ["voucher-centrope", "voucher-innovoucher"],
    "EIC and LIFE": ["eic-pathfinder", "eic-transition", "eic-accelerator",
                     "life-2024"],
    "others": ["eib-loan", "private-contribution"],
}  # fmt: skip
"""What people ask for, and the entries that answer."""


def numbers(node: Any, path: tuple[str, ...] = (), source: str = "") -> Iterator[Any]:
    """Every number below a node, with its path and the source of its mapping."""
    if isinstance(node, dict):
        here = str(node.get("source", ""))
        for key, inner in node.items():
            yield from numbers(inner, (*path, key), here)
    elif isinstance(node, tuple):
        for inner in node:
            yield from numbers(inner, path, source)
    elif isinstance(node, Fraction):
        yield path, source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_rulebook_is_sound(path: Path) -> None:
    """No fault of form or habit: names, sources, numbers, rates."""
    assert len(lint([path])) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_has_a_source_that_is_told(path: Path) -> None:
    """Counted on the file as written, apart from the models that read it."""
    data = read_yaml(path, path.name).data
    found = [entry for entry in numbers(data) if entry[0] != ("format",)]
    assert all(data["sources"][source].strip() for _, source in found)
    for said in data.get("conditions", ()):
        assert data["sources"][said["source"]].strip()
        assert said["text"].endswith(".")
        assert len(said["text"]) < 160


def test_the_library_holds_what_people_ask_for() -> None:
    """Nothing asked for is missing, and nothing is shipped that no group names."""
    asked = {name for names in EXPECTED.values() for name in names}
    assert asked == {b.id for b in shelf() if isinstance(b, Instrument)}
    assert {b.id for b in shelf()} - asked == {"own-money", "s3p-partnership"}


def test_kinds_are_told_once() -> None:
    """The format, the words of the listing and the payable kinds agree."""
    assert tuple(KINDS) == get_args(InstrumentKind)
    assert set(PAYABLE) < set(KINDS)


def test_the_table_of_the_readme_lists_every_rulebook() -> None:
    """Who looks at the folder sees name, kind and confidence of each file."""
    text = (ROOT / "models" / "README.md").read_text("utf-8")
    for book in shelf():
        row = next(line for line in text.splitlines() if f"| `{book.id}` |" in line)
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1] == book.kind, book.id  # type: ignore[attr-defined]
        assert cells[3] == book.confidence, book.id


def test_every_instrument_that_can_pay_can_be_used(tmp_path: Path) -> None:
    """A scenario may list all of them together, and every number gets through."""
    names = [
        book.id for book in shelf()
        if isinstance(book, Instrument) and book.kind in PAYABLE and book.rate
    ]  # fmt: skip
    assert len(names) > 20
    folder = tmp_path / "s"
    shutil.copytree(ROOT / "scenarios" / "3dp-2023", folder)
    settings = folder / "scenario.yaml"
    lines = settings.read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("rulebooks:"))
    lines[at] = f"rulebooks: [s3p-partnership, own-money, {', '.join(names)}]"
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    assert list(load(folder).setting().instruments) == sorted(names)


def test_names_of_the_library_are_what_is_shown() -> None:
    """The listing forgets no file."""
    assert [book.id for book in shelf()] == list(library.names("rulebook"))
    assert rulebook_files(SHELF) == tuple(FILES)

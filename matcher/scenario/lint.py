"""Rulebooks read by themselves, without a scenario, and checked like proof-readers do.

Loading a scenario refuses what cannot be read. Here a file is also held against the
habits of the library: its name, its sources, and entries that never count.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from matcher import library
from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.reader import RULEBOOK, validated
from matcher.scenario.rulebook import citations
from matcher.scenario.slips import contradictions, slips
from matcher.scenario.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matcher.scenario.rulebook import RulebookHead
    from matcher.scenario.yamlfile import Document

ENDINGS: Final = (".yaml", ".yml")
_KIND: Final = re.compile(rb"^[\"']?kind[\"']?\s*:", re.MULTILINE)
"""A top line that every rulebook has and no scenario: seen also where the file is no
YAML, so that its faults are told as those of a rulebook."""
_SETTINGS: Final = "scenario.yaml"


def rulebook_files(path: Path) -> tuple[Path, ...]:
    """Rulebooks that a path means: the file, or those of a folder; none otherwise."""
    if os.path.isfile(path):
        return (path,) if _is_rulebook(path) else ()
    if not os.path.isdir(path) or (path / _SETTINGS).is_file():
        return ()
    files = sorted(file for file in path.iterdir() if file.suffix in ENDINGS)
    return tuple(files) if any(map(_is_rulebook, files)) else ()


def _is_rulebook(path: Path) -> bool:
    try:
        return path.suffix in ENDINGS and bool(_KIND.search(path.read_bytes()))
    except OSError:  # told where the file is read in earnest
        return True


def named(name: str) -> RulebookHead:
    """The rulebook of the library with a name, or the one at a path.

    Raises
    ------
    InputError
        When there is none, or with every fault of its file.
    """
    faults = Faults()
    try:
        path = library.find_rulebook(name)
    except library.NotInLibrary as error:
        faults.add(
            "UNKNOWN_RULEBOOK", Place(name),
            f"no rulebook has this name{did_you_mean(name, error.known)}",
            "`matcher rulebooks` lists all; a path ends in .yaml",
        )  # fmt: skip
        raise InputError(faults) from None
    book: RulebookHead = _read(path, faults)[0]
    faults.raise_if_any()
    return book


def shelf() -> tuple[RulebookHead, ...]:
    """Every rulebook of the library, by name.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    faults = Faults()
    names = library.names("rulebook")
    books = [_read(library.find_rulebook(name), faults)[0] for name in names]
    faults.raise_if_any()
    return tuple(books)


def lint(files: Sequence[Path]) -> tuple[RulebookHead, ...]:
    """Read rulebooks, and hold each against form and habits.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    faults = Faults()
    seen: dict[str, Place] = {}
    books = []
    for path in files:
        book, document = _read(path, faults)
        if book is None:
            continue
        books.append(book)
        _check_name(book, path, document, faults)
        _check_sources(book, document, faults)
        faults.found.extend(contradictions(book, document))
        faults.found.extend(slips(book, document))
        place = document.place(("id",))
        if book.id in seen:
            faults.add("DUPLICATE_RULEBOOK", place,
                       f'"{book.id}" is also the id in {seen[book.id]}',
                       "give each rulebook an id of its own")  # fmt: skip
        seen.setdefault(book.id, place)
    faults.raise_if_any()
    return tuple(books)


def _read(path: Path, faults: Faults) -> tuple[Any, Any]:
    """Rulebook and document of a file; None for what could not be read."""
    try:
        document = read_yaml(path, str(path))
    except InputError as error:
        faults.found.extend(error.faults)
        return None, None
    return validated(RULEBOOK, document, faults), document


def _check_name(
    book: RulebookHead, path: Path, document: Document, faults: Faults
) -> None:
    if path.stem != book.id:
        faults.add("WRONG_NAME", document.place(("id",)),
                   f'the file is called {path.name}, its id is "{book.id}"',
                   f"call the file {book.id}.yaml, or correct the id")  # fmt: skip


def _check_sources(book: RulebookHead, document: Document, faults: Faults) -> None:
    """Every key that is cited is listed, and every listed one is told and cited."""
    cited = dict.fromkeys(key for _, key in citations(document.data))
    for path, key in citations(document.data):
        if key not in book.sources:
            faults.add("UNKNOWN_SOURCE", document.place(path),
                       f'"{key}" is not among the sources of {book.id}'
                       + did_you_mean(key, book.sources),
                       "add it to sources, or correct the key")  # fmt: skip
    for key, text in book.sources.items():
        place = document.key_place(("sources", key))
        if key not in cited:
            faults.add("UNUSED_SOURCE", place, f'nothing cites the source "{key}"',
                       "cite it, or take it out")  # fmt: skip
        if not text.strip():
            faults.add("BLANK_SOURCE", place, f'the source "{key}" is not told',
                       "name the document or page, and its date")  # fmt: skip

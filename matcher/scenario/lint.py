"""Rulebooks read by themselves, without a scenario, and checked like proof-readers do.

Loading a scenario refuses what cannot be read. Here a file is also held against the
habits of the library: its name, its sources, and numbers that contradict each other.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from matcher import library
from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.reader import RULEBOOK, validated
from matcher.scenario.rulebook import Instrument, OwnMoney, citations
from matcher.scenario.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from matcher.scenario.rulebook import Consortium, Rate, RulebookHead
    from matcher.scenario.yamlfile import Document, Path_

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
        _check_numbers(book, document, faults)
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


def _check_numbers(book: RulebookHead, document: Document, faults: Faults) -> None:
    """Numbers that each fit by themselves and contradict each other."""
    if isinstance(book, OwnMoney):
        return
    pairs = list(_consortium(book.consortium))  # type: ignore[attr-defined]
    if isinstance(book, Instrument):
        trl = book.trl
        if trl.start and trl.start.min and trl.end and trl.end.max:
            pairs.append((("trl", "start", "min"), trl.start.min.value,
                          ("trl", "end", "max"), trl.end.max.value))  # fmt: skip
        _check_rates(book, document, faults)
    for low, least, high, most in pairs:
        if least > most:
            first, last = (".".join(map(str, path)) for path in (low, high))
            faults.add("OUT_OF_ORDER", document.place(low),
                       f"{first} is {least}, above {last} {most}",
                       f"raise {last} or lower {first}")  # fmt: skip


def _consortium(asked: Consortium) -> Iterator[tuple[Path_, int, Path_, int]]:
    """Numbers of members that must not be above the most members."""
    if asked.max_partners is None:
        return
    high, most = ("consortium", "max_partners"), asked.max_partners.value
    for name in ("min_regions", "min_states"):
        if least := getattr(asked, name):
            yield ("consortium", name), least.value, high, most
    for i, group in enumerate(asked.required):
        low = ("consortium", "required", i, "min_regions")
        yield low, group.min_regions.value, high, most


def _check_rates(book: Instrument, document: Document, faults: Faults) -> None:
    """The first rate that fits holds: one that another always precedes is a slip."""
    for i, rate in enumerate(book.rate):
        if any(_fits_all(earlier, rate) for earlier in book.rate[:i]):
            faults.add("UNREACHED_RATE", document.place(("rate", i)),
                       "this rate never holds: an earlier one fits whom it fits",
                       "take it out, or move it up")  # fmt: skip


def _fits_all(earlier: Rate, later: Rate) -> bool:
    """Whether a rate fits everybody and every layer that another one fits."""
    return (
        earlier.scheme is None
        or (earlier.scheme, earlier.category) == (later.scheme, later.category)
    ) and all(
        wide is None or (narrow is not None and set(narrow) <= set(wide))
        for wide, narrow in (
            (earlier.beneficiary, later.beneficiary), (earlier.layers, later.layers),
        )
    )  # fmt: skip

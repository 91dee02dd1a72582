"""Strict YAML 1.2 with the position of every key and value.

The one module that reads with ruamel.yaml; `export` writes with it. It turns the
parser's events into plain data itself, so that numbers keep their exact source text,
equal keys are refused with both lines, and tags, aliases, deep nesting, unseen
characters and over-long numbers never reach the rest of the house. ``NO`` is text
here.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from matcher.errors import Faults, InputError, Place
from matcher.scenario.columns import MAX_DIGITS
from matcher.scenario.letters import CellProblem, clean_text, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES: Final = 1_000_000
"""Settings are small; data belongs into tables."""
MAX_DEPTH: Final = 50
MAX_TOLD: Final = 100
"""Faults of a file that are worth telling; a bomb of aliases has many more."""
TAGS: Final = "tag:yaml.org,2002:"
"""What the parser makes of ``!!``."""

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_NOT_FINITE = re.compile(
    r"[-+]?\.inf|\.nan|[-+]?[0-9.]+[eE][-+]?[0-9]{3,}", re.IGNORECASE
)
_WORDS: Final[dict[str, object]] = {
    "null": None, "~": None, "": None, "true": True, "false": False,
}  # fmt: skip

SHOWN_DIGITS: Final = 24
"""Digits of an over-long number that are shown."""

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data of one YAML file and where each part of it stands.

    ``data`` holds dicts, tuples, text, bool, None and exact `Fraction` numbers.
    """

    file: str
    data: Any
    values: dict[Path_, Place]
    keys: dict[Path_, Place]
    text: str = field(repr=False, default="")

    def place(self, path: Path_) -> Place:
        """Place of a value, or of the nearest enclosing one that exists."""
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, Place(self.file, 1, 1))

    def key_place(self, path: Path_) -> Place:
        """Place of a key, or of the nearest enclosing value."""
        return self.keys.get(path) or self.place(path)


def read_text(path: Path, shown: str, limit: int) -> str:
    """Read a UTF-8 file of at most ``limit`` bytes; a byte order mark is fine.

    Raises
    ------
    InputError
        When the file is missing, too large, or not UTF-8.
    """
    faults = Faults()
    place = Place(shown)
    try:
        with path.open("rb") as handle:
            raw = handle.read(limit + 1)
    except OSError as error:
        faults.add("UNREADABLE_FILE", place, f"cannot be read: {error.strerror}",
                   "check the name and the permissions")  # fmt: skip
        raise InputError(faults) from None
    if len(raw) > limit:
        faults.add("FILE_TOO_LARGE", place, f"is larger than {limit:,} bytes",
                   "split it, or move data into tables")  # fmt: skip
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        faults.add("NOT_UTF8", place, "is written in UTF-16", "save it as UTF-8")
    elif (at := raw.find(b"\0")) >= 0:
        faults.add("NOT_UTF8", Place(shown, raw[:at].count(b"\n") + 1),
                   f"is no text: byte {at} is a zero byte, as in UTF-16",
                   "save it as UTF-8")  # fmt: skip
    faults.raise_if_any()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.add("NOT_UTF8", Place(shown, line),
                   f"is not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}",
                   "save it as UTF-8")  # fmt: skip
        raise InputError(faults) from None


def read_yaml(path: Path, shown: str) -> Document:
    """Read one YAML file strictly.

    Raises
    ------
    InputError
        With every fault found, each at its line and column.
    """
    text = read_text(path, shown, MAX_BYTES)
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> Document:
    """Turn YAML text into a `Document`; ``shown`` is the file name for faults.

    Raises
    ------
    InputError
        With every fault found, each at its line and column.
    """
    faults = Faults()
    builder = _Builder(shown, faults)
    try:
        data = builder.document(YAML(typ="safe", pure=True).parse(io.StringIO(text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)
        problem = str(error.problem or error.context or "cannot be parsed")
        faults.add("BAD_YAML", place, f"is not YAML: {problem}",
                   "check indentation, colons and quotes")  # fmt: skip
        raise InputError(faults) from None
    except YAMLError as error:
        line = str(error).strip().splitlines()[0]
        faults.add("BAD_YAML", Place(shown), f"is not YAML: {line}",
                   "save it as plain UTF-8 text")  # fmt: skip
        raise InputError(faults) from None
    faults.raise_if_any()
    if data is None:
        faults.add("EMPTY_FILE", Place(shown), "is empty", "write the settings into it")
        faults.raise_if_any()
    return Document(shown, data, builder.values, builder.keys, text)


class _Builder:
    """Turns the parser's events into plain data, noting places and faults.

    Reading events, rather than a finished graph, stops what is dangerous before
    anything of it is built.
    """

    def __init__(self, shown: str, faults: Faults) -> None:
        self.shown, self.faults = shown, faults
        self.values: dict[Path_, Place] = {}
        self.keys: dict[Path_, Place] = {}
        self.events: Iterator[Any] = iter(())

    def document(self, events: Iterator[Any]) -> Any:
        """Plain data of the one document of a file; None if there is none."""
        self.events = (e for e in events if not isinstance(e, ev.StreamStartEvent))
        if isinstance(next(self.events), ev.StreamEndEvent):
            return None
        data = self._value(next(self.events), ())
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, ev.StreamEndEvent):
            place = self._place(after)
            self._fault("TWO_DOCUMENTS", place, "a second document begins here",
                        "keep one document per file")  # fmt: skip
        return data

    def _value(self, event: Any, path: Path_) -> Any:
        """Plain data of a value; its place is noted under ``path``."""
        place = self._place(event)
        self.values[path] = place
        if isinstance(event, ev.AliasEvent):
            self._fault("ALIAS", place, f"the alias *{event.anchor} is not allowed",
                        "write the value out")  # fmt: skip
            return None
        tag = None if event.tag is None else str(event.tag)
        if tag not in (None, "!"):
            word = quoted(str(tag).replace(TAGS, "!!", 1))
            self._fault("TAG", place, f"the tag {word} is not allowed",
                        "remove the tag")  # fmt: skip
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event, place)
        if len(path) >= MAX_DEPTH:
            self._fault("TOO_DEEP", place, f"is nested deeper than {MAX_DEPTH} levels",
                        "flatten it")  # fmt: skip
            self.faults.raise_if_any()
        if isinstance(event, ev.MappingStartEvent):
            return self._mapping(path)
        items: list[Any] = []
        while not isinstance(item := next(self.events), ev.SequenceEndEvent):
            items.append(self._value(item, (*path, len(items))))
        return tuple(items)

    def _mapping(self, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self.events), ev.MappingEndEvent):
            place = self._place(event)
            if isinstance(event, ev.AliasEvent) or event.tag is not None:
                key: Any = self._value(event, (*path, ""))
            elif isinstance(event, ev.ScalarEvent):
                key = self._text(event.value, place)
            else:
                self._value(event, (*path, ""))
                self._fault("BAD_KEY", place, "a key must be a plain word",
                            "write a word before the colon")  # fmt: skip
                key = None
            inner = (*path, str(key))
            if key in data:
                first = self.keys[inner]
                self._fault("DUPLICATE_KEY", place,
                            f"{quoted(key)} stands twice, first at line {first.line}",
                            "keep one of them")  # fmt: skip
                self._value(next(self.events), inner)
                continue
            self.keys[inner] = place
            data[str(key)] = self._value(next(self.events), inner)
        return data

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.shown, mark.line + 1, mark.column + 1)

    def _fault(self, code: str, place: Place, problem: str, remedy: str) -> None:
        """Note a fault; give up where there are too many to be read."""
        self.faults.add(code, place, problem, remedy)
        if len(self.faults.found) >= MAX_TOLD:
            self.faults.raise_if_any()

    def _scalar(self, event: Any, place: Place) -> Any:
        text = event.value
        if event.style:  # quoted or block text is text, whatever it looks like
            return self._text(text, place)
        if text.casefold() in _WORDS and text in (
            text.lower(),
            text.title(),
            text.upper(),
        ):
            return _WORDS[text.casefold()]
        if _NOT_FINITE.fullmatch(text):
            self._fault("NOT_FINITE", place, f"{quoted(text)} is no usable number",
                            "write a finite number")  # fmt: skip
            return Fraction(0)
        if _FLOAT.fullmatch(text):
            return self._number(text, place)
        return self._text(text, place)

    def _text(self, text: str, place: Place) -> str:
        """Text in one form, without characters that nobody can see."""
        try:
            return clean_text(text, allowed="\n\t")
        except CellProblem as problem:
            self._fault(problem.code, place, str(problem), problem.remedy)
            return text

    def _number(self, text: str, place: Place) -> Fraction:
        mantissa, _, exponent = text.lower().partition("e")
        digits = sum(char.isdigit() for char in mantissa) + abs(int(exponent or 0))
        if digits > MAX_DIGITS:
            shown = text if len(text) <= SHOWN_DIGITS else f"{text[:SHOWN_DIGITS]}..."
            self._fault("NUMBER_TOO_LONG", place,
                            f"{shown} has more than {MAX_DIGITS} digits",
                            "check the figure and its unit")  # fmt: skip
            return Fraction(0)
        whole = text.lstrip("+-")
        if _INT.fullmatch(text) and len(whole) > 1 and whole[0] == "0":
            self._fault(
                "LEADING_ZERO",
                place,
                f"{text} begins with a zero",
                f'write "{text}" in quotes for a code, or drop the zero',
            )
        return Fraction(text)

"""Strict YAML 1.2 with the position of every key and value.

The one module that touches ruamel.yaml. It composes the node graph itself and
turns nodes into plain data, so that numbers keep their exact source text,
equal keys are refused with both lines, and tags, aliases, deep nesting and
over-long numbers never reach the rest of the house. ``NO`` is text here.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Faults, InputError, Place
from matcher.scenario.columns import MAX_DIGITS

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 1_000_000
"""Settings are small; data belongs into tables."""
MAX_DEPTH: Final = 50

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_NOT_FINITE = re.compile(
    r"[-+]?\.inf|\.nan|[-+]?[0-9.]+[eE][-+]?[0-9]{3,}", re.IGNORECASE
)
_WORDS: Final[dict[str, object]] = {
    "null": None, "~": None, "": None, "true": True, "false": False,
}  # fmt: skip

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
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    faults = Faults()
    yaml = YAML(typ="safe", pure=True)
    try:
        _refuse_events(yaml, text, shown, faults)
        faults.raise_if_any()
        node = yaml.compose(io.StringIO(text))
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
    if node is None:
        faults.add("EMPTY_FILE", Place(shown), "is empty", "write the settings into it")
        faults.raise_if_any()
    builder = _Builder(shown, faults)
    data = builder.build(node, ())
    faults.raise_if_any()
    return Document(shown, data, builder.values, builder.keys, text)


def _refuse_events(yaml: Any, text: str, shown: str, faults: Faults) -> None:
    """Stop what is dangerous or ambiguous before any node is built."""
    from ruamel.yaml import events

    depth = documents = 0
    for event in yaml.parse(io.StringIO(text)):
        place = Place(shown, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, events.DocumentStartEvent):
            documents += 1
            if documents == 2:
                faults.add("TWO_DOCUMENTS", place, "a second document begins here",
                           "keep one document per file")  # fmt: skip
        elif isinstance(event, events.AliasEvent):
            faults.add("ALIAS", place, "aliases (*name) are not allowed",
                       "write the value out")  # fmt: skip
        elif isinstance(event, (events.CollectionStartEvent, events.ScalarEvent)):
            tag = getattr(event, "tag", None)
            if tag is not None and str(tag) != "!":
                faults.add("TAG", place, f"tags such as {tag} are not allowed",
                           "remove the tag")  # fmt: skip
        if isinstance(event, events.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                faults.add(
                    "TOO_DEEP",
                    place,
                    f"is nested deeper than {MAX_DEPTH} levels",
                    "flatten it",
                )
                faults.raise_if_any()
        elif isinstance(event, events.CollectionEndEvent):
            depth -= 1


class _Builder:
    """Turns a node graph into plain data, noting places and faults."""

    def __init__(self, shown: str, faults: Faults) -> None:
        self.shown, self.faults = shown, faults
        self.values: dict[Path_, Place] = {}
        self.keys: dict[Path_, Place] = {}

    def build(self, node: Any, path: Path_) -> Any:
        """Plain data of a node; its place is noted under ``path``."""
        self.values[path] = self._place(node)
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.id == "sequence":
            return tuple(
                self.build(item, (*path, i)) for i, item in enumerate(node.value)
            )
        return self._scalar(node)

    def _place(self, node: Any) -> Place:
        return Place(self.shown, node.start_mark.line + 1, node.start_mark.column + 1)

    def _mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, place = str(key_node.value), self._place(key_node)
            inner = (*path, key)
            if key_node.id != "scalar":
                self.faults.add("BAD_KEY", place, "a key must be a plain word",
                                "write a word before the colon")  # fmt: skip
                continue
            if key in data:
                first = self.keys[inner]
                self.faults.add("DUPLICATE_KEY", place,
                                f'"{key}" stands twice, first at line {first.line}',
                                "keep one of them")  # fmt: skip
                continue
            self.keys[inner] = place
            data[key] = self.build(value_node, inner)
        return data

    def _scalar(self, node: Any) -> Any:
        text, place = node.value, self._place(node)
        if node.style:  # quoted or block text is text, whatever it looks like
            return text
        if text.casefold() in _WORDS and text in (
            text.lower(),
            text.title(),
            text.upper(),
        ):
            return _WORDS[text.casefold()]
        if _NOT_FINITE.fullmatch(text):
            self.faults.add("NOT_FINITE", place, f"{text} is no usable number",
                            "write a finite number")  # fmt: skip
            return Fraction(0)
        if _FLOAT.fullmatch(text):
            return self._number(text, place)
        return text

    def _number(self, text: str, place: Place) -> Fraction:
        digits = sum(char.isdigit() for char in re.split("[eE]", text)[0])
        if digits > MAX_DIGITS:
            self.faults.add("NUMBER_TOO_LONG", place,
                            f"{text[:24]}... has more than {MAX_DIGITS} digits",
                            "check the figure and its unit")  # fmt: skip
            return Fraction(0)
        if (
            _INT.fullmatch(text)
            and len(text.lstrip("+-")) > 1
            and text.lstrip("+-")[0] == "0"
        ):
            self.faults.add(
                "LEADING_ZERO",
                place,
                f"{text} begins with a zero",
                f'write "{text}" in quotes for a code, or drop the zero',
            )
        return Fraction(text)

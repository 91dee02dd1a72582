"""Turn what pydantic finds into faults: at their lines, in words, with a remedy."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, get_args

from matcher.errors import did_you_mean
from matcher.scenario.letters import SHOWN
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import Slip, plain_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from matcher.errors import Faults, Place
    from matcher.scenario.yamlfile import Document, Path_

_CODES = {"extra_forbidden": "UNKNOWN_KEY", "missing": "MISSING_KEY"}
_WORDS: Mapping[str, tuple[str, str]] = {
    "string_type": ("a text is needed", "put the value in quotes"),
    "bool_type": ("true or false is needed", "write true or false"),
    "tuple_type": ("a list is needed", "write a list: [a, b]"),
    "model_type": ("a mapping is needed", "write lines such as key: value"),
    "dict_type": ("a mapping is needed", "write lines such as key: value"),
    "mapping_type": ("a mapping is needed", "write lines such as key: value"),
    "model_attributes_type": ("a mapping is needed", "write lines such as key: value"),
    "too_short": ("at least one entry is needed", "add one, or leave the key out"),
}
"""Problem and remedy by pydantic's kind of error, where its own words fit less."""
Loc = tuple[int | str, ...]
"""Where pydantic finds a fault."""
_SCALAR = re.compile(r"[^\s,\]}#]+")


def report_validation(
    error: ValidationError, document: Document, faults: Faults, *,
    model: type[Strict] | None = None, root: Path_ = (),
) -> None:  # fmt: skip
    """Turn pydantic's findings into faults at their lines.

    ``root`` is where in the document the validated part stands. With its ``model``
    an unknown key is told with the keys that are known there, without it with any.
    """
    entries = error.errors(include_url=False)

    def written(loc: Loc) -> Path_:
        return _document_path((*root, *loc), document)

    # Of a choice between models the first part is the choice, which is no key.
    chosen = 1 if error.title.startswith("tagged-union") else 0
    for entry, forms in _by_value(entries, written):
        loc = entry["loc"]
        if entry["type"] == "too_short" and any(
            e["loc"][: len(loc)] == loc != e["loc"] for e in entries
        ):
            continue  # only short because of its bad items, which are told themselves
        path = _document_path((*root, *loc[chosen:]), document)
        kind = entry["type"]
        place = document.place(path)
        if kind == "extra_forbidden":
            word = str(loc[-1])
            known = _keys_at(model, loc) if model else _every_key()
            problem = f'{_within(root)}unknown key "{word}"{did_you_mean(word, known)}'
            place, remedy = document.key_place(path), "remove it, or correct the key"
            if model:
                remedy = f"use {', '.join(known)}" if known else "remove it"
        elif kind == "missing":
            problem, remedy = f'{_within(root)}key "{loc[-1]}" is missing', "add it"
        else:
            rule, remedy = _rule(entry) if len(forms) < 2 else _any_of(forms)
            if model and kind == "too_short":
                remedy = "add one"  # a term has no list that may be left out
            if loc and loc[-1] == "[key]":
                place = document.key_place(path)
            problem = f"{_within(path)}{rule}{_found(entry['input'], place, document)}"
        faults.add(_CODES.get(kind, "BAD_VALUE"), place, problem, remedy)


def _by_value(
    entries: list[ErrorDetails], written: Callable[[Loc], Path_]
) -> Iterator[tuple[ErrorDetails, list[ErrorDetails]]]:
    """Entries, each with those about other forms that the same value may have.

    Pydantic tries every form. One whose very type differs is told only where all of
    them do, and then once for all.
    """

    def is_form(entry: ErrorDetails) -> bool:
        loc = entry["loc"]
        typed = entry["type"] in _WORDS and entry["type"].endswith("_type")
        return typed and bool(loc) and written(loc) == written(loc[:-1])

    for i, entry in enumerate(entries):
        forms = [entry]
        if is_form(entry):
            *of, form = entry["loc"]
            size, value = len(of) + 1, written(entry["loc"])
            forms += [
                e for e in entries
                if [*e["loc"][: size - 1]] == of
                and form not in e["loc"][size - 1 : size]
                and len(e["loc"]) >= size and written(e["loc"][:size]) == value
            ]  # fmt: skip
            tried = any(len(e["loc"]) > size or not is_form(e) for e in forms)
            if tried or any(e in entries[:i] for e in forms[1:]):
                continue
        yield entry, forms


def _any_of(forms: list[ErrorDetails]) -> tuple[str, str]:
    """Rule and remedy of a value that has none of its forms."""
    needed, remedies = zip(*(_WORDS[e["type"]] for e in forms), strict=True)
    kinds = " or ".join(rule.removesuffix(" is needed") for rule in needed)
    return f"{kinds} is needed", ", or ".join(remedies)


def _within(path: Path_) -> str:
    return f"{'.'.join(map(str, path))}: " if path else ""


def _rule(entry: ErrorDetails) -> tuple[str, str]:
    """Which rule a value breaks, and the remedy."""
    slip = entry.get("ctx", {}).get("error")
    if isinstance(slip, Slip):
        return str(slip), slip.remedy
    if entry["type"] in _WORDS:
        return _WORDS[entry["type"]]
    if entry["type"] == "greater_than_equal":
        least = plain_number(Fraction(entry["ctx"]["ge"]))
        return f"the value is below {least}", f"use {least} or more"
    if entry["type"] == "greater_than":
        least = plain_number(Fraction(entry["ctx"]["gt"]))
        return f"the value is not above {least}", f"use more than {least}"
    message = entry["msg"].removeprefix("Value error, ")
    choice = entry["type"] in ("literal_error", "union_tag_invalid")
    remedy = "use one of these" if choice else "correct the value"
    return f"{message[:1].lower()}{message[1:]}", remedy


def _found(value: Any, place: Place, document: Document) -> str:
    """What stands there instead, as it was written."""
    if isinstance(value, dict):
        return ""
    if isinstance(value, tuple):
        return ", found a list" if value else ", found an empty list"
    if isinstance(value, bool) or value is None:
        return f", found {'null' if value is None else str(value).lower()}"
    if isinstance(value, Fraction):
        return f", found {_number_as_written(value, place, document)}"
    return f", found {str(value)[:SHOWN]!r}"


def _number_as_written(value: Fraction, place: Place, document: Document) -> str:
    """Source text of a number; its plain form where it was computed."""
    lines = document.text.splitlines()
    if place.file == document.file and 0 < place.line <= len(lines):
        scalar = _SCALAR.match(lines[place.line - 1], max(place.column - 1, 0))
        try:
            if scalar and Fraction(scalar[0]) == value:
                return scalar[0]
        except (ValueError, ZeroDivisionError):
            pass
    return str(plain_number(value))


def _document_path(loc: Loc, document: Document) -> Path_:
    """Keep the parts of pydantic's location that exist in the file."""
    path: Path_ = ()
    for part in loc:
        step = (*path, part)
        if step in document.values or step in document.keys:
            path = step
    return path


def _keys_at(model: type[Strict], loc: Loc) -> tuple[str, ...]:
    """Keys of the mapping in which the last part of a location stands."""
    for part in loc[:-1]:
        kinds: list[Any] = [model.model_fields[part].annotation] if part in (
            model.model_fields) else []  # fmt: skip
        while kinds:  # the model inside a list
            kind = kinds.pop()
            kinds.extend(get_args(kind))
            if isinstance(kind, type) and issubclass(kind, Strict):
                model = kind
    return tuple(model.model_fields)


def _every_key() -> set[str]:
    """Every key any settings model knows, for hints."""
    keys: set[str] = set()
    models: list[type[Any]] = [Strict]
    while models:
        model = models.pop()
        keys.update(model.model_fields)
        models.extend(model.__subclasses__())
    return keys

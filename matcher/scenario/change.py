"""What an assumption changes, and how an old value becomes a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.scenario.columns import exact_number
from matcher.scenario.letters import CellProblem, quoted

if TYPE_CHECKING:
    from matcher.errors import Faults, Place
    from matcher.scenario.setting import Override
    from matcher.scenario.tables import RawTable
    from matcher.scenario.yamlfile import Document, Path_

MOST_DECIMALS: Final = 30
"""Decimals of a changed value; parts of parts may have more than any figure has."""

RELATIVE: Final = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*x")
"""A part of the old value."""
_SLIP = re.compile(r"[-+]?[0-9.,]+\s*([xX*]|%)")
"""Looks like a part of the old value, but is not written as one."""


@dataclass(slots=True)
class Written:
    """What was written, as far as an assumption may change it."""

    settings: dict[str, Any]
    tables: dict[str, RawTable]
    rulebooks: dict[str, dict[str, Any]]
    overrides: list[Override] = field(default_factory=list)
    expected: bool | None = None
    """Whether an assumption makes the objective an expected one; None: as written."""
    origins: dict[str, dict[Path_, Place]] = field(default_factory=dict)
    """Line of the assumption that set a value, by rulebook (settings: '') and path."""

    def document(self, document: Document, rulebook: str = "") -> Document:
        """A document as changed; what was set is told at the assumption's line."""
        places: dict[Path_, Place] = {}
        for path, place in self.origins.get(rulebook, {}).items():
            for end in range(1, len(path)):
                if path[:end] not in document.values:  # a part that was not written
                    places.setdefault(path[:end], place)
            places[path] = place
        return replace(
            document,
            data=self.rulebooks[rulebook] if rulebook else self.settings,
            values={**document.values, **places},
            keys={**document.keys, **places},
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One ``set`` entry of an assumption."""

    path: str
    value: Any
    place: Place
    assumption: str
    faults: Faults

    def refuse(self, code: str, problem: str, remedy: str) -> None:
        """Note a fault at the line of the entry."""
        self.faults.add(code, self.place, problem, remedy)


def decimal_text(value: Fraction) -> str:
    """Write an exact fraction with a finite decimal expansion as plain text."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    digits, scaled = 0, value
    while scaled.denominator != 1:
        digits, scaled = digits + 1, scaled * 10
        if digits > MOST_DECIMALS:
            raise ValueError(f"{value} has no finite decimal form")
    text = str(int(scaled)).rjust(digits + 1, "0")
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def is_part(value: Any) -> bool:
    """Whether a value is relative, such as ``0.5x``."""
    return isinstance(value, str) and bool(RELATIVE.fullmatch(value.strip()))


def changed(old: Fraction | None, value: Any) -> Fraction | str | bool:
    """New value: absolute as given, relative such as ``0.5x`` times the old one."""
    if isinstance(value, str) and (match := RELATIVE.fullmatch(value.strip())):
        if old is None:
            raise CellProblem("RELATIVE_TO_UNKNOWN",
                              f"{value} of an unknown value is unknown",
                              "give an absolute value")  # fmt: skip
        return old * exact_number(match.group(1))
    if isinstance(value, str) and _SLIP.fullmatch(value.strip()):
        raise CellProblem(
            "BAD_VALUE", f"{quoted(value)} is no part of a value",
            "write it as 0.5x, with a decimal point: 0.5x" if "," in value
            else "write it as 0.5x",
        )  # fmt: skip
    if isinstance(value, (Fraction, str, bool)):  # what fits is checked as any value
        return value
    kinds: dict[type, str] = {tuple: "a list", dict: "a mapping"}
    kind = kinds.get(type(value), "null")
    raise CellProblem("BAD_VALUE", f"{kind} cannot be set", "give a number or a word")


def shown(value: Any) -> str:
    """A value as text that reads back to it; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, Fraction):
        return str(value)
    try:
        return decimal_text(value)
    except ValueError:
        raise CellProblem("NUMBER_TOO_LONG", "the outcome has too many decimals",
                          "give a part with fewer digits") from None  # fmt: skip

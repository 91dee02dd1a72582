"""Coded, located, collected faults, and the few errors a caller may meet.

A user's mistake is a `Fault`: a value that knows its code, its place, what was
found, the rule it breaks and the remedy. Readers put faults into a `Faults`
collector and go on, so that one run shows every fault of a scenario; the
collector raises once, at the end, as `InputError`.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something was written: a file, a line, and a column or a field.

    ``line`` and ``column`` count from 1 as editors do; ``field`` names the
    column of a table or the key of a setting.
    """

    file: str
    line: int = 0
    column: int = 0
    field: str = ""

    def __str__(self) -> str:
        text = self.file
        if self.line:
            text += f":{self.line}"
        if self.column:
            text += f":{self.column}"
        if self.field:
            text += f", column {self.field}" if not self.column else f" {self.field}"
        return text

    def at(self, field: str) -> Place:
        """The same row of the same file, another field."""
        return Place(self.file, self.line, 0, field)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in the input, in words that say what to do about it."""

    code: str
    """Stable name in capitals, for programs and for searching."""
    place: Place
    problem: str
    """What was found and which rule it breaks."""
    remedy: str
    """What to change."""

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy} [{self.code}]"

    def as_dict(self) -> dict[str, object]:
        """The fault as plain data for machine-readable output."""
        return {
            "code": self.code,
            "file": self.place.file,
            "line": self.place.line or None,
            "column": self.place.column or None,
            "field": self.place.field or None,
            "problem": self.problem,
            "remedy": self.remedy,
        }


class MatcherError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1


class InputError(MatcherError):
    """The input breaks the rules of its format; carries every fault found."""

    exit_code = 3

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.place, f.code)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        return (type(self), (self.faults,))


class SolverFailed(MatcherError):
    """A backend crashed, hung or gave no usable answer; the message says why."""

    exit_code = 8


class AnswerRejected(MatcherError):
    """A solver's answer broke a rule when checked; carries what failed."""

    exit_code = 9


class WriteFailed(MatcherError):
    """A result could not be written; what stood there before is untouched."""

    exit_code = 8


@dataclass(slots=True)
class Faults:
    """Collector of faults: add as many as there are, raise once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, code: str, place: Place, problem: str, remedy: str) -> None:
        """Note one fault and go on."""
        self.found.append(Fault(code, place, problem, remedy))

    def raise_if_any(self) -> None:
        """Raise everything found so far.

        Raises
        ------
        InputError
            When at least one fault was added.
        """
        if self.found:
            raise InputError(self.found)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``' (did you mean "..."?)'`` for the nearest known word, or ''."""
    choices = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), choices, n=1, cutoff=0.6)
    return f' (did you mean "{choices[near[0]]}"?)' if near else ""

"""Kinds of table cells: how text becomes a value, exactly and without guessing.

Every cell is read as text. A `Column` says which kind of value it holds, what a
blank means, and turns the text into an exact value (`int`, `Fraction`, cents)
or a `CellProblem` in words. Nothing is coerced: ``NO`` stays Norway, ``NA``
stays a code, a decimal comma is refused unless the table declares it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from matcher.errors import did_you_mean
from matcher.scenario.letters import CellProblem, clean_code, clean_text, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

UNLIMITED: Final = "unlimited"
"""Cell word for a limit that is known not to bind."""

BLANK: Final = "; blank: "
"""Stands in a column's documentation before what a blank cell means."""
UNKNOWN: Final = "unknown"
UNSTATED: Final = "not stated"
"""What a blank means in a column that no rule reads."""

Amount: TypeAlias = Fraction | Literal["unlimited"] | None
"""A quantity, the word `UNLIMITED`, or None for unknown."""
Money: TypeAlias = int | Literal["unlimited"] | None
"""Cents, the word `UNLIMITED`, or None for unknown."""

MAX_DIGITS: Final = 18
"""Longest number accepted: whatever is longer is a slip, and stays exact in 64 bits."""

CENTS: Final = 100
PERCENTS: Final = 100

MOST_UNITS: Final = 10**9
MOST_EUR: Final = 10**11
"""Larger figures are slips of a unit, and sums of them leave 64 bits."""

MOST_POINTS: Final = 10**6
"""Most points per unit, and largest weight. Points are kept to a billionth, and a
double holds whole numbers exactly up to 9 * 10^15: more than a million points with
nine decimals would be rounded, and plans of different value would look alike."""

# Only the digits 0 to 9: those of other scripts are read as slips, not as numbers.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})*|[0-9]*),[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([ ',\u00a0\u202f])[0-9]{3}(\1[0-9]{3})*"
                      r"(\.[0-9]+)?|(\.[0-9]{3}){2,}(,[0-9]+)?)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """Declaration of one table column; the format manual is made from these."""

    kind: str
    """Words for the manual: "code", "whole number 0 to 3", "EUR", ..."""
    parse: Callable[[str], Any]
    doc: str
    """What it holds and, after `BLANK`, what a blank cell means."""
    required: bool = False
    refers: str = ""
    """Table whose key this column names; the value must exist there."""
    blank: Any = None
    """Value of a blank cell; `if_blank` says what it stands for."""
    many: bool = False
    """The cell holds several codes, separated by ``|``."""
    of_kind: str = ""
    """Only rows of this `kind` use it; blank: all do."""
    prefix: bool = False
    """Stands for every column that begins with this name and a dot."""
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def meaning(self) -> str:
        """What the column holds."""
        return self.doc.partition(BLANK)[0]

    @property
    def if_blank(self) -> str:
        """What a blank cell means; begins with `UNKNOWN` where nothing is known."""
        return self.doc.partition(BLANK)[2]

    @property
    def unknown_if_blank(self) -> bool:
        """Whether a blank leaves something open, rather than having a meaning."""
        return self.if_blank.startswith(UNKNOWN)


def exact_number(text: str) -> Fraction:
    """Turn decimal text into an exact fraction.

    Raises
    ------
    CellProblem
        For anything that is not one plain decimal number of at most
        `MAX_DIGITS` digits.
    """
    if not _NUMBER.fullmatch(text):
        if _DECIMAL_COMMA.fullmatch(text):
            remedy = 'write a decimal point, or declare decimal: "," for this table'
        elif _GROUPED.fullmatch(text):
            remedy = "remove the thousands separators"
        else:
            remedy = "write a plain number such as 1250 or 0.5; leave an unknown blank"
        raise CellProblem("NOT_A_NUMBER", f"{quoted(text)} is not a number", remedy)
    digits = sum(c.isdigit() for c in re.split("[eE]", text)[0])
    exponent = abs(int(re.split("[eE]", text)[1])) if re.search("[eE]", text) else 0
    if digits + exponent > MAX_DIGITS:
        raise CellProblem(
            "NUMBER_TOO_LONG",
            f"{quoted(text)} has more than {MAX_DIGITS} digits",
            "check the figure and its unit",
        )
    return Fraction(text)


def _within(value: Fraction, low: int | None, high: int | None, text: str) -> None:
    if low is not None and value < low:
        raise CellProblem(
            "OUT_OF_RANGE", f"{text} is below {low}", f"use {low} or more"
        )
    if high is not None and value > high:
        raise CellProblem(
            "OUT_OF_RANGE", f"{text} is above {high:,}", f"use {high:,} or less"
        )


def _whole(low: int | None, high: int | None) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = exact_number(text)
        if value.denominator != 1:
            raise CellProblem(
                "NOT_WHOLE",
                f"{text} is not a whole number",
                "round it to a whole number",
            )
        _within(value, low, MOST_UNITS if high is None else high, text)
        return int(value)

    return parse


def _fraction(low: int | None, high: int | None) -> Callable[[str], Fraction]:
    def parse(text: str) -> Fraction:
        value = exact_number(text)
        _within(value, low, MOST_UNITS if high is None else high, text)
        return value

    return parse


def parse_cents(text: str) -> int:
    """Turn an amount in EUR into whole cents; negative amounts are refused."""
    value = exact_number(text) * CENTS
    _within(value / CENTS, 0, MOST_EUR, text)
    if value.denominator != 1:
        raise CellProblem(
            "FRACTION_OF_CENT", f"{text} EUR is finer than a cent", "round it to cents"
        )
    return int(value)


_T = TypeVar("_T")


def _or_unlimited(parse: Callable[[str], _T]) -> Callable[[str], _T | str]:
    def either(text: str) -> _T | str:
        if text.casefold() == UNLIMITED:
            return UNLIMITED
        try:
            return parse(text)
        except CellProblem as slip:
            more = f", or write {UNLIMITED}" if slip.code == "NOT_A_NUMBER" else ""
            raise CellProblem(slip.code, slip.problem, slip.remedy + more) from None

    return either


def day(text: str) -> dt.date:
    """Turn a date such as 2025-01-31 into a day; no other way of writing is read."""
    if _DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            pass
    raise CellProblem(
        "NOT_A_DATE", f"{quoted(text)} is not a date", "write it as 2025-01-31"
    )


def _choice(values: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in values:
            raise CellProblem(
                "NOT_A_CHOICE",
                f"{quoted(text)} is not one of {', '.join(values)}"
                + did_you_mean(text, values),
                "use one of these words",
            )
        return text

    return parse


def column(kind: str, parse: Callable[[str], Any], doc: str, **more: Any) -> Any:
    """Declare a column as the default of a row's dataclass field."""
    spec = Column(kind, parse, doc, **more)
    return field(default=spec.blank, metadata={"column": spec})


def code(doc: str, **more: Any) -> Any:
    """An identifier."""
    return column("code", clean_code, doc, **more)


def ref(table: str, doc: str, **more: Any) -> Any:
    """An identifier that must exist as key of another table."""
    return column(f"code in {table}", clean_code, doc, refers=table, **more)


def codes(doc: str, **more: Any) -> Any:
    """Several identifiers separated by ``|``; blank is none stated."""
    return column("codes, separated by |", clean_code, doc, many=True, blank=(), **more)


def text(doc: str, **more: Any) -> Any:
    """Free text; blank is the empty text."""
    more.setdefault("blank", "")
    return column("text", clean_text, doc, **more)


def whole(low: int | None, high: int | None, doc: str, **more: Any) -> Any:
    """A whole number within bounds."""
    span = f" {low} to {high}" if high is not None else f" from {low}"
    return column("whole number" + span, _whole(low, high), doc, **more)


def number(low: int | None, high: int | None, doc: str, **more: Any) -> Any:
    """An exact decimal number within bounds."""
    span = f" {low} to {high}" if high is not None else f" from {low}"
    return column("number" + span, _fraction(low, high), doc, **more)


def _percents(text: str) -> Fraction:
    """A share in whole per cents: sums of parts of rates stay short and exact."""
    value = exact_number(text)
    _within(value, 0, 1, text)
    if (value * PERCENTS).denominator != 1:
        raise CellProblem(
            "FRACTION_OF_PERCENT", f"{text} is finer than a hundredth",
            "round it to two decimals",
        )  # fmt: skip
    return value


def share(doc: str, **more: Any) -> Any:
    """A share from 0 to 1, in hundredths."""
    return column("number 0 to 1, in hundredths", _percents, doc, **more)


def amount(doc: str, **more: Any) -> Any:
    """A quantity that may also be the word ``unlimited``."""
    return column(
        "number from 0, or unlimited", _or_unlimited(_fraction(0, None)), doc, **more
    )


def money(doc: str, *, unlimited: bool = False, **more: Any) -> Any:
    """An amount in EUR, kept as cents."""
    parse = _or_unlimited(parse_cents) if unlimited else parse_cents
    return column("EUR, or unlimited" if unlimited else "EUR", parse, doc, **more)


def date(doc: str, **more: Any) -> Any:
    """A day, written 2025-01-31."""
    return column("date", day, doc, **more)


def choice(values: tuple[str, ...], doc: str, **more: Any) -> Any:
    """One of a few words."""
    return column(" or ".join(values), _choice(values), doc, **more)

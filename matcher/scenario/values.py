"""Kinds of values in settings and rulebooks: exact, bounded, and never coerced.

Each kind refuses what does not fit in words of its own, with the remedy, and says
the same in the JSON Schema for editors.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    PlainSerializer,
    WithJsonSchema,
)

from matcher.scenario.columns import (
    CENTS,
    MOST_EUR,
    MOST_POINTS,
    MOST_UNITS,
    day,
)
from matcher.scenario.letters import CellProblem

if TYPE_CHECKING:
    from collections.abc import Callable

Confidence = Literal["confirmed", "secondary", "unconfirmed", "assumption"]
Phase = Literal["learn", "connect", "demonstrate", "commercialise", "scale_up"]
LayerName = Literal["1", "2", "3", "coordination"]
RoleName = Literal["lead", "partner", "observer"]
ActorType = Literal[
    "company", "sme", "rto", "university", "cluster", "public", "ngo",
]  # fmt: skip

MOST_SECONDS = 10**8
"""Longest time limit, three years: longer ones overflow the clocks of solvers."""
MOST_SEED = 2**31 - 1
"""Largest seed that every solver takes."""
MOST_THREADS = 1024


class Slip(ValueError):
    """A value that does not fit: which rule it breaks, and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def plain_number(value: Fraction) -> int | float:
    """A fraction as the shortest plain number that stands for it."""
    return int(value) if value.denominator == 1 else float(value)


def in_order(model: BaseModel, low: str, high: str, unit: int = 1) -> None:
    """Refuse a pair of fields whose lower one is above the higher one.

    ``unit`` is what one of what was written is worth: 100 for EUR kept as cents.
    """
    pair = [getattr(model, name) for name in (low, high)]
    first, last = (getattr(field, "value", field) for field in pair)
    if first is not None and last is not None and first > last:
        raise Slip(
            f"{low} is {_plain(first, unit)}, above {high} {_plain(last, unit)}",
            f"raise {high} or lower {low}",
        )


def _plain(value: Any, unit: int) -> str:
    if isinstance(value, (int, Fraction)):
        return str(plain_number(Fraction(value) / unit))
    return str(value)


def _number(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    comma = isinstance(value, str) and value.replace(",", "", 1).isdecimal()
    remedy = "write a decimal point, as in 0.5" if comma else "write a number: 0.5"
    raise Slip("a number is needed", remedy)


def _whole(value: object) -> int:
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Slip("a whole number is needed", "write a whole number")


def _cents(value: object) -> int:
    cents = _bounded(0, MOST_EUR)(_number(value)) * CENTS
    if cents.denominator != 1:
        raise Slip("money is counted in whole cents", "round it to cents")
    return int(cents)


def _bounded(low: int, high: int) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value < low:
            raise Slip(f"the value is below {low}", f"use {low} or more")
        if value > high:
            raise Slip(f"the value is above {high:,}", f"use {high:,} or less")
        return value

    return check


def _date(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return day(str(value) if isinstance(value, str) else "")
    except CellProblem as problem:
        raise Slip("a date is needed", problem.remedy) from None


def _layer(value: object) -> object:
    return str(value) if isinstance(value, Fraction) else value


def _schema(kind: str, low: int, high: int, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "minimum": low, "maximum": high, **more})


Number = Annotated[
    Fraction,
    BeforeValidator(_number),
    AfterValidator(_bounded(-MOST_POINTS, MOST_POINTS)),
    PlainSerializer(plain_number),
    _schema("number", -MOST_POINTS, MOST_POINTS),
]
"""Points of a term's parameters; they may be negative."""
Weight = Annotated[
    Fraction,
    BeforeValidator(_number),
    AfterValidator(_bounded(0, MOST_POINTS)),
    PlainSerializer(plain_number),
    _schema("number", 0, MOST_POINTS),
]
"""Weight of a term: each is worded so that more of it is better."""
Seconds = Annotated[
    Fraction,
    BeforeValidator(_number),
    AfterValidator(_bounded(0, MOST_SECONDS)),
    PlainSerializer(plain_number),
    _schema("number", 0, MOST_SECONDS),
]
Share = Annotated[
    Fraction,
    BeforeValidator(_number),
    AfterValidator(_bounded(0, 1)),
    PlainSerializer(plain_number),
    _schema("number", 0, 1),
]
Whole = Annotated[
    int,
    BeforeValidator(_whole),
    AfterValidator(_bounded(0, MOST_UNITS)),
    _schema("integer", 0, MOST_UNITS),
]
Count = Annotated[
    Whole, AfterValidator(_bounded(1, MOST_UNITS)), _schema("integer", 1, MOST_UNITS)
]
"""A number of things of which there is at least one."""
Level = Annotated[Whole, AfterValidator(_bounded(0, 5)), _schema("integer", 0, 5)]
"""Level of commitment."""
Readiness = Annotated[Whole, AfterValidator(_bounded(1, 9)), _schema("integer", 1, 9)]
"""Technology readiness level."""
Seed = Annotated[
    Whole, AfterValidator(_bounded(0, MOST_SEED)), _schema("integer", 0, MOST_SEED)
]
Threads = Annotated[
    Whole,
    AfterValidator(_bounded(0, MOST_THREADS)),
    _schema("integer", 0, MOST_THREADS),
]
Euro = Annotated[
    int,
    BeforeValidator(_cents),
    PlainSerializer(lambda cents: plain_number(Fraction(cents, CENTS))),
    _schema("number", 0, MOST_EUR, description="EUR"),
]
"""Written in EUR, kept in cents."""
Day = Annotated[
    dt.date,
    BeforeValidator(_date),
    PlainSerializer(lambda day: day.isoformat()),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Layer = Annotated[LayerName, BeforeValidator(_layer)]
FormatOne = Annotated[
    Literal[1],
    BeforeValidator(lambda v: int(v) if v == 1 else v),
    WithJsonSchema({"const": 1}),
]
"""Version of a format; there is one so far."""

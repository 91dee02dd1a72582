"""Rulebooks: the dated, cited numbers of rules, as frozen values.

One file holds one rulebook. Every number is written ``{value, source}`` and
may carry a ``note`` and its own ``confidence``; ``source`` names an entry of
the file's ``sources``. Three kinds exist: ``partnership`` (what any consortium
must meet), ``own`` (how far own money goes) and instruments that pay.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from matcher.scenario.columns import CENTS

Confidence = Literal["confirmed", "secondary", "unconfirmed", "assumption"]
Phase = Literal["learn", "connect", "demonstrate", "commercialise", "scale_up"]
LayerName = Literal["1", "2", "3", "coordination"]
RoleName = Literal["lead", "partner", "observer"]


class Strict(BaseModel):
    """Base of every settings model: unknown keys refused, frozen, no coercion."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
    )  # fmt: skip


def _to_fraction(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    raise ValueError("a number is needed")


def _to_whole(value: object) -> int:
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("a whole number is needed")


def _to_cents(value: object) -> int:
    number = _to_fraction(value) * CENTS
    if number < 0:
        raise ValueError("money cannot be negative")
    if number.denominator != 1:
        raise ValueError("money is counted in whole cents")
    return int(number)


def _to_date(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a date such as 2025-01-31 is needed")


def _to_layer(value: object) -> object:
    return str(value) if isinstance(value, Fraction) else value


def plain_number(value: Fraction) -> int | float:
    """A fraction as the shortest plain number that stands for it."""
    return int(value) if value.denominator == 1 else float(value)


def _number_schema(**more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **more})


Number = Annotated[
    Fraction,
    BeforeValidator(_to_fraction),
    PlainSerializer(plain_number),
    _number_schema(),
]
Share = Annotated[
    Fraction,
    BeforeValidator(_to_fraction),
    Field(ge=0, le=1),
    PlainSerializer(plain_number),
    _number_schema(minimum=0, maximum=1),
]
Whole = Annotated[
    int,
    BeforeValidator(_to_whole),
    Field(ge=0),
    WithJsonSchema({"type": "integer", "minimum": 0}),
]
Euro = Annotated[
    int,
    BeforeValidator(_to_cents),
    PlainSerializer(lambda cents: plain_number(Fraction(cents, CENTS))),
    _number_schema(minimum=0, description="EUR"),
]
"""Written in EUR, kept in cents."""
Day = Annotated[
    dt.date,
    BeforeValidator(_to_date),
    PlainSerializer(lambda day: day.isoformat()),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Layer = Annotated[LayerName, BeforeValidator(_to_layer)]

T = TypeVar("T")


class Cited(Strict, Generic[T]):
    """A value with the source that states it."""

    value: T
    """The value itself."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this value; blank: that of the whole file."""
    note: str | None = None
    """How the value was read from the source, or what it leaves open."""


class Consortium(Strict):
    """Members that a rulebook asks for; nested regions count once."""

    min_regions: Cited[Whole] | None = None
    """Fewest distinct regions among the members."""
    min_states: Cited[Whole] | None = None
    """Fewest distinct states among the members."""
    max_partners: Cited[Whole] | None = None
    """Most members, lead included."""
    required: tuple[RequiredCategory, ...] = ()
    """Categories of which a number of members is needed."""


class RequiredCategory(Strict):
    """A number of members from some categories of a classification scheme."""

    scheme: str
    """Scheme: the SCHEME of a `category.SCHEME` column of the regions table."""
    categories: tuple[str, ...]
    """Any of these categories counts."""
    min_regions: Cited[Whole]
    """Fewest members of them."""


class CommitmentNeed(Strict):
    """Commitment level a role needs, in a phase or in all phases."""

    role: RoleName
    """Role the level is asked for."""
    phase: Phase | None = None
    """Phase of the case; blank: every phase without an entry of its own."""
    level: Cited[Whole]
    """Lowest level, 0 to 5."""


class ShareBounds(Strict):
    """Bounds on the share of a case's cost that each member bears."""

    min: Cited[Share] | None = None
    """Smallest share of the case's cost."""
    max: Cited[Share] | None = None
    """Largest share of the case's cost."""


class Window(Strict):
    """Lowest and highest value of something, both included."""

    min: Cited[Whole] | None = None
    """Lowest value."""
    max: Cited[Whole] | None = None
    """Highest value."""


class Trl(Strict):
    """Technology readiness an instrument accepts."""

    start: Window | None = None
    """Readiness at the start of the case."""
    end: Window | None = None
    """Readiness the case aims at."""


class Rate(Strict):
    """Funding rate for members of one category, or for everybody else."""

    scheme: str | None = None
    """Classification scheme; blank: the rate holds for every region."""
    category: str | None = None
    """Category within the scheme."""
    value: Share
    """Share of eligible cost that is paid."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this value."""
    note: str | None = None
    """How the value was read."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Rate:
        if (self.scheme is None) != (self.category is None):
            raise ValueError("scheme and category belong together")
        return self


class GrantSize(Strict):
    """Size of one grant: one case paid by one instrument."""

    min: Cited[Euro] | None = None
    """Smallest grant, EUR."""
    max: Cited[Euro] | None = None
    """Largest grant, EUR."""


class RulebookHead(Strict):
    """What every rulebook says of itself."""

    format: Annotated[Literal[1], BeforeValidator(lambda v: int(v) if v == 1 else v)]
    """Version of the rulebook format."""
    id: str
    """Name used in scenarios; the file is called the same."""
    name: str
    """Name for people."""
    body: str | None = None
    """Who runs it."""
    period: str | None = None
    """Years or call it holds for."""
    valid_from: Day | None = None
    """First day it holds."""
    valid_to: Day | None = None
    """Last day it holds."""
    confidence: Confidence
    """Confidence in its numbers unless a number says otherwise."""
    sources: dict[str, str]
    """Key to source: document or page, with its date."""
    note: str | None = None
    """What a reader should know."""


class Partnership(RulebookHead):
    """What every consortium must meet, whoever pays."""

    kind: Literal["partnership"]
    """A rulebook of this kind holds for all cases."""
    consortium: Consortium = Consortium()
    """Size of every case; a case's own columns may ask for more."""
    commitment: tuple[CommitmentNeed, ...] = ()
    """Levels each role needs."""
    priority_min_fit: Cited[Share] | None = None
    """Smallest overlap of a member's priorities with the topics of the case."""
    cost_share: ShareBounds = ShareBounds()
    """Bounds on each member's share of a case's cost."""
    exchange_layer: Cited[Layer] | None = None
    """Layer that exchanged units are charged to; blank: layer 1."""
    max_cases: Cited[Whole] | None = None
    """Most cases launched together."""


class OwnMoney(RulebookHead):
    """How far members' own money may and must go."""

    kind: Literal["own"]
    """A rulebook of this kind limits own money."""
    max_own_share: Cited[Share] | None = None
    """Largest part of a member's share of a case that it may pay itself."""


class Instrument(RulebookHead):
    """A source of money that pays part of members' cost."""

    kind: Literal["grant", "pooled", "programme"]
    """grant: pays any eligible member. pooled, programme: every region's own
    authority pays its own members only, from its own row in `budgets`."""
    management: Literal["direct", "shared", "regional", "private"] | None = None
    """Who manages the money."""
    phases: Cited[tuple[Phase, ...]] | None = None
    """Phases it pays; blank: all."""
    trl: Trl = Trl()
    """Technology readiness it accepts."""
    layers: Cited[tuple[Layer, ...]] | None = None
    """Layers of cost it pays; blank: all."""
    states: Cited[tuple[str, ...]] | None = None
    """States whose members it pays; blank: all."""
    rate: Annotated[tuple[Rate, ...], Field(min_length=1)]
    """Funding rates; the first that fits a member holds."""
    grant: GrantSize = GrantSize()
    """Bounds on the grant to one case."""
    consortium: Consortium = Consortium()
    """Members it asks for in a case that it pays."""
    cost_share: ShareBounds = ShareBounds()
    """Bounds on each member's share of a case that it pays."""
    envelope: Cited[Euro] | None = None
    """Money it has in all; rows of `budgets` replace it."""
    per_region_cap: Cited[Euro] | None = None
    """Most it pays to one region over all cases."""


Rulebook = Annotated[Partnership | OwnMoney | Instrument, Field(discriminator="kind")]
Consortium.model_rebuild()

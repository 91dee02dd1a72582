"""Rulebooks: the dated, cited numbers of rules, as frozen values.

One file holds one rulebook. Every number is written ``{value, source}`` and
may carry a ``note`` and its own ``confidence``; ``source`` names an entry of
the file's ``sources``. Three kinds exist: ``partnership`` (what any consortium
must meet), ``own`` (how far own money goes) and instruments that pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matcher.scenario.columns import CENTS
from matcher.scenario.values import (
    Confidence,
    Day,
    Euro,
    FormatOne,
    Layer,
    Level,
    Phase,
    Readiness,
    RoleName,
    Slip,
    in_order,
)
from matcher.scenario.values import Number as Number  # for parameters of terms
from matcher.scenario.values import Share as Share
from matcher.scenario.values import Whole as Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Strict(BaseModel):
    """Base of every settings model: unknown keys refused, frozen, no coercion."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
    )  # fmt: skip


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
    level: Cited[Level]
    """Lowest level, 0 to 5."""


class ShareBounds(Strict):
    """Bounds on the share of a case's cost that each member bears."""

    min: Cited[Share] | None = None
    """Smallest share of the case's cost."""
    max: Cited[Share] | None = None
    """Largest share of the case's cost."""

    @model_validator(mode="after")
    def _ordered(self) -> ShareBounds:
        in_order(self, "min", "max")
        return self


class Window(Strict):
    """Lowest and highest readiness, both included."""

    min: Cited[Readiness] | None = None
    """Lowest readiness, 1 to 9; blank: none."""
    max: Cited[Readiness] | None = None
    """Highest readiness, 1 to 9; blank: none."""

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        in_order(self, "min", "max")
        return self


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
            raise Slip("scheme and category belong together", "give both or none")
        return self


class GrantSize(Strict):
    """Size of one grant: one case paid by one instrument."""

    min: Cited[Euro] | None = None
    """Smallest grant, EUR."""
    max: Cited[Euro] | None = None
    """Largest grant, EUR."""

    @model_validator(mode="after")
    def _ordered(self) -> GrantSize:
        in_order(self, "min", "max", unit=CENTS)
        return self


class RulebookHead(Strict):
    """What every rulebook says of itself."""

    format: FormatOne
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

    @model_validator(mode="after")
    def _ordered(self) -> RulebookHead:
        in_order(self, "valid_from", "valid_to")
        return self


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


def fields_at(kind: str, steps: Sequence[str]) -> tuple[str, ...] | None:
    """Fields that a path may go on with inside a rulebook of a kind.

    Empty where the path has reached a value, None where it goes astray.
    """
    model: type[Strict] | None = next(
        head for head in get_args(get_args(Rulebook)[0])
        if kind in get_args(head.model_fields["kind"].annotation)
    )  # fmt: skip
    for step in steps:
        if model is None:
            return None
        if step.isdigit():
            continue
        if step not in model.model_fields:
            return None
        model = _model_in(model.model_fields[step].annotation)
    return tuple(model.model_fields) if model else ()


def _model_in(annotation: Any) -> type[Strict] | None:
    """The settings model that an annotation holds, alone, optional or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return annotation
    inner = map(_model_in, get_args(annotation))
    return next((model for model in inner if model), None)

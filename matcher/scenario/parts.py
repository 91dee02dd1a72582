"""Parts of rulebooks: a cited number, bounds, a consortium, sizes, conditions."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matcher.scenario.columns import CENTS
from matcher.scenario.values import (
    Confidence,
    Count,
    Euro,
    Level,
    Phase,
    Readiness,
    RoleName,
    Share,
    Slip,
    Whole,
    in_order,
)

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


class RequiredCategory(Strict):
    """A number of members from some categories of a classification scheme."""

    scheme: str
    """Scheme: the SCHEME of a `category.SCHEME` column of the regions table."""
    categories: tuple[str, ...]
    """Any of these categories counts."""
    min_regions: Cited[Whole]
    """Fewest members of them."""


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


class ApplicationRules(Strict):
    """How an instrument is asked for money: for each case, or for several at once."""

    bundle: Cited[bool] | None = None
    """Whether one application may bundle several cases; blank: one case each."""
    max_cases: Cited[Count] | None = None
    """Most cases in one application; blank: any number."""
    max_number: Cited[Count] | None = None
    """Most applications made to it together; blank: any number."""

    @model_validator(mode="after")
    def _several_only_in_bundles(self) -> ApplicationRules:
        if self.max_cases and not self.bundles:
            raise Slip("max_cases limits applications that bundle cases",
                       "set bundle to true, or leave max_cases out")  # fmt: skip
        return self

    @property
    def bundles(self) -> bool:
        """Whether an application may hold more than one case."""
        return self.bundle is not None and self.bundle.value


class Excluded(Strict):
    """Instruments that must not pay in the same case."""

    of: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of instruments, or words of their `groups`."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this rule; blank: that of the whole file."""
    note: str | None = None
    """How the rule was read."""


class Cumulative(Strict):
    """Instruments to which the same euro of cost may be declared as well."""

    of: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of instruments, or words of their `groups`."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this rule; blank: that of the whole file."""
    note: str | None = None
    """How the rule was read."""


class Stacking(Strict):
    """What an instrument says about other money in the same case."""

    groups: tuple[str, ...] = ()
    """Words for kinds of money it belongs to, such as `eu_direct`."""
    excludes: tuple[Excluded, ...] = ()
    """Instruments beside which it does not pay."""
    cumulative: tuple[Cumulative, ...] = ()
    """Instruments that may pay for the same euro of cost beside it; no others may."""


class Substance(Strict):
    """When a member's role in a case is substantive, so that it counts.

    It is named for a role of kind `best`, provides a unit, or is lead user enough.
    """

    lead_user_floor: Cited[Whole] | None = None
    """Sum of its levels in capabilities of class `lead_user` from which a member
    counts as lead user; blank: being lead user is not enough."""
    min_share: Cited[Share] | None = None
    """Smallest share of the case's cost that it bears besides, where money plays a
    part; blank: none."""


class RequiredMembers(RequiredCategory):
    """Members that a partnership requires, and what they must do to count."""

    substantive: Substance | None = None
    """Only members with a substantive role count; blank: every member counts."""


class CaseConsortium(Consortium):
    """Members that a partnership asks for in every case."""

    required: tuple[RequiredMembers, ...] = ()
    """Categories of which a number of members is needed, in substantive roles if
    asked."""


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


class GrantSize(Strict):
    """Size of one grant: what one application brings."""

    min: Cited[Euro] | None = None
    """Smallest grant, EUR."""
    max: Cited[Euro] | None = None
    """Largest grant, EUR."""

    @model_validator(mode="after")
    def _ordered(self) -> GrantSize:
        in_order(self, "min", "max", unit=CENTS)
        return self


class Success(Strict):
    """How many of the proposals made are funded: the chance of an application."""

    submitted: Whole | None = None
    """Proposals made; `funded` belongs to it."""
    funded: Whole | None = None
    """Proposals funded, of those made."""
    value: Share | None = None
    """Share funded, where the two numbers are not known."""
    source: str
    """Key of an entry in this file's `sources`."""
    period: str | None = None
    """Call or years that were counted."""
    confidence: Confidence | None = None
    """Confidence in this share; blank: that of the whole file."""
    note: str | None = None
    """How the share was read."""

    @model_validator(mode="after")
    def _one_way(self) -> Success:
        counted = (self.submitted, self.funded) != (None, None)
        if counted == (self.value is not None):
            raise Slip("a share is counted or given", "give submitted and funded, "
                       "or value alone")  # fmt: skip
        if counted and (self.submitted is None or self.funded is None):
            raise Slip("submitted and funded belong together", "give both")
        if self.submitted == 0:
            raise Slip("no proposal was made", "leave success out")
        in_order(self, "funded", "submitted")
        return self

    @property
    def share(self) -> Fraction:
        """Share of the proposals that is funded."""
        if self.value is not None:
            return self.value
        return Fraction(self.funded or 0, self.submitted or 1)


class Duration(Strict):
    """How long a project lasts that an instrument pays, in months."""

    min: Cited[Whole] | None = None
    """Shortest project, months; told, and used by no rule."""
    max: Cited[Whole] | None = None
    """Longest project, months; costs that fall due later are not paid."""

    @model_validator(mode="after")
    def _ordered(self) -> Duration:
        in_order(self, "min", "max")
        return self


class Condition(Strict):
    """What an instrument asks for and no rule tests; proposals say so."""

    text: str
    """The condition in one plain sentence."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this sentence; blank: that of the whole file."""

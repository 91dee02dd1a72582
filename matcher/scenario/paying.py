"""Parts of rulebooks that ask who is paid: rates, caps on aid, earmarks.

Who is paid is told by the category of a member's region, by the type of the
beneficiaries who bear its cost, or by both. Which part of a member's cost is borne
by which type stands in the table ``beneficiaries``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from matcher.scenario.parts import Cited, Strict
from matcher.scenario.values import ActorType, Confidence, Layer, Share, Slip

Types = Annotated[tuple[ActorType, ...], Field(min_length=1)]
"""Types of beneficiaries, any of which counts."""


class ForWhom(Strict):
    """An entry that holds for some members and beneficiaries, or for everybody else."""

    scheme: str | None = None
    """Classification scheme; blank: the entry holds for every region."""
    category: str | None = None
    """Category within the scheme."""
    beneficiary: Types | None = None
    """Types of beneficiaries, as in the tables `actors` and `beneficiaries`; blank:
    the entry holds for every type, and where none is stated."""
    value: Share
    """The share that holds for them."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this value."""
    note: str | None = None
    """How the value was read."""

    @model_validator(mode="after")
    def _both_or_none(self) -> ForWhom:
        if (self.scheme is None) != (self.category is None):
            raise Slip("scheme and category belong together", "give both or none")
        return self

    def whom(self) -> str:
        """For whom it holds, as the end of a sentence; '' for everybody else."""
        types = " or ".join(self.beneficiary or ())
        regions = f"regions that are {self.category} by {self.scheme}"
        words = " in ".join(filter(None, (types, regions * bool(self.scheme))))
        return f" for {words}" if words else ""

    def groups(self) -> tuple[str, ...]:
        """The same in few words: types and category, as far as they are stated."""
        types = " or ".join(self.beneficiary or ())
        return tuple(filter(None, (types, self.category)))


class Rate(ForWhom):
    """Funding rate of some members, beneficiaries and layers, or of all others."""

    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] | None = None
    """Layers of cost it holds for; blank: all."""
    value: Share
    """Share of eligible cost that is paid."""

    def whom(self) -> str:
        """For whom and for which layers it holds."""
        layers = f" in layers {', '.join(self.layers)}" if self.layers else ""
        return super().whom() + layers

    def groups(self) -> tuple[str, ...]:
        """Types, category and layers, as far as they are stated."""
        layers = (f"layer {' or '.join(self.layers)}",) if self.layers else ()
        return super().groups() + layers


class AidCap(ForWhom):
    """Largest share of its cost that a member may have paid by public money."""

    value: Share
    """Largest part of a member's share of a case that all instruments pay together."""


class Earmark(Strict):
    """A part of each grant that goes to some members or beneficiaries."""

    types: Types | None = None
    """Types of beneficiaries it goes to: a member's grant counts by their part of its
    cost; blank: regions of some categories."""
    scheme: str | None = None
    """Classification scheme of the regions it goes to."""
    categories: tuple[str, ...] = ()
    """Any of these categories counts."""
    min_share: Cited[Share]
    """Smallest part of the grant of an application."""
    enforce: Literal["hard", "soft"] = "hard"
    """hard: no plan misses it. soft: a proposal that misses it says so."""

    @model_validator(mode="after")
    def _one_way(self) -> Earmark:
        by_category = self.scheme is not None
        if by_category != bool(self.categories):
            raise Slip("scheme and categories belong together", "give both or none")
        if by_category == (self.types is not None):
            raise Slip("an earmark goes to types or to categories",
                       "give types, or scheme and categories")  # fmt: skip
        return self

    def group(self) -> str:
        """Whom it is for: types, or categories of regions."""
        return " or ".join(self.types or self.categories)


class BeneficiaryFloor(Strict):
    """Part of a case's cost that beneficiaries of some types bear at least."""

    types: Types
    """Any of these types counts."""
    min: Cited[Share]
    """Smallest share of the cost of a case."""

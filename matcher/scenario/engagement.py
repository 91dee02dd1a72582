"""Parts of partnership rulebooks: who must stand behind a case, by its phase.

Each entry holds in one phase, or, without a phase, in every phase that has no entry
of its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matcher.scenario.parts import Cited, Strict
from matcher.scenario.values import ActorType, Confidence, Phase, RoleName, Whole


class StakeholderNeed(Strict):
    """A number of organisations of some types in the member regions."""

    phase: Phase | None = None
    """Phase of the case; blank: every phase without an entry for the same types."""
    types: Annotated[tuple[ActorType, ...], Field(min_length=1)]
    """Any of these types counts; a company that is an `sme` is no `company` here."""
    min: Cited[Whole]
    """Fewest organisations of these types."""


class MandateNeed(Strict):
    """A role that only who has a mandate may take, in a phase or in all phases."""

    role: RoleName
    """Role the mandate is asked for."""
    phase: Phase | None = None
    """Phase of the case; blank: every phase."""
    source: str
    """Key of an entry in this file's `sources`."""
    confidence: Confidence | None = None
    """Confidence in this entry; blank: that of the whole file."""
    note: str | None = None
    """How it was read from the source, or what it leaves open."""


class LeadUserNeed(Strict):
    """Levels of the members in capabilities of class `lead_user`, added up."""

    phase: Phase | None = None
    """Phase of the case; blank: every phase without an entry of its own."""
    min: Cited[Whole]
    """Smallest sum of levels; nested regions count once."""
    cap_per_region: Cited[Whole] | None = None
    """Most that one region adds to the sum; blank: all its levels."""

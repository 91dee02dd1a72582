"""Parts of instruments' rulebooks: how far money reaches, to firms and places."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matcher.scenario.parts import Cited, Strict
from matcher.scenario.values import ActorType, Euro, Share


class PerFirm(Strict):
    """What one firm may get; a member region gets it once for each firm it has."""

    cap: Cited[Euro]
    """Most for one firm in one case, EUR."""
    types: Annotated[tuple[ActorType, ...], Field(min_length=1)]
    """Types of actors that count as firms; a company that is an `sme` is no `company`
    here."""


class OutOfArea(Strict):
    """How far a programme may pay outside its area: the regions with money in it."""

    cap: Cited[Share]
    """Largest part of its money, of all its rows in `budgets` that name a region,
    that it may pay to members outside its area."""

"""Objective terms, one file each: points for the program, exact value, unit.

A term is a module of this folder, found by its file. Terms are reported apart
and never merged: scale is not scope (R20).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal


class Term(Protocol):
    """What every term's module offers."""

    UNIT: str
    """What one point of the unweighted value is."""
    Parameters: Any
    """Strict pydantic model of the term's parameters."""

    def points(self, model: Model, parameters: Any, weight: Fraction) -> None:
        """Add the weighted points to the program, and what defines them."""

    def value(self, facts: Facts, proposal: Proposal, parameters: Any) -> Fraction:
        """Exact unweighted value of a proposal, without the program."""


@cache
def all_terms() -> Mapping[str, Term]:
    """Every term by name, sorted."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    )
    return {
        name: cast("Term", importlib.import_module(f"{__name__}.{name}"))
        for name in names
    }

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
    from matcher.scenario.setting import Setting


class Term(Protocol):
    """What every term's module offers."""

    UNIT: str
    """What one point of the unweighted value is."""
    CARRIED: bool
    """True where the points come only if the case is funded: `expected` multiplies
    them by the chance of its applications."""
    BY_CASE: bool
    """False where points rest on several cases together, each with another chance:
    such a term has no expected value."""
    Parameters: Any
    """Strict pydantic model of the term's parameters."""

    def points(self, model: Model, parameters: Any, weight: Fraction) -> None:
        """Add the weighted points to the program, and what defines them."""

    def value(self, facts: Facts, proposal: Proposal, parameters: Any) -> Fraction:
        """Exact unweighted value of a proposal, without the program."""


class Asking(Term, Protocol):
    """A term that counts nothing where the scenario lacks what it reads."""

    def untested(self, setting: Setting) -> str:
        """Why nothing can be counted at all, or ''."""


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


def untested(setting: Setting) -> tuple[str, ...]:
    """Terms of the objective that count nothing, in the words of a proposal's notes."""
    texts = [
        cast("Asking", term).untested(setting)
        for name, term in all_terms().items()
        if name in setting.objective.weights and hasattr(term, "untested")
    ]
    return tuple(text for text in texts if text)

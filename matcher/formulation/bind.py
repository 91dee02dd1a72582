"""Bind an objective to the terms that exist, with their parameters checked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from matcher.errors import Faults, did_you_mean
from matcher.formulation.parameters import check_names, typed
from matcher.objectives import all_terms

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.objectives import Term
    from matcher.scenario.setting import Setting


@dataclasses.dataclass(frozen=True, slots=True)
class BoundTerm:
    """A term with its weight and its parameters."""

    name: str
    term: Term
    weight: Fraction
    parameters: Any


def bind(setting: Setting) -> tuple[BoundTerm, ...]:
    """Terms of a setting's objective, sorted by name.

    Raises
    ------
    InputError
        For an unknown term, parameters that do not fit it, or names in them that the
        scenario does not know.
    """
    faults = Faults()
    bound: list[BoundTerm] = []
    terms = all_terms()
    objective = setting.objective
    parameters = objective.parameters
    for name, place in (
        *((name, objective.places[name]) for name in objective.weights),
        *((n, objective.document.key_place(("parameters", n))) for n in parameters),
    ):
        if name not in terms:
            faults.add("UNKNOWN_TERM", place,
                       f'no objective term "{name}"{did_you_mean(name, terms)}',
                       f"use {', '.join(terms)}")  # fmt: skip
    for name, weight in sorted(objective.weights.items()):
        if name in terms:
            if objective.expected and weight and not terms[name].BY_CASE:
                faults.add("NOT_EXPECTED", objective.places[name],
                           f'"{name}" adds up over cases, so it has no expected value',
                           "give it weight 0, or set expected to false")  # fmt: skip
            given = typed(terms[name], name, objective, faults)
            if given is not None:
                check_names(name, given, setting, faults)
            bound.append(BoundTerm(name, terms[name], weight, given))
    for name in sorted(set(parameters) & set(terms) - set(objective.weights)):
        typed(
            terms[name], name, objective, faults
        )  # not counted, and right all the same
    faults.raise_if_any()
    return tuple(bound)

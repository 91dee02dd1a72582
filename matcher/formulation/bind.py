"""Bind an objective to the terms that exist, with their parameters checked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from matcher.errors import Faults, Place, did_you_mean
from matcher.objectives import all_terms

if TYPE_CHECKING:
    from collections.abc import Mapping
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
        For an unknown term or parameters that do not fit it.
    """
    faults = Faults()
    bound: list[BoundTerm] = []
    terms = all_terms()
    objective = setting.objective
    for name in [*objective.weights, *objective.parameters]:
        place = objective.places.get(name) or next(
            iter(objective.places.values()), Place("")
        )
        if name not in terms:
            faults.add("UNKNOWN_TERM", place,
                       f'no objective term "{name}"{did_you_mean(name, terms)}',
                       f"use {', '.join(terms)}")  # fmt: skip
    for name, weight in sorted(objective.weights.items()):
        if name in terms:
            place = objective.places[name]
            if objective.expected and weight and not terms[name].BY_CASE:
                faults.add("NOT_EXPECTED", place,
                           f'"{name}" adds up over cases, so it has no expected value',
                           "give it weight 0, or set expected to false")  # fmt: skip
            raw = objective.parameters.get(name, {})
            parameters = _parameters(terms[name], name, raw, place, faults)
            bound.append(BoundTerm(name, terms[name], weight, parameters))
    faults.raise_if_any()
    return tuple(bound)


def _parameters(
    term: Term, name: str, raw: Mapping[str, Any], place: Place, faults: Faults
) -> Any:
    try:
        return term.Parameters.model_validate(dict(raw))
    except ValidationError as error:
        for entry in error.errors(include_url=False):
            where = ".".join(map(str, ("parameters", name, *entry["loc"])))
            hint = ""
            if entry["type"] == "extra_forbidden":
                hint = did_you_mean(str(entry["loc"][-1]), term.Parameters.model_fields)
            faults.add(
                "BAD_PARAMETER",
                place,
                f"{where}: {entry['msg'].lower()}{hint}",
                f"{name} takes {', '.join(term.Parameters.model_fields) or 'nothing'}",
            )
        return None

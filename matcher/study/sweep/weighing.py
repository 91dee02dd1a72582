"""Other weights of an objective, as a grid writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from matcher.errors import Fault, Faults, did_you_mean
from matcher.objectives import all_terms
from matcher.scenario.change import changed
from matcher.scenario.letters import CellProblem
from matcher.scenario.values import Weight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from matcher.errors import Place
    from matcher.scenario.setting import Setting


def unknown_term(term: str, place: Place) -> Fault:
    """The fault of a weight for a term that there is not."""
    known = all_terms()
    return Fault("UNKNOWN_TERM", place,
                 f'"{term}" is no term{did_you_mean(term, known)}',
                 f"use one of {', '.join(known)}")  # fmt: skip


def weighed(setting: Setting, weights: Mapping[str, Any], place: Place) -> Setting:
    """The setting with other weights of its objective.

    Raises
    ------
    InputError
        With every weight that is none.
    """
    objective, faults = setting.objective, Faults()
    new: dict[str, Fraction] = dict(objective.weights)
    for term, value in weights.items():
        try:
            weight = changed(objective.weights.get(term), value)
            new[term] = _WEIGHT.validate_python(weight)
        except CellProblem as problem:
            faults.add(problem.code, place, f"{term}: {problem}", problem.remedy)
        except ValidationError as error:
            message = error.errors()[0]["msg"].removeprefix("Value error, ")
            faults.add("BAD_VALUE", place, f"{term}: {message}", "write a weight")
    faults.raise_if_any()
    places = {**dict.fromkeys(weights, place), **objective.places}
    return replace(setting, objective=replace(objective, weights=new, places=places))


_WEIGHT: Final[TypeAdapter[Any]] = TypeAdapter(Weight)

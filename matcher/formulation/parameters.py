"""Parameters of an objective's terms: typed, with every slip told at its own line.

A parameter fits its term (`typed`), and what it names exists in the scenario
(`check_names`): a misspelt name would silently count nothing.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from matcher.errors import did_you_mean
from matcher.objectives._names import Names
from matcher.scenario.sense import MISSPELT
from matcher.scenario.validation import report_validation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.errors import Faults, Place
    from matcher.objectives import Term
    from matcher.scenario.setting import Objective, Setting


def typed(term: Term, name: str, objective: Objective, faults: Faults) -> Any:
    """Parameters of a term as its own model; None with faults where they do not fit."""
    model, raw = term.Parameters, objective.parameters.get(name)
    try:
        return model.model_validate(dict(raw or {}))
    except ValidationError as error:
        if raw is None:
            needed = [
                k for k, field in model.model_fields.items() if field.is_required()
            ]
            faults.add("MISSING_KEY", objective.places[name],
                       f"{name} needs parameters: {', '.join(needed)}",
                       "write them in an objective file, under parameters")  # fmt: skip
        else:
            root = ("parameters", name)
            report_validation(error, objective.document, faults, model=model, root=root)
        return None


def check_names(name: str, parameters: Any, setting: Setting, faults: Faults) -> None:
    """What the parameters of a term name is there."""
    regions = setting.regions.values()
    scheme = getattr(parameters, "scheme", "")
    stated = {scheme for region in regions for scheme in region.category}
    held = {region.category.get(scheme, "") for region in regions} - {""}
    for kind, word, place in _named(name, parameters, setting.objective):
        if kind is Names.SCHEME and stated and word not in stated:
            known = ", ".join(sorted(stated))
            faults.add("UNKNOWN_SCHEME", place,
                       f'{name}: regions have no column "category.{word}"'
                       + did_you_mean(word, stated),
                       f"use {known}, or add the column")  # fmt: skip
        elif kind is Names.CATEGORY and word not in held:
            near = difflib.get_close_matches(word, held, n=1, cutoff=MISSPELT)
            if near:
                faults.add("UNKNOWN_CATEGORY", place,
                           f'{name}: no region is of the category "{word}"',
                           f'did you mean "{near[0]}"? correct the word')  # fmt: skip
        elif kind is Names.CAPABILITY and word not in setting.capabilities:
            faults.add("UNKNOWN_CODE", place,
                       f'{name}: "{word}" is not in capabilities'
                       + did_you_mean(word, setting.capabilities),
                       "add it to capabilities, or correct the code")  # fmt: skip


def _named(
    name: str, parameters: Any, objective: Objective
) -> Iterator[tuple[Names, str, Place]]:
    """Every name in marked parameters, with what it names and where it stands."""
    document = objective.document
    for key, field in type(parameters).model_fields.items():
        given = getattr(parameters, key)
        path = ("parameters", name, key)
        for kind in (mark for mark in field.metadata if isinstance(mark, Names)):
            if isinstance(given, str):
                yield kind, given, document.place(path)
            elif isinstance(given, tuple):
                for i, word in enumerate(given):
                    yield kind, word, document.place((*path, i))
            else:
                for word in given:
                    yield kind, word, document.key_place((*path, word))

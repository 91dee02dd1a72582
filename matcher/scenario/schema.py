"""Shape of `scenario.yaml` and of objective files, as frozen pydantic models.

The text under each field is its documentation: the JSON Schema for editors and
the format manual are generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from matcher.errors import Faults, did_you_mean
from matcher.scenario.rulebook import Day, Number, Share, Strict, Whole, plain_number

if TYPE_CHECKING:
    from matcher.scenario.yamlfile import Document

TableName = Literal[
    "regions", "capabilities", "assets", "needs", "cases", "roles", "costs",
    "commitments", "priorities", "case_topics", "actors", "budgets", "verdicts",
    "memberships",
]  # fmt: skip
PinRole = Literal["lead", "partner", "member", "observer"]
BackendName = Literal["highs", "cpsat", "cbc"]
FormatOne = Annotated[
    Literal[1],
    BeforeValidator(lambda v: int(v) if v == 1 else v),
    WithJsonSchema({"const": 1}),
]


class TableFile(Strict):
    """A table file with its own way of writing numbers."""

    file: str
    """Path of the CSV file, relative to the scenario."""
    decimal: Literal[".", ","] = "."
    """Decimal sign of its numbers."""
    delimiter: Literal[",", ";", "\t"] = ","
    """Sign between its cells."""


class Pin(Strict):
    """A decision that is fixed beforehand."""

    case: str
    """Case it is about."""
    region: str | None = None
    """Region it is about; blank: the case itself is launched, or must not be."""
    role: PinRole | None = None
    """Role the region has; `member` is met by lead and partner alike."""
    forbid: bool = False
    """True turns the pin into a veto: the role, or the case, is ruled out."""
    reason: str | None = None
    """Why, for the report."""

    @model_validator(mode="after")
    def _role_goes_with_region(self) -> Pin:
        if (self.region is None) != (self.role is None):
            raise ValueError("region and role belong together")
        return self


class InstrumentChoice(Strict):
    """Which instruments an assumption leaves in play."""

    only: tuple[str, ...] | None = None
    """These instruments and no others."""
    without: tuple[str, ...] | None = None
    """All but these."""

    @model_validator(mode="after")
    def _one_of_both(self) -> InstrumentChoice:
        if (self.only is None) == (self.without is None):
            raise ValueError("give either only or without")
        return self


Scalar = Annotated[
    Any, WithJsonSchema({"type": ["number", "string", "boolean", "null"]})
]


class Assumption(Strict):
    """A named overlay: the scenario with some inputs changed."""

    describe: str | None = None
    """What it assumes, in a few words."""
    instruments: InstrumentChoice | None = None
    """Instruments in play."""
    set: Mapping[str, Scalar] = {}
    """Path to new value, such as `instruments.vinnovate.envelope: 0.5x`."""


class Limits(Strict):
    """Bounds on the number of cases launched together."""

    min_cases: Whole | None = None
    """Fewest cases."""
    max_cases: Whole | None = None
    """Most cases."""


class Solve(Strict):
    """How to solve when the command line does not say otherwise."""

    gap: Share = Fraction(0)
    """Relative gap at which to stop; 0 asks for a proven optimum."""
    time_limit: Annotated[Number, Field(ge=0)] | None = None
    """Seconds for each solve; blank: none."""
    backend: BackendName = "highs"
    """Solver."""
    seed: Whole = 0
    """Seed handed to the solver."""
    threads: Whole = 1
    """Threads of the solver; more than one may give another plan of equal value."""


class ScenarioFile(Strict):
    """Settings of a scenario."""

    format: FormatOne
    """Version of the scenario format."""
    title: str
    """Title for reports."""
    description: str | None = None
    """What the scenario is about."""
    date: Day | None = None
    """Day on which commitments and priorities must hold; blank: today."""
    tables: Mapping[TableName, str | TableFile] = {}
    """Table files that are called otherwise, or written in another way; every other
    known NAME.csv beside this file is read as it is."""
    rulebooks: tuple[str, ...] = ()
    """Names under models/rulebooks, or paths ending in .yaml."""
    objective: str | Mapping[str, Number] = "balanced"
    """A name under models/objectives, a path ending in .yaml, or weights by term."""
    exchanges: Literal["not-rejected", "validated-only"] = "not-rejected"
    """Which pairs may exchange: all but the rejected, or validated ones only."""
    limits: Limits = Limits()
    """Number of cases."""
    pins: tuple[Pin, ...] = ()
    """Decisions fixed beforehand, and vetoes."""
    assumptions: Mapping[str, Assumption] = {}
    """Named overlays for `--assumption`."""
    solve: Solve = Solve()
    """How to solve."""


class ObjectiveFile(Strict):
    """What a proposal is worth: weights of terms, and the terms' parameters."""

    format: FormatOne
    """Version of the objective format."""
    id: str
    """Name used in scenarios; the file is called the same."""
    name: str
    """Name for people."""
    note: str | None = None
    """Why these weights; weights are choices, not facts."""
    weights: Mapping[str, Number]
    """Weight of each term; a term that is not named does not count."""
    parameters: Mapping[str, Mapping[str, Any]] = {}
    """Parameters by term; each term documents its own."""


_REMEDIES = {
    "extra_forbidden": "remove it, or correct the key",
    "missing": "add it",
    "string_type": "put the value in quotes",
    "literal_error": "use one of these",
    "tuple_type": "write a list: [a, b]",
    "greater_than_equal": "use a value within the bounds",
    "less_than_equal": "use a value within the bounds",
}


def report_validation(
    error: ValidationError, document: Document, faults: Faults
) -> None:
    """Turn pydantic's findings into faults at their lines."""
    entries = error.errors(include_url=False)
    for entry in entries:
        loc = entry["loc"]
        if entry["type"] == "too_short" and any(
            e["loc"][: len(loc)] == loc != e["loc"] for e in entries
        ):
            continue  # only short because of its bad items, which are told themselves
        path = _document_path(loc, document)
        kind, shown = entry["type"], ".".join(map(str, path))
        message = entry["msg"].removeprefix("Value error, ")
        if kind == "extra_forbidden":
            word = str(path[-1])
            problem = f'unknown key "{word}"{did_you_mean(word, _every_key())}'
            place = document.key_place(path)
        elif kind == "missing":
            problem = f'key "{entry["loc"][-1]}" is missing'
            place = document.place(path)
        else:
            problem = (
                f"{shown}: {message[:1].lower()}{message[1:]}{_found(entry['input'])}"
            )
            place = document.place(path)
        faults.add(
            _code(kind), place, problem, _REMEDIES.get(kind, "correct the value")
        )


def _code(kind: str) -> str:
    return {"extra_forbidden": "UNKNOWN_KEY", "missing": "MISSING_KEY"}.get(
        kind, "BAD_VALUE"
    )


def _found(value: object) -> str:
    if isinstance(value, (dict, tuple)):
        return ""
    shown = plain(value)
    return f", found {shown!r}" if len(str(shown)) < 80 else ""


def plain(value: object) -> object:
    """A value as written: fractions become plain numbers."""
    return plain_number(value) if isinstance(value, Fraction) else value


def _document_path(
    loc: tuple[int | str, ...], document: Document
) -> tuple[str | int, ...]:
    """Keep the parts of pydantic's location that exist in the file."""
    path: tuple[str | int, ...] = ()
    for i, part in enumerate(loc):
        step = (*path, part)
        if step in document.values or step in document.keys:
            path = step
        elif i == len(loc) - 1 and isinstance(part, str):
            path = path if step not in document.keys else step
    return path


def _every_key() -> set[str]:
    """Every key any settings model knows, for hints."""
    keys: set[str] = set()
    models: list[type[Any]] = [Strict]
    while models:
        model = models.pop()
        keys.update(model.model_fields)
        models.extend(model.__subclasses__())
    return keys

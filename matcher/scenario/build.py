"""From resolved text to a typed `Setting`: cells, references, rulebooks, pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from matcher import library
from matcher.errors import Faults, InputError, Place, did_you_mean
from matcher.scenario.letters import nearest, told
from matcher.scenario.records import TABLES
from matcher.scenario.rulebook import (
    Instrument,
    OwnMoney,
    Partnership,
    Rulebook,
    citations,
)
from matcher.scenario.schema import ObjectiveFile, ScenarioFile
from matcher.scenario.sense import check_awaited, check_budgets, check_sense
from matcher.scenario.setting import Objective, PlacedPin, Setting, by_key, in_order
from matcher.scenario.slips import contradictions
from matcher.scenario.tables import check_references, key_cells, to_records
from matcher.scenario.validation import report_validation
from matcher.scenario.yamlfile import Document, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from matcher.scenario.load import Resolved

_RULEBOOK: TypeAdapter[Any] = TypeAdapter(Rulebook)
KEYED = ("regions", "capabilities", "cases", "actors")
"""Tables with one row per id."""
UNKEYED = (
    "assets", "needs", "roles", "costs", "commitments", "priorities", "case_topics",
    "beneficiaries", "staff", "skill_effort", "verdicts", "memberships",
)  # fmt: skip
DEFAULT_OBJECTIVE = "balanced"
"""Objective whose parameters hold where a scenario lists only weights."""


def build_setting(resolved: Resolved, faults: Faults) -> Setting:
    """Type everything; faults go to the collector and are raised at the end.

    Raises
    ------
    InputError
        With every fault found.
    """
    document = resolved.written.document(resolved.scenario.document)
    try:
        settings = ScenarioFile.model_validate(document.data)
    except ValidationError as error:
        report_validation(error, document, faults)
        raise InputError(faults) from None
    rows = {
        name: to_records(raw, TABLES[name], faults)
        for name, raw in resolved.written.tables.items()
    }
    keyed = {name: by_key(rows.get(name, [])) for name in KEYED}
    written = {
        name: {*keyed[name], *key_cells(resolved.written.tables.get(name))}
        for name in KEYED
    }
    for records in rows.values():
        check_references(records, written, faults)
    books = _rulebooks(resolved, faults)
    instruments = {n: b for n, b in books.items() if isinstance(b, Instrument)}
    check_sense(settings, document, rows, books, len(written["cases"]), faults)
    check_budgets(rows.get("budgets", []), resolved.scenario.rulebooks, faults)
    pins = _pins(settings, document, written, faults)
    objective = _objective(resolved, settings, document, faults)
    check_awaited(settings, document, resolved.scenario.rulebooks, books, objective,
                  faults)  # fmt: skip
    faults.raise_if_any()
    kept = [b for b in rows.get("budgets", []) if b.instrument in instruments]
    tables: dict[str, Any] = dict(keyed)
    tables |= {name: in_order(rows.get(name, [])) for name in UNKEYED}
    return Setting(
        name=resolved.scenario.name,
        title=settings.title,
        assumption=resolved.assumption,
        date=settings.date or resolved.scenario.today,
        horizon=settings.horizon,
        **tables,
        budgets=in_order(kept),
        partnership=_only(books, Partnership),
        own_money=_only(books, OwnMoney),
        instruments=dict(sorted(instruments.items())),
        objective=objective,
        validated_only=settings.exchanges == "validated-only",
        wait_for=settings.wait_for if settings.wait_for in instruments else None,
        min_cases=settings.limits.min_cases,
        max_cases=settings.limits.max_cases,
        pins=pins,
        solve=settings.solve,
        overrides=resolved.overrides,
        tables={name: raw.file for name, raw in resolved.written.tables.items()},
        places=_places(resolved, document),
    )  # fmt: skip


def _only(books: Mapping[str, Any], kind: type[Any]) -> Any:
    return next((book for book in books.values() if isinstance(book, kind)), None)


def _places(resolved: Resolved, document: Document) -> dict[str, Place]:
    places = {
        name: Place(doc.file, 1) for name, doc in resolved.scenario.rulebooks.items()
    }
    for key in ("limits", "exchanges", "objective", "date", "horizon", "wait_for"):
        places[key] = document.key_place((key,))
    return places


def _rulebooks(resolved: Resolved, faults: Faults) -> dict[str, Any]:
    """Typed rulebooks in force; each cited source must exist."""
    books: dict[str, Any] = {}
    for name, data in resolved.written.rulebooks.items():
        document = resolved.written.document(resolved.scenario.rulebooks[name], name)
        try:
            books[name] = _RULEBOOK.validate_python(data)
        except ValidationError as error:
            report_validation(error, document, faults)
            continue
        faults.found.extend(contradictions(books[name], document))
        for path, source in citations(data):
            if source not in books[name].sources:
                faults.add("UNKNOWN_SOURCE", document.place(path),
                           f'"{source}" is not among the sources of {name}'
                           + did_you_mean(source, books[name].sources),
                           "add it to sources, or correct the key")  # fmt: skip
    return books


def _pins(
    settings: ScenarioFile, document: Document, written: Mapping[str, set[str]],
    faults: Faults,
) -> tuple[PlacedPin, ...]:  # fmt: skip
    pins: list[PlacedPin] = []
    for i, pin in enumerate(settings.pins):
        for field, table in (("case", "cases"), ("region", "regions")):
            code = getattr(pin, field)
            if code is not None and code not in written[table]:
                faults.add(
                    "UNKNOWN_CODE",
                    document.place(("pins", i, field)),
                    f"{told(code)} is not in {table}{nearest(code, written[table])}",
                    f"add it to {table}, or correct the code",
                )
        place = document.place(("pins", i))
        pins.append(
            PlacedPin(
                pin.case, pin.region, pin.role, pin.forbid, pin.reason or "", place
            )
        )
    return tuple(pins)


def _objective(
    resolved: Resolved, settings: ScenarioFile, document: Document, faults: Faults
) -> Objective:
    """Weights and parameters, from the objective file or from the scenario."""
    expected = resolved.written.expected
    if isinstance(settings.objective, str):
        source = resolved.scenario.objective
        if source is None or settings.objective != resolved.scenario.settings.objective:
            source = _library_objective(settings.objective, document, faults)
        try:
            file = ObjectiveFile.model_validate(source.data)
        except ValidationError as error:
            report_validation(error, source, faults)
            raise InputError(faults) from None
        places = {t: source.key_place(("weights", t)) for t in file.weights}
        expected = file.expected if expected is None else expected
        return Objective(
            file.id, file.weights, file.parameters, places, source, expected
        )
    default = _library_objective(DEFAULT_OBJECTIVE, document, faults)
    parameters = ObjectiveFile.model_validate(default.data).parameters
    weights: Mapping[str, Fraction] = settings.objective
    places = {t: document.key_place(("objective", t)) for t in weights}
    name = "weights of the scenario"
    return Objective(name, weights, parameters, places, default, bool(expected))


def _library_objective(name: str, document: Document, faults: Faults) -> Document:
    try:
        path = library.find_objective(name)
    except library.NotInLibrary as error:
        faults.add("UNKNOWN_OBJECTIVE", document.place(("objective",)),
                   f'no objective "{name}"{did_you_mean(name, error.known)}',
                   f"use one of {', '.join(error.known)}")  # fmt: skip
        raise InputError(faults) from None
    return read_yaml(path, f"models/objectives/{path.name}")

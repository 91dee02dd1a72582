"""JSON Schemas for editors, made from the models the loader itself reads by."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from pydantic import TypeAdapter

from matcher.scenario.records import LAYERS, PHASES
from matcher.scenario.rulebook import Rulebook
from matcher.scenario.schema import ObjectiveFile, ScenarioFile
from matcher.scenario.values import plain_number

Schema = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
LAYER_NUMBERS: Final = tuple(int(name) for name in LAYERS if name.isdigit())
"""Layers that may be written as numbers: the loader turns 1 into "1"."""
TITLES: Final = {
    "scenario": "matcher: settings of a scenario (scenario.yaml)",
    "rulebook": "matcher: rulebook",
    "objective": "matcher: objective",
}


def schemas() -> dict[str, Schema]:
    """JSON Schema of each kind of YAML file."""
    made = {
        "scenario": ScenarioFile.model_json_schema(),
        "rulebook": TypeAdapter[Any](Rulebook).json_schema(),
        "objective": ObjectiveFile.model_json_schema(),
    }
    return {name: _tidy(made[name], TITLES[name]) for name in made}


def _tidy(schema: Schema, title: str) -> Schema:
    """Readable names, one-line descriptions, and every spelling the loader accepts."""
    definitions = schema.get("$defs", {})
    names = {
        old: _cited_name(body["properties"]["value"])
        if "Cited" in old  # pydantic puts a module before names that collide
        else old
        for old, body in definitions.items()
    }
    if len(set(names.values())) < len(names):
        raise ValueError("two models have one name: the schema of one would be lost")
    clean = {names[old]: _clean(body, names) for old, body in definitions.items()}
    body = _clean({k: v for k, v in schema.items() if k != "$defs"}, names)
    head: Schema = {"$schema": DRAFT, "title": title}
    tail: Schema = {"$defs": dict(sorted(clean.items()))} if clean else {}
    return {**head, **body, **tail}


def _cited_name(value: Schema) -> str:
    """Name for a value with its source, such as `CitedShare`."""
    if value["type"] == "array":
        return _cited_name(value["items"]) + "List"
    if "enum" in value:
        known = {LAYERS: "Layer", PHASES: "Phase"}
        return "Cited" + known[tuple(value["enum"])]
    if value["type"] == "number":
        return "CitedShare" if value["maximum"] == 1 else "CitedEuro"
    if value["type"] == "integer":
        many = "CitedWhole" if value["minimum"] == 0 else "CitedCount"
        return {5: "CitedLevel", 9: "CitedReadiness"}.get(value["maximum"], many)
    return {"string": "CitedText", "boolean": "CitedYesNo"}[value["type"]]


def _clean(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_clean(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    if tuple(node.get("enum", ())) == LAYERS:
        text = {k: v for k, v in node.items() if k not in ("enum", "type", "title")}
        return {**text, "enum": [*LAYERS, *LAYER_NUMBERS]}
    found: Schema = {}
    for key, value in node.items():
        if key in ("title", "discriminator") and not _is_properties(node):
            continue
        if key == "$ref":
            found[key] = "#/$defs/" + names[value.rpartition("/")[2]]
        elif key == "description" and isinstance(value, str):
            found[key] = " ".join(value.split())
        elif key == "default":
            if value not in (None, {}, []) and not isinstance(value, dict):
                numeric = node.get("type") == "number"
                found[key] = plain_number(Fraction(value)) if numeric else value
        else:
            found[key] = _clean(value, names)
    return found


def _is_properties(node: Schema) -> bool:
    """Whether a node maps names of keys to schemas (a key may be called `title`)."""
    return all(isinstance(value, dict) for value in node.values())

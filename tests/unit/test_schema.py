"""The published schemas and the format manual are what the loader itself declares."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from matcher.scenario.manual import generated, schemas, write
from matcher.scenario.records import RECORDS, declared
from matcher.scenario.rulebook import Rulebook
from matcher.scenario.schema import ObjectiveFile, ScenarioFile
from matcher.scenario.yamlfile import parse_yaml, read_yaml

ROOT = Path(__file__).parents[2]
SCHEMAS = schemas()
LOADERS: dict[str, TypeAdapter[Any]] = {
    "scenario": TypeAdapter(ScenarioFile),
    "rulebook": TypeAdapter(Rulebook),
    "objective": TypeAdapter(ObjectiveFile),
}
IGNORED = {"$schema", "$defs", "title", "description", "default", "format"}


def shipped() -> list[tuple[str, Path]]:
    """Every YAML file of the checkout that the loader reads, with its kind."""
    found = [("scenario", path) for path in ROOT.glob("scenarios/*/scenario.yaml")]
    for pattern in ("models/rulebooks/*.yaml", "scenarios/*/rulebooks/*.yaml"):
        found += [("rulebook", path) for path in ROOT.glob(pattern)]
    for pattern in ("models/objectives/*.yaml", "scenarios/*/objective.yaml"):
        found += [("objective", path) for path in ROOT.glob(pattern)]
    return sorted(found)


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What a value breaks of a schema: the part of JSON Schema that ours use."""
    found: list[str] = []
    for key, rule in schema.items():
        match key:
            case "$ref":
                found += faults(value, root["$defs"][rule.rpartition("/")[2]], root)
            case "anyOf":
                if all(faults(value, part, root) for part in rule):
                    found.append(f"{value!r} fits nothing of anyOf")
            case "oneOf":
                fits = [part for part in rule if not faults(value, part, root)]
                found += [] if len(fits) == 1 else [f"{len(fits)} of oneOf fit"]
            case "const":
                found += [] if value == rule else [f"{value!r} is not {rule!r}"]
            case "enum":
                found += [] if value in rule else [f"{value!r} is not in {rule}"]
            case "type":
                kinds = rule if isinstance(rule, list) else [rule]
                good = any(is_a(value, kind) for kind in kinds)
                found += [] if good else [f"{value!r} is no {rule}"]
            case _:
                found += inner_faults(key, rule, value, schema, root)
    return found


def inner_faults(
    key: str, rule: Any, value: Any, schema: dict[str, Any], root: dict[str, Any]
) -> list[str]:
    """Faults by keywords that speak of numbers, lists and mappings only."""
    mapping = value if isinstance(value, dict) else {}
    number = value if is_a(value, "number") else None
    match key:
        case "minimum":
            return ["too small"] if number is not None and number < rule else []
        case "maximum":
            return ["too large"] if number is not None and number > rule else []
        case "minItems":
            return ["too few"] if isinstance(value, tuple) and len(value) < rule else []
        case "items":
            items = value if isinstance(value, tuple) else ()
            return [f for item in items for f in faults(item, rule, root)]
        case "required":
            needed = rule if isinstance(value, dict) else []
            return [f"{name} is missing" for name in needed if name not in mapping]
        case "properties":
            known = [name for name in mapping if name in rule]
            return [f for n in known for f in faults(mapping[n], rule[n], root)]
        case "propertyNames":
            return [f for name in mapping for f in faults(name, rule, root)]
        case "additionalProperties":
            strange = [n for n in mapping if n not in schema.get("properties", {})]
            if rule is False:
                return [f"unknown key {name}" for name in strange]
            inner = {} if rule is True else rule
            return [f for n in strange for f in faults(mapping[n], inner, root)]
        case _:
            assert key in IGNORED, f"the schemas use {key}, which this test does not"
            return []


def is_a(value: Any, kind: str) -> bool:
    """Whether a value read by the loader has a type of JSON."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, (int, float, Fraction)):
        return kind == "number" or (kind == "integer" and value % 1 == 0)
    types: dict[str, type | tuple[type, ...]] = {
        "string": str, "null": type(None), "array": tuple, "object": dict,
    }  # fmt: skip
    return kind in types and isinstance(value, types[kind])


def accepted(kind: str, value: Any) -> bool:
    """Whether the loader's own model takes a value."""
    try:
        LOADERS[kind].validate_python(value)
    except ValidationError:
        return False
    return True


def test_whole_numbers_and_counts_keep_their_own_schema() -> None:
    """A minimum of 0 is fine where none may be asked for, and only there."""
    definitions = SCHEMAS["rulebook"]["$defs"]
    for cited, least in (("CitedWhole", 0), ("CitedCount", 1)):
        assert definitions[cited]["properties"]["value"]["minimum"] == least
    asked = definitions["LeadUserNeed"]["properties"]["min"]["$ref"]
    assert asked.endswith("/CitedWhole")


def test_the_committed_files_are_the_generated_ones() -> None:
    """Whoever changes a declaration runs `python -m matcher.scenario.manual`."""
    for name, text in generated().items():
        assert (ROOT / name).read_text("utf-8") == text, name


def test_every_generated_file_is_written(tmp_path: Path) -> None:
    """Nothing is generated and then forgotten."""
    write(tmp_path)
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")}
    assert written == set(generated())


@pytest.mark.parametrize(("kind", "path"), shipped(), ids=lambda p: str(p)[-40:])
def test_shipped_files_fit_their_schema(kind: str, path: Path) -> None:
    """What the loader accepts, an editor accepts; the first line names the schema."""
    document = read_yaml(path, path.name)
    assert not faults(document.data, SCHEMAS[kind], SCHEMAS[kind])
    head = document.text.splitlines()[0]
    target = (path.parent / head.partition("$schema=")[2]).resolve()
    assert target == ROOT / "models" / "schema" / f"{kind}.schema.json"


HEAD = "format: 1\nid: x\nname: X\nconfidence: assumption\nsources: {s: a page}\n"
GRANT = HEAD + "kind: grant\nrate: [{value: 0.5, source: s}]\n"
SCENE = "format: 1\ntitle: T\n"

GOOD = [
    ("rulebook", GRANT + "layers: {value: [1, coordination, '2'], source: s}\n"),
    ("rulebook", GRANT + "phases: {value: [scale_up], source: s, note: read}\n"),
    ("rulebook", GRANT + "states: {value: [NO, SE], source: s}\n"),
    ("rulebook", GRANT + "envelope: {value: 10.25, source: s}\nvalid_to: 2029-12-31\n"),
    ("rulebook", HEAD + "kind: own\n"),
    ("rulebook", HEAD + "kind: partnership\nexchange_layer: {value: 1, source: s}\n"),
    ("scenario", SCENE + "objective: {scope: 1, scale: 0.5}\n"),
    ("scenario", SCENE + "tables: {assets: {file: a.csv, decimal: ','}}\n"),
    ("scenario", SCENE + "assumptions: {a: {set: {date: 2025-01-01, b.c: null}}}\n"),
    ("scenario", SCENE + "pins: [{case: D1, region: NO, role: member}]\ndate: null\n"),
    ("objective", "format: 1\nid: x\nname: X\nweights: {scope: 0.5}\n"),
]
BAD = [
    ("rulebook", GRANT + "layers: {value: [4], source: s}\n"),
    ("rulebook", GRANT + "envelope: 100\n"),
    ("rulebook", GRANT + "envelope: {value: -1, source: s}\n"),
    ("rulebook", GRANT + "grant: {minimum: {value: 1, source: s}}\n"),
    ("rulebook", HEAD + "kind: grant\nrate: []\n"),
    ("rulebook", HEAD + "kind: lease\n"),
    ("rulebook", HEAD + "kind: own\nmax_own_share: {value: 1.5, source: s}\n"),
    ("scenario", "format: 2\ntitle: T\n"),
    ("scenario", "format: 1\n"),
    ("scenario", SCENE + "tables: {region: regions.csv}\n"),
    ("scenario", SCENE + "pins: [{region: NO}]\n"),
    ("scenario", SCENE + "solve: {backend: gurobi}\n"),
    ("scenario", SCENE + "limits: {max_cases: 1.5}\n"),
    ("scenario", SCENE + "objective: {scope: 1, scale: -0.5}\n"),
    ("scenario", SCENE + "solve: {time_limit: -1}\n"),
    ("scenario", SCENE + "rulebook: [x]\n"),
    ("objective", "format: 1\nid: x\nname: X\nweights: [scope]\n"),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_schema_accepts_what_the_loader_accepts(kind: str, text: str) -> None:
    """Editors show no fault in a file that loads."""
    data = parse_yaml(text, "file").data
    assert accepted(kind, data)
    assert not faults(data, SCHEMAS[kind], SCHEMAS[kind])


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_schema_refuses_what_the_loader_refuses(kind: str, text: str) -> None:
    """Common slips are seen while typing."""
    data = parse_yaml(text, "file").data
    assert not accepted(kind, data)
    assert faults(data, SCHEMAS[kind], SCHEMAS[kind])


def mappings(node: Any) -> list[dict[str, Any]]:
    """Every schema of a mapping with named keys below a node."""
    inner = node.values() if isinstance(node, dict) else node
    nested = [
        m for part in inner if isinstance(part, (dict, list)) for m in mappings(part)
    ]
    here = isinstance(node, dict) and isinstance(node.get("properties"), dict)
    return [*([node] if here else []), *nested]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_schemas_are_closed_and_described(kind: str) -> None:
    """No mapping takes unknown keys, and every key says what it means."""
    for schema in mappings(SCHEMAS[kind]):
        assert schema["additionalProperties"] is False
        bare = [k for k, v in schema["properties"].items() if not v.get("description")]
        assert not bare
    text = json.dumps(SCHEMAS[kind])
    assert "Annotated" not in text
    assert "BeforeValidator" not in text


def test_the_manual_names_every_column_and_key() -> None:
    """A reader finds each word of the format in the manual."""
    text = generated()["docs/scenario-format.md"]
    for record in RECORDS:
        section = text.partition(f"### {record.TABLE}\n")[2].partition("\n#")[0]
        for header, (_, spec) in declared(record).items():
            assert f"| `{header}{'.SCHEME' if spec.prefix else ''}` |" in section
    for schema in SCHEMAS.values():
        cited = {
            id(body) for n, body in schema.get("$defs", {}).items() if "Cited" in n
        }
        for mapping in mappings(schema):
            for key in mapping["properties"] if id(mapping) not in cited else ():
                assert f"| `{key}` |" in text

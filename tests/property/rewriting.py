"""Drawn scenarios written differently: other order of rows, other names."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from matcher.proposal.proposal import Application, CasePlan, Exchange
    from tests.property.drawing import Draw

CODES = (
    "region", "provider", "receiver", "leads", "case", "capability", "topic", "state",
    "exclusive_group", "instrument", "actor",
)  # fmt: skip
"""Columns of codes that a scenario makes up by itself."""
LIST_MARK = "|"


def shuffled(draw: Draw, pick: Random) -> Draw:
    """The same scenario with rows, columns, keys and rulebooks in another order."""
    tables = {}
    for table, rows in draw.tables.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        pick.shuffle(columns)
        tables[table] = [{c: row.get(c, "") for c in columns} for row in rows]
        pick.shuffle(tables[table])
    files = {name: _keys_shuffled(data, pick) for name, data in draw.files.items()}
    pick.shuffle(files["scenario.yaml"]["rulebooks"])
    return replace(draw, tables=tables, files=files)


def _keys_shuffled(data: Any, pick: Random) -> Any:
    if isinstance(data, dict):
        keys = list(data)
        pick.shuffle(keys)
        return {key: _keys_shuffled(data[key], pick) for key in keys}
    if isinstance(data, list):
        return [_keys_shuffled(part, pick) for part in data]
    return data


def instruments_of(draw: Draw) -> list[str]:
    """Ids of the instruments of a drawn scenario."""
    return [data["id"] for data in draw.files.values() if _pays(data)]


def _pays(data: Mapping[str, Any]) -> bool:
    return "kind" in data and data["kind"] not in ("partnership", "own")


def renamed(draw: Draw, names: Mapping[str, str]) -> Draw:
    """The same scenario with other names for some codes."""
    tables = {
        table: [{c: _cell(c, value, names) for c, value in row.items()} for row in rows]
        for table, rows in draw.tables.items()
    }
    files = {}
    for name, old in draw.files.items():
        data = copy.deepcopy(old)
        if _pays(data):
            data["id"] = names.get(data["id"], data["id"])
            name = f"{data['id']}.yaml"
            for key in ("excludes", "cumulative"):
                for said in data.get("stacking", {}).get(key, ()):
                    said["of"] = [names.get(word, word) for word in said["of"]]
        if "states" in data:
            states = data["states"]["value"]
            data["states"]["value"] = [names.get(code, code) for code in states]
        files[name] = data
    settings = files["scenario.yaml"]
    settings["rulebooks"] = [n for n in files if n not in OTHER_FILES]
    for pin in settings["pins"]:
        for field in {"region", "case"} & set(pin):
            pin[field] = names.get(pin[field], pin[field])
    return replace(draw, tables=tables, files=files)


OTHER_FILES = ("scenario.yaml", "objective.yaml")


def _cell(column: str, value: Any, names: Mapping[str, str]) -> Any:
    if column not in CODES or not isinstance(value, str):
        return value
    return LIST_MARK.join(names.get(code, code) for code in value.split(LIST_MARK))


def application_renamed(made: Application, names: Mapping[str, str]) -> Application:
    """An application for cases under other names."""
    return replace(made, cases=tuple(sorted(names.get(c, c) for c in made.cases)))


def plan_renamed(plan: CasePlan, names: Mapping[str, str]) -> CasePlan:
    """The plan of a case with other names for some codes."""

    def new(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(names.get(code, code) for code in codes))

    def moved(exchange: Exchange) -> Exchange:
        fields = ("provider", "receiver", "capability")
        codes = {f: getattr(exchange, f) for f in fields}
        return replace(exchange, **{f: names.get(c, c) for f, c in codes.items()})

    return replace(
        plan,
        case=names.get(plan.case, plan.case),
        lead=names.get(plan.lead, plan.lead),
        partners=new(plan.partners),
        observers=new(plan.observers),
        states=new(plan.states),
        roles=tuple(
            replace(role, capability=names.get(role.capability, role.capability),
                    providers=new(role.providers))
            for role in plan.roles
        ),
        exchanges=tuple(moved(exchange) for exchange in plan.exchanges),
        funding=tuple(
            replace(p, region=names.get(p.region, p.region)) for p in plan.funding
        ),
    )  # fmt: skip

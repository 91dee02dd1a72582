"""Write a scenario as resolved: one assumption applied, everything beside it.

The files load again to an equal setting, so that a result can be checked from
its own folder, without the scenario, the library or the assumption it came from.
"""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Faults
from matcher.scenario.change import decimal_text
from matcher.scenario.load import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.scenario.load import Resolved, Scenario
    from matcher.scenario.setting import Setting
    from matcher.scenario.tables import RawTable

OBJECTIVE_FILE: Final = "objective.yaml"
_HEAD: Final = "# Written by matcher: the inputs of one proposal, assumption applied.\n"
# Everything else is quoted: a code such as 1E5 or NO must stay text for any reader.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*([ ./-][A-Za-z0-9_]+)*")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def resolved_files(scenario: Scenario, assumption: str = "") -> dict[str, str]:
    """Text of every file of the resolved scenario, by relative name.

    Raises
    ------
    InputError
        With every fault of the resolved inputs.
    """
    faults = Faults()
    resolved = scenario.resolve(assumption, faults)
    faults.raise_if_any()
    setting = scenario.setting(assumption)
    books = _book_files(resolved)
    written = resolved.written
    settings = {
        key: value
        for key, value in written.settings.items()
        if key not in ("assumptions", "date", "tables", "rulebooks", "objective")
    }
    if setting.wait_for is None:  # the instrument may be left out
        settings.pop("wait_for", None)
    settings |= {
        "date": setting.date.isoformat(),
        "tables": {name: f"{name}.csv" for name in written.tables},
        "rulebooks": tuple(books.values()),
        "objective": OBJECTIVE_FILE,
    }
    files = {
        SETTINGS_FILE: yaml_text(settings),
        OBJECTIVE_FILE: yaml_text(_objective(scenario, setting)),
    }
    for id_, name in books.items():
        files[name] = yaml_text(written.rulebooks[id_])
    for name, raw in written.tables.items():
        files[f"{name}.csv"] = _table_text(raw, setting)
    return files


def yaml_text(data: Mapping[str, Any]) -> str:
    """Block-style YAML of plain data; numbers are exact, doubtful words quoted."""
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import SafeRepresenter

    class Exact(SafeRepresenter):
        """Writes fractions as plain decimals, and never an alias."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def text(self, data: str) -> Any:
            """Text, quoted unless no reader could take it for anything else."""
            plain = _PLAIN.fullmatch(data) and data.casefold() not in _WORDS
            style = None if plain else '"'
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

        def number(self, data: Fraction) -> Any:
            """A number as the decimal that it is."""
            kind = "int" if data.denominator == 1 else "float"
            return self.represent_scalar(
                f"tag:yaml.org,2002:{kind}", decimal_text(data)
            )

    Exact.add_representer(str, Exact.text)
    Exact.add_representer(Fraction, Exact.number)
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = Exact
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 10**6
    buffer = io.StringIO()
    yaml.dump(dict(data), buffer)
    return _HEAD + buffer.getvalue()


def _book_files(resolved: Resolved) -> dict[str, str]:
    """File of each rulebook by id; an id that is no safe file name gets a number."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    for number, name in enumerate(resolved.written.rulebooks, start=1):
        safe = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", name)
        stem = name if safe and name.casefold() not in taken else f"rulebook-{number}"
        taken.add(stem.casefold())
        files[name] = f"rulebooks/{stem}.yaml"
    return files


def _objective(scenario: Scenario, setting: Setting) -> Mapping[str, Any]:
    """The objective in force: its file as written, or the weights of the scenario."""
    given, stated = scenario.objective, setting.objective
    if given is not None and given.data["id"] == setting.objective.name:
        data: Mapping[str, Any] = given.data
        if data.get("expected", False) != stated.expected:  # as assumed
            return {**data, "expected": stated.expected}
        return data
    return {
        "format": Fraction(1),
        "id": stated.name,
        "name": stated.name,
        "expected": stated.expected,
        "weights": dict(stated.weights),
        "parameters": {term: dict(p) for term, p in stated.parameters.items()},
    }


def _table_text(raw: RawTable, setting: Setting) -> str:
    """CSV text of a table; budgets of instruments that are left out stay out."""
    cells = raw.cells
    if raw.table == "budgets":
        column = raw.header.index("instrument")
        cells = tuple(row for row in cells if row[column] in setting.instruments)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(raw.header)
    writer.writerows(cells)
    return buffer.getvalue()

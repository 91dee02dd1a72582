"""Fuzz targets: whatever stands in a file, only an `InputError` may come of it.

Run one alone, for as long as wanted (Linux and macOS, with ``pip install atheris``)::

    python -m tests.fuzz.targets settings -max_total_time=600

Each input takes the place of a part of the valid scenario of the corpus of faults,
which is then used as by a user, under every assumption.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import atheris

with atheris.instrument_imports(include=["matcher"]):
    from matcher.errors import Faults, InputError
    from matcher.scenario.completeness import completeness
    from matcher.scenario.export import resolved_files
    from matcher.scenario.load import Scenario, load
    from matcher.scenario.reader import RULEBOOK, validated
    from matcher.scenario.records import TABLES as RECORDS
    from matcher.scenario.schema import ObjectiveFile, ScenarioFile
    from matcher.scenario.tables import Dialect, read_table
    from matcher.scenario.yamlfile import read_yaml

from tests.faults.input.corpus import BASE, FILES, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

YAML: Final = ("scenario.yaml", "grant.yaml", "objective.yaml")
MODELS: Final[dict[str, Any]] = dict(
    zip(YAML, (ScenarioFile, RULEBOOK, ObjectiveFile), strict=True)
)
TABLES: Final = tuple(sorted(path.stem for path in BASE.glob("*.csv")))
HEADS: Final = ("instruments", "budgets", "regions", "cases", "assets", "needs",
                "roles", "limits", "solve", "objective", "date")  # fmt: skip
KEYS: Final = ("grant", "NO", "NA", "D1", "007", "NO/K", "*", "grant/", "*/L", "0")
FIELDS: Final = ("envelope", "envelop", "rate", "rate.0", "grant.min", "trl.start.max",
                 "own_budget", "max_cases", "min_cases", "capacity", "amount", "weight",
                 "min_partners", "level", "time_limit", "consortium.required.0.scheme",
                 "sources.S", "value", "phases", "valid_to")  # fmt: skip
VALUES: Final = ("0.5x", "0,5x", "2x", "50%", "unlimited", "many", "", ".5x", "1.x",
                 "2025-01-31", "0.123456789012345678x", "1e3x")  # fmt: skip


def expect_faults(error: InputError) -> None:
    """Every fault has a place, a problem and a remedy, and can be printed."""
    assert error.faults
    assert all(f.place.file and f.problem and f.remedy for f in error.faults)
    assert str(error)


def use(scenario: Scenario) -> None:
    """Do with a scenario what every command does before it solves."""
    completeness(scenario)
    for assumption in ("", *scenario.assumptions):
        scenario.setting(assumption)


def settings(data: bytes, valid: Scenario) -> None:
    """Any text as settings, rulebook or objective; a valid one is read in its place."""
    if not data:
        return
    name = YAML[data[0] % len(YAML)]
    path = valid.root / name
    path.write_bytes(data[1:])
    try:
        document = read_yaml(path, name)
        faults = Faults()
        validated(MODELS[name], document, faults)
        faults.raise_if_any()
        scenario = load(valid.root)
        use(scenario)
        for assumption in ("", *scenario.assumptions):
            resolved_files(scenario, assumption)
    except InputError as error:
        expect_faults(error)
    finally:
        shutil.copy(BASE / name, path)


def tables(data: bytes, valid: Scenario) -> None:
    """Any text as one of the tables."""
    if not data:
        return
    name = TABLES[data[0] % len(TABLES)]
    path = valid.root / "table.csv"
    path.write_bytes(data[1:])
    try:
        raw = read_table(path, f"{name}.csv", RECORDS[name], Dialect())
        use(replace(valid, tables={**valid.tables, name: raw}))
    except InputError as error:
        expect_faults(error)


def overrides(data: bytes, valid: Scenario) -> None:
    """Paths and values of an assumption: parts that exist, mixed with any text."""
    given = atheris.FuzzedDataProvider(data)

    def word(known: tuple[str, ...]) -> str:
        at = given.ConsumeIntInRange(0, len(known) + 1)
        return known[at] if at < len(known) else given.ConsumeUnicodeNoSurrogates(12)

    changes: dict[str, Any] = {}
    for _ in range(given.ConsumeIntInRange(1, 3)):
        parts = [word(HEADS), word(KEYS), word(FIELDS)][: given.ConsumeIntInRange(1, 3)]
        number = Fraction(given.ConsumeInt(8), 10 ** given.ConsumeIntInRange(0, 9))
        kind = given.ConsumeIntInRange(0, 4)
        changes[".".join(parts)] = (word(VALUES), number, None, True, ())[kind]
    data_ = {**valid.document.data, "assumptions": {"a": {"set": changes}}}
    document = replace(valid.document, data=data_)
    try:
        given_settings = ScenarioFile.model_validate(data_)
        scenario = replace(valid, settings=given_settings, document=document)
        use(scenario)
        resolved_files(scenario, "a")
    except InputError as error:
        expect_faults(error)


TARGETS: Final[dict[str, Callable[[bytes, Scenario], None]]] = {
    "settings": settings,
    "tables": tables,
    "overrides": overrides,
}


def seeds(target: str, folder: Path) -> None:
    """Write what to start from: the valid files and every malformed one."""
    folder.mkdir()
    tables_ = [f"{name}.csv" for name in TABLES]
    names = {"settings": YAML, "tables": tables_}.get(target, ())
    for first, name in enumerate(names):
        for path in sorted(FILES.glob(f"*/{name}")):
            seed = bytes([first]) + path.read_bytes()
            (folder / f"{path.parent.name}-{name}").write_bytes(seed)
    drawn = random.Random(1)
    for number in range(100 if target == "overrides" else 0):
        (folder / str(number)).write_bytes(drawn.randbytes(80))


def main() -> None:
    """Fuzz the target named first; everything after it is for libFuzzer."""
    name, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        valid = load(lay_out(BASE.name, Path(place) / "scenario"))
        seeds(name, Path(place) / "seeds")
        words = [sys.argv[0], *options, str(Path(place) / "seeds")]
        atheris.Setup(words, lambda data: TARGETS[name](data, valid))
        atheris.Fuzz()


if __name__ == "__main__":
    main()

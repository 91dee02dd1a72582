"""What a scenario does not say: unknown cells, stated defaults, silent regions."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from matcher.errors import Faults
from matcher.scenario.columns import UNSTATED
from matcher.scenario.records import TABLES, declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matcher.scenario.load import Scenario
    from matcher.scenario.tables import RawTable


@dataclass(frozen=True, slots=True)
class TableState:
    """How full one table is."""

    table: str
    file: str
    rows: int
    unknown: Mapping[str, int]
    """Blank cells by column where a blank means unknown."""
    defaults: Mapping[str, int]
    """Blank cells by column where a blank has a stated meaning."""
    absent: tuple[str, ...]
    """Columns the table could have and has not; all their cells are blank."""


@dataclass(frozen=True, slots=True)
class BookState:
    """How sure one rulebook is of its numbers."""

    id: str
    name: str
    kind: str
    confidence: Mapping[str, int]
    """Numbers of the rulebook by confidence."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """What a scenario says and what it leaves open."""

    tables: tuple[TableState, ...]
    missing_tables: tuple[str, ...]
    without_assets: tuple[str, ...]
    """Regions without a row in assets."""
    without_needs: tuple[str, ...]
    """Regions without a row in needs."""
    rulebooks: tuple[BookState, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return asdict(self)


def completeness(scenario: Scenario) -> Completeness:
    """Look through a scenario as written; nothing is changed or guessed."""
    setting = scenario.setting()
    having = {asset.region for asset in setting.assets}
    needing = {need.region for need in setting.needs}
    return Completeness(
        tables=tuple(_table(raw) for raw in scenario.tables.values()),
        missing_tables=tuple(name for name in TABLES if name not in scenario.tables),
        without_assets=tuple(r for r in setting.regions if r not in having),
        without_needs=tuple(r for r in setting.regions if r not in needing),
        rulebooks=_books(scenario),
    )


def _table(raw: RawTable) -> TableState:
    unknown: Counter[str] = Counter()
    defaults: Counter[str] = Counter()
    columns = declared(TABLES[raw.table])
    for at, header in enumerate(raw.header):
        stem = header if header in columns else header.partition(".")[0]
        spec = columns[stem][1]
        used = (
            row
            for row in raw.cells
            if not spec.of_kind or _kind(raw, row) == spec.of_kind
        )
        count = sum(cells[at] == "" for cells in used)
        if not count or spec.if_blank == UNSTATED:  # a remark may be left out
            continue
        (unknown if spec.unknown_if_blank else defaults)[header] += count
    absent = tuple(
        name
        for name, (_, spec) in columns.items()
        if not spec.prefix and name not in raw.header
    )
    return TableState(
        raw.table, raw.file, len(raw.cells), dict(unknown), dict(defaults), absent
    )


def _kind(raw: RawTable, row: Sequence[str]) -> str:
    """What sort of row it is; rows of some sorts do without some columns."""
    return row[raw.header.index("kind")]


def _books(scenario: Scenario) -> tuple[BookState, ...]:
    resolved = scenario.resolve("", Faults())
    return tuple(
        BookState(
            id=name,
            name=data["name"],
            kind=data["kind"],
            confidence=dict(sorted(Counter(_told(data, data["confidence"])).items())),
        )
        for name, data in resolved.written.rulebooks.items()
    )


def _told(node: Any, otherwise: str) -> Iterator[str]:
    """Confidence of every cited number below a node."""
    if isinstance(node, dict):
        if "value" in node and "source" in node:
            yield node.get("confidence") or otherwise
        for inner in node.values():
            yield from _told(inner, otherwise)
    elif isinstance(node, tuple):
        for inner in node:
            yield from _told(inner, otherwise)

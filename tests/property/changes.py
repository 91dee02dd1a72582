"""Settings with one thing changed, for relations between two answers.

Every function returns a new setting; the one it is given stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from matcher.errors import Place
from matcher.scenario.rulebook import Cited
from matcher.scenario.setting import PlacedPin, by_key, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from fractions import Fraction

    from matcher.proposal.proposal import CasePlan
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NOWHERE = Place("")
KEYED = ("regions", "capabilities", "cases", "actors")
TABLES = (
    *KEYED, "assets", "needs", "roles", "costs", "commitments", "priorities",
    "case_topics", "beneficiaries", "staff", "skill_effort", "budgets", "verdicts",
    "memberships",
)  # fmt: skip
"""Tables that decide who may do what and what it brings: all of them."""
REGION_COLUMNS = ("region", "provider", "receiver")


def rows_of(setting: Setting, table: str) -> tuple[Any, ...]:
    """Rows of a table, whether it is kept by key or in order."""
    found = getattr(setting, table)
    return tuple(found.values()) if table in KEYED else tuple(found)


def with_rows(setting: Setting, tables: Mapping[str, Iterable[Any]]) -> Setting:
    """The setting with the rows of some tables replaced."""
    changed = {
        name: by_key(rows) if name in KEYED else in_order(rows)
        for name, rows in tables.items()
    }
    return replace(setting, **changed)


def without(setting: Setting, columns: Iterable[str], code: str) -> Setting:
    """The setting without any row that names a code in one of the columns."""
    kept = {
        table: [
            row
            for row in rows_of(setting, table)
            if all(getattr(row, column, None) != code for column in columns)
        ]
        for table in TABLES
    }
    pins = tuple(
        pin for pin in setting.pins
        if all(getattr(pin, column, None) != code for column in columns)
    )  # fmt: skip
    return replace(with_rows(setting, kept), pins=pins)


def with_twin(setting: Setting, column: str, code: str, twin: str) -> Setting:
    """The setting with every row that names a code in a column a second time.

    Verdicts stay apart: nobody has spoken of the twin. So do pins. Organisations of
    the twin are others than those of the region.
    """
    tables = {}
    for table in TABLES:
        rows = rows_of(setting, table)
        copies = [
            replace(row, **{column: twin})
            for row in rows
            if getattr(row, column, None) == code
        ]
        if table == "actors":
            copies = [replace(row, actor=f"{row.actor} of {twin}") for row in copies]
        tables[table] = (*rows, *copies)
    return with_rows(setting, tables)


def with_pins(setting: Setting, *pins: PlacedPin) -> Setting:
    """The setting with some more decisions fixed or ruled out."""
    return replace(setting, pins=(*setting.pins, *pins))


def fixed(case: str, region: str | None = None, role: Any = None) -> PlacedPin:
    """A decision that is taken beforehand."""
    return PlacedPin(case, region, role, False, "", NOWHERE)


def vetoed(case: str, region: str | None = None, role: Any = None) -> PlacedPin:
    """A decision that is ruled out beforehand."""
    return PlacedPin(case, region, role, True, "", NOWHERE)


def kept_out(regions: Iterable[str], cases: Iterable[str]) -> list[PlacedPin]:
    """Vetoes on any part of some regions in some cases."""
    named = list(cases)
    return [
        vetoed(case, region, role)
        for region in regions
        for case in named
        for role in ("member", "observer")
    ]


def decided(plan: CasePlan) -> list[PlacedPin]:
    """Everything that a plan says about who takes part in its case, as pins."""
    return [
        fixed(plan.case),
        fixed(plan.case, plan.lead, "lead"),
        *(fixed(plan.case, region, "partner") for region in plan.partners),
        *(fixed(plan.case, region, "observer") for region in plan.observers),
    ]


def leads_as_vetoes(setting: Setting) -> Setting:
    """The setting with vetoes on all other leads where a case names its leads."""
    pins = [
        vetoed(name, region, "lead")
        for name, case in setting.cases.items()
        if case.leads
        for region in setting.regions
        if region not in case.leads
    ]
    cases = [replace(case, leads=()) for case in setting.cases.values()]
    return with_pins(with_rows(setting, {"cases": cases}), *pins)


def with_money(setting: Setting, change: Callable[[str, int], int]) -> Setting:
    """The setting with amounts of money changed, each by its kind.

    Kinds are ``own``, ``budget``, ``unit``, ``cost``, ``envelope``, ``cap``, ``max``
    and ``min``; unlimited and unknown amounts stay as they are.
    """

    def cell(kind: str, value: Any) -> Any:
        return change(kind, value) if isinstance(value, int) else value

    def number(kind: str, cited: Any) -> Any:
        return cited and cited.model_copy(update={"value": cell(kind, cited.value)})

    def book(old: Instrument) -> Instrument:
        size = old.grant.model_copy(
            update={kind: number(kind, getattr(old.grant, kind)) for kind in SIZES}
        )
        parts = {
            "grant": size,
            "envelope": number("envelope", old.envelope),
            "per_region_cap": number("cap", old.per_region_cap),
            "per_firm": old.per_firm
            and old.per_firm.model_copy(
                update={"cap": number("cap", old.per_firm.cap)}
            ),
        }
        return old.model_copy(update=parts)

    changed = {
        table: [
            replace(row, **{column: cell(kind, getattr(row, column))})
            for row in rows_of(setting, table)
        ]
        for table, column, kind in MONEY_COLUMNS
    }
    books = {name: book(old) for name, old in setting.instruments.items()}
    return replace(with_rows(setting, changed), instruments=books)


SIZES = ("min", "max")
MONEY_COLUMNS = (
    ("regions", "own_budget", "own"),
    ("budgets", "amount", "budget"),
    ("assets", "unit_cost", "unit"),
    ("costs", "amount", "cost"),
)


def with_weights(setting: Setting, factor: Fraction) -> Setting:
    """The setting with every weight of the objective times a factor."""
    weights = {name: w * factor for name, w in setting.objective.weights.items()}
    return replace(setting, objective=replace(setting.objective, weights=weights))


def cited(value: Any) -> Cited[Any]:
    """A number of a rulebook that a test makes up."""
    return Cited[Any](value=value, source="S")

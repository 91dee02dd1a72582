"""Shape of `scenario.yaml` and of objective files, as frozen pydantic models.

The text under each field is its documentation: the JSON Schema for editors and
the format manual are generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    WithJsonSchema,
    model_validator,
)

from matcher.scenario.letters import CellProblem, clean_code
from matcher.scenario.rulebook import Strict
from matcher.scenario.values import (
    Day,
    FormatOne,
    Seconds,
    Seed,
    Share,
    Slip,
    Threads,
    Weight,
    Whole,
    in_order,
)

TableName = Literal[
    "regions", "capabilities", "assets", "needs", "cases", "roles", "costs",
    "commitments", "priorities", "case_topics", "actors", "beneficiaries", "staff",
    "skill_effort", "budgets", "verdicts", "memberships",
]  # fmt: skip
PinRole = Literal["lead", "partner", "member", "observer"]
BackendName = Literal["highs", "cpsat", "cbc"]


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
            raise Slip("region and role belong together", "give both or none")
        return self


def _assumption_name(name: str) -> str:
    """Check a name that will be part of the name of a folder."""
    try:
        clean_code(name)
    except CellProblem as problem:
        raise Slip(str(problem), problem.remedy) from None
    if set(name) & set('/\\:*?"<>') or name.startswith(".") or not name.strip():
        raise Slip("the name of an assumption is part of the name of a folder",
                   "use letters, digits, spaces, - and _")  # fmt: skip
    return name


AssumptionName = Annotated[str, AfterValidator(_assumption_name)]


class InstrumentChoice(Strict):
    """Which instruments an assumption leaves in play."""

    only: tuple[str, ...] | None = None
    """These instruments and no others."""
    without: tuple[str, ...] | None = None
    """All but these."""

    @model_validator(mode="after")
    def _one_of_both(self) -> InstrumentChoice:
        if (self.only is None) == (self.without is None):
            raise Slip("both or none of only and without", "give one of them")
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

    @model_validator(mode="after")
    def _ordered(self) -> Limits:
        in_order(self, "min_cases", "max_cases")
        return self


class Horizon(Strict):
    """The years that are planned for."""

    start: Day
    """First day; projects begin then, or as long after as a contract takes."""
    end: Day
    """Last day."""

    @model_validator(mode="after")
    def _ordered(self) -> Horizon:
        in_order(self, "start", "end")
        return self


class Solve(Strict):
    """How to solve when the command line does not say otherwise."""

    gap: Share = Fraction(0)
    """Relative gap at which to stop; 0 asks for a proven optimum."""
    time_limit: Seconds | None = None
    """Seconds for each solve; blank: none."""
    backend: BackendName = "highs"
    """Solver."""
    seed: Seed = 0
    """Seed handed to the solver."""
    threads: Threads = 1
    """Threads of the solver; more than one may give another plan of equal value."""
    tie_break: bool = False
    """Settle ties between proven best plans: fewest members first, then a fixed order
    of names, so that every solver names the same plan."""


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
    horizon: Horizon | None = None
    """Days that are planned for. An instrument that holds on none of them pays
    nothing, and a grant pays no cost that falls due after the grant itself has ended;
    blank: neither is a rule"""
    tables: Mapping[TableName, str | TableFile] = {}
    """Table files that are called otherwise, or written in another way; every other
    known NAME.csv beside this file is read as it is."""
    rulebooks: tuple[str, ...] = ()
    """Names under models/rulebooks, or paths ending in .yaml."""
    objective: str | Mapping[str, Weight] = "balanced"
    """A name under models/objectives, a path ending in .yaml, or weights by term."""
    wait_for: str | None = None
    """Instrument whose answer is awaited: what rests on it gets a fallback for a no,
    and people and money are reserved for either. Needs an expected objective."""
    exchanges: Literal["not-rejected", "validated-only"] = "not-rejected"
    """Which pairs may exchange: all but the rejected, or validated ones only."""
    limits: Limits = Limits()
    """Number of cases."""
    pins: tuple[Pin, ...] = ()
    """Decisions fixed beforehand, and vetoes."""
    assumptions: Mapping[AssumptionName, Assumption] = {}
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
    expected: bool = False
    """True counts what a case brings only with the chance that all who pay in it do:
    the product of the `success` of the instruments. Effort counts in any case."""
    weights: Mapping[str, Weight]
    """Weight of each term; a term that is not named does not count."""
    parameters: Mapping[str, Mapping[str, Any]] = {}
    """Parameters by term; each term documents its own."""

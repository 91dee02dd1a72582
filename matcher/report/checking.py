"""What `matcher check` and `matcher verify` found, as data and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matcher.errors import Fault, InputError
from matcher.objectives._names import Names
from matcher.proposal.jsonform import points as as_number
from matcher.report.result import verdict_data
from matcher.report.words import clean, points
from matcher.scenario.completeness import Completeness, completeness
from matcher.verify.notes import untested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matcher.formulation.bind import BoundTerm
    from matcher.report.judging import Judged
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

_NAMED = 12
"""Regions named one by one; beyond that their number says more."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A scenario without faults of form, looked through."""

    scenario: Scenario
    faults: tuple[Fault, ...]
    """Figures that a rule needs and no cell gives, under any assumption."""
    untested: tuple[str, ...]
    state: Completeness
    uncounted: tuple[str, ...] = ()
    """Parameters of objectives that count nothing."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What is legal and hardly meant."""
        return (*self.scenario.notices, *self.uncounted)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        settings = self.scenario.settings
        return {
            "scenario": self.scenario.name,
            "title": settings.title,
            "assumptions": {
                name: overlay.describe for name, overlay in settings.assumptions.items()
            },
            "notices": list(self.notices),
            "untested": list(self.untested),
            **self.state.as_dict(),
        }


def examine(scenario: Scenario) -> Checked:
    """Try every assumption up to the solver, and note what is left open."""
    # Here, so that verifying a result loads neither the engine nor its solvers.
    from matcher.engine.run import prepare

    faults: dict[Fault, None] = {}
    found: dict[str, None] = {}
    uncounted: dict[str, None] = {}
    for assumption in ("", *scenario.assumptions):
        setting = scenario.setting(assumption)
        try:
            _, terms = prepare(setting)
            uncounted |= dict.fromkeys(_uncounted(setting, terms))
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
        found |= dict.fromkeys(untested(setting))
    state = completeness(scenario)
    return Checked(scenario, tuple(faults), tuple(found), state, tuple(uncounted))


def _uncounted(setting: Setting, terms: Sequence[BoundTerm]) -> Iterator[str]:
    """Terms about categories of a scheme that regions have, and none of these.

    Without any such column the term itself says that it counts nothing.
    """
    for bound in terms:
        scheme = getattr(bound.parameters, "scheme", "")
        held = {row.category.get(scheme, "") for row in setting.regions.values()} - {""}
        for key, field in type(bound.parameters).model_fields.items():
            named = getattr(bound.parameters, key)
            if Names.CATEGORY in field.metadata and held and held.isdisjoint(named):
                path = ("parameters", bound.name, key)
                kinds = " or ".join(named)
                yield (
                    f"{setting.objective.document.place(path)}: {bound.name} counts "
                    f"regions that are {kinds}, and there are none: it counts nothing; "
                    "correct the words, or the regions table"
                )


def check_text(checked: Checked) -> Iterator[str]:
    """Lines for people."""
    scenario, state = checked.scenario, checked.state
    yield f"{clean(scenario.settings.title)}: no faults"
    yield ""
    width = max(len(table.table) for table in state.tables)
    for table in state.tables:
        told = [f"{table.rows} rows"]
        told += _counts("unknown", table.unknown)
        told += _counts("by stated default", table.defaults)
        yield f"  {table.table:<{width}}  {'; '.join(told)}"
    if state.missing_tables:
        yield f"  no table of {', '.join(state.missing_tables)}"
    yield from _silent(state)
    yield from _listed("Notices", checked.notices)
    yield from _listed("Not tested", checked.untested)
    yield from _listed(
        "Assumptions",
        [
            f"{name}: {overlay.describe}" if overlay.describe else name
            for name, overlay in scenario.settings.assumptions.items()
        ],
    )
    yield from _listed(
        "Rulebooks (numbers by confidence)",
        [
            f"{book.id} ({book.kind}): "
            + ", ".join(f"{n} {word}" for word, n in book.confidence.items())
            for book in state.rulebooks
        ],
    )


def _counts(word: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    parts = ", ".join(f"{clean(name)} {n}" for name, n in counts.items())
    return [f"{word}: {parts}"]


def _silent(state: Completeness) -> Iterator[str]:
    lines = []
    for what, regions, table in (
        ("asset", state.without_assets, "assets"),
        ("need", state.without_needs, "needs"),
    ):
        if regions and table not in state.missing_tables:
            more = len(regions) - _NAMED
            rest = f" and {more} more" if more > 0 else ""
            lines.append(f"without any {what}: {', '.join(regions[:_NAMED])}{rest}")
    yield from _listed("Regions", lines)


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {clean(line)}" for line in lines)


def judged_data(judged: Judged) -> dict[str, Any]:
    """What `verify` found, as plain data."""
    proposal = judged.proposal
    return {
        "status": proposal.status if proposal else None,
        "objective": as_number(proposal.objective) if proposal else None,
        **verdict_data(judged.verdict),
        "holds": judged.holds,
        "damaged": [
            {"file": name, "problem": problem} for name, problem in judged.damaged
        ],
        "unverified": list(judged.unverified),
    }


def judged_text(judged: Judged) -> Iterator[str]:
    """What `verify` found, in lines for people."""
    for name, problem in judged.damaged:
        yield clean(f"damaged: {name}: {problem}")
    for finding in judged.verdict.broken:
        source = f" [{finding.source}]" if finding.source else ""
        yield clean(
            f"broken: {finding.rule} ({finding.subject}): {finding.text}{source}"
        )
    for text in judged.verdict.untested:
        yield clean(text)
    for text in judged.unverified:
        yield clean(f"not verified: {text}")
    checks, broken = len(judged.verdict.findings), len(judged.verdict.broken)
    proposal = judged.proposal
    told = f"{checks - broken} of {checks} checks hold"
    if proposal is not None and proposal.objective is not None:
        told += f"; {proposal.status}, {points(proposal.objective)} points"
    elif proposal is not None:
        told += f"; {proposal.status}, so there is no plan to check"
    yield clean(told)

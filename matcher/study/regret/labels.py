"""Which memberships all plans share, which come and go, and which never occur."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.table import Cell

CORE, SWING, NEVER = "core", "swing", "never"
Membership = tuple[str, str]
"""Region and case."""


@dataclass(frozen=True, slots=True)
class Label:
    """How sure a membership is."""

    region: str
    case: str
    label: str
    """`CORE` where every plan has it, `SWING` where some do, `NEVER` where none."""
    assumptions: tuple[str, ...]
    """Whose plans have it."""


def labels(
    settings: Iterable[Setting], proposals: Mapping[str, Proposal]
) -> tuple[Label, ...]:
    """Label every region and case by the plans of all assumptions that have one.

    Without any plan nothing is known, and nothing is labelled.
    """
    plans = {
        name: members(proposal.cases)
        for name, proposal in proposals.items()
        if proposal.objective is not None
    }
    if not plans:
        return ()
    settings = tuple(settings)
    regions = sorted({region for setting in settings for region in setting.regions})
    cases = sorted({case for setting in settings for case in setting.cases})
    found = []
    for pair in product(regions, cases):
        names = tuple(name for name, held in plans.items() if pair in held)
        always = bool(names) and len(names) == len(plans)
        found.append(Label(*pair, CORE if always else SWING if names else NEVER, names))
    return tuple(found)


def members(plans: Iterable[CasePlan]) -> frozenset[Membership]:
    """Every member of every case; observers are none."""
    return frozenset((name, plan.case) for plan in plans for name in plan.members)


def label_tables(found: Iterable[Label]) -> tuple[Table, Table]:
    """A row for each region, and a row for each membership that comes and goes."""
    found = tuple(found)
    cases = tuple(sorted({each.case for each in found}))
    by_region: dict[str, dict[str, str]] = {}
    for each in found:
        by_region.setdefault(each.region, {})[each.case] = each.label
    rows: list[tuple[Cell, ...]] = [
        (region, *(held[case] for case in cases)) for region, held in by_region.items()
    ]
    swing: list[tuple[Cell, ...]] = [
        (each.region, each.case, ", ".join(each.assumptions))
        for each in found
        if each.label == SWING
    ]
    return (
        Table("labels", "Who is always, sometimes or never a member",
              ("region", *cases), tuple(rows)),
        Table("swing", "Memberships that depend on the assumption",
              ("region", "case", "member under"), tuple(swing)),
    )  # fmt: skip

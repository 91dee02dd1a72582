"""People are finite: what a region's cases ask of it stays within its capacity.

::

    sum_d (per_partner_d * member[r,d] + base_d * lead[r,d]) <= capacity_r     (FTE)

base: what leading takes besides taking part. Source: columns ``effort_base``,
``effort_per_partner`` of the cases and ``effort_capacity`` of the regions (R89,
R92). The rule is not tested while no region states a capacity.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_most, show
from matcher.rules._figures import Figure, who_can
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "effort"
FUNDING = False


def _stated(setting: Setting) -> bool:
    return any(
        region.effort_capacity is not None for region in setting.regions.values()
    )


def rows(model: Model) -> None:
    """Add one coupling row per region with a capacity."""
    setting, cols = model.inst.setting, model.cols
    limits = {
        i: region.effort_capacity
        for i, region in enumerate(setting.regions.values())
        if isinstance(region.effort_capacity, Fraction)
    }
    limited = np.array(list(limits), dtype=np.int64)
    position = np.full(len(setting.regions), -1)
    position[limited] = np.arange(len(limited))
    cases = setting.cases.values()
    each = np.array([float(case.effort_per_partner or 0) for case in cases])
    base = np.array([float(case.effort_base or 0) for case in cases])
    parts = []
    for look_up, effort in ((cols.member, each), (cols.lead, base)):
        region, case, column = present(look_up)
        inside = position[region] >= 0
        parts.append((position[region[inside]], column[inside], effort[case[inside]]))
    capacity = np.array([float(limit) for limit in limits.values()])
    names = model.inst.labels.regions.ids
    model.coupling_rows(NAME, names, limited, parts, upper=capacity)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the effort of every region that takes part."""
    asked: dict[str, Fraction] = defaultdict(Fraction)
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        for name in plan.members:
            asked[name] += case.effort_per_partner or 0
        asked[plan.lead] += case.effort_base or 0
    for name, effort in sorted(asked.items()):
        region = facts.setting.regions[name]
        if isinstance(region.effort_capacity, Fraction):
            yield at_most(
                NAME,
                name,
                effort,
                region.effort_capacity,
                "FTE",
                line(region.at),
                unit="FTE",
            )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Once some regions state a capacity, all that may join must."""
    asking = any(c.effort_base or c.effort_per_partner for c in setting.cases.values())
    if not (asking and _stated(setting)):
        return
    for region in setting.regions.values():
        if region.effort_capacity is None and region.region in joining:
            faults.add(
                "UNKNOWN_NEEDED",
                region.at.at("effort_capacity"),
                f"the effort capacity of {region.region} is unknown, and cases ask "
                "for effort",
                "fill in FTE, 0 for none, or unlimited",
            )


def untested(setting: Setting) -> str:
    """Without any capacity nothing can be said."""
    asking = any(c.effort_base or c.effort_per_partner for c in setting.cases.values())
    if asking and not _stated(setting):
        return "effort is not tested: no region states an effort_capacity"
    return ""


def sentence(setting: Setting) -> str:
    """The rule in words."""
    return (
        "A region's cases ask no more people than it has." if _stated(setting) else ""
    )


def figures(chances: Chances) -> Figure | None:
    """People asked for, and regions that have so many."""
    setting, case = chances.setting, chances.row
    each, base = case.effort_per_partner or Fraction(0), case.effort_base or Fraction(0)
    if not _stated(setting) or not (each or base):
        return None

    def has(name: str, asked: Fraction) -> bool:
        held = setting.regions[name].effort_capacity
        return not isinstance(held, Fraction) or held >= asked

    who, enough = who_can(
        chances, lambda name: has(name, each), lambda name: has(name, base + each)
    )
    text = f"it asks {show(each)} FTE of a member and {show(base + each)} of its lead"
    file = next(iter(setting.regions.values())).at.file
    return Figure(f"{text}: {who}", (line(case.at), file), enough=enough)


def limit(setting: Setting, region: str) -> Figure | None:
    """People of a region."""
    row = setting.regions[region]
    if not isinstance(row.effort_capacity, Fraction):
        return None
    text = f"{region} has {show(row.effort_capacity)} FTE for all its cases"
    return Figure(text, (line(row.at),))

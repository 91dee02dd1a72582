"""People of each skill are finite: a region's cases ask no more of them than it has.

::

    sum_d (per_partner_ds * member[r,d] + base_ds * lead[r,d]) <= capacity_rs  (FTE)

base: what leading takes besides taking part. Source: columns ``base`` and
``per_partner`` of the skill_effort table, ``capacity`` of the staff table (R91). A
skill is not tested while no region states a capacity in it.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.errors import Place
from matcher.program.blocks import COUPLING, Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_most, show
from matcher.rules._figures import Figure, who_can
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.builder import Part
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.records import SkillEffort
    from matcher.scenario.setting import Setting

NAME = "skill_effort"
FUNDING = False


def _asked(setting: Setting) -> list[str]:
    """Skills that some case asks for, sorted."""
    rows = setting.skill_effort
    return sorted({row.skill for row in rows if row.base or row.per_partner})


def _stated(setting: Setting) -> set[str]:
    """Skills in which some region states a capacity."""
    return {row.skill for row in setting.staff if row.capacity is not None}


def rows(model: Model) -> None:
    """Add one coupling row per region and skill with a capacity."""
    inst, cols = model.inst, model.cols
    labels = inst.labels
    skills = tuple(_asked(inst.setting))
    limits = {
        (labels.regions.index[row.region], skills.index(row.skill)): row.capacity
        for row in inst.setting.staff
        if row.skill in skills and isinstance(row.capacity, Fraction)
    }
    region, skill = np.array(list(limits), dtype=np.int64).reshape(-1, 2).T
    each, base = np.zeros((2, len(skills), len(labels.cases)))
    for row in inst.setting.skill_effort:
        if row.skill in skills:
            at = skills.index(row.skill), labels.cases.index[row.case]
            each[at], base[at] = float(row.per_partner or 0), float(row.base or 0)
    parts: list[Part] = []
    for look_up, effort in ((cols.member, each), (cols.lead, base)):
        at_row, case = np.nonzero(look_up[region] != NONE)
        column = look_up[region[at_row], case]
        parts.append((at_row, column, effort[skill[at_row], case]))
    subject = Subject((labels.regions.ids, skills), (region, skill))
    capacity = np.array([float(limit) for limit in limits.values()])
    model.add.add_rows(NAME, subject, parts, case=COUPLING, upper=capacity)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the people of each skill that every region gives."""
    given: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for plan in proposal.cases:
        for row in facts.setting.skill_effort:
            if row.case == plan.case:
                for name in plan.members:
                    given[name, row.skill] += row.per_partner or 0
                given[plan.lead, row.skill] += row.base or 0
    for held in facts.setting.staff:
        effort = given.get((held.region, held.skill))
        if effort is not None and isinstance(held.capacity, Fraction):
            subject = f"{held.region} {held.skill}"
            yield at_most(
                NAME, subject, effort, held.capacity, "FTE", line(held.at), unit="FTE"
            )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Once some regions state a capacity in a skill, all that may join must."""
    known = {(row.region, row.skill): row for row in setting.staff}
    stated = _stated(setting)
    for skill in _asked(setting):
        for region in setting.regions if skill in stated else ():
            row = known.get((region, skill))
            if region in joining and (row is None or row.capacity is None):
                table = Place(setting.staff[0].at.file)
                faults.add(
                    "UNKNOWN_NEEDED",
                    row.at.at("capacity") if row else table,
                    f"the people that {region} has for {skill} are unknown, and cases "
                    "ask for them",
                    f"{'fill in' if row else f'add a row for {region} and {skill}:'} "
                    "FTE, 0 for none, or unlimited",
                )


def untested(setting: Setting) -> str:
    """Without any capacity in a skill nothing can be said of it."""
    blank = [skill for skill in _asked(setting) if skill not in _stated(setting)]
    if blank:
        told = ", ".join(blank)
        return f"skill_effort is not tested for {told}: no row of staff states people"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with the skills it is about."""
    skills = [skill for skill in _asked(setting) if skill in _stated(setting)]
    if not skills:
        return ""
    return (
        "A region's cases ask no more people of a skill than it has: "
        f"{', '.join(skills)}."
    )


def figures(chances: Chances) -> Figure | None:
    """The skill that fewest can lead with: people asked for, and who has so many."""
    setting = chances.setting
    held = {(row.region, row.skill): row.capacity for row in setting.staff}

    def has(name: str, skill: str, asked: Fraction) -> bool:
        limit = held.get((name, skill))
        return not isinstance(limit, Fraction) or limit >= asked

    found: list[tuple[int, int, SkillEffort]] = []
    for row in setting.skill_effort:
        if row.case == chances.row.case and row.skill in _stated(setting):
            each, lead = row.per_partner or Fraction(0), _of_lead(row)
            leads = sum(has(name, row.skill, lead) for name in chances.leading)
            members = sum(has(name, row.skill, each) for name in chances.joining)
            found.append((leads, members, row))
    if not found:
        return None
    row = min(found, key=lambda entry: entry[:2])[2]
    each, lead = row.per_partner or Fraction(0), _of_lead(row)
    who, enough = who_can(
        chances,
        lambda name: has(name, row.skill, each),
        lambda name: has(name, row.skill, lead),
    )
    text = (
        f"it asks {show(each)} FTE of {row.skill} of a member and {show(lead)} of its "
        f"lead: {who}"
    )
    return Figure(text, (line(row.at), setting.staff[0].at.file), enough=enough)


def _of_lead(row: SkillEffort) -> Fraction:
    """What the lead gives: its part as a member, and what leading takes besides."""
    return (row.per_partner or Fraction(0)) + (row.base or Fraction(0))


def limit(setting: Setting, region: str, skill: str) -> Figure | None:
    """People of a region in a skill."""
    for row in setting.staff:
        here = (row.region, row.skill) == (region, skill)
        if here and isinstance(row.capacity, Fraction):
            text = f"{region} has {show(row.capacity)} FTE of {skill} for all its cases"
            return Figure(text, (line(row.at),))
    return None

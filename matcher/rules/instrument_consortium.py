"""An application has, over all its cases, the consortium its instrument asks for.

::

    sum_r counts[p,r]           >= min_regions_f * bid[p]
    sum_s state[p,s]            >= min_states_f  * bid[p]
    sum_{r in category} counts  >= min_g         * bid[p]
    sum_r joins[p,r]            <= max_f * bid[p]

p: an application to instrument f. For one case, counts, state and joins are those of
the case; its members are there without an application, too, so that its last row is
sum_r member[r,d] <= max_f + (R - max_f) * (1 - uses[f,d]). Source: ``consortium`` of
the instruments' rulebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import COUPLING
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.problem.instance import Ints
    from matcher.program.applications import Entries
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "instrument_consortium"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per application and condition of its instrument."""
    apps = model.cols.applications
    regions = list(model.inst.setting.regions.values())
    for f, book in enumerate(model.inst.setting.instruments.values()):
        mine, asked = np.nonzero(apps.instrument == f)[0], book.consortium
        if asked.min_regions:
            _least(model, mine, apps.counted, asked.min_regions.value)
        if asked.min_states:
            _least(model, mine, apps.state, asked.min_states.value)
        for group in asked.required:
            fits = np.array(
                [g.category.get(group.scheme) in group.categories for g in regions]
            )
            inside = apps.counted.where(fits[apps.counted.index])
            _least(model, mine, inside, group.min_regions.value)
        if asked.max_partners:
            _most(model, mine, asked.max_partners.value)


def _least(model: Model, mine: Ints, counted: Entries, least: int) -> None:
    apps = model.cols.applications
    row, some = counted.among(mine)
    parts = [(row, some.column, 1), (np.arange(len(mine)), apps.bid[mine], -least)]
    model.add.add_rows(NAME, apps.subject(mine), parts, case=apps.case[mine], lower=0)


def _most(model: Model, mine: Ints, most: int) -> None:
    apps = model.cols.applications
    row, some = apps.member.among(mine)
    spare = max(len(model.inst.labels.regions) - most, 0)
    several = apps.case[mine] == COUPLING
    weight = np.where(several, -most, spare)
    parts = [(row, some.column, 1), (np.arange(len(mine)), apps.bid[mine], weight)]
    model.add.add_rows(
        NAME, apps.subject(mine), parts, case=apps.case[mine],
        upper=np.where(several, 0, most + spare),
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the consortium of every application."""
    for made in proposal.applications:
        plans = [proposal.by_case[case] for case in made.cases]
        members = sorted({name for plan in plans for name in plan.members})
        book = facts.setting.instruments[made.instrument]
        yield from _judge(facts, members, made.subject, book)


def _judge(
    facts: Facts, members: Sequence[str], subject: str, book: Instrument
) -> Iterator[Finding]:
    regions, asked = facts.setting.regions, book.consortium
    counting = facts.counting(members)
    if asked.min_regions:
        yield at_least(NAME, subject, len(counting), asked.min_regions.value, "regions",
                       cite(book, asked.min_regions), unit="regions")  # fmt: skip
    if asked.min_states:
        states = {regions[name].state for name in members}
        yield at_least(NAME, subject, len(states), asked.min_states.value, "states",
                       cite(book, asked.min_states), unit="states")  # fmt: skip
    if asked.max_partners:
        yield at_most(NAME, subject, len(members), asked.max_partners.value, "members",
                      cite(book, asked.max_partners), unit="regions")  # fmt: skip
    for group in asked.required:
        inside = [
            n for n in counting
            if regions[n].category.get(group.scheme) in group.categories
        ]  # fmt: skip
        yield at_least(NAME, subject, len(inside), group.min_regions.value,
                       f"regions that are {' or '.join(group.categories)}",
                       cite(book, group.min_regions), unit="regions")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        asked = book.consortium
        words = [f"{asked.min_regions.value} regions"] if asked.min_regions else []
        words += [f"{asked.min_states.value} states"] if asked.min_states else []
        words += [
            f"{g.min_regions.value} {' or '.join(g.categories)} regions"
            for g in asked.required
        ]
        words = [f"at least {', '.join(words)}"] if words else []
        if asked.max_partners:
            words.append(f"at most {asked.max_partners.value} members")
        if words:
            parts.append(f"{book.id} {' and '.join(words)}")
    return f"Instruments ask for a consortium: {'; '.join(parts)}." if parts else ""

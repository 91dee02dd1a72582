"""A case that an instrument pays has the consortium the instrument asks for.

::

    sum_r counted[r,d]           >= min_regions_f * uses[f,d]
    sum_s state[s,d]             >= min_states_f  * uses[f,d]
    sum_{r in category} counted  >= min_g         * uses[f,d]
    sum_r member[r,d]            <= max_f + (R - max_f) * (1 - uses[f,d])

Source: ``consortium`` of the instruments' rulebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE, present
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.problem.instance import Ints
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "instrument_consortium"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per instrument, case and condition."""
    regions = list(model.inst.setting.regions.values())
    for f, book in enumerate(model.inst.setting.instruments.values()):
        asked = book.consortium
        region, case, counted = present(model.cols.counted)
        if asked.min_regions:
            _least(model, f, case, counted, asked.min_regions.value)
        if asked.min_states:
            _, in_case, state = present(model.cols.state)
            _least(model, f, in_case, state, asked.min_states.value)
        for group in asked.required:
            fits = np.array(
                [g.category.get(group.scheme) in group.categories for g in regions]
            )
            inside = fits[region]
            _least(model, f, case[inside], counted[inside], group.min_regions.value)
        if asked.max_partners:
            _most(model, f, asked.max_partners.value)


def _used(model: Model, f: int) -> tuple[Ints, Ints, Ints]:
    """Cases the instrument may pay, their columns, and the row of each case."""
    uses = model.cols.uses[f]
    cases = np.nonzero(uses != NONE)[0]
    position = np.full(len(uses), -1)
    position[cases] = np.arange(len(cases))
    return cases, uses[cases], position


def _least(model: Model, f: int, case: Ints, column: Ints, least: int) -> None:
    cases, uses, position = _used(model, f)
    row = position[case]
    inside = row >= 0
    parts = [(row[inside], column[inside], 1), (np.arange(len(cases)), uses, -least)]
    model.case_rows(NAME, cases, parts, lower=0)


def _most(model: Model, f: int, most: int) -> None:
    cases, uses, position = _used(model, f)
    _, case, member = present(model.cols.member)
    row = position[case]
    inside = row >= 0
    everyone = len(model.inst.labels.regions)
    spare = max(everyone - most, 0)
    parts = [(row[inside], member[inside], 1), (np.arange(len(cases)), uses, spare)]
    model.case_rows(NAME, cases, parts, upper=most + spare)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the consortium of every case an instrument pays."""
    for plan in proposal.cases:
        paying = {p.instrument for p in plan.funding if p.amount}
        for name, book in facts.setting.instruments.items():
            if name in paying:
                yield from _judge(facts, plan, book)


def _judge(facts: Facts, plan: CasePlan, book: Instrument) -> Iterator[Finding]:
    regions, asked = facts.setting.regions, book.consortium
    counting = facts.counting(plan.members)
    subject = f"{book.id} {plan.case}"
    if asked.min_regions:
        yield at_least(NAME, subject, len(counting), asked.min_regions.value, "regions",
                       cite(book, asked.min_regions))  # fmt: skip
    if asked.min_states:
        states = {regions[name].state for name in plan.members}
        yield at_least(NAME, subject, len(states), asked.min_states.value, "states",
                       cite(book, asked.min_states))  # fmt: skip
    if asked.max_partners:
        yield at_most(
            NAME,
            subject,
            len(plan.members),
            asked.max_partners.value,
            "members",
            cite(book, asked.max_partners),
        )
    for group in asked.required:
        inside = [
            n
            for n in counting
            if regions[n].category.get(group.scheme) in group.categories
        ]
        yield at_least(NAME, subject, len(inside), group.min_regions.value,
                       f"regions that are {' or '.join(group.categories)}",
                       cite(book, group.min_regions))  # fmt: skip


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

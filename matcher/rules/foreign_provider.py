"""Money for a provider in another state goes to cases with a member of another state.

::

    sum_l grant[f,r,d,l] <= most_d * sum_{s other than that of r} state[s,d]

state: the state has a member in the case; most: the whole cost of the case. Source:
``foreign_provider`` of the instruments' rulebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, must
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "foreign_provider"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per such instrument, member and case."""
    inst, cols = model.inst, model.cols
    labels, paid = inst.labels, cols.grants
    books = inst.setting.instruments.values()
    asking = np.array(
        [b.foreign_provider is not None and b.foreign_provider.value for b in books],
        dtype=bool,
    )
    (at,) = np.nonzero(asking[paid.instrument])
    shape = len(labels.instruments), len(labels.regions), len(labels.cases)
    member = paid.instrument[at], paid.region[at], paid.case[at]
    found, row = np.unique(np.ravel_multi_index(member, shape), return_inverse=True)
    f, r, d = np.unravel_index(found, shape)
    abroad = np.arange(len(inst.states))[:, None] != inst.region_state[r]
    s, by = np.nonzero(abroad & (cols.state[:, d] != NONE))
    most = inst.money.most_cost.sum(axis=1)[d]
    names = labels.instruments.ids, labels.regions.ids, labels.cases.ids
    parts = [
        (row, paid.column[at], 1),
        (by, cols.state[s, d[by]], -most[by]),
    ]
    model.add.add_rows(NAME, Subject(names, (f, r, d)), parts, case=d, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look for a member of another state beside everybody who is paid."""
    regions = facts.setting.regions
    for plan in proposal.cases:
        states = {regions[member].state for member in plan.members}
        for name, region in sorted(
            {(p.instrument, p.region) for p in plan.funding if p.amount}
        ):
            book = facts.setting.instruments.get(name)
            if book and book.foreign_provider and book.foreign_provider.value:
                yield must(NAME, f"{name} {plan.case} {region}",
                           bool(states - {regions[region].state}),
                           "no member is of another state",
                           cite(book, book.foreign_provider))  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with the instruments it concerns."""
    names = [
        name
        for name, book in setting.instruments.items()
        if book.foreign_provider and book.foreign_provider.value
    ]
    if not names:
        return ""
    return (
        f"Only beside a member of another state a member is paid: {', '.join(names)}."
    )

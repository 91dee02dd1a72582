"""No state provides more than its share of a case's members; nested regions count once.

::

    sum_{r in s} counted[r,d] <= most * sum_r counted[r,d]
    counted[inner,d] + sum_{outer of inner} member[outer,d] >= member[inner,d]

The second row makes every member count that lies inside no other: elsewhere counting
is only ever of use, here it is not. Source: ``max_state_share`` of the partnership
rulebook (R100).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE, present
from matcher.proposal.verdict import Finding, at_most
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "state_balance"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per case and state, and one per member that another may cover."""
    inst, cols, book = model.inst, model.cols, model.inst.setting.partnership
    if book is None or book.max_state_share is None:
        return
    most = book.max_state_share.value
    region, case, counted = present(cols.counted)
    state, of = np.nonzero(cols.state != NONE)
    row = np.full(cols.state.shape, NONE)
    row[state, of] = np.arange(len(state))
    at, member = np.nonzero(of[:, None] == case[None, :])
    parts = [
        (row[inst.region_state[region], case], counted, most.denominator),
        (at, counted[member], -most.numerator),
    ]
    subject = Subject((inst.states, inst.labels.cases.ids), (state, of))
    model.add.add_rows(NAME, subject, parts, case=of, upper=0)
    _all_count(model)


def _all_count(model: Model) -> None:
    """A member counts unless another one covers it."""
    inst, cols = model.inst, model.cols
    inner, case = np.nonzero((cols.counted != cols.member) & (cols.counted != NONE))
    row = np.full(cols.counted.shape, NONE)
    row[inner, case] = np.arange(len(inner))
    outer = cols.member[inst.outer]
    at = row[inst.inner]
    covering = (at != NONE) & (outer != NONE)
    here = np.arange(len(inner))
    parts = [
        (here, cols.counted[inner, case], 1),
        (here, cols.member[inner, case], -1),
        (at[covering], outer[covering], 1),
    ]
    model.pair_rows(NAME, inner, case, parts, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the members of every state in every case."""
    book = facts.setting.partnership
    share = book.max_state_share if book else None
    if book is None or share is None:
        return
    for plan in proposal.cases:
        members = facts.counting(plan.members)
        states = Counter(facts.setting.regions[name].state for name in members)
        for state, count in sorted(states.items()):
            yield at_most(NAME, f"{state} {plan.case}", count,
                          share.value * len(members), "members of one state",
                          cite(book, share), unit="regions")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its number."""
    book = setting.partnership
    if book is None or book.max_state_share is None:
        return ""
    share = book.max_state_share
    return (
        f"No state provides more than {float(share.value):.0%} of a case's members "
        f"[{cite(book, share)}]."
    )

"""In a case that an instrument pays no state bears too much, nor a type too little.

::

    sum_{r in s, l} share[r,d,l]   <= max_f * cost_d      for every state s
    sum_{r,l} beta[r,d] * share[r,d,l] >= min_f * cost_d
        where uses[f,d] = 1

beta: part of the member's cost that beneficiaries of the types asked for bear; who is
of unknown type counts for none. Where an application bundles cases, each case that it
pays keeps the rule by itself. Source: ``max_state_share`` and ``min_beneficiary_share``
of the instruments' rulebooks; table ``beneficiaries``.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.mixes import borne
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._beneficiaries import NO_TABLE
from matcher.rules._costs import cost_entries
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.paying import BeneficiaryFloor
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "state_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per instrument, case and state, and one for the types asked for."""
    for f, book in enumerate(model.inst.setting.instruments.values()):
        if book.max_state_share:
            _largest(model, f, book.max_state_share.value)
        if book.min_beneficiary_share and model.inst.setting.beneficiaries:
            _smallest(model, f, book.min_beneficiary_share)


def _largest(model: Model, f: int, most: Fraction) -> None:
    """``den * sum share <= num * cost``, with a slack where nothing is paid."""
    inst, cols = model.inst, model.cols
    here = (cols.state != NONE) & (cols.uses[f] != NONE)
    state, case = np.nonzero(here)
    row = np.full(here.shape, NONE)
    row[state, case] = every = np.arange(len(case))
    r, d, _, share = cols.shares
    mine = row[inst.region_state[r], d]
    of_case, _, column, cents = cost_entries(model)
    at, entry = np.nonzero(case[:, None] == of_case[None, :])
    slack = most.denominator * inst.money.most_cost.sum(axis=1)[case]
    parts = [
        (mine[mine != NONE], share[mine != NONE], most.denominator),
        (at, column[entry], -most.numerator * cents[entry]),
        (every, cols.uses[f, case], slack),
    ]
    ids = (inst.labels.instruments.ids[f],)
    names = Subject((ids, inst.states, inst.labels.cases.ids), (0 * case, state, case))
    model.add.add_rows(NAME, names, parts, case=case, upper=slack)


def _smallest(model: Model, f: int, floor: BeneficiaryFloor) -> None:
    """``den * sum beta * share >= num * cost``, with such a slack."""
    inst, cols = model.inst, model.cols
    (beta, whole), least = inst.money.borne_by(floor.types), floor.min.value
    case = np.nonzero(cols.uses[f] != NONE)[0]
    row = np.full(len(inst.labels.cases), NONE)
    row[case] = every = np.arange(len(case))
    r, d, _, share = cols.shares
    mine = row[d] != NONE
    of_case, _, column, cents = cost_entries(model)
    at, entry = np.nonzero(case[:, None] == of_case[None, :])
    asked = whole * least.numerator
    slack = asked * inst.money.most_cost.sum(axis=1)[case]
    parts = [
        (row[d][mine], share[mine], least.denominator * beta[r, d][mine]),
        (at, column[entry], -asked * cents[entry]),
        (every, cols.uses[f, case], -slack),
    ]
    ids = (inst.labels.instruments.ids[f],)
    names = Subject((ids, inst.labels.cases.ids), (0 * case, case))
    model.add.add_rows(NAME, names, parts, case=case, lower=-slack)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what states and types bear wherever an instrument asks."""
    for plan in proposal.cases:
        for name, book in facts.setting.instruments.items():
            if name in plan.payers:
                yield from _judge(facts, plan, book)


def _judge(facts: Facts, plan: CasePlan, book: Instrument) -> Iterator[Finding]:
    setting, subject = facts.setting, f"{book.id} {plan.case}"
    total = sum(facts.cost(plan).values())
    if book.max_state_share:
        most, by_state = book.max_state_share, defaultdict[str, int](int)
        for p in plan.funding:
            by_state[setting.regions[p.region].state] += p.amount
        for state, cents in sorted(by_state.items()):
            yield at_most(NAME, f"{subject} {state}", cents, total * most.value,
                          "borne", cite(book, most), unit="cents")  # fmt: skip
    floor = book.min_beneficiary_share
    if floor and setting.beneficiaries:
        parts = [
            p.amount * borne(setting, p.region, plan.case, floor.types)
            for p in plan.funding
        ]
        yield at_least(NAME, subject, sum(parts, Fraction(0)), total * floor.min.value,
                       f"borne by {' or '.join(floor.types)}",
                       cite(book, floor.min), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: who is of unknown type counts for none."""


def untested(setting: Setting) -> str:
    """Instruments that ask for types, where no type is stated."""
    names = [n for n, b in setting.instruments.items() if b.min_beneficiary_share]
    if not names or setting.beneficiaries:
        return ""
    told = f"state_share is not tested for the beneficiaries of {', '.join(names)}"
    return f"{told}: {NO_TABLE}"


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        most, floor = book.max_state_share, book.min_beneficiary_share
        if most:
            parts.append(f"no state bears more than {float(most.value):.0%} "
                         f"[{cite(book, most)}]")  # fmt: skip
        if floor and setting.beneficiaries:
            who = " or ".join(floor.types)
            parts.append(f"at least {float(floor.min.value):.0%} is borne by {who} "
                         f"[{cite(book, floor.min)}]")  # fmt: skip
    return f"Of the cost of a case that is paid: {'; '.join(parts)}." if parts else ""

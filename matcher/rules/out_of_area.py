"""A programme pays outside its area a part of its money only, to cases it benefits by.

::

    sum_{r,d,l} grant[f,r,d,l]             <= money_f              (cents)
    sum_{r outside,d,l} grant[f,r,d,l]     <= cap_f * money_f
    sum_{r outside,l} grant[f,r,d,l]       <= most_fd * sum_{a inside} member[a,d]

inside: regions with a row of the programme in the budgets table; money: the sum of
these rows, which stands for the priority that pays; most: the smaller of the case's
whole cost and of what may go outside. Source: ``out_of_area`` of the programme's
rulebook, budgets table (Regulation (EU) No 1303/2013, article 70).
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import COUPLING, Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_most, euros, must
from matcher.rules._figures import Figure, book_line, places
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Payment, Proposal
    from matcher.scenario.rulebook import Instrument, OutOfArea
    from matcher.scenario.setting import Setting

NAME = "out_of_area"
FUNDING = True


def _money(setting: Setting, instrument: str) -> int | None:
    """Cents of its rows that name a region; None where one is without limit."""
    amounts = [
        row.amount for row in setting.budgets
        if row.instrument == instrument and row.region is not None
    ]  # fmt: skip
    whole = [amount for amount in amounts if isinstance(amount, int)]
    return sum(whole) if len(whole) == len(amounts) else None


def rows(model: Model) -> None:
    """Add the rows of each programme that may pay outside its area."""
    for f, book in enumerate(model.inst.setting.instruments.values()):
        if book.out_of_area is not None:
            _rows(model, f, book, book.out_of_area)


def _rows(model: Model, f: int, book: Instrument, rule: OutOfArea) -> None:
    inst, cols = model.inst, model.cols
    labels, paid, setting = inst.labels, cols.grants, inst.setting
    inside = np.zeros(len(labels.regions), dtype=bool)
    for budget in setting.budgets:
        if budget.instrument == book.id and budget.region is not None:
            inside[labels.regions.index[budget.region]] = True
    (mine,) = np.nonzero(paid.instrument == f)
    outer = mine[~inside[paid.region[mine]]]
    money = _money(setting, book.id)
    most = inst.money.most_cost.sum(axis=1)
    if money is not None:
        beyond = floor(rule.cap.value * money)
        most = np.minimum(most, beyond)
        subject = Subject((labels.instruments.ids,), (np.array([f]),))
        for grants, limit_ in ((mine, money), (outer, beyond)):
            parts = [(np.zeros(len(grants), dtype=np.int64), paid.column[grants], 1)]
            model.add.add_rows(NAME, subject, parts, case=COUPLING, upper=limit_)
    case, row = np.unique(paid.case[outer], return_inverse=True)
    r, at = np.nonzero(inside[:, None] & (cols.member[:, case] != NONE))
    parts = [
        (row, paid.column[outer], 1),
        (at, cols.member[r, case[at]], -most[case[at]]),
    ]
    names = labels.instruments.ids, labels.cases.ids
    model.add.add_rows(
        NAME, Subject(names, (np.full(len(case), f), case)), parts, case=case, upper=0
    )


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what a programme pays, in all and outside, and look for its members."""
    for name, book in facts.setting.instruments.items():
        rule = book.out_of_area
        if rule is None:
            continue
        own = [b for b in facts.setting.budgets if b.instrument == name and b.region]
        area = {row.region for row in own}
        paid: list[Payment] = []
        for plan in proposal.cases:
            mine = [p for p in plan.funding if p.instrument == name]
            paid += mine
            if any(p.amount and p.region not in area for p in mine):
                yield must(NAME, f"{name} {plan.case}", bool(area & set(plan.members)),
                           "it pays outside its area, and no member is of it",
                           cite(book, rule.cap))  # fmt: skip
        if all(isinstance(row.amount, int) for row in own):
            money = sum(row.amount for row in own if isinstance(row.amount, int))
            beyond = sum(p.amount for p in paid if p.region not in area)
            source = cite(book, rule.cap)
            yield at_most(NAME, name, sum(p.amount for p in paid), money, "paid",
                          source, unit="cents")  # fmt: skip
            yield at_most(NAME, name, beyond, rule.cap.value * money,
                          "paid outside the area", source,
                          unit="cents")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [
        f"{name} {float(book.out_of_area.cap.value):.0%} "
        f"[{cite(book, book.out_of_area.cap)}]"
        for name, book in setting.instruments.items()
        if book.out_of_area
    ]
    if not parts:
        return ""
    return (
        "Outside its area a programme pays at most a part of its money, beside members "
        f"of its area: {'; '.join(parts)}."
    )


def limit(setting: Setting, instrument: str) -> Figure | None:
    """Money of a programme, and the part of it that may go outside its area."""
    money, book = _money(setting, instrument), setting.instruments[instrument]
    if money is None or book.out_of_area is None:
        return None
    beyond = floor(book.out_of_area.cap.value * money)
    rows_ = [b.at for b in setting.budgets if b.instrument == instrument and b.region]
    text = (
        f"{instrument} has {euros(money)}, of which {euros(beyond)} may go "
        "outside its area"
    )
    return Figure(text, (*places(rows_), book_line(setting, book)))

"""A grant to a case lies between the instrument's smallest and largest grant.

::

    min_f * uses[f,d] <= sum_{r,l} grant[f,r,d,l] <= max_f * uses[f,d]
    uses[f,d] <= open[d]

max: the rulebook's largest grant, or the case's whole cost where none is stated.
Source: ``grant`` of the instruments' rulebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._figures import Figure, book_line, money_text
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "grant_size"
FUNDING = True


def rows(model: Model) -> None:
    """Add the rows per instrument and case that it may pay."""
    inst, cols = model.inst, model.cols
    labels = inst.labels
    f, d, uses = present(cols.uses)
    position = np.full(cols.uses.shape, -1)
    position[f, d] = np.arange(len(f))
    row = position[cols.grants.instrument, cols.grants.case]
    grant = cols.grants.column
    books = list(inst.setting.instruments.values())
    largest = inst.money.most_cost.sum(axis=1)[d]
    for i, book in enumerate(books):
        if book.grant.max:
            largest[f == i] = np.minimum(largest[f == i], book.grant.max.value)
    least = np.array(
        [b.grant.min.value if b.grant.min else 0 for b in books], dtype=np.int64
    )[f]
    subject = Subject((labels.instruments.ids, labels.cases.ids), (f, d))
    at = np.arange(len(f))
    add = model.add.add_rows
    add(NAME, subject, [(row, grant, 1), (at, uses, -largest)], case=d, upper=0)
    add(NAME, subject, [(at, uses, 1), (at, cols.open[d], -1)], case=d, upper=0)
    some = least > 0
    renumber = np.cumsum(some) - 1
    inside = some[row]
    parts = [
        (renumber[row[inside]], grant[inside], 1),
        (np.arange(int(some.sum())), uses[some], -least[some]),
    ]
    subject = Subject(subject.names, (f[some], d[some]))
    add(NAME, subject, parts, case=d[some], lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up every grant."""
    for plan in proposal.cases:
        for name, book in facts.setting.instruments.items():
            grant = sum(p.amount for p in plan.funding if p.instrument == name)
            if not grant:
                continue
            if book.grant.min:
                yield at_least(NAME, f"{name} {plan.case}", grant, book.grant.min.value,
                               "cents granted", cite(book, book.grant.min))  # fmt: skip
            if book.grant.max:
                yield at_most(NAME, f"{name} {plan.case}", grant, book.grant.max.value,
                              "cents granted", cite(book, book.grant.max))  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        low, high = book.grant.min, book.grant.max
        if low or high:
            bounds = [f"from {low.value / 100:,.0f}"] if low else []
            bounds += [f"up to {high.value / 100:,.0f}"] if high else []
            parts.append(f"{book.id} {' '.join(bounds)} EUR")
    return f"Grants to one case: {'; '.join(parts)}." if parts else ""


def figures(chances: Chances) -> Figure | None:
    """Smallest and largest grant of the instruments that may pay in the case."""
    setting, parts, books = chances.setting, [], []
    for book, paid in zip(setting.instruments.values(), chances.paid, strict=True):
        low, high = book.grant.min, book.grant.max
        if paid.any() and (low or high):
            bounds = [f"at least {money_text(low.value)}"] if low else []
            bounds += [f"at most {money_text(high.value)}"] if high else []
            parts.append(f"{book.id} pays {' and '.join(bounds)}")
            books.append(book_line(setting, book))
    return Figure("; ".join(parts), tuple(books)) if parts else None

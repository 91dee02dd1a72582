"""The grant of an application lies between the instrument's smallest and largest.

::

    min_f * bid[p] <= sum_d asked[p,d] <= max_f * bid[p]     (cents)
    sum_{r,l} grant[f,r,d,l] <= most_d * uses[f,d]
    uses[f,d] <= open[d]

p: an application to instrument f; asked: the grants to its cases; most: the whole cost
of the case, or max_f where that is less and f bundles no cases. Source: ``grant`` of
the instruments' rulebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE, present
from matcher.proposal.verdict import Finding, at_least, at_most, euros
from matcher.rules._figures import Figure, book_line
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
    """Add the rows per instrument and case that it may pay, and per application."""
    inst, cols = model.inst, model.cols
    labels, apps = inst.labels, cols.applications
    books = list(inst.setting.instruments.values())
    f, d, uses = present(cols.uses)
    largest = inst.money.most_cost.sum(axis=1)[d]
    for i, book in enumerate(books):
        # an application for one case can be no larger than the case's grant
        if book.grant.max and not book.application.bundles:
            largest[f == i] = np.minimum(largest[f == i], book.grant.max.value)
    position = np.full(cols.uses.shape, NONE)
    position[f, d] = np.arange(len(f))
    row, grant = position[cols.grants.instrument, cols.grants.case], cols.grants.column
    subject = Subject((labels.instruments.ids, labels.cases.ids), (f, d))
    at = np.arange(len(f))
    add = model.add.add_rows
    add(NAME, subject, [(row, grant, 1), (at, uses, -largest)], case=d, upper=0)
    add(NAME, subject, [(at, uses, 1), (at, cols.open[d], -1)], case=d, upper=0)
    for i, book in enumerate(books):
        if not (book.grant.min or (book.grant.max and book.application.bundles)):
            continue
        mine = np.nonzero(apps.instrument == i)[0]
        row, asked = apps.asked.among(mine)
        money = (row, asked.column, 1)
        every, bid = np.arange(len(mine)), apps.bid[mine]
        if book.grant.min:
            parts = [money, (every, bid, -book.grant.min.value)]
            add(NAME, apps.subject(mine), parts, case=apps.case[mine], lower=0)
        if book.grant.max and book.application.bundles:
            parts = [money, (every, bid, -book.grant.max.value)]
            add(NAME, apps.subject(mine), parts, case=apps.case[mine], upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the grants of every application."""
    for made in proposal.applications:
        book = facts.setting.instruments[made.instrument]
        grant = sum(p.amount for _, p in facts.granted(proposal, made))
        if book.grant.min:
            yield at_least(NAME, made.subject, grant, book.grant.min.value,
                           "granted", cite(book, book.grant.min),
                           unit="cents")  # fmt: skip
        if book.grant.max:
            yield at_most(NAME, made.subject, grant, book.grant.max.value,
                          "granted", cite(book, book.grant.max),
                          unit="cents")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        low, high = book.grant.min, book.grant.max
        if low or high:
            bounds = [f"from {euros(low.value)}"] if low else []
            bounds += [f"up to {euros(high.value)}"] if high else []
            parts.append(f"{book.id} {' '.join(bounds)}")
    return f"Grants to one application: {'; '.join(parts)}." if parts else ""


def figures(chances: Chances) -> Figure | None:
    """Smallest and largest grant of the instruments that may pay in the case."""
    setting, parts, books = chances.setting, [], []
    for book, paid in zip(setting.instruments.values(), chances.paid, strict=True):
        low, high = book.grant.min, book.grant.max
        if paid.any() and (low or high):
            bounds = [f"at least {euros(low.value)}"] if low else []
            bounds += [f"at most {euros(high.value)}"] if high else []
            parts.append(f"{book.id} pays {' and '.join(bounds)}")
            books.append(book_line(setting, book))
    return Figure("; ".join(parts), tuple(books)) if parts else None

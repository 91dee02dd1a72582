"""An instrument pays no more than it has.

::

    sum_{r,d,l} grant[f,r,d,l] <= envelope_f                     (cents)

envelope: the instrument's own rows of the budgets table (region blank), else the
rulebook's number, else not tested. Source: budgets table, ``envelope`` of the
rulebook (R83).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, at_most, euros
from matcher.rules._figures import Figure, book_line, places
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "envelope"
FUNDING = True


def _limits(setting: Setting) -> dict[str, int | None]:
    """Cents in all by instrument; None where nothing limits it."""
    stated: dict[str, list[object]] = defaultdict(list)
    for row in setting.budgets:
        if row.region is None:
            stated[row.instrument].append(row.amount)
    limits: dict[str, int | None] = {}
    for name, book in setting.instruments.items():
        amounts, envelope = stated.get(name), book.envelope
        if amounts:
            whole = [amount for amount in amounts if isinstance(amount, int)]
            limits[name] = sum(whole) if len(whole) == len(amounts) else None
        else:
            limits[name] = envelope.value if envelope else None
    return limits


def rows(model: Model) -> None:
    """Add one coupling row per limited instrument."""
    names = model.inst.labels.instruments.ids
    limits = _limits(model.inst.setting).values()
    index = np.array([i for i, n in enumerate(limits) if n is not None], dtype=np.int64)
    most = np.array([n for n in limits if n is not None], dtype=np.float64)
    position = np.full(len(names), -1)
    position[index] = np.arange(len(index))
    paid = model.cols.grants
    row = position[paid.instrument]
    parts = [(row[row >= 0], paid.column[row >= 0], 1)]
    model.coupling_rows(NAME, names, index, parts, upper=most)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what every instrument pays."""
    for name, book in facts.setting.instruments.items():
        paid = sum(
            p.amount
            for plan in proposal.cases
            for p in plan.funding
            if p.instrument == name
        )
        money = facts.budgets(name, None)
        if isinstance(money, int):
            row = next(
                b
                for b in facts.setting.budgets
                if b.instrument == name and not b.region
            )
            yield at_most(NAME, name, paid, money, "paid", line(row.at), unit="cents")
        elif money is None and book.envelope:
            yield at_most(NAME, name, paid, book.envelope.value, "paid",
                          cite(book, book.envelope), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """An unknown envelope is told, not asked for: calls often do not state one."""


def untested(setting: Setting) -> str:
    """Instruments whose money is not known."""
    free = [
        name for name, book in setting.instruments.items()
        if not book.from_rows and book.envelope is None
        and not any(b.instrument == name for b in setting.budgets)
    ]  # fmt: skip
    return (
        f"envelope is not tested for {', '.join(free)}: it is unknown" if free else ""
    )


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [
        f"{name} {euros(limit)}"
        for name, limit in _limits(setting).items()
        if limit is not None
    ]
    return f"No instrument pays more than it has: {'; '.join(parts)}." if parts else ""


def limit(setting: Setting, instrument: str) -> Figure | None:
    """Money of an instrument."""
    most = _limits(setting)[instrument]
    if most is None:
        return None
    own = [b for b in setting.budgets if b.instrument == instrument]
    book = setting.instruments[instrument]
    lines = places(row.at for row in own if row.region is None)
    text = f"{instrument} has {euros(most)} in all"
    return Figure(text, lines or (book_line(setting, book),))

"""Instruments that exclude each other do not pay in the same case.

::

    uses[f,d] + uses[g,d] <= 1      where f excludes g, or g excludes f

An instrument is excluded by its id, or by the word for a group that it belongs to.
Source: ``stacking`` of the instruments' rulebooks (domain rules on cumulation).
"""

from __future__ import annotations

from itertools import combinations
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
    from matcher.scenario.parts import Excluded
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "exclusion"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per case and pair of instruments that both may pay in it."""
    inst, uses = model.inst, model.cols.uses
    one, other = np.nonzero(np.triu(inst.money.excludes))
    pair, case = np.nonzero((uses[one] != NONE) & (uses[other] != NONE))
    one, other = one[pair], other[pair]
    names = inst.labels.instruments.ids
    at = np.arange(len(case))
    subject = Subject((names, names, inst.labels.cases.ids), (one, other, case))
    parts = [(at, uses[one, case], 1), (at, uses[other, case], 1)]
    model.add.add_rows(NAME, subject, parts, case=case, upper=1)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look at every pair that pays in a case."""
    books = facts.setting.instruments
    for plan in proposal.cases:
        for one, other in combinations(sorted(plan.payers), 2):
            for book, beside in (
                (books[one], books[other]),
                (books[other], books[one]),
            ):
                rule = _excludes(book, beside)
                source = cite(book, rule) if rule else ""
                yield must(NAME, f"{book.id} {plan.case}", rule is None,
                           f"does not pay beside {beside.id}", source,
                           what=f"beside {beside.id}")  # fmt: skip


def _excludes(book: Instrument, other: Instrument) -> Excluded | None:
    """The rule by which a rulebook excludes another instrument, if any."""
    for rule in book.stacking.excludes:
        if other.id in rule.of or any(
            word in rule.of for word in other.stacking.groups
        ):
            return rule
    return None


def sentence(setting: Setting) -> str:
    """The rule with the instruments it concerns."""
    books = list(setting.instruments.values())
    pairs = [
        f"{one.id} and {other.id}"
        for one, other in combinations(books, 2)
        if _excludes(one, other) or _excludes(other, one)
    ]
    return f"Not in the same case: {'; '.join(pairs)}." if pairs else ""

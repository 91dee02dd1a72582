"""A member gets no more of an instrument in a case than its firms may get together.

::

    sum_l grant[f,r,d,l] <= cap_f * firms(r, types_f)            (cents)

firms: organisations of any of these types in the region; one without a type counts
for nothing. Source: ``per_firm`` of the instruments' rulebooks, actors table. The rule
is not tested without any actor.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_most, euros
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "firm_cap"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per instrument with a cap, member and case."""
    inst, cols = model.inst, model.cols
    labels, paid = inst.labels, cols.grants
    most = np.full((len(labels.instruments), len(labels.regions)), NONE)
    for i, book in enumerate(inst.setting.instruments.values()):
        if book.per_firm and inst.setting.actors:
            most[i] = 0
            for actor in inst.setting.actors.values():
                if actor.kind in book.per_firm.types:
                    region = labels.regions.index[actor.region]
                    most[i, region] += book.per_firm.cap.value
    (capped,) = np.nonzero(most[paid.instrument, paid.region] != NONE)
    member = paid.instrument[capped], paid.region[capped], paid.case[capped]
    shape = *most.shape, len(labels.cases)
    found, row = np.unique(np.ravel_multi_index(member, shape), return_inverse=True)
    f, r, d = np.unravel_index(found, shape)
    names = labels.instruments.ids, labels.regions.ids, labels.cases.ids
    model.add.add_rows(
        NAME, Subject(names, (f, r, d)), [(row, paid.column[capped], 1)],
        case=d, upper=most[f, r].astype(np.float64),
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what every member gets in a case, and count its firms."""
    setting = facts.setting
    for plan in proposal.cases if setting.actors else ():
        got: dict[tuple[str, str], int] = defaultdict(int)
        for payment in plan.funding:
            got[payment.instrument, payment.region] += payment.amount
        for (name, region), cents in sorted(got.items()):
            book = setting.instruments.get(name)
            if book and book.per_firm:
                firms = sum(
                    actor.region == region and actor.kind in book.per_firm.types
                    for actor in setting.actors.values()
                )
                cap = book.per_firm.cap
                subject = f"{name} {plan.case} {region}"
                yield at_most(NAME, subject, cents, firms * cap.value, "granted",
                              cite(book, cap), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: without any actor the rule is told as not tested."""


def untested(setting: Setting) -> str:
    """Without any actor nothing can be said."""
    asked = [name for name, book in setting.instruments.items() if book.per_firm]
    if asked and not setting.actors:
        named = ", ".join(asked)
        return f"firm_cap is not tested for {named}: there is no actors table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [
        f"{book.id} {euros(book.per_firm.cap.value)} for each "
        f"{' or '.join(book.per_firm.types)}"
        for book in setting.instruments.values()
        if book.per_firm and setting.actors
    ]
    return f"A member gets in a case at most: {'; '.join(parts)}." if parts else ""

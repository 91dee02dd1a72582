"""Money is asked for by applications: of one case each, or of several where allowed.

::

    sum_d part[p,d] <= max_cases_f
    sum_{p to f} bid[p] <= max_number_f
    least * uses[f,d] <= sum_{r,l} grant[f,r,d,l]     (cents)

p: an application to instrument f; least: one euro. A case that an instrument pays is
part of exactly one application to it, and is paid something: who asks nothing for a
case cannot count its members, nor its chance. So the last row stands where f takes
applications for several cases, and where points count with the chance of f. Source:
``application`` of the instruments' rulebooks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.jsonform import same_share
from matcher.proposal.verdict import Finding, at_least, at_most, euros, must
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Application, Proposal
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "application"
FUNDING = True
LEAST: Final = 100
"""Cents, the least that counts as paying: a single cent is as small beside the amounts
of a program as what solvers take for zero, and HiGHS lost best plans over it."""


def rows(model: Model) -> None:
    """Add one row per limited instrument, limited application, and case to be paid."""
    inst, apps = model.inst, model.cols.applications
    names = inst.labels.instruments.ids
    for f, book in enumerate(inst.setting.instruments.values()):
        mine = np.nonzero(apps.instrument == f)[0]
        if book.application.max_cases:
            part = apps.part.of(mine)
            row = np.searchsorted(mine, part.application)
            model.add.add_rows(
                NAME, apps.subject(mine), [(row, part.column, 1)],
                case=apps.case[mine], upper=book.application.max_cases.value,
            )  # fmt: skip
        if book.application.max_number:
            made = [(0, apps.bid[mine], 1)]
            most = book.application.max_number.value
            model.coupling_rows(NAME, names, np.array([f]), made, upper=most)
        chancy = book.success is not None and book.success.share < 1
        if book.application.bundles or (chancy and inst.setting.objective.expected):
            _paid(model, f)


def _paid(model: Model, f: int) -> None:
    """An instrument that is used in a case pays a euro there at least."""
    cols, paid, labels = model.cols, model.cols.grants, model.inst.labels
    case = np.nonzero(cols.uses[f] != NONE)[0]
    row = np.full(len(labels.cases), NONE)
    row[case] = np.arange(len(case))
    mine = paid.instrument == f
    parts = [
        (row[paid.case[mine]], paid.column[mine], 1),
        (np.arange(len(case)), cols.uses[f, case], -LEAST),
    ]
    subject = Subject(
        (labels.instruments.ids, labels.cases.ids), (np.full(len(case), f), case)
    )
    model.add.add_rows(NAME, subject, parts, case=case, lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Compare the applications with what is paid, and with the rulebooks."""
    paid = {(name, plan.case) for plan in proposal.cases for name in plan.payers}
    asked = Counter(
        (made.instrument, case) for made in proposal.applications for case in made.cases
    )
    for instrument, case in sorted(paid | asked.keys()):
        times = asked[instrument, case]
        good = times == 1 and (instrument, case) in paid
        text = f"is part of {times} applications"
        text = (
            text if (instrument, case) in paid else "is asked for, but nothing is paid"
        )
        yield must(
            NAME, f"{instrument} {case}", good, text, what="asked for once, and paid"
        )
    for made in proposal.applications:
        yield from _judge(facts, proposal, made)
    for name, book in facts.setting.instruments.items():
        if most := book.application.max_number:
            number = sum(made.instrument == name for made in proposal.applications)
            yield at_most(NAME, name, number, most.value, "applications",
                          cite(book, most), unit="applications")  # fmt: skip


def _judge(facts: Facts, proposal: Proposal, made: Application) -> Iterator[Finding]:
    book = facts.setting.instruments[made.instrument]
    if not book.application.bundles:
        yield must(NAME, made.subject, len(made.cases) == 1,
                   f"{made.instrument} asks for each case by itself",
                   what="asks for one case")  # fmt: skip
    elif most := book.application.max_cases:
        yield at_most(NAME, made.subject, len(made.cases), most.value, "cases",
                      cite(book, most), unit="cases")  # fmt: skip
    granted = facts.granted(proposal, made)
    if _counts(facts.setting, book):
        for case in made.cases:
            paid = sum(p.amount for name, p in granted if name == case)
            yield at_least(NAME, f"{book.id} {case}", paid, LEAST, "paid", unit="cents")
    grant = sum(p.amount for _, p in granted)
    yield must(NAME, made.subject, made.grant == grant,
               f"brings {euros(grant)}, not what is stated",
                   what="grant as stated")  # fmt: skip
    told, known = made.success, book.success.share if book.success else None
    yield must(NAME, made.subject, same_share(told, known),
               f"the chance of {made.instrument} is another one",
                   what="chance as stated")  # fmt: skip


def _counts(setting: Setting, book: Instrument) -> bool:
    """Whether it matters that an instrument pays in a case, however little."""
    uncertain = book.success is not None and book.success.share != 1
    return book.application.bundles or (setting.objective.expected and uncertain)


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Expected points need the chance of every instrument."""
    if setting.objective.expected:
        for book in setting.instruments.values():
            if book.success is None:
                faults.add("UNKNOWN_NEEDED", setting.places[book.id],
                           f"{book.id} does not say how likely its money is",
                           "state success in the rulebook: the share of proposals "
                           "funded, 1 where it is certain")  # fmt: skip


def untested(setting: Setting) -> str:
    """Nothing: an unknown chance is asked for."""
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = []
    for book in setting.instruments.values():
        rules = book.application
        if rules.bundles:
            most = rules.max_cases
            size = f"up to {_count(most.value, 'case')}" if most else "several cases"
            number = rules.max_number
            limit = f", {number.value} of them at most" if number else ""
            parts.append(f"{book.id} takes applications for {size}{limit}")
        elif rules.max_number:
            told = _count(rules.max_number.value, "application")
            parts.append(f"{book.id} takes {told} at most")
    return f"Money is asked for case by case, but {'; '.join(parts)}." if parts else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

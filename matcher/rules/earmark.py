"""A part of each grant goes to those for whom its instrument keeps it.

::

    sum_{r,d,l} beta[g,r,d] * grant[f,r,d,l] >= min_g * sum_{r,d,l} grant[f,r,d,l]
        over the cases d of each application to f, for its earmarks g that are hard

beta: of an earmark for types of beneficiaries, the part of the member's cost that they
bear; of one for categories, 1 inside and 0 outside. Who is of unknown type counts for
none. In an application that may bundle cases the left-hand side is a column of its own
per case, in hundredths of cents. A soft earmark rules out nothing: a proposal that
misses it says so. Source: ``earmarks`` of the instruments' rulebooks; table
``beneficiaries``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.applications import earmarks_held
from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.mixes import earmarked
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._beneficiaries import NO_TABLE
from matcher.rules._shared import cite
from matcher.scenario.columns import PERCENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from fractions import Fraction

    from matcher.errors import Faults
    from matcher.problem.instance import Ints
    from matcher.program.applications import Entries
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.paying import Earmark
    from matcher.scenario.setting import Setting

NAME = "earmark"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per application and hard earmark of its instrument."""
    apps, setting = model.cols.applications, model.inst.setting
    for f, book in enumerate(setting.instruments.values()):
        mine = np.nonzero(apps.instrument == f)[0]
        for k, mark in earmarks_held(setting, book):
            (parts, whole), share = _parts(model, mark), mark.min_share.value
            earned = apps.earmarked.of(mine)
            if len(earned.column):
                cases = len(model.inst.labels.cases)
                here = earned.where(earned.index // cases == k)
                _earned(model, f, here, parts * (PERCENTS // whole))
                _in_bundles(model, mine, here, share)
            else:
                _in_cases(model, mine, parts, whole * share)


def _parts(model: Model, mark: Earmark) -> tuple[Ints, int]:
    """Parts of each member's grants that count, (R, D), and of how many."""
    inst = model.inst
    if mark.types is not None:
        return inst.money.borne_by(mark.types)
    regions = inst.setting.regions.values()
    inside = [g.category.get(str(mark.scheme)) in mark.categories for g in regions]
    counts = np.array(inside, dtype=np.int64)[:, None]
    return np.broadcast_to(counts, inst.shape), 1


def _in_cases(model: Model, mine: Ints, parts: Ints, kept: Fraction) -> None:
    """The parts of grants that count, less those of all of them that are kept."""
    apps, paid = model.cols.applications, model.cols.grants
    asked = apps.asked.of(mine)
    at = np.searchsorted(paid.column, asked.column)
    counts = parts[paid.region[at], paid.case[at]] * kept.denominator
    row = np.searchsorted(mine, asked.application)
    entries = (row, asked.column, counts - kept.numerator)
    model.add.add_rows(
        NAME, apps.subject(mine), [entries], case=apps.case[mine], lower=0
    )


def _earned(model: Model, f: int, earned: Entries, parts: Ints) -> None:
    """What counts in a case of a bundle is paid there, and by this application."""
    inst, apps, paid = model.inst, model.cols.applications, model.cols.grants
    case = earned.index % len(inst.labels.cases)
    subject = Subject((apps.names, inst.labels.cases.ids), (earned.application, case))
    every = np.arange(len(case))
    own = np.nonzero(paid.instrument == f)[0]
    row, entry = np.nonzero(case[:, None] == paid.case[own][None, :])
    grant = own[entry]
    money = (row, paid.column[grant], -parts[paid.region[grant], paid.case[grant]])
    model.add.add_rows(
        NAME, subject, [(every, earned.column, 1), money], case=case, upper=0
    )
    part = np.full((len(apps.bid), len(inst.labels.cases)), NONE)
    part[apps.part.application, apps.part.index] = apps.part.column
    most = inst.money.most_cost.sum(axis=1)[case] * PERCENTS
    held = (every, part[earned.application, case], -most)
    model.add.add_rows(
        NAME, subject, [(every, earned.column, 1), held], case=case, upper=0
    )


def _in_bundles(model: Model, mine: Ints, earned: Entries, share: Fraction) -> None:
    """All that counts in the cases of a bundle, less the part of it that is kept."""
    apps = model.cols.applications
    asked = apps.asked.of(mine)
    kept = PERCENTS * share.numerator
    parts = [
        (np.searchsorted(mine, earned.application), earned.column, share.denominator),
        (np.searchsorted(mine, asked.application), asked.column, -kept),
    ]
    model.add.add_rows(NAME, apps.subject(mine), parts, case=apps.case[mine], lower=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what counts of every application."""
    for made in proposal.applications:
        book = facts.setting.instruments[made.instrument]
        paid = facts.granted(proposal, made)
        for mark in book.earmarks:
            found = earmarked(facts.setting, mark, paid)
            if mark.enforce == "soft" or found is None:
                continue
            counts, whole = found
            yield at_least(NAME, made.subject, counts, whole * mark.min_share.value,
                           f"money for {mark.group()}",
                           cite(book, mark.min_share), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: who is of unknown type counts for none."""


def untested(setting: Setting) -> str:
    """Earmarks for types, where no type is stated."""
    names = [
        f"{mark.group()} ({name})"
        for name, book in setting.instruments.items()
        for mark in book.earmarks
        if mark.types
    ]
    if not names or setting.beneficiaries:
        return ""
    return f"earmark is not tested for {', '.join(names)}: {NO_TABLE}"


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [
        f"of {book.id} {float(mark.min_share.value):.0%} to {mark.group()} "
        f"[{cite(book, mark.min_share)}]"
        for book in setting.instruments.values()
        for _, mark in earmarks_held(setting, book)
    ]
    return f"A part of each grant is kept: {'; '.join(parts)}." if parts else ""

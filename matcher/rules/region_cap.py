"""An instrument pays a region no more than is set aside for it.

::

    sum_{d,l} grant[f,r,d,l] <= cap_fr                           (cents)

cap: the region's own rows of the budgets table and the rulebook's
``per_region_cap``, whichever is smaller. In a pooled fund the weakest budget
decides (R74).
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import COUPLING, Subject
from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, at_most, euros
from matcher.rules._figures import Figure, book_line, places
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "region_cap"
FUNDING = True


def _caps(setting: Setting) -> dict[tuple[str, str], int]:
    """Cents by instrument and region, where something limits them."""
    stated: dict[tuple[str, str], float] = {}
    for row in setting.budgets:
        if row.region is not None:
            key, amount = (row.instrument, row.region), row.amount
            cents = amount if isinstance(amount, int) else math.inf
            stated[key] = stated.get(key, 0) + cents
    caps = {key: int(cents) for key, cents in stated.items() if cents < math.inf}
    for name, book in setting.instruments.items():
        for region in setting.regions if book.per_region_cap else ():
            general = book.per_region_cap.value if book.per_region_cap else 0
            caps[name, region] = min(general, caps.get((name, region), general))
    return caps


def rows(model: Model) -> None:
    """Add one coupling row per capped instrument and region."""
    labels, cols = model.inst.labels, model.cols
    caps = _caps(model.inst.setting)
    f = labels.instruments.encode(key[0] for key in caps)
    r = labels.regions.encode(key[1] for key in caps)
    position = np.full((len(labels.instruments), len(labels.regions)), -1)
    position[f, r] = np.arange(len(caps))
    row = position[cols.grants.instrument, cols.grants.region]
    grant = cols.grants.column
    model.add.add_rows(
        NAME, Subject((labels.instruments.ids, labels.regions.ids), (f, r)),
        [(row[row >= 0], grant[row >= 0], 1)],
        case=COUPLING, upper=np.array(list(caps.values()), dtype=np.float64),
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what every instrument pays to every region."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for plan in proposal.cases:
        for p in plan.funding:
            if p.instrument != OWN:
                paid[p.instrument, p.region] += p.amount
    for (name, region), cents in sorted(paid.items()):
        money = facts.budgets(name, region)
        subject = f"{name} {region}"
        if isinstance(money, int):
            row = next(
                b
                for b in facts.setting.budgets
                if (b.instrument, b.region) == (name, region)
            )
            yield at_most(
                NAME, subject, cents, money, "paid", line(row.at), unit="cents"
            )
        book = facts.setting.instruments[name]
        if book.per_region_cap:
            yield at_most(NAME, subject, cents, book.per_region_cap.value, "paid",
                          cite(book, book.per_region_cap), unit="cents")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule in words."""
    names = sorted({name for name, _ in _caps(setting)})
    return (
        f"Each region's money in {', '.join(names)} is its own limit." if names else ""
    )


def limit(setting: Setting, instrument: str, region: str) -> Figure:
    """Money of an instrument for a region."""
    book, most = setting.instruments[instrument], _caps(setting)[instrument, region]
    own = [b for b in setting.budgets if b.instrument == instrument]
    lines = [*places(row.at for row in own if row.region == region)]
    if book.per_region_cap and book.per_region_cap.value == most:
        lines.append(book_line(setting, book))
    text = f"{instrument} pays {region} at most {euros(most)}"
    return Figure(text, tuple(lines))

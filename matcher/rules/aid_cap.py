"""Public money pays a member no more of its cost of a case than aid rules let it.

::

    sum_{f,l} grant[f,r,d,l] <= cap_rd * sum_l share[r,d,l]     f: instruments of aid

cap: the first entry that fits the region's category and the type of beneficiary, each
type counted with its part of the member's cost; whom no entry fits has no cap. Loans,
equity and private money are no aid. Source: ``aid_cap`` of the partnership rulebook;
table ``beneficiaries`` (domain rules on state aid).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE
from matcher.proposal.mixes import blend, first, mix
from matcher.proposal.verdict import Finding, at_most
from matcher.rules._beneficiaries import by_type, lacking
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "aid_cap"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per possible membership with a cap."""
    cols, money = model.cols, model.inst.money
    region, case, _ = cols.members
    most = money.mix[region, case]
    capped = money.cap_num[most] < money.cap_den[most]
    if not capped.any():
        return
    region, case, most = region[capped], case[capped], most[capped]
    position = np.full(cols.member.shape, NONE)
    position[region, case] = np.arange(len(region))
    r, d, _, share = cols.shares
    borne = position[r, d] != NONE
    row = position[r, d][borne]
    paid = cols.grants
    of_grant = position[paid.region, paid.case]
    aid = money.aid[paid.instrument] & (of_grant != NONE)
    parts = [
        (row, share[borne], -money.cap_num[most][row]),
        (of_grant[aid], paid.column[aid], money.cap_den[most][of_grant[aid]]),
    ]
    model.pair_rows(NAME, region, case, parts, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the public money that every member gets."""
    setting = facts.setting
    book = setting.partnership
    if book is None or not book.aid_cap:
        return
    public = {name for name, paid in setting.instruments.items() if paid.aid}
    for plan in proposal.cases:
        for name in plan.members:
            kinds = mix(setting, name, plan.case)
            found = [first(setting, book.aid_cap, name, kind) for kind in kinds]
            sources = [cite(book, entry) for entry in found if entry is not None]
            if not sources:
                continue
            mine = [p for p in plan.funding if p.region == name]
            aid = sum(p.amount for p in mine if p.instrument in public)
            cap = blend(setting, book.aid_cap, name, plan.case, Fraction(1))
            limit = sum(p.amount for p in mine) * cap
            yield at_most(NAME, f"{plan.case} {name}", aid, limit,
                          "public money",
                          "; ".join(dict.fromkeys(sources)), unit="cents")  # fmt: skip


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: caps by type hold for whom the type is stated."""


def untested(setting: Setting) -> str:
    """Caps by type, where types are not stated."""
    entries = setting.partnership.aid_cap if setting.partnership else ()
    if not by_type(entries):
        return ""
    return lacking(setting, "caps on aid by type of beneficiary")


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    if book is None or not book.aid_cap:
        return ""
    by_source: dict[str, list[str]] = {}
    for entry in book.aid_cap:
        told = by_source.setdefault(cite(book, entry), [])
        told.append(f"{float(entry.value):.0%}{entry.whom()}")
    caps = "; ".join(f"{', '.join(told)} [{by}]" for by, told in by_source.items())
    return f"Public money pays of a member's cost of a case at most {caps}."

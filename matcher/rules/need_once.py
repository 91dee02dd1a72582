"""A need is served at most once, and only where its region is a member.

::

    sum_{a,d} exchange[a,n,d] <= amount_n                        (all cases together)
    sum_a exchange[a,n,d]     <= amount_nd * member[c(n),d]

amount: whole units that the region itself leaves unserved (netting); amount_nd: the
same, or less where the assets of a case cannot serve so much. Source: needs table
(R30).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.proposal.facts import Facts
from matcher.proposal.verdict import Finding, at_most, must
from matcher.rules._figures import Figure
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import NeedKey
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "need_once"
FUNDING = False


def rows(model: Model) -> None:
    """Add one coupling row per need, and one link per need and case."""
    inst, cols = model.inst, model.cols
    ex, labels = inst.exchanges, inst.labels
    taken = cols.moves.taken
    needs, at = np.unique(taken.line, return_inverse=True)
    model.coupling_rows(
        NAME, labels.needs.ids, needs, [(at, taken.column, 1)], upper=ex.amount[needs]
    )
    key = taken.line * len(labels.cases) + taken.case
    pairs, at = np.unique(key, return_inverse=True)
    need, case = np.divmod(pairs, len(labels.cases))
    member = cols.member[ex.need_region[need], case]
    most = np.minimum(ex.amount[need], taken.most_by(at, len(pairs)))
    model.add.add_rows(
        NAME, Subject((labels.needs.ids, labels.cases.ids), (need, case)),
        [(at, taken.column, 1), (np.arange(len(pairs)), member, -most)],
        case=case, upper=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what every need gets, over all cases."""
    got: dict[NeedKey, int] = defaultdict(int)
    for plan in proposal.cases:
        for e in plan.exchanges:
            got[facts.serves(e)] += e.units
            yield must(
                NAME,
                f"{plan.case} {e.subject}",
                e.receiver in plan.members,
                f"{e.receiver} is no member",
                what="receiver is a member",
            )
    for key, units in sorted(got.items()):
        subject = "/".join(filter(None, key[:3]))
        subject += f" from level {key[3]}" if key[3] > 1 else ""
        need = facts.needs.get(key)
        yield must(
            NAME,
            subject,
            need is not None,
            "there is no such need",
            what="the need exists",
        )
        if need is not None:
            yield at_most(
                NAME,
                subject,
                units,
                facts.missing(key),
                "units got",
                line(need.at),
                unit="units",
            )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if not (setting.assets and setting.needs):
        return ""
    return "A need is served at most once, after its own region has served what it can."


def limit(setting: Setting, need: str) -> Figure | None:
    """What a need leaves to be served by others."""
    facts = Facts(setting)
    parts = need.split("/")
    for key, row in facts.needs.items():
        if (*(part for part in key[:3] if part), f"{key[3]}+") == tuple(parts):
            left = int(facts.missing(key))
            text = f"{'/'.join(parts[:-1])} needs {left} units of other regions"
            return Figure(text, (line(row.at),))
    return None

"""A role of kind `exchange` is filled when enough units are served in the case.

::

    sum_{a,n of capability k(q)} exchange[a,n,d(q)] >= min_amount_q * open[d(q)]

Source: roles table (R15, R26).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, at_least, show
from matcher.rules._figures import Figure, capability, may_join, places
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.records import Role
    from matcher.scenario.setting import Setting

NAME = "role_exchange"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per role."""
    inst, cols = model.inst, model.cols
    roles = inst.setting.roles
    index = np.array(
        [i for i, q in enumerate(roles) if q.kind == "exchange" and q.min_amount],
        dtype=np.int64,
    )
    case, capability = inst.role_case[index], inst.role_capability[index]
    taken = cols.moves.taken
    moved = inst.exchanges.need_capability[taken.line]
    position = np.full(cols.wanted.shape, NONE)
    position[case, capability] = np.arange(len(index))
    row = position[taken.case, moved]
    asked = row != NONE
    least = np.array([float(roles[i].min_amount or 0) for i in index])
    model.add.add_rows(
        NAME, Subject((inst.labels.roles.ids,), (index,)),
        [(row[asked], taken.column[asked], 1),
         (np.arange(len(index)), cols.open[case], -least)],
        case=case, lower=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the units served in every case."""
    for plan in proposal.cases:
        for role in facts.setting.roles:
            if role.case == plan.case and role.kind == "exchange" and role.min_amount:
                units = sum(
                    e.units for e in plan.exchanges if e.capability == role.capability
                )
                yield at_least(
                    NAME,
                    f"{plan.case} {role.capability}",
                    units,
                    role.min_amount,
                    "units served",
                    line(role.at),
                    unit="units",
                )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if any(role.kind == "exchange" for role in setting.roles):
        return "For each role of kind exchange enough units are served inside the case."
    return ""


def figures(chances: Chances) -> Figure | None:
    """The role that is hardest to fill, and the units that can be exchanged."""
    roles = [q for q in chances.roles("exchange") if q.min_amount]
    found = [(role, role.min_amount or 0, _units(chances, role)) for role in roles]
    if not found:
        return None
    role, least, (give, get, lines) = min(found, key=lambda f: min(f[2][:2]) - f[1])
    enough = min(give, get) >= least
    can = f"{may_join(chances)} can give {give} and take {get} of one another"
    if not min(give, get):
        can = f"of {may_join(chances)} none can serve another"
    unit = "unit" if least == 1 else "units"
    text = (
        f"{capability(chances.setting, role.capability)} needs {show(least)} {unit} "
        f"served, {'' if enough else 'but '}{can}"
    )
    return Figure(text, (line(role.at), *lines), enough=enough)


def _units(chances: Chances, role: Role) -> tuple[int, int, tuple[str, ...]]:
    """Units that can be given and taken, and lines of the scarcer side."""
    inst, ex = chances.inst, chances.inst.exchanges
    k = inst.labels.capabilities.index[role.capability]
    pairs = chances.exchange & (ex.asset_capability[ex.pair_asset] == k)
    assets, needs = np.unique(ex.pair_asset[pairs]), np.unique(ex.pair_need[pairs])
    give, get = int(ex.capacity[assets].sum()), int(ex.amount[needs].sum())
    if give < get:
        return give, get, places(inst.asset_rows[a].at for a in assets)
    return give, get, places(inst.need_rows[n].at for n in needs)

"""Rows that rule out no plan but bring the bound closer: implied by the rules.

What a member can bear in a case is limited by the money it can raise: own money
together with the grants open to it. Raising it means taking the instruments in
order of their rates, each until its money for the region is used up or own money
no longer covers the rest::

    sum_l share[r,d,l] <= bear_r * member[r,d]

Money that is no aid helps like own money. Where some pair of grants is cumulative, a
member raises at most its own money and all that may be granted to it. Implied by
own_money, region_cap and single_funding. Left out where a conflict between rules is
being explained.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import NONE

if TYPE_CHECKING:
    from matcher.problem.instance import Floats, Instance, Ints
    from matcher.program.model import Model

NAME = "structure"


def rows(model: Model) -> None:
    """Add one row per possible membership whose money is limited."""
    cols, inst = model.cols, model.inst
    bear = np.ceil(most_borne(inst))
    region, case, member = cols.members
    limited = bear[region] < inst.money.most_cost.sum(axis=1)[case]
    region, case, member = region[limited], case[limited], member[limited]
    position = np.full(cols.member.shape, NONE)
    position[region, case] = np.arange(len(region))
    r, d, _, share = cols.shares
    inside = position[r, d] != NONE
    parts = [
        (position[r, d][inside], share[inside], 1),
        (np.arange(len(region)), member, -bear[region]),
    ]
    model.pair_rows(NAME, region, case, parts, upper=0)


def most_borne(inst: Instance) -> Floats:
    """Cents of cost each region can bear at most, over all cases; shape (R,).

    Infinite where own money is not limited, or an instrument pays everything.
    """
    setting, labels = inst.setting, inst.labels
    own = np.array([
        g.own_budget if isinstance(g.own_budget, int) else np.inf
        for g in setting.regions.values()
    ])  # fmt: skip
    by_mix = inst.money.rate_num / np.maximum(inst.money.rate_den, 1)
    # the best rate it gets anywhere: with a lower one it raises no more
    best = by_mix.max(axis=2, initial=0)
    rate = _best_anywhere(best, inst.money.mix)
    books = setting.instruments.values()
    pays = np.array(
        [not b.from_rows or b.out_of_area is not None for b in books], dtype=bool
    )
    caps = np.where(np.broadcast_to(pays[:, None], rate.shape), np.inf, 0.0)
    stated: dict[tuple[int, int], float] = defaultdict(float)
    for row in setting.budgets:
        if row.region:
            f = labels.instruments.index[row.instrument]
            r = labels.regions.index[row.region]
            stated[f, r] += row.amount if isinstance(row.amount, int) else np.inf
    for at, cents in stated.items():
        caps[at] = cents
    aid, caps = inst.money.aid, np.where(rate > 0, caps, 0.0)
    own = own + caps[~aid].sum(axis=0)
    if inst.money.cumulative[np.ix_(aid, aid)].any():
        return np.asarray(own + caps[aid].sum(axis=0), dtype=np.float64)
    return _fill(own, rate[aid], caps[aid])


def _best_anywhere(best: Floats, mix: Ints) -> Floats:
    """Best rate of an instrument for a region in any case, shape (F, R).

    ``best`` is its best rate for a mix of beneficiaries, shape (F, M); ``mix`` says
    which mix a region has in a case, shape (R, D): mostly few different ones.
    """
    regions, kinds = len(mix), best.shape[1]
    number = np.arange(regions)[:, None] * kinds + mix
    seen = np.bincount(number.ravel(), minlength=regions * kinds)
    region, kind = np.divmod(np.flatnonzero(seen), kinds)
    rate = np.zeros((regions, len(best)))
    np.maximum.at(rate, region, best[:, kind].T)
    return rate.T


def _fill(own: Floats, rate: Floats, caps: Floats) -> Floats:
    """Best rates first: declared cost until the cap or own money runs out."""
    borne, left = np.zeros(len(own)), own.astype(float).copy()
    columns = np.arange(len(own))
    for order in np.argsort(-rate, axis=0, kind="stable"):
        best, cap = rate[order, columns], caps[order, columns]
        paid = best > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            by_cap = np.where(paid, cap / np.where(paid, best, 1), 0.0)
            by_own = np.where(best < 1, left / np.where(best < 1, 1 - best, 1), np.inf)
        declared = np.where(paid, np.minimum(by_cap, by_own), 0.0)
        borne += declared
        spent = np.where(np.isfinite(declared), declared, 0.0) * (1 - best)
        left = np.maximum(left - spent, 0.0)
    return np.asarray(borne + left, dtype=np.float64)

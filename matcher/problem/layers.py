"""Put layers of cost together that no rule tells apart.

Layers that the same instruments pay at the same rates may be solved as one: whatever
members bear and instruments pay of the sum can be divided among its layers in
proportion to what each layer costs, a provider's own units first. A layer of which some
case has costs that fall due after the end of a grant stays alone: what is paid of it
depends on its years. Only whole cents can stand in the way, so the money of a plan is
settled on the layers as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.problem.labels import Axis

if TYPE_CHECKING:
    from matcher.problem.instance import Bools, Instance, Ints, Money


def with_merged_layers(inst: Instance) -> Instance:
    """The instance with one layer for each set of paying instruments and rates.

    Layers that outlast a grant that pays them stay as they are.

    Returns the instance itself where every layer stands alone.
    """
    money, layers = inst.money, inst.labels.layers.ids
    alone = np.diag(_outlasting(money))
    _, first, group = np.unique(
        np.vstack([money.pays_layer, alone, *_flat(money)]), axis=1,
        return_index=True, return_inverse=True,
    )  # fmt: skip
    if len(first) == len(layers):
        return inst
    group = group.ravel()
    belongs = (group[:, None] == np.arange(len(first))[None, :]).astype(np.int64)
    names = tuple(
        "+".join(name for name, g in zip(layers, group, strict=True) if g == one)
        for one in range(len(first))
    )
    return replace(
        inst,
        labels=replace(inst.labels, layers=Axis(names)),
        money=replace(
            money,
            case_cost=money.case_cost @ belongs,
            partner_cost=money.partner_cost @ belongs,
            late_case=money.late_case @ belongs,
            late_partner=money.late_partner @ belongs,
            most_cost=money.most_cost @ belongs,
            exchange_layer=int(group[money.exchange_layer]),
            pays_layer=money.pays_layer[:, first],
            rate_num=money.rate_num[:, :, first],
            rate_den=money.rate_den[:, :, first],
        ),
    )


def _flat(money: Money) -> tuple[Ints, Ints]:
    """Rates by instrument and mix, one column per layer."""
    num, den = money.rate_num, money.rate_den
    return num.reshape(-1, num.shape[-1]), den.reshape(-1, den.shape[-1])


def _outlasting(money: Money) -> Bools:
    """Layers with costs due after the end of an instrument that pays them, (L,)."""
    late = np.any(money.late_case + money.late_partner, axis=1)
    ended = money.last_year[:, None] == money.years[None, :]
    f, y = np.nonzero(ended)
    return np.asarray(np.any(money.pays_layer[f] & late[y], axis=0))

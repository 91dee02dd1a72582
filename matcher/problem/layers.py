"""Put layers of cost together that no rule tells apart.

Layers that the same instruments pay may be solved as one: whatever members bear and
instruments pay of the sum can be divided among its layers in proportion to what each
layer costs, a provider's own units first. Only whole cents can stand in the way, so
the money of a plan is settled on the layers as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.problem.labels import Axis

if TYPE_CHECKING:
    from matcher.problem.instance import Instance


def with_merged_layers(inst: Instance) -> Instance:
    """The instance with one layer for each set of paying instruments.

    Returns the instance itself where every layer stands alone.
    """
    money, layers = inst.money, inst.labels.layers.ids
    _, first, group = np.unique(
        money.pays_layer, axis=1, return_index=True, return_inverse=True
    )
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
            most_cost=money.most_cost @ belongs,
            exchange_layer=int(group[money.exchange_layer]),
            pays_layer=money.pays_layer[:, first],
        ),
    )

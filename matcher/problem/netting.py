"""Netting: what a region has serves its own needs first, before anybody else's.

Only what is left may be exchanged between regions (R30). Within a region and a
capability, needs are served in order of the highest ``min_level``, each from the
assets of the lowest level that suffices; ties follow the actor. What is left is
exchanged in whole units, so both sides are rounded down.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.scenario.columns import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.scenario.records import Asset, Need


def net(
    assets: Iterable[Asset], needs: Iterable[Need]
) -> tuple[dict[Asset, Fraction | None], dict[Need, Fraction]]:
    """What is left of each asset (None: without limit) and of each need.

    Assets of unknown capacity serve nothing and do not appear.
    """
    left: dict[Asset, Fraction | None] = {}
    own: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for asset in assets:
        if asset.capacity is None:
            continue
        left[asset] = None if asset.capacity == UNLIMITED else Fraction(asset.capacity)
        own[asset.region, asset.capability].append(asset)
    open_needs: dict[Need, Fraction] = {}
    ordered = sorted(needs, key=lambda need: (-need.min_level, need.actor))
    for need in ordered:
        missing = need.amount
        able = own.get((need.region, need.capability), [])
        for asset in sorted(able, key=lambda a: (a.level, a.actor)):
            if asset.level < need.min_level:
                continue
            stock = left[asset]
            if stock is None:
                missing = Fraction(0)
                break
            served = min(stock, missing)
            left[asset], missing = stock - served, missing - served
        open_needs[need] = missing
    return left, open_needs

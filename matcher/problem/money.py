"""Encode costs, rates and the windows of instruments; all money in cents."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.problem.instance import Bools, Exchanges, Ints, Money

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from matcher.problem.labels import Labels
    from matcher.scenario.records import Case, Region
    from matcher.scenario.rulebook import Instrument, Window
    from matcher.scenario.setting import Setting


def encode_money(setting: Setting, labels: Labels, exchanges: Exchanges) -> Money:
    """Arrays of everything that concerns money."""
    shape = len(labels.cases), len(labels.layers)
    case_cost = np.zeros(shape, dtype=np.int64)
    partner_cost = np.zeros(shape, dtype=np.int64)
    for cost in setting.costs:
        target = case_cost if cost.per == "case" else partner_cost
        target[labels.cases.index[cost.case], labels.layers.index[cost.layer]] += (
            cost.amount
        )
    stated = setting.partnership.exchange_layer if setting.partnership else None
    layer = labels.layers.index[stated.value if stated else "1"]
    instruments = list(setting.instruments.values())
    rates = [[rate_for(f, g) for g in setting.regions.values()] for f in instruments]
    table = np.array(
        [[(q.numerator, q.denominator) for q in row] for row in rates], dtype=np.int64
    ).reshape(len(instruments), len(labels.regions), 2)
    return Money(
        case_cost=case_cost,
        partner_cost=partner_cost,
        exchange_layer=layer,
        rate_num=table[:, :, 0].copy(),
        rate_den=table[:, :, 1].copy(),
        pays_case=_grid(instruments, setting.cases.values(), accepts_case),
        pays_layer=_grid(instruments, labels.layers.ids, _pays_layer),
        pays_state=_grid(instruments, setting.regions.values(), _pays_state),
        most_cost=_most_cost(
            setting, labels, exchanges, case_cost, partner_cost, layer
        ),
    )


def rate_for(instrument: Instrument, region: Region) -> Fraction:
    """First rate that fits a region; 0 where none does, or its category is unknown."""
    for rate in instrument.rate:
        if rate.scheme is None or region.category.get(rate.scheme) == rate.category:
            return rate.value
    return Fraction(0)


def _grid(
    rows: Collection[Any], columns: Collection[Any], fits: Callable[[Any, Any], bool]
) -> Bools:
    cells = [[fits(f, c) for c in columns] for f in rows]
    return np.array(cells, dtype=bool).reshape(len(rows), len(columns))


def accepts_case(instrument: Instrument, case: Case) -> bool:
    """Whether phase and readiness of a case lie in the instrument's windows."""
    if instrument.phases is not None and case.phase not in instrument.phases.value:
        return False
    return _in_window(instrument.trl.start, case.trl_start) and _in_window(
        instrument.trl.end, case.trl_end
    )


def _in_window(window: Window | None, value: int | None) -> bool:
    """Inside both bounds; an unknown value is never inside a stated window."""
    if window is None or (window.min is None and window.max is None):
        return True
    if value is None:
        return False
    low = window.min is None or value >= window.min.value
    return low and (window.max is None or value <= window.max.value)


def _pays_layer(instrument: Instrument, layer: str) -> bool:
    return instrument.layers is None or layer in instrument.layers.value


def _pays_state(instrument: Instrument, region: Region) -> bool:
    return instrument.states is None or region.state in instrument.states.value


def _most_cost(
    setting: Setting, labels: Labels, exchanges: Exchanges, case_cost: Ints,
    partner_cost: Ints, layer: int,
) -> Ints:  # fmt: skip
    """Cost of each case and layer if every region joined and every unit moved."""
    most = case_cost + partner_cost * len(labels.regions)
    wanted = np.zeros((len(labels.cases), len(labels.capabilities)), dtype=bool)
    for role in setting.roles:
        wanted[
            labels.cases.index[role.case], labels.capabilities.index[role.capability]
        ] = True
    stock = exchanges.unit_cost * exchanges.capacity
    by_capability = np.zeros(len(labels.capabilities), dtype=np.int64)
    np.add.at(by_capability, exchanges.asset_capability, stock)
    most[:, layer] += wanted.astype(np.int64) @ by_capability
    return most

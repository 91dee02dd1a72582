"""Encode costs, rates and the windows of instruments; all money in cents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.problem.instance import UNKNOWN, Bools, Exchanges, Ints, Money
from matcher.problem.mixes import Mixes

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
    mixes = Mixes.encode(setting, labels)
    rates = mixes.rates(instruments, labels.layers.ids)
    caps = mixes.caps(setting.partnership.aid_cap if setting.partnership else ())
    last_year = np.array([_last_year(setting, f) for f in instruments], dtype=np.int64)
    years = np.unique(last_year[last_year != UNKNOWN])
    late_case, late_partner = _late(setting, labels, years)
    return Money(
        case_cost=case_cost,
        partner_cost=partner_cost,
        exchange_layer=layer,
        mix=mixes.of,
        mix_parts=mixes.table(),
        rate_num=rates[..., 0].copy(),
        rate_den=rates[..., 1].copy(),
        cap_num=caps[:, 0].copy(),
        cap_den=caps[:, 1].copy(),
        in_force=np.array([_in_force(setting, f) for f in instruments], dtype=bool),
        last_year=last_year,
        years=years,
        late_case=late_case,
        late_partner=late_partner,
        pays_case=_grid(instruments, setting.cases.values(), accepts_case),
        pays_layer=_grid(instruments, labels.layers.ids, _pays_layer),
        pays_state=_grid(instruments, setting.regions.values(), _pays_state),
        excludes=_excludes(instruments),
        cumulative=_cumulative(instruments),
        aid=np.array([f.aid for f in instruments], dtype=bool),
        repayable=np.array([f.repayable for f in instruments], dtype=bool),
        most_cost=_most_cost(
            setting, labels, exchanges, case_cost, partner_cost, layer
        ),
    )


def _in_force(setting: Setting, instrument: Instrument) -> bool:
    span = setting.horizon
    return span is None or instrument.holds_within(span.start, span.end)


def _last_year(setting: Setting, instrument: Instrument) -> int:
    """Year in which a grant ends that begins with the horizon and lasts longest."""
    longest, waiting = instrument.duration.max, instrument.months_to_contract
    if setting.horizon is None or longest is None or not instrument.aid:
        return UNKNOWN
    start = setting.horizon.start
    months = start.month - 1 + longest.value + (waiting.value if waiting else 0)
    # what ends with the last day of December ends before the next year begins
    return start.year + (months - (start.day == 1)) // 12


def _late(setting: Setting, labels: Labels, years: Ints) -> tuple[Ints, Ints]:
    """Costs per case and per member that fall due after each year."""
    shape = len(years), len(labels.cases), len(labels.layers)
    late = {per: np.zeros(shape, dtype=np.int64) for per in ("case", "partner")}
    for cost in setting.costs:
        if cost.year is not None:
            case, layer = labels.cases.index[cost.case], labels.layers.index[cost.layer]
            late[cost.per][:, case, layer] += cost.amount * (years < cost.year)
    return late["case"], late["partner"]


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


def _excludes(instruments: Collection[Instrument]) -> Bools:
    """Pairs of which one names the other, or a group it belongs to."""
    named = [{w for rule in f.stacking.excludes for w in rule.of} for f in instruments]
    return _named(instruments, named)


def _cumulative(instruments: Collection[Instrument]) -> Bools:
    """Pairs that may pay for the same cost: neither is aid to both, or one says so."""
    words = [f.stacking.cumulative for f in instruments]
    named = [{w for rule in said for w in rule.of} for said in words]
    aid = np.array([f.aid for f in instruments], dtype=bool)
    apart = ~(aid[:, None] & aid[None, :]) & ~np.eye(len(instruments), dtype=bool)
    return np.asarray(_named(instruments, named) | apart)


def _named(instruments: Collection[Instrument], named: list[set[str]]) -> Bools:
    """Pairs of which one names the other by its id, or by a group of it."""
    called = [{f.id, *f.stacking.groups} for f in instruments]
    said = np.array([[bool(one & two) for two in called] for one in named], dtype=bool)
    said = said.reshape(len(instruments), len(instruments))
    return np.asarray((said | said.T) & ~np.eye(len(instruments), dtype=bool))


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

"""Encode a setting: ids become indices, exact figures become arrays."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from matcher.problem.instance import UNKNOWN, Exchanges, Floats, Instance, Ints
from matcher.problem.labels import Axis, Labels, line_ids
from matcher.problem.money import encode_money
from matcher.problem.nesting import nested
from matcher.problem.netting import net
from matcher.scenario.records import LAYERS, Asset, Need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.scenario.setting import Setting


def encode(setting: Setting) -> Instance:
    """Arrays of a setting; the same setting always gives the same arrays."""
    assets, needs = _lines(setting)
    labels = Labels(
        regions=Axis(tuple(setting.regions)),
        cases=Axis(tuple(setting.cases)),
        capabilities=Axis(tuple(setting.capabilities)),
        instruments=Axis(tuple(setting.instruments)),
        layers=Axis(LAYERS),
        roles=Axis(tuple(f"{q.case}/{q.capability}/{q.kind}" for q in setting.roles)),
        assets=line_ids([(a.region, a.capability, a.actor) for a, _ in assets]),
        needs=line_ids(
            [(n.region, n.capability, n.actor, f"{n.min_level}+") for n, _, _ in needs]
        ),
    )
    states = tuple(sorted({region.state for region in setting.regions.values()}))
    exchanges = _exchanges(labels, assets, needs)
    inner, outer = nested(setting, labels.regions)
    in_force = _in_force(setting, labels)
    shape = (len(labels.regions), len(labels.capabilities))
    return Instance(
        setting=setting,
        labels=labels,
        states=states,
        region_state=_ints([states.index(g.state) for g in setting.regions.values()]),
        inner=inner,
        outer=outer,
        level=_levels(setting, labels),
        fit=_fit(setting, labels),
        supply=_sum(
            exchanges.asset_region,
            exchanges.asset_capability,
            exchanges.capacity,
            shape,
        ),
        need=_sum(
            exchanges.need_region, exchanges.need_capability, exchanges.amount, shape
        ),
        commitment_row=in_force,
        commitment=_of_row(in_force, [row.level for row in setting.commitments]),
        mandate=_of_row(
            in_force, [row.mandate == "yes" for row in setting.commitments]
        ).astype(bool),
        role_case=labels.cases.encode(q.case for q in setting.roles),
        role_capability=labels.capabilities.encode(q.capability for q in setting.roles),
        asset_rows=tuple(asset for asset, _ in assets),
        need_rows=tuple(need for need, _, _ in needs),
        exchanges=exchanges,
        money=encode_money(setting, labels, exchanges),
    )


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[Fraction]) -> Floats:
    return np.array([float(v) for v in values], dtype=np.float64)


def _sum(row: Ints, col: Ints, values: Ints, shape: tuple[int, int]) -> csr_array:
    return csr_array(coo_array((values.astype(np.float64), (row, col)), shape=shape))


def _lines(
    setting: Setting,
) -> tuple[list[tuple[Asset, int]], list[tuple[Need, int, Fraction]]]:
    """Asset and need rows that can exchange: at least one whole unit is left."""
    stock, missing = net(setting.assets, setting.needs)
    needs = [
        (need, int(missing[need]), missing[need])
        for need in setting.needs
        if missing[need] >= 1
    ]
    wanted: dict[str, int] = defaultdict(int)
    for need, units, _ in needs:
        wanted[need.capability] += units
    assets = []
    for asset in setting.assets:
        left = stock.get(asset, Fraction(0))
        units = wanted[asset.capability] if left is None else int(left)
        if units:
            assets.append((asset, units))
    return assets, needs


def _exchanges(
    labels: Labels,
    assets: Sequence[tuple[Asset, int]],
    needs: Sequence[tuple[Need, int, Fraction]],
) -> Exchanges:
    asset_region = labels.regions.encode(a.region for a, _ in assets)
    asset_capability = labels.capabilities.encode(a.capability for a, _ in assets)
    need_region = labels.regions.encode(n.region for n, _, _ in needs)
    need_capability = labels.capabilities.encode(n.capability for n, _, _ in needs)
    same = asset_capability[:, None] == need_capability[None, :]
    other = asset_region[:, None] != need_region[None, :]
    pair_asset, pair_need = np.nonzero(same & other)
    return Exchanges(
        asset_region=asset_region,
        asset_capability=asset_capability,
        asset_level=_ints([a.level for a, _ in assets]),
        capacity=_ints([units for _, units in assets]),
        unit_cost=_ints([a.unit_cost or 0 for a, _ in assets]),
        need_region=need_region,
        need_capability=need_capability,
        need_level=_ints([n.min_level for n, _, _ in needs]),
        amount=_ints([units for _, units, _ in needs]),
        left=_floats([left for _, _, left in needs]),
        value=_floats([n.value for n, _, _ in needs]),
        pair_asset=pair_asset.astype(np.int64),
        pair_need=pair_need.astype(np.int64),
    )


def _levels(setting: Setting, labels: Labels) -> csr_array:
    best: dict[tuple[int, int], int] = {}
    for asset in setting.assets:
        key = (
            labels.regions.index[asset.region],
            labels.capabilities.index[asset.capability],
        )
        best[key] = max(best.get(key, 0), asset.level)
    return _from_dict(best, (len(labels.regions), len(labels.capabilities)))


def _fit(setting: Setting, labels: Labels) -> csr_array:
    """Overlap of valid priorities with the topics of each case, at most 1."""
    topics = Axis(tuple(sorted({t.topic for t in setting.case_topics})))
    valid = [
        p for p in setting.priorities
        if p.topic in topics.index
        and (p.valid_until is None or p.valid_until >= setting.date)
    ]  # fmt: skip
    region_topic = coo_array(
        (
            _floats([p.weight for p in valid]),
            (
                labels.regions.encode(p.region for p in valid),
                topics.encode(p.topic for p in valid),
            ),
        ),
        shape=(len(labels.regions), len(topics)),
    )
    topic_case = coo_array(
        (
            _floats([t.weight for t in setting.case_topics]),
            (
                topics.encode(t.topic for t in setting.case_topics),
                labels.cases.encode(t.case for t in setting.case_topics),
            ),
        ),
        shape=(len(topics), len(labels.cases)),
    )  # fmt: skip
    fit = csr_array(region_topic.tocsr() @ topic_case.tocsr())
    fit.data = np.minimum(fit.data, 1.0)
    fit.eliminate_zeros()
    fit.sort_indices()
    return fit


def _in_force(setting: Setting, labels: Labels) -> Ints:
    """Row in force for each region and case: the most specific valid one.

    An index into the commitments; `UNKNOWN` where no row is valid.
    """
    found = np.full(labels.pairs, UNKNOWN, dtype=np.int64)
    valid = [
        (i, row) for i, row in enumerate(setting.commitments)
        if row.expires is None or row.expires >= setting.date
    ]  # fmt: skip
    cases = list(setting.cases.values())
    belongs = {
        name: [d for d, case in enumerate(cases) if case.partnership == name]
        for name in {row.partnership for _, row in valid if row.partnership}
    }
    region = labels.regions.index
    for i, row in valid:
        if not row.case and not row.partnership:
            found[region[row.region], :] = i
    for i, row in valid:
        if row.partnership and not row.case:
            found[region[row.region], belongs[row.partnership]] = i
    for i, row in valid:
        if row.case:
            found[region[row.region], labels.cases.index[row.case]] = i
    return found


def _of_row(index: Ints, values: Sequence[int]) -> Ints:
    """Value of the row at each index; 0 where there is none."""
    return _ints([*values, 0])[index]


def _from_dict(values: dict[tuple[int, int], int], shape: tuple[int, int]) -> csr_array:
    keys = sorted(values)
    return csr_array(
        coo_array(
            (
                _ints([values[k] for k in keys]),
                (_ints([k[0] for k in keys]), _ints([k[1] for k in keys])),
            ),
            shape=shape,
        )
    )

"""The model in linopy, whole tables at a time, solved by HiGHS."""

from __future__ import annotations

import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import linopy
import pandas as pd
import xarray as xr

from benchmarks.peers import highslog
from benchmarks.peers.found import Found, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.peers.tables import Tables


@dataclass(frozen=True, slots=True)
class _Axes:
    """Names along each axis."""

    region: pd.Index
    case: pd.Index
    capability: pd.Index
    state: pd.Index
    grant: pd.Index

    def table(self, values: Mapping[Any, float], *names: str) -> xr.DataArray:
        """A labelled table, 0 where nothing is said."""
        found = xr.DataArray(0.0, coords=[getattr(self, name) for name in names])
        if values:
            keys = [(k,) if isinstance(k, str) else k for k in values]
            places = tuple(
                getattr(self, name).get_indexer(column)
                for name, column in zip(names, zip(*keys, strict=True), strict=True)
            )
            found.values[places] = list(values.values())
        return found

    def mask(self, keys: Iterable[Any], *names: str) -> xr.DataArray:
        """True at the keys."""
        return self.table(dict.fromkeys(keys, 1.0), *names) > 0


@dataclass(frozen=True, slots=True)
class _Model:
    model: linopy.Model
    axes: _Axes
    launch: linopy.Variable
    member: linopy.Variable
    lead: linopy.Variable
    observer: linopy.Variable
    present: linopy.Variable
    supply: linopy.Variable
    serve: linopy.Variable
    share: linopy.Variable
    grant: linopy.Variable
    uses: linopy.Variable


def build(t: Tables) -> linopy.Model:
    """Write the model down, table by table.

    It warns wherever a table has holes; what it does about them is what is meant.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _written(t)


def _written(t: Tables) -> linopy.Model:
    model = linopy.Model()
    capabilities = sorted({k for _, k in (*t.capacity, *t.amount, *t.least)})
    axes = _Axes(
        *(
            pd.Index(list(names), name=name)
            for name, names in (
                ("region", t.state), ("case", t.phase), ("capability", capabilities),
                ("state", sorted(set(t.state.values()))), ("grant", t.grants),
            )
        )
    )  # fmt: skip
    r, d, k, s, f = axes.region, axes.case, axes.capability, axes.state, axes.grant
    pair = axes.mask(t.members, "region", "case")
    role = axes.mask(((k, d) for d, k in t.least), "capability", "case")
    capacity = axes.table(t.capacity, "region", "capability")
    amount = axes.table(t.amount, "region", "capability")
    exchanged = {"coords": [r, k, d], "lower": 0, "integer": True}
    with_role = pair & role
    pays = axes.mask(t.usable, "grant", "case")
    order = ("region", "capability", "case")
    m = _Model(
        model, axes,
        launch=model.add_variables(binary=True, coords=[d], name="launch"),
        member=model.add_variables(
            binary=True, coords=[r, d], name="member", mask=pair
        ),
        lead=model.add_variables(
            binary=True, coords=[r, d], name="lead",
            mask=axes.mask(t.leads, "region", "case"),
        ),
        observer=model.add_variables(
            binary=True, coords=[r, d], name="observer",
            mask=axes.mask(t.observers, "region", "case"),
        ),
        present=model.add_variables(lower=0, upper=1, coords=[s, d], name="present"),
        supply=model.add_variables(
            name="supply", mask=((capacity > 0) & with_role).transpose(*order),
            **exchanged,
        ),
        serve=model.add_variables(
            name="serve", mask=((amount > 0) & with_role).transpose(*order), **exchanged
        ),
        share=model.add_variables(lower=0, coords=[r, d], name="share", mask=pair),
        grant=model.add_variables(
            lower=0, coords=[f, r, d], name="grant",
            mask=(pays & pair).transpose("grant", "region", "case"),
        ),
        uses=model.add_variables(binary=True, coords=[f, d], name="uses", mask=pays),
    )  # fmt: skip
    _points(t, m)
    _consortia(t, m)
    _exchanges(t, m, capacity, amount, role)
    _costs(t, m)
    _grants(t, m)
    return model


def _points(t: Tables, m: _Model) -> None:
    worth = m.axes.table(t.value, "region", "capability") * t.value_points
    fit = m.axes.table(
        {pair: fit for pair, fit in t.fit.items() if pair in t.level}, "region", "case"
    )
    m.model.add_objective(
        (m.serve * worth).sum()
        + (m.member * (t.fit_points * fit - t.member_cost)).sum()
        + (m.observer * (t.observer_points * fit - t.observer_cost)).sum()
        - t.case_cost * m.launch.sum(),
        sense="max",
    )


def _consortia(t: Tables, m: _Model) -> None:
    add, axes = m.model.add_constraints, m.axes
    # Where one of the two has no column, the other stands alone.
    add(m.member + m.observer - m.launch <= 0, name="roles")
    add(m.lead - m.member <= 0, name="lead_is_member")
    add(m.lead.sum("region") - m.launch == 0, name="one_lead")
    members = m.member.sum("region")
    add(members - t.min_regions * m.launch >= 0, name="fewest")
    most = axes.table(t.most_members, "case")
    add(members - most * m.launch <= 0, name="most")
    state = xr.DataArray(pd.Series(t.state).reindex(axes.region), dims="region")
    from_state = m.member.groupby(state.rename("state")).sum()
    add(m.present - from_state <= 0, name="present")
    add(m.present.sum("state") - t.min_states * m.launch >= 0, name="states")
    effort = m.member * axes.table(t.effort_member, "case")
    led = m.lead * axes.table(t.effort_lead, "case")
    people = axes.table(t.people, "region")
    add(effort.sum("case") + led.sum("case") <= people, name="effort")


def _exchanges(
    t: Tables, m: _Model, capacity: xr.DataArray, amount: xr.DataArray,
    role: xr.DataArray,
) -> None:  # fmt: skip
    add, axes = m.model.add_constraints, m.axes
    for column, units in ((m.supply, capacity), (m.serve, amount)):
        one = column.name
        add(column - units * m.member <= 0, name=f"{one}_by_members",
            mask=column.labels >= 0)  # fmt: skip
        add(column.sum("case") <= units, name=f"{one}_once", mask=units > 0)
    served = m.serve.sum("region")
    add(served - m.supply.sum("region") == 0, name="balance", mask=role)
    least = axes.table(
        {(k, d): n for (d, k), n in t.least.items()}, "capability", "case"
    )
    add(served - least * m.launch >= 0, name="least", mask=role)
    asked = axes.table(t.asked_level, "region", "capability")
    offered = axes.table(t.offered_level, "region", "capability")
    for level in sorted(set(t.asked_level.values())):
        high = m.serve.where(asked >= level).sum("region")
        able = m.supply.where(offered >= level).sum("region")
        wanted = role & (asked >= level).any("region")
        add(high - able <= 0, name=f"level_{level}", mask=wanted)


def _costs(t: Tables, m: _Model) -> None:
    add, axes = m.model.add_constraints, m.axes
    price = axes.table(t.unit_cost, "region", "capability")
    given = (price * m.supply).sum("capability")
    case_cost = (
        axes.table(t.fixed, "case") * m.launch
        + axes.table(t.seat, "case") * m.member.sum("region")
        + given.sum("region")
    )
    add(m.share.sum("region") - case_cost == 0, name="all_costs")
    largest = axes.table(t.largest, "case")
    pair = m.share.labels >= 0
    add(m.share - largest * m.member <= 0, name="members_pay", mask=pair)
    add(m.share - given >= 0, name="provider_bears", mask=pair)
    own = m.share.sum("case") - m.grant.sum(["grant", "case"])
    add(own <= axes.table(t.own_budget, "region"), name="own_money")


def _grants(t: Tables, m: _Model) -> None:
    add, axes = m.model.add_constraints, m.axes
    rate = axes.table(
        {(f, r): t.rate(f, r) for f in t.grants for r in t.state}, "grant", "region"
    )
    declared = (m.grant * (1 / rate)).sum("grant")
    add(declared - m.share <= 0, name="single_funding", mask=m.share.labels >= 0)

    def terms(field: str) -> xr.DataArray:
        return axes.table({f: getattr(g, field) for f, g in t.grants.items()}, "grant")

    total = m.grant.sum("region")
    pays = m.uses.labels >= 0
    for name, row in (
        ("smallest", total - terms("smallest") * m.uses >= 0),
        ("greatest", total - terms("greatest") * m.uses <= 0),
        ("uses", m.uses - m.launch <= 0),
        ("uses_regions", m.member.sum("region") - terms("min_regions") * m.uses >= 0),
        ("uses_states", m.present.sum("state") - terms("min_states") * m.uses >= 0),
    ):
        add(row, name=name, mask=pays)
    add(m.grant.sum(["region", "case"]) <= terms("envelope"), name="envelope")


def solve(model: linopy.Model, seconds: float, threads: int) -> Found:
    """Solve by HiGHS; how far it was is read from its log afterwards."""
    with tempfile.TemporaryDirectory(prefix="matcher-linopy-") as place:
        path = Path(place) / "log"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stop by the clock is no surprise
            model.solve(
                "highs", log_fn=path, progress=False, time_limit=seconds,
                threads=threads, mip_rel_gap=0.0,
            )  # fmt: skip
        ended = time.perf_counter()
        log = path.read_text("utf-8", errors="replace")
    steps = list(highslog.steps(log, ended, 1.0))
    value, bound = highslog.final(log, 1.0)
    return Found(value, bound, [*steps, Step(ended, value, bound)])

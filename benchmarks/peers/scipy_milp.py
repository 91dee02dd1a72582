"""The model in SciPy's `milp`: an analyst's own rows, the HiGHS inside SciPy."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from benchmarks.peers import highslog
from benchmarks.peers.found import Found, Step
from benchmarks.peers.tables import Written, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.peers.tables import Tables

Terms = list[tuple[int, float]]
Columns = dict[Any, int]


@dataclass(slots=True)
class Rows:
    """Columns and rows while they are written; each row a list of entries."""

    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    points: list[float] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)

    def columns(
        self, keys: Iterable[Any], upper: Callable[[Any], float], *,
        whole: bool, points: Callable[[Any], float] = lambda _: 0.0,
    ) -> Columns:  # fmt: skip
        """Add a column for each key; its number by key."""
        found = {}
        for key in keys:
            found[key] = len(self.upper)
            self.upper.append(upper(key))
            self.whole.append(int(whole))
            self.points.append(points(key))
        return found

    def row(self, terms: Terms, low: float, high: float) -> None:
        """Add a row."""
        i = len(self.lows)
        self.entries += [(i, j, number) for j, number in terms]
        self.lows.append(low)
        self.highs.append(high)

    def matrix(self) -> csr_array:
        """All rows; entries of the same place add up."""
        shape = len(self.lows), len(self.upper)
        row, column, number = zip(*self.entries, strict=True)
        return csr_array((number, (row, column)), shape=shape)


@dataclass(frozen=True, slots=True)
class Problem:
    """What `milp` is called with."""

    points: Any
    whole: Any
    bounds: Bounds
    rows: LinearConstraint


@dataclass(frozen=True, slots=True)
class _Model(Written):
    rows: Rows


def _each(columns: Columns, keys: Iterable[Any], number: float = 1.0) -> Terms:
    return [(columns[key], number) for key in keys]


def build(t: Tables) -> Problem:
    """Write the model down, entry by entry."""
    rows, members, pays = Rows(), t.members, grouped(t.usable, 1)
    states = dict.fromkeys((t.state[r], d) for r, d in members)
    grants = [(f, r, d) for r, d in members for f, _ in pays[d]]

    def binary(keys: Iterable[Any], points: Any = lambda _: 0.0) -> Columns:
        return rows.columns(keys, lambda _: 1.0, whole=True, points=points)

    def money(keys: Iterable[Any]) -> Columns:
        return rows.columns(keys, lambda _: np.inf, whole=False)

    m = _Model(
        rows,
        launch=binary(t.phase, lambda _: -t.case_cost),
        member=binary(members, t.member_points),
        lead=binary(t.leads),
        observer=binary(t.observers, t.watcher_points),
        present=rows.columns(states, lambda _: 1.0, whole=False),
        supply=rows.columns(t.supplies, lambda key: t.capacity[key[:2]], whole=True),
        serve=rows.columns(
            t.services, lambda key: t.amount[key[:2]], whole=True,
            points=lambda key: t.value_points * t.value[key[:2]],
        ),
        share=money(members),
        grant=money(grants),
        uses=binary(t.usable),
    )  # fmt: skip
    _consortia(t, m)
    _exchanges(t, m)
    _costs(t, m)
    _grants(t, m)
    return Problem(
        -np.array(rows.points),  # `milp` minimises
        np.array(rows.whole),
        Bounds(0, np.array(rows.upper)),
        LinearConstraint(rows.matrix(), np.array(rows.lows), np.array(rows.highs)),
    )


def _consortia(t: Tables, m: _Model) -> None:
    row, inf = m.rows.row, np.inf
    for (r, d), j in m.member.items():
        row([(j, 1), (m.launch[d], -1)], -inf, 0)
        if (r, d) in m.lead:
            row([(m.lead[r, d], 1), (j, -1)], -inf, 0)
    for (r, d), j in m.observer.items():
        other = [(m.member[r, d], 1)] if (r, d) in m.member else []
        row([(j, 1), *other, (m.launch[d], -1)], -inf, 0)
    members, leads = grouped(m.member, 1), grouped(m.lead, 1)
    states = grouped(m.present, 1)
    for d, j in m.launch.items():
        total = _each(m.member, members[d])
        row([*total, (j, -t.min_regions)], 0, inf)
        row([*total, (j, -t.most_members[d])], -inf, 0)
        row([*_each(m.lead, leads[d]), (j, -1)], 0, 0)
        row([*_each(m.present, states[d]), (j, -t.min_states)], 0, inf)
    of_state = grouped(((t.state[r], d, r) for r, d in m.member), 0, 1)
    for (s, d), j in m.present.items():
        inside = [(r, d) for _, _, r in of_state[s, d]]
        row([(j, 1), *_each(m.member, inside, -1)], -inf, 0)
    for r, pairs in grouped(m.member, 0).items():
        effort = [(m.member[r, d], t.effort_member[d]) for _, d in pairs]
        led = [(m.lead[r, d], t.effort_lead[d]) for _, d in pairs if (r, d) in m.lead]
        row([*effort, *led], -inf, t.people[r])


def _exchanges(t: Tables, m: _Model) -> None:
    row, inf = m.rows.row, np.inf
    for column, units in ((m.supply, t.capacity), (m.serve, t.amount)):
        for (r, k, d), j in column.items():
            row([(j, 1), (m.member[r, d], -units[r, k])], -inf, 0)
        for pair, keys in grouped(column, 0, 1).items():
            row(_each(column, keys), -inf, units[pair])
    supplied, served = grouped(m.supply, 1, 2), grouped(m.serve, 1, 2)
    for (d, k), least in t.least.items():
        gives, gets = supplied[k, d], served[k, d]
        row([*_each(m.serve, gets), *_each(m.supply, gives, -1)], 0, 0)
        row([*_each(m.serve, gets), (m.launch[d], -least)], 0, inf)
        for level in sorted({t.asked_level[r, k] for r, _, _ in gets}):
            high = [key for key in gets if t.asked_level[key[0], k] >= level]
            able = [key for key in gives if t.offered_level[key[0], k] >= level]
            row([*_each(m.serve, high), *_each(m.supply, able, -1)], -inf, 0)


def _costs(t: Tables, m: _Model) -> None:
    row, inf, largest = m.rows.row, np.inf, t.largest
    members, by_case = grouped(m.member, 1), grouped(m.supply, 2)
    for d, j in m.launch.items():
        seats = _each(m.member, members[d], -t.seat[d])
        given = [(m.supply[key], -t.unit_cost[key[:2]]) for key in by_case[d]]
        borne = _each(m.share, members[d])
        row([*borne, (j, -t.fixed[d]), *seats, *given], 0, 0)
    by_pair = grouped(m.supply, 0, 2)
    for (r, d), j in m.share.items():
        row([(j, 1), (m.member[r, d], -largest[d])], -inf, 0)
        given = [(m.supply[key], -t.unit_cost[key[:2]]) for key in by_pair[r, d]]
        if given:
            row([(j, 1), *given], 0, inf)
    paid = grouped(m.grant, 1)
    for r, pairs in grouped(m.share, 0).items():
        borne, granted = _each(m.share, pairs), _each(m.grant, paid[r], -1)
        row([*borne, *granted], -inf, t.own_budget[r])


def _grants(t: Tables, m: _Model) -> None:
    row, inf = m.rows.row, np.inf
    for (r, d), keys in grouped(m.grant, 1, 2).items():
        declared = [(m.grant[f, r, d], 1 / t.rate(f, r)) for f, _, _ in keys]
        row([*declared, (m.share[r, d], -1)], -inf, 0)
    paid, members = grouped(m.grant, 0, 2), grouped(m.member, 1)
    states = grouped(m.present, 1)
    for (f, d), j in m.uses.items():
        terms = t.grants[f]
        total = _each(m.grant, paid[f, d])
        row([*total, (j, -terms.smallest)], 0, inf)
        row([*total, (j, -terms.greatest)], -inf, 0)
        row([(j, 1), (m.launch[d], -1)], -inf, 0)
        row([*_each(m.member, members[d]), (j, -terms.min_regions)], 0, inf)
        row([*_each(m.present, states[d]), (j, -terms.min_states)], 0, inf)
    for f, keys in grouped(m.grant, 0).items():
        row(_each(m.grant, keys), -inf, t.grants[f].envelope)


def solve(problem: Problem, seconds: float, threads: int) -> Found:
    """Solve by the HiGHS inside SciPy, which cannot be told a number of ``threads``.

    It prints from C, so that standard output is led into a file meanwhile.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with tempfile.TemporaryFile() as stream:
        os.dup2(stream.fileno(), 1)
        try:
            milp(
                problem.points, integrality=problem.whole, bounds=problem.bounds,
                constraints=problem.rows,
                options={"disp": True, "time_limit": seconds, "mip_rel_gap": 0.0},
            )  # fmt: skip
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        ended = time.perf_counter()
        stream.seek(0)
        log = stream.read().decode(errors="replace")
    steps = list(highslog.steps(log, ended, -1.0))
    value, bound = highslog.final(log, -1.0)
    return Found(value, bound, [*steps, Step(ended, value, bound)])

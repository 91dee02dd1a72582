"""The model in the CP-SAT of OR-Tools: whole numbers only, money in euros."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ortools.sat.python import cp_model

from benchmarks.peers.found import Found, Step
from benchmarks.peers.tables import Written, grouped

if TYPE_CHECKING:
    from benchmarks.peers.tables import Tables

Columns = dict[Any, Any]

SCALE: Final = 100
"""Points, people and rates are counted in hundredths."""


@dataclass(frozen=True, slots=True)
class _Model(Written):
    model: cp_model.CpModel


def whole(number: float) -> int:
    """Hundredths of a number.

    Raises
    ------
    ValueError
        Where it is no whole number of hundredths.
    """
    found = round(number * SCALE)
    if abs(found - number * SCALE) > 1e-6:
        raise ValueError(f"{number} has more than two decimals")
    return found


def build(t: Tables) -> cp_model.CpModel:
    """Write the model down, loop by loop."""
    model, largest = cp_model.CpModel(), t.largest

    def yes_no(name: str, keys: Any) -> Columns:
        return {key: model.new_bool_var(f"{name}{key}") for key in keys}

    members, pays = t.members, grouped(t.usable, 1)
    m = _Model(
        model,
        launch=yes_no("launch", t.phase),
        member=yes_no("member", members),
        lead=yes_no("lead", t.leads),
        observer=yes_no("observer", t.observers),
        present=yes_no("present", dict.fromkeys((t.state[r], d) for r, d in members)),
        supply={
            (r, k, d): model.new_int_var(0, t.capacity[r, k], f"supply{r, k, d}")
            for r, k, d in t.supplies
        },
        serve={
            (r, k, d): model.new_int_var(0, t.amount[r, k], f"serve{r, k, d}")
            for r, k, d in t.services
        },
        share={
            (r, d): model.new_int_var(0, int(largest[d]), f"share{r, d}")
            for r, d in members
        },
        grant={
            (f, r, d): model.new_int_var(
                0, int(t.grants[f].greatest), f"grant{f, r, d}"
            )
            for r, d in members for f, _ in pays[d]
        },
        uses=yes_no("uses", t.usable),
    )  # fmt: skip
    model.maximize(
        sum(
            whole(t.value_points * t.value[r, k]) * n
            for (r, k, _), n in m.serve.items()
        )
        + sum(whole(t.member_points(pair)) * x for pair, x in m.member.items())
        + sum(whole(t.watcher_points(pair)) * x for pair, x in m.observer.items())
        - sum(whole(t.case_cost) * x for x in m.launch.values())
    )
    _consortia(t, m)
    _exchanges(t, m)
    _costs(t, m, largest)
    _grants(t, m)
    return model


def _consortia(t: Tables, m: _Model) -> None:
    add = m.model.add
    for (r, d), x in m.member.items():
        m.model.add_implication(x, m.launch[d])
        if (r, d) in m.lead:
            m.model.add_implication(m.lead[r, d], x)
    for (r, d), x in m.observer.items():
        add(x + m.member.get((r, d), 0) <= m.launch[d])
    members, leads = grouped(m.member, 1), grouped(m.lead, 1)
    states = grouped(m.present, 1)
    for d, x in m.launch.items():
        total = sum(m.member[key] for key in members[d])
        add(total >= t.min_regions * x)
        add(total <= t.most_members[d] * x)
        add(sum(m.lead[key] for key in leads[d]) == x)
        add(sum(m.present[key] for key in states[d]) >= t.min_states * x)
    of_state = grouped(((t.state[r], d, r) for r, d in m.member), 0, 1)
    for (s, d), x in m.present.items():
        add(x <= sum(m.member[r, d] for _, _, r in of_state[s, d]))
    for r, pairs in grouped(m.member, 0).items():
        effort = sum(whole(t.effort_member[d]) * m.member[r, d] for _, d in pairs)
        led = sum(whole(t.effort_lead[d]) * m.lead.get((r, d), 0) for _, d in pairs)
        add(effort + led <= whole(t.people[r]))


def _exchanges(t: Tables, m: _Model) -> None:
    add = m.model.add
    for column, units in ((m.supply, t.capacity), (m.serve, t.amount)):
        for (r, k, d), x in column.items():
            add(x <= units[r, k] * m.member[r, d])
        for (r, k), keys in grouped(column, 0, 1).items():
            add(sum(column[key] for key in keys) <= units[r, k])
    supplied, served = grouped(m.supply, 1, 2), grouped(m.serve, 1, 2)
    for (d, k), least in t.least.items():
        gives, gets = supplied[k, d], served[k, d]
        total = sum(m.serve[key] for key in gets)
        add(total == sum(m.supply[key] for key in gives))
        add(total >= least * m.launch[d])
        for level in sorted({t.asked_level[r, k] for r, _, _ in gets}):
            high = [key for key in gets if t.asked_level[key[0], k] >= level]
            able = [key for key in gives if t.offered_level[key[0], k] >= level]
            add(sum(m.serve[key] for key in high) <= sum(m.supply[key] for key in able))


def _costs(t: Tables, m: _Model, largest: dict[str, float]) -> None:
    add = m.model.add
    members, by_case = grouped(m.member, 1), grouped(m.supply, 2)
    for d, x in m.launch.items():
        add(
            sum(m.share[key] for key in members[d])
            == int(t.fixed[d]) * x
            + sum(int(t.seat[d]) * m.member[key] for key in members[d])
            + sum(int(t.unit_cost[r, k]) * m.supply[r, k, d] for r, k, _ in by_case[d])
        )
    by_pair = grouped(m.supply, 0, 2)
    for (r, d), x in m.share.items():
        add(x <= int(largest[d]) * m.member[r, d])
        given = by_pair[r, d]
        add(x >= sum(int(t.unit_cost[r, k]) * m.supply[r, k, d] for _, k, _ in given))
    paid = grouped(m.grant, 1)
    for r, pairs in grouped(m.share, 0).items():
        total = sum(m.share[key] for key in pairs)
        add(total - sum(m.grant[key] for key in paid[r]) <= int(t.own_budget[r]))


def _grants(t: Tables, m: _Model) -> None:
    add = m.model.add
    for (r, d), keys in grouped(m.grant, 1, 2).items():
        rates = [Fraction(whole(t.rate(f, r)), SCALE) for f, _, _ in keys]
        common = 1
        for rate in rates:
            common *= rate.numerator
        declared = sum(
            int(common / rate) * m.grant[key]
            for rate, key in zip(rates, keys, strict=True)
        )
        add(declared <= common * m.share[r, d])
    paid, members = grouped(m.grant, 0, 2), grouped(m.member, 1)
    states = grouped(m.present, 1)
    for (f, d), x in m.uses.items():
        terms = t.grants[f]
        total = sum(m.grant[key] for key in paid[f, d])
        add(total >= int(terms.smallest) * x)
        add(total <= int(terms.greatest) * x)
        m.model.add_implication(x, m.launch[d])
        add(sum(m.member[key] for key in members[d]) >= terms.min_regions * x)
        add(sum(m.present[key] for key in states[d]) >= terms.min_states * x)
    for f, keys in grouped(m.grant, 0).items():
        add(sum(m.grant[key] for key in keys) <= int(t.grants[f].envelope))


class _Heard(cp_model.CpSolverSolutionCallback):
    """Notes every plan when it is found."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []

    def on_solution_callback(self) -> None:
        """Note value and bound."""
        value, bound = self.objective_value / SCALE, self.best_objective_bound / SCALE
        self.steps.append(Step(time.perf_counter(), value, bound))


def solve(model: cp_model.CpModel, seconds: float, threads: int) -> Found:
    """Solve by CP-SAT."""
    solver, heard = cp_model.CpSolver(), _Heard()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    bounds: list[Step] = []
    solver.best_bound_callback = lambda bound: bounds.append(
        Step(time.perf_counter(), None, bound / SCALE)
    )
    status = solver.solve(model, heard)
    ended = time.perf_counter()
    plan = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = solver.objective_value / SCALE if plan else None
    bound = solver.best_objective_bound / SCALE if plan or bounds else None
    steps = sorted((*heard.steps, *bounds), key=lambda step: step.at)
    return Found(value, bound, [*steps, Step(ended, value, bound)])

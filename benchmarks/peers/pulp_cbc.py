"""The model in PuLP, solved by the CBC that PuLP brings along."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pulp
from pulp import lpSum
from pulp.apis.coin_api import PULP_CBC_CMD

from benchmarks.peers.found import Found, Step
from benchmarks.peers.tables import Written, grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.peers.tables import Tables

Columns = dict[Any, pulp.LpVariable]

_PLANS: Final = (
    re.compile(r"Integer solution of (?P<value>\S+) found .*\((?P<at>\S+) seconds\)"),
    re.compile(r"After (?P<at>\S+) seconds - Feasib.* objective of (?P<value>\S+)"),
)
_BOUND: Final = re.compile(r"Cbc0010I .* best possible (\S+) \((\S+) seconds\)")
_RELAXED: Final = re.compile(r"Continuous objective value is (\S+) - (\S+) seconds")
_END: Final = re.compile(r"^(Upper|Lower) bound:\s+(\S+)", re.MULTILINE)
_TOTAL: Final = re.compile(r"Total time .*\(Wallclock seconds\):\s+(\S+)")
_PROVEN: Final = "Result - Optimal solution found"
_NONE: Final = 1e49
"""CBC prints 1e+50 where it knows nothing yet."""


@dataclass(frozen=True, slots=True)
class _Model(Written):
    problem: pulp.LpProblem


def build(t: Tables) -> pulp.LpProblem:
    """Write the model down, sum by sum."""
    problem = pulp.LpProblem("consortia", pulp.LpMaximize)

    def columns(name: str, keys: Iterable[Any], most: Any, kind: str) -> Columns:
        return {
            key: problem.add_variable(
                f"{name}_{key if isinstance(key, str) else '_'.join(key)}",
                0, most[key] if isinstance(most, dict) else most, kind,
            )
            for key in keys
        }  # fmt: skip

    members = t.members
    pays = grouped(t.usable, 1)
    states = dict.fromkeys((t.state[r], d) for r, d in members)
    supplies, services = t.supplies, t.services
    m = _Model(
        problem,
        launch=columns("launch", t.phase, 1, "Binary"),
        member=columns("member", members, 1, "Binary"),
        lead=columns("lead", t.leads, 1, "Binary"),
        observer=columns("observer", t.observers, 1, "Binary"),
        present=columns("present", states, 1, "Continuous"),
        supply=columns("supply", supplies, None, "Integer"),
        serve=columns("serve", services, None, "Integer"),
        share=columns("share", members, None, "Continuous"),
        grant=columns(
            "grant", [(f, r, d) for r, d in members for f, _ in pays[d]], None,
            "Continuous",
        ),
        uses=columns("uses", t.usable, 1, "Binary"),
    )  # fmt: skip
    problem += (
        lpSum(t.value_points * t.value[r, k] * n for (r, k, _), n in m.serve.items())
        + lpSum(t.member_points(pair) * x for pair, x in m.member.items())
        + lpSum(t.watcher_points(pair) * x for pair, x in m.observer.items())
        - lpSum(t.case_cost * x for x in m.launch.values())
    )
    _consortia(t, m)
    _exchanges(t, m)
    _costs(t, m)
    _grants(t, m)
    return problem


def _consortia(t: Tables, m: _Model) -> None:
    problem = m.problem
    for (r, d), x in m.member.items():
        problem += x <= m.launch[d]
        if (r, d) in m.lead:
            problem += m.lead[r, d] <= x
    for (r, d), x in m.observer.items():
        problem += x + m.member.get((r, d), 0) <= m.launch[d]
    members, leads = grouped(m.member, 1), grouped(m.lead, 1)
    states = grouped(m.present, 1)
    for d, x in m.launch.items():
        total = lpSum(m.member[key] for key in members[d])
        problem += total >= t.min_regions * x
        problem += total <= t.most_members[d] * x
        problem += lpSum(m.lead[key] for key in leads[d]) == x
        problem += lpSum(m.present[key] for key in states[d]) >= t.min_states * x
    of_state = grouped(((t.state[r], d, r) for r, d in m.member), 0, 1)
    for (s, d), x in m.present.items():
        problem += x <= lpSum(m.member[r, d] for _, _, r in of_state[s, d])
    for r, pairs in grouped(m.member, 0).items():
        effort = lpSum(t.effort_member[d] * m.member[r, d] for _, d in pairs)
        led = lpSum(
            t.effort_lead[d] * m.lead[r, d] for _, d in pairs if (r, d) in m.lead
        )
        problem += effort + led <= t.people[r]


def _exchanges(t: Tables, m: _Model) -> None:
    problem = m.problem
    for column, units in ((m.supply, t.capacity), (m.serve, t.amount)):
        for (r, k, d), x in column.items():
            problem += x <= units[r, k] * m.member[r, d]
        for (r, k), keys in grouped(column, 0, 1).items():
            problem += lpSum(column[key] for key in keys) <= units[r, k]
    supplied, served = grouped(m.supply, 1, 2), grouped(m.serve, 1, 2)
    for (d, k), least in t.least.items():
        gives, gets = supplied[k, d], served[k, d]
        total = lpSum(m.serve[key] for key in gets)
        problem += total == lpSum(m.supply[key] for key in gives)
        problem += total >= least * m.launch[d]
        for level in sorted({t.asked_level[r, k] for r, _, _ in gets}):
            high = [key for key in gets if t.asked_level[key[0], k] >= level]
            able = [key for key in gives if t.offered_level[key[0], k] >= level]
            problem += lpSum(m.serve[key] for key in high) <= lpSum(
                m.supply[key] for key in able
            )


def _costs(t: Tables, m: _Model) -> None:
    problem, largest = m.problem, t.largest
    members, by_case = grouped(m.member, 1), grouped(m.supply, 2)
    for d, x in m.launch.items():
        problem += lpSum(m.share[key] for key in members[d]) == (
            t.fixed[d] * x
            + t.seat[d] * lpSum(m.member[key] for key in members[d])
            + lpSum(t.unit_cost[r, k] * m.supply[r, k, d] for r, k, _ in by_case[d])
        )
    by_pair = grouped(m.supply, 0, 2)
    for (r, d), x in m.share.items():
        problem += x <= largest[d] * m.member[r, d]
        given = by_pair[r, d]
        if given:
            problem += x >= lpSum(
                t.unit_cost[r, k] * m.supply[r, k, d] for _, k, _ in given
            )
    paid = grouped(m.grant, 1)
    for r, pairs in grouped(m.share, 0).items():
        problem += (
            lpSum(m.share[key] for key in pairs)
            - lpSum(m.grant[key] for key in paid[r])
            <= t.own_budget[r]
        )


def _grants(t: Tables, m: _Model) -> None:
    problem = m.problem
    for (r, d), keys in grouped(m.grant, 1, 2).items():
        declared = lpSum(1 / t.rate(f, r) * m.grant[f, r, d] for f, _, _ in keys)
        problem += declared <= m.share[r, d]
    paid, members = grouped(m.grant, 0, 2), grouped(m.member, 1)
    states = grouped(m.present, 1)
    for (f, d), x in m.uses.items():
        terms = t.grants[f]
        total = lpSum(m.grant[key] for key in paid[f, d])
        problem += total >= terms.smallest * x
        problem += total <= terms.greatest * x
        problem += x <= m.launch[d]
        problem += lpSum(m.member[key] for key in members[d]) >= terms.min_regions * x
        problem += lpSum(m.present[key] for key in states[d]) >= terms.min_states * x
    for f, keys in grouped(m.grant, 0).items():
        problem += lpSum(m.grant[key] for key in keys) <= t.grants[f].envelope


def solve(problem: pulp.LpProblem, seconds: float, threads: int) -> Found:
    """Solve by CBC; how far it was is read from its log afterwards."""
    with tempfile.TemporaryDirectory(prefix="matcher-cbc-") as place:
        path = Path(place) / "log"
        command = pulp.COIN_CMD(
            path=PULP_CBC_CMD.pulp_cbc_path, msg=False, timeLimit=seconds,
            threads=threads, gapRel=0, logPath=str(path),
        )  # fmt: skip
        problem.solve(command)
        ended = time.perf_counter()
        log = path.read_text("utf-8", errors="replace")
    plan = problem.sol_status in (
        pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible,
    )  # fmt: skip
    value = pulp.value(problem.objective) if plan else None
    total = _TOTAL.search(log)
    began = ended - (float(total[1]) if total else 0.0)
    steps = sorted(_steps(log, began), key=lambda step: step.at)
    bounds = [step.bound for step in steps if step.bound is not None]
    bound = min(bounds, default=None)
    if _PROVEN in log:
        bound = value
    elif last := _END.search(log):
        bound = float(last[2]) * (1 if last[1] == "Upper" else -1)
    return Found(value, bound, [*steps, Step(ended, value, bound)])


def _steps(log: str, began: float) -> Iterator[Step]:
    """Plans and bounds; in its log CBC minimises the negative."""
    for line in log.splitlines():
        for pattern in _PLANS:
            if told := pattern.search(line):
                yield Step(began + float(told["at"]), -float(told["value"]), None)
        if told := _RELAXED.search(line):
            yield Step(began + float(told[2]), None, float(told[1]))
        if (told := _BOUND.search(line)) and abs(float(told[1])) < _NONE:
            yield Step(began + float(told[2]), None, -float(told[1]))

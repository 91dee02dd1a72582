"""What the tests of assignments share: cases drawn, every plan there is, a worker."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from matcher.program.solution import Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.backends.client import Worker
    from matcher.core import Assignment
    from matcher.program.program import Arrays

Given = dict[str, Any]
BACKENDS = ("auto", "highs", "cpsat", "cbc")
EASY = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Shared:
    """A worker that stays open when a call is over, and tires where a test says so."""

    patience = 10**9
    """Solves until it has no more time; then it answers nothing, or the start."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def solve(self, arrays: Arrays, options: SolveOptions) -> Solution:
        """The worker's answer, while patience lasts."""
        solution = self.worker.solve(arrays, options)
        Shared.patience -= 1
        if Shared.patience >= 0:
            return solution
        x = options.start
        status = Status.UNKNOWN if x is None else Status.FEASIBLE
        return replace(solution, x=x, status=status, stop=Stop.TIME_LIMIT, bound=None)

    def close(self) -> None:
        """Stay open."""


@st.composite
def drawn(draw: st.DrawFn, most: int = 1, *, heavy: bool = True) -> Given:
    """Arguments of a small assignment; ``most`` columns per row."""
    n, m = draw(st.integers(0, 4)), draw(st.integers(1, 3))
    numbers = lambda size, of: np.array(  # noqa: E731
        draw(st.lists(of, min_size=int(np.prod(size)), max_size=int(np.prod(size))))
    ).reshape(size)
    few = st.integers(0, 2)
    pair = st.tuples(st.integers(0, max(n - 1, 0)), st.integers(0, m - 1))
    pairs = st.lists(pair, max_size=2 if n else 0, unique=True)
    forbid = draw(pairs)
    arguments: Given = {
        "value": numbers((n, m), st.integers(-3, 6)) / 2.0,
        "per_row": draw(st.sampled_from(["exactly", "at_most"])),
        "forbid": forbid,
        "fix": [p for p in draw(st.lists(pair, max_size=1 if n else 0))
                if p not in forbid],
        "sense": draw(st.sampled_from(["max", "min"])),
    }  # fmt: skip
    if most > 1:
        least = numbers((n,), few)
        arguments["per_row"] = (least, least + numbers((n,), few))
    if draw(st.booleans()):
        least = numbers((m,), st.integers(0, 1))
        arguments["per_column"] = (least, least + numbers((m,), few))
    if draw(st.booleans()):
        arguments["capacity"] = numbers((m,), st.integers(0, 6)).astype(float)
        if heavy and draw(st.booleans()):
            arguments["use"] = numbers((n, m), st.integers(0, 4)).astype(float)
    if heavy and draw(st.booleans()):
        arguments["groups"] = numbers((n,), st.integers(-1, 1))
    return arguments


def plans(given: Given) -> Iterator[np.ndarray]:
    """Every choice of pairs that the arguments allow, as a table of 0 and 1."""
    n, m = given["value"].shape
    rows = given["per_row"]
    rows = {"exactly": (1, 1), "at_most": (0, 1)}.get(rows, rows) if isinstance(
        rows, str
    ) else rows  # fmt: skip
    columns = given.get("per_column", (0, np.inf))
    room = given.get("capacity", np.inf)
    use, groups = given.get("use"), given.get("groups", np.full(n, -1))
    for cells in itertools.product((0, 1), repeat=n * m):
        x = np.array(cells).reshape(n, m)
        load = (x if use is None else x * use).sum(axis=0)
        if (
            ((x.sum(1) >= rows[0]) & (x.sum(1) <= rows[1])).all()
            and ((x.sum(0) >= columns[0]) & (x.sum(0) <= columns[1])).all()
            and (load <= room).all()
            and not any(x[p] for p in given["forbid"])
            and all(x[p] for p in given["fix"])
            and all((x[groups == g].sum(axis=0) <= 1).all() for g in {*groups} - {-1})
        ):
            yield x


def key(given: Given, objective: str, x: np.ndarray) -> tuple[float, ...]:
    """What a plan is compared by; the higher the better."""
    sign = 1.0 if given["sense"] == "max" else -1.0
    rows = sorted(sign * (given["value"] * x).sum(axis=1))
    total = float(sum(rows))
    if objective == "total" or not rows:
        return (total,)
    return (rows[0], total) if objective == "max_min" else tuple(rows)


def check(given: Given, objective: str, found: Assignment) -> None:
    """The plan found is allowed, and no plan is better."""
    allowed = list(plans(given))
    if not allowed:
        assert (found.status, found.choice, found.pairs) == ("infeasible", None, None)
        assert found.objective is found.bound is found.worst is None
        return
    assert found.status == "optimal"
    assert found.pairs is not None
    x = found.pairs.toarray().astype(int)
    assert any((x == plan).all() for plan in allowed)
    best = max(key(given, objective, plan) for plan in allowed)
    assert key(given, objective, x) == best
    assert found.objective == pytest.approx((given["value"] * x).sum())
    assert found.bound == pytest.approx(found.objective)
    assert found.gap == 0
    if found.choice is not None:
        assert (found.choice == np.where(x.any(1), x.argmax(1), -1)).all()

"""One suite over all backends: the same questions, the same answers."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.backends.client import Worker, open_worker
from matcher.program.solution import (
    Progress,
    Solution,
    SolveOptions,
    Status,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.program import Arrays

INF = np.inf
BACKENDS = ("highs", "cpsat", "cbc")


def keeps_rows(arrays: Arrays, x: np.ndarray, slack: float = 1e-6) -> bool:
    """Whether x keeps all rows, bounds and whole columns of `arrays`."""
    activity = arrays.activity(x)
    whole = np.abs(x - np.rint(x))[arrays.integer]
    return bool(
        (activity >= arrays.row_lower - slack).all()
        and (activity <= arrays.row_upper + slack).all()
        and (x >= arrays.lower - slack).all()
        and (x <= arrays.upper + slack).all()
        and (whole == 0).all()
    )


def check_honest(arrays: Arrays, solution: Solution) -> None:
    """An unfinished solve has a feasible answer with a valid bound, or none."""
    assert solution.status in (Status.FEASIBLE, Status.UNKNOWN)
    if solution.status is Status.UNKNOWN:
        assert solution.x is None
        assert solution.objective is None
        return
    assert solution.x is not None
    assert keeps_rows(arrays, solution.x)
    value = float(arrays.objective @ solution.x) + arrays.offset
    assert solution.objective == pytest.approx(value)
    assert solution.bound is None or solution.bound >= value - 1e-6


def check_optimal(solution: Solution, value: float) -> None:
    """A finished solve with the given optimum and a bound that proves it."""
    assert solution.status is Status.OPTIMAL, solution
    assert solution.stop is Stop.FINISHED
    assert solution.objective == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert solution.bound is not None
    assert solution.bound == pytest.approx(value, rel=1e-6, abs=1e-6)
    assert solution.bound >= solution.objective


@contextmanager
def later(seconds: float, number: int, worker: Worker) -> Iterator[None]:
    """Send a signal during a solve: SIGINT to this process, others to the worker."""

    def hit() -> None:
        target = os.getpid() if number == signal.SIGINT else worker.pid
        assert target is not None
        os.kill(target, number)

    timer = threading.Timer(seconds, hit)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def test_knapsack_optimum(worker, program) -> None:
    """A knapsack with an offset has its known optimum, vector, bound and names."""
    arrays = program([([3, 4, 5, 6], -INF, 10)], [4, 5, 7, 8.5], offset=2.0)
    solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, 15.5)
    assert solution.x.tolist() == [0, 1, 0, 1]
    assert solution.backend == worker.name
    assert solution.version == worker.hello().version
    assert solution.native_status


def test_hello_tells_features(worker) -> None:
    """Every backend proves bounds, can be interrupted and takes a start vector."""
    assert worker.hello().features >= {"bound", "interrupt", "start"}


def test_infeasible(worker, program) -> None:
    """A program without an answer is infeasible and has no vector."""
    arrays = program([([1, 1], 3, INF)], [1, 1])
    solution = worker.solve(arrays, SolveOptions())
    assert solution.status is Status.INFEASIBLE
    assert solution.stop is Stop.FINISHED
    assert solution.x is None
    assert solution.objective is None


def test_infeasible_by_wholeness_only(worker, program) -> None:
    """Two equal parities that cannot meet: only whole values make it infeasible."""
    arrays = program([([2, 4, 6], 5, 5)], [1, 1, 1], upper=[3, 3, 3])
    assert worker.solve(arrays, SolveOptions()).status is Status.INFEASIBLE


def test_bounded_by_columns_only(worker, program) -> None:
    """Without any row the column bounds alone decide; nothing is unbounded."""
    arrays = program([], [1, -2, 0.5], lower=[-4, -3, 0], upper=[7, 3, 9])
    solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, 7 + 6 + 4.5)
    assert solution.x.tolist() == [7, -3, 9]


def test_no_columns(worker, program) -> None:
    """A program with nothing to decide is judged by whether zero keeps its rows."""
    check_optimal(worker.solve(program([([], 0, 1)], [], offset=3), SolveOptions()), 3)
    impossible = program([([], 1, 2)], [])
    assert worker.solve(impossible, SolveOptions()).status is Status.INFEASIBLE


def test_empty_rows(worker, program) -> None:
    """A row without entries stands for zero, which may or may not be allowed."""
    check_optimal(worker.solve(program([([0], -1, 1)], [2]), SolveOptions()), 2)
    impossible = program([([0], 1, 2)], [2])
    assert worker.solve(impossible, SolveOptions()).status is Status.INFEASIBLE


def test_equality_range_and_free_rows(worker, program) -> None:
    """Rows bounded below, above, on both sides, exactly and not at all mix."""
    rows = [
        ([1, 1, 1, 1], 5, 5),
        ([1, -1, 0, 0], -1, 2),
        ([0, 0, 1, 2], 3, INF),
        ([2, 0, 0, 3], -INF, 9),
        ([1, 2, 3, 4], -INF, INF),
    ]
    arrays = program(rows, [3, 2, 1, -1], upper=[4] * 4)
    solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, 9)
    assert keeps_rows(arrays, solution.x)


def test_nothing_to_maximise(worker, program) -> None:
    """With a zero objective any feasible vector is optimal; its value is the offset."""
    arrays = program([([1, 1, 1], 2, 2)], [0, 0, 0], offset=1.5)
    solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, 1.5)
    assert keeps_rows(arrays, solution.x)


def test_ties_are_fine(worker, program) -> None:
    """Equal choices give some optimal vector, and the same one when asked again."""
    arrays = program([([1] * 6, -INF, 3)], [1] * 6)
    first = worker.solve(arrays, SolveOptions(seed=3))
    check_optimal(first, 3)
    assert (worker.solve(arrays, SolveOptions(seed=3)).x == first.x).all()


def test_small_difference_decides(worker, program) -> None:
    """With gap 0, a billionth of a point picks the better of two choices."""
    arrays = program([([1, 1], -INF, 1)], [1.000000001, 1.000000003])
    assert worker.solve(arrays, SolveOptions()).x.tolist() == [0, 1]


def test_gap_is_kept(worker, hard) -> None:
    """With a wide gap the solver stops early, within the gap by its own bound."""
    solution = worker.solve(hard, SolveOptions(gap=0.05))
    assert solution.status is Status.OPTIMAL
    assert keeps_rows(hard, solution.x)
    assert solution.bound - solution.objective <= 0.05 * solution.bound + 1e-6
    assert solution.bound > solution.objective


@pytest.mark.parametrize("gap", [0.01, 0.5, 1.0])
def test_wide_gap_proves_no_more_than_it_may(worker, program, gap) -> None:
    """However early a solver may stop, its bound holds for the best answer."""
    for arrays, best in (
        (program([([1] * 6, -INF, 3)], [1.5] * 6, offset=3), 7.5),
        (program([([3, 4, 5, 6], -INF, 10)], [4, 5, 7, 8.5]), 13.5),
        (program([([2, 2], 1, INF)], [-2, -3], upper=[9, 9]), -2.0),
    ):
        solution = worker.solve(arrays, SolveOptions(gap=gap))
        assert solution.status is Status.OPTIMAL
        assert solution.objective <= best + 1e-9
        assert solution.bound is not None
        assert solution.bound >= best - 1e-9


@pytest.mark.parametrize("limit", [0.0, 0.02, 1.0])
def test_time_limit_is_honest(worker, hard, limit) -> None:
    """Stopped by time, a solver has a feasible answer or says that it has none."""
    solution = worker.solve(hard, SolveOptions(time_limit=limit))
    assert solution.stop is Stop.TIME_LIMIT
    check_honest(hard, solution)


def test_start_vector_is_used(worker, hard) -> None:
    """Given a good start, a solver without time to search is at least as good."""
    with open_worker("highs") as helper:
        start = helper.solve(hard, SolveOptions(gap=0.016))
    options = SolveOptions(time_limit=0.5, start=start.x)
    solution = worker.solve(hard, options)
    check_honest(hard, solution)
    assert solution.objective >= start.objective - 1e-6


def test_wrong_start_does_no_harm(worker, program) -> None:
    """A start vector that breaks every row is ignored."""
    arrays = program([([3, 4, 5, 6], -INF, 10)], [4, 5, 7, 8.5])
    options = SolveOptions(start=np.array([9.0, 1.0, 1.0, 0.4]))
    check_optimal(worker.solve(arrays, options), 13.5)


def test_same_process_serves_again(worker, program) -> None:
    """Two solves, with different numbers of threads, use one process."""
    arrays = program([([3, 4, 5, 6], -INF, 10)], [4, 5, 7, 8.5])
    check_optimal(worker.solve(arrays, SolveOptions(threads=1)), 13.5)
    pid = worker.pid
    check_optimal(worker.solve(arrays, SolveOptions(threads=2)), 13.5)
    assert worker.pid == pid


def folders() -> set[Path]:
    """Folders of the workers of this process."""
    return set(Path(tempfile.gettempdir()).glob(f"matcher-worker-{os.getpid()}-*"))


def test_killed_worker_is_named_and_replaced(worker, hard, program) -> None:
    """SIGKILL in mid-solve fails, with the last answer told; the next solve works."""
    before = folders()
    telling = "incumbent" in worker.hello().features
    with later(2.0, signal.SIGKILL, worker):
        solution = worker.solve(hard, SolveOptions())
    assert solution.stop is Stop.FAILED
    check_honest(hard, solution)
    assert (solution.x is not None) is telling
    assert "out of memory" in solution.message
    assert "signal 9" in solution.message
    assert folders() <= before
    check_optimal(worker.solve(program([], [2]), SolveOptions()), 2)


def test_interrupt_keeps_the_answer(worker, hard, program) -> None:
    """Ctrl-C in mid-solve returns the best answer so far, and the worker lives on."""
    pid = worker.hello() and worker.pid
    with later(3.0, signal.SIGINT, worker):
        solution = worker.solve(hard, SolveOptions())
    assert solution.stop is Stop.INTERRUPTED
    assert solution.status is Status.FEASIBLE
    check_honest(hard, solution)
    check_optimal(worker.solve(program([], [2]), SolveOptions()), 2)
    assert worker.pid == pid


def test_progress_is_told(worker, hard) -> None:
    """Value and bound are known while the solve goes on, and never get worse."""
    seen: list[Progress] = []
    worker.solve(hard, SolveOptions(time_limit=3.0), seen.append)
    values = [p.incumbent for p in seen if p.incumbent is not None]
    bounds = [p.bound for p in seen if p.bound is not None]
    assert values == sorted(values) != []
    assert bounds == sorted(bounds, reverse=True) != []
    assert values[-1] <= bounds[-1]


@pytest.mark.parametrize("name", ["highs", "cpsat"])
def test_progress_then_interrupt_keeps_incumbent(name, hard) -> None:
    """Ctrl-C right after a first answer was reported does not lose that answer."""
    seen: list[Progress] = []

    def report(progress: Progress) -> None:
        seen.append(progress)
        if progress.incumbent is not None:
            raise KeyboardInterrupt

    with open_worker(name) as worker:
        solution = worker.solve(hard, SolveOptions(), report)
    assert solution.stop is Stop.INTERRUPTED
    assert solution.status is Status.FEASIBLE
    check_honest(hard, solution)
    assert solution.objective >= seen[-1].incumbent - 1e-6


def test_money_size_numbers_stay_exact(worker, program) -> None:
    """Coefficients of 1e11 keep their last euro: 1 too much is infeasible."""
    amounts = [123_456_789_013, 234_567_890_129, 345_678_901_237, 99_999_999_999]
    exact = amounts[0] + amounts[2]
    arrays = program([(amounts, exact, exact)], [1, 1, 1, 1])
    solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, 2)
    assert solution.x.tolist() == [1, 0, 1, 0]


def test_large_whole_columns_stay_exact(worker, program) -> None:
    """Whole columns of 1e11 come back to the last unit."""
    arrays = program(
        [([1, 1], -INF, 123_456_789_013), ([1, 0], 98_765_432_101, INF)],
        [1, 2],
        upper=[1e12, 1e12],
    )
    solution = worker.solve(arrays, SolveOptions())
    assert solution.x.tolist() == [98_765_432_101, 24_691_356_912]


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_mixed_canary(name, program) -> None:
    """Min 2x + 3z, x + z >= 4.5, z whole is 9; HiGHS 1.14.0 says 15."""
    arrays = program(
        [([1, 1], 4.5, INF)], [-2, -3], upper=[100, 100], integer=[False, True]
    )
    with open_worker(name) as worker:
        solution = worker.solve(arrays, SolveOptions())
    check_optimal(solution, -9)
    assert solution.x == pytest.approx([4.5, 0])


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_without_whole_columns(name, program) -> None:
    """A program of continuous columns only has an optimum and a bound too."""
    arrays = program([([1, 2], -INF, 2.5)], [1, 1], integer=[False, False])
    with open_worker(name) as worker:
        check_optimal(worker.solve(arrays, SolveOptions()), 1.75)


def test_cpsat_refuses_continuous_columns(program) -> None:
    """CP-SAT does not round a continuous column: it names it and offers a remedy."""
    arrays = program([], [1, 1], integer=[True, False])
    with open_worker("cpsat") as worker:
        solution = worker.solve(arrays, SolveOptions())
    assert (solution.status, solution.stop) == (Status.UNKNOWN, Stop.FAILED)
    assert "column 1 is continuous" in solution.message
    assert "highs or cbc" in solution.message


def test_highs_refuses_coefficients_it_would_drop(program) -> None:
    """A coefficient below 1e-9, which HiGHS would silently drop, is a failure."""
    arrays = program([([1e-10, 1], -INF, 1)], [1, 1], upper=[1e9, 1])
    with open_worker("highs") as worker:
        solution = worker.solve(arrays, SolveOptions())
    assert (solution.status, solution.stop) == (Status.UNKNOWN, Stop.FAILED)
    assert "units" in solution.message


def random_program(seed: int, program) -> Arrays:
    """Small program with decimals, negative bounds and every kind of row."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 6))
    lower = rng.integers(-2, 1, n)
    upper = lower + rng.integers(1, 4, n)
    rows = []
    for _ in range(int(rng.integers(1, 5))):
        row = rng.integers(-500, 500, n) / 10.0 ** rng.integers(0, 3)
        row[rng.random(n) < 0.3] = 0
        # A row is drawn around a whole point, so that not all are infeasible.
        middle = round(float(row @ rng.integers(lower, upper + 1)), 6)
        width = float(rng.integers(0, 50))
        kind = rng.integers(4)
        rows.append(
            (
                row,
                -INF if kind in (0, 3) else middle - (0 if kind == 2 else width),
                INF if kind in (1, 3) else middle + (0 if kind == 2 else width),
            )
        )
    points = rng.integers(-(10**11), 10**11, n) / 1e9
    return program(rows, points, lower=lower, upper=upper, offset=float(rng.random()))


def brute_force(arrays: Arrays) -> float | None:
    """Optimum by trying every whole vector."""
    ranges = [
        range(int(low), int(high) + 1)
        for low, high in zip(arrays.lower, arrays.upper, strict=True)
    ]
    points = np.array(list(itertools.product(*ranges)), dtype=float)
    feasible = [x for x in points if keeps_rows(arrays, x, slack=1e-7)]
    values = [float(arrays.objective @ x) + arrays.offset for x in feasible]
    return max(values, default=None)


def test_backends_agree_with_brute_force(program) -> None:
    """On 60 seeded programs all backends find what trying everything finds."""
    programs = [random_program(seed, program) for seed in range(60)]
    truths = [brute_force(arrays) for arrays in programs]
    assert 5 < sum(truth is None for truth in truths) < 40
    for name in BACKENDS:
        with open_worker(name) as worker:
            for arrays, truth in zip(programs, truths, strict=True):
                solution = worker.solve(arrays, SolveOptions())
                if truth is None:
                    assert solution.status is Status.INFEASIBLE
                else:
                    check_optimal(solution, truth)
                    assert keeps_rows(arrays, solution.x)

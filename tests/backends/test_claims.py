"""What may be believed of an answer, before any rule of the domain is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.backends.claims import accept, rounded
from matcher.program.solution import Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from matcher.program.program import Arrays

INF = np.inf


@pytest.fixture
def pair(program) -> Arrays:
    """Two yes-or-no columns worth 2 and 1, of which one may be taken."""
    return program([([1, 1], -INF, 1)], [2, 1])


def an_answer(**changes: object) -> Solution:
    """The sound optimum of the pair, or with changes."""
    values = {
        "status": Status.OPTIMAL,
        "stop": Stop.FINISHED,
        "x": np.array([1.0, 0.0]),
        "objective": 2.0,
        "bound": 2.0,
        "seconds": 0.1,
        "backend": "stub",
        "version": "1",
        "native_status": "fine",
    }
    return Solution(**(values | changes))


def test_sound_answer_is_taken_as_it_is(pair) -> None:
    """Nothing is lost or added on the way of a right answer."""
    taken = accept(an_answer(), pair, SolveOptions())
    assert (taken.status, taken.objective, taken.bound) == (Status.OPTIMAL, 2.0, 2.0)
    assert taken.x.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x": None, "objective": None}, "sent none"),
        ({"x": np.zeros(3)}, r"\(3,\) values for 2 columns"),
        ({"x": np.zeros(1)}, r"\(1,\) values for 2 columns"),
        ({"x": np.array([np.nan, 0.0])}, "no numbers"),
        ({"x": np.array([np.inf, 0.0])}, "no numbers"),
        ({"objective": None}, "stated the value None"),
        ({"objective": np.nan}, "stated the value nan"),
        ({"bound": np.nan}, "stated the bound nan"),
        ({"bound": np.inf}, "stated the bound inf"),
        ({"status": Status.INFEASIBLE}, "sent an answer and said infeasible"),
        ({"x": np.array([0.5, 0.0])}, "column 0, which must be whole"),
        ({"x": np.array([0.0, 2.0])}, "column 1, which lies in 0.0 to 1.0"),
        ({"x": np.array([-1.0, 0.0])}, "column 0, which lies in 0.0 to 1.0"),
        ({"x": np.array([1.0, 1.0])}, "breaks row 0: 2.0 is not -inf to 1.0"),
        ({"x": np.array([0.0, 1.0])}, "stated the value 2.0 for an answer worth 1.0"),
        ({"bound": 1.5}, "bound 1.5 below its own answer 2.0"),
        ({"bound": 2.5}, "optimum 2.0 under the bound 2.5"),
    ],
)
def test_refused(pair, changes, words) -> None:
    """Malformed, broken or self-contradicting answers are failures that say why."""
    taken = accept(an_answer(**changes), pair, SolveOptions())
    assert (taken.status, taken.stop, taken.x) == (Status.UNKNOWN, Stop.FAILED, None)
    assert re.search(words, taken.message), taken.message


def test_optimum_without_a_bound_is_only_feasible(pair) -> None:
    """Nothing contradicts it, but nothing proves it either."""
    taken = accept(an_answer(bound=None), pair, SolveOptions())
    assert (taken.status, taken.bound) == (Status.FEASIBLE, None)
    assert "without a bound" in taken.message


def test_the_gap_asked_for_is_granted(pair) -> None:
    """An optimum within the gap is one; the same bound at gap 0 is a contradiction."""
    answer = an_answer(bound=2.15)
    assert accept(answer, pair, SolveOptions(gap=0.1)).status is Status.OPTIMAL
    assert accept(answer, pair, SolveOptions()).stop is Stop.FAILED


NOTHING = {"x": None, "objective": None, "bound": None}


def test_infeasible_is_refuted_by_doing_nothing(pair) -> None:
    """Where zero keeps every row, no proof of infeasibility can be right."""
    claim = an_answer(status=Status.INFEASIBLE, **NOTHING)
    taken = accept(claim, pair, SolveOptions())
    assert taken.stop is Stop.FAILED
    assert "called infeasible what has an answer" in taken.message


def test_infeasible_is_refuted_by_the_start(program) -> None:
    """So it is by a start vector, or one found on the way, that keeps every row."""
    arrays = program([([1, 1], 1, 1)], [2, 1])
    claim = an_answer(status=Status.INFEASIBLE, **NOTHING)
    good = np.array([0.0, 1.0])
    assert accept(claim, arrays, SolveOptions()).status is Status.INFEASIBLE
    assert accept(claim, arrays, SolveOptions(start=good)).stop is Stop.FAILED
    assert accept(claim, arrays, SolveOptions(), found=good).stop is Stop.FAILED
    bad = np.array([1.0, 1.0])
    assert accept(claim, arrays, SolveOptions(start=bad)).status is Status.INFEASIBLE


def test_bound_is_refuted_by_a_better_start(pair) -> None:
    """An optimum below an answer that is known to exist is none."""
    worse = an_answer(x=np.array([0.0, 1.0]), objective=1.0, bound=1.0)
    assert accept(worse, pair, SolveOptions()).status is Status.OPTIMAL
    start = SolveOptions(start=np.array([1.0, 0.0]))
    taken = accept(worse, pair, start)
    assert taken.stop is Stop.FAILED
    assert "bound 1.0, though an answer of 2.0 exists" in taken.message


def test_round_off_is_granted(program) -> None:
    """Sums of 1e11 may miss their last digits, as doubles do."""
    arrays = program(
        [([1e11, 1.0], -INF, 1e11)], [1e11, 1], upper=[1, 5], integer=[True, False]
    )
    x = np.array([1.0, 0.5])  # breaks the row by a part in 2e11
    answer = an_answer(x=x, objective=1e11 + 0.5 + 1e4, bound=1e11 + 0.5 + 1e4)
    assert accept(answer, arrays, SolveOptions()).status is Status.OPTIMAL


def test_whole_values_are_rounded_only_when_near(program) -> None:
    """Rounding covers solver noise, and never touches a continuous column."""
    arrays = program([], [1, 1, 1, 1], integer=[True, True, True, False])
    x = rounded(np.array([1 - 1e-7, -1e-9, 0.4, 1 - 1e-7]), arrays)
    assert x.tolist() == [1.0, 0.0, 0.4, 1 - 1e-7]
    assert not np.signbit(x[1])

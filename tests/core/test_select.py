"""Portfolios under several budgets, against every choice there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matcher.core._results import kept
from matcher.core._solve import Answer, columns, matrix_of
from matcher.core.select import select
from matcher.errors import AnswerRejected

pytestmark = pytest.mark.usefixtures("shared")

BACKENDS = ("highs", "cpsat", "cbc")

VALUE = [10, 7, 3, 8.5]
USE = [[5, 4, 1, 4], [1, 0, 2, 3]]
BUDGET = [9, 4]


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of a small portfolio."""
    n, m = draw(st.integers(0, 6)), draw(st.integers(0, 2))
    whole = st.integers(0, 6)
    rows = lambda k, of: [draw(st.lists(of, min_size=n, max_size=n)) for _ in range(k)]  # noqa: E731
    things = st.integers(0, max(n - 1, 0))
    few = st.lists(things, unique=True, max_size=3) if n else st.just([])
    quarters = st.integers(-8, 24).map(lambda q: q / 4)
    return {
        "value": rows(1, quarters)[0],
        "use": np.array(rows(m, whole), dtype=float).reshape(m, n),
        "budget": draw(st.lists(st.integers(0, 12), min_size=m, max_size=m)),
        "at_least": (
            np.array(rows(1, whole), dtype=float).reshape(1, n),
            [draw(st.integers(0, 8))],
        ),
        "exclusive": draw(st.lists(few, max_size=2)),
        "requires": np.array(
            draw(st.lists(st.tuples(things, things), max_size=2 if n else 0))
        ).reshape(-1, 2),
        "sense": draw(st.sampled_from(["max", "min"])),
    }


def best_of_all(given: dict[str, Any]) -> float | None:
    """Value of the best choice, found by trying every one."""
    n, (gain, least) = len(given["value"]), given["at_least"]
    found = []
    for taken in itertools.product((0, 1), repeat=n):
        x = np.array(taken, dtype=float)
        fits = (
            (given["use"] @ x <= given["budget"]).all()
            and (gain @ x >= least).all()
            and all(sum(taken[j] for j in group) <= 1 for group in given["exclusive"])
            and all(taken[a] <= taken[b] for a, b in given["requires"])
        )  # fmt: skip
        if fits:
            found.append(
                sum(v for v, t in zip(given["value"], taken, strict=True) if t)
            )
    pick = max if given["sense"] == "max" else min
    return pick(found) if found else None


@settings(max_examples=40, deadline=None)
@given(drawn(), st.sampled_from(BACKENDS))
def test_the_best_of_all_choices(arguments: dict[str, Any], backend: str) -> None:
    """Every solver finds what trying every choice finds, and proves it."""
    best = best_of_all(arguments)
    found = select(**arguments, backend=backend)
    if best is None:
        assert (found.status, found.chosen) == ("infeasible", None)
        return
    assert (found.status, found.objective) == ("optimal", best)
    assert found.gap == pytest.approx(0, abs=1e-6)  # CBC keeps off its own value
    assert found.backend == backend
    assert found.chosen is not None
    assert (arguments["use"] @ found.chosen <= arguments["budget"]).all()


@settings(max_examples=10, deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_what_may_not_matter(arguments: dict[str, Any], random: Any) -> None:
    """More budget never lowers the value; the order of rows and things is nothing."""
    arguments |= {"sense": "max", "exclusive": [], "requires": None}
    base = select(**arguments).objective
    more = arguments | {"budget": [limit + 2 for limit in arguments["budget"]]}
    richer = select(**more).objective
    assert base is None or (richer is not None and richer >= base)
    rows, things = (
        list(range(len(arguments["budget"]))),
        list(range(len(arguments["value"]))),
    )
    random.shuffle(rows)
    random.shuffle(things)
    gain, least = arguments["at_least"]
    turned = arguments | {
        "value": np.array(arguments["value"], dtype=float)[things],
        "use": arguments["use"][rows][:, things],
        "budget": np.array(arguments["budget"], dtype=float)[rows],
        "at_least": (gain[:, things], least),
    }
    assert select(**turned).objective == base


def test_fractions_and_sparse_matrices() -> None:
    """Values and uses with decimals count as they are; a sparse use says the same."""
    dense = select(VALUE, USE, BUDGET)
    sparse = select(VALUE, csr_array(np.array(USE, dtype=float)), BUDGET)
    assert dense.chosen is not None
    assert dense.chosen.tolist() == [True, False, False, True]
    assert sparse.objective == dense.objective == 18.5
    tight = select([1, 1, 1], [[0.1, 0.2, 0.3]], [0.3])
    assert tight.objective == 2.0


def test_the_cheapest_that_reaches_a_minimum() -> None:
    """Smallest cost with two sums to be reached."""
    found = select(
        [4, 3, 5], np.zeros((0, 3)), [], at_least=([[1, 1, 2], [0, 2, 1]], [2, 1]),
        sense="min",
    )  # fmt: skip
    assert found.chosen is not None
    assert found.chosen.tolist() == [False, False, True]
    assert found.objective == 5
    assert found.bound == 5


def test_groups_by_index_or_by_yes_and_no() -> None:
    """Both say the same."""
    listed = select(VALUE, USE, BUDGET, exclusive=[[0, 3], [1, 2]])
    masks = np.array([[1, 0, 0, 1], [0, 1, 1, 0]], dtype=bool)
    assert select(VALUE, USE, BUDGET, exclusive=list(masks)).objective == 17
    assert listed.objective == 17


def test_a_budget_without_limit() -> None:
    """Infinity stands for no limit, for one budget or for all."""
    assert select(VALUE, USE, np.inf).objective == sum(VALUE)
    assert select(VALUE, USE, [9, np.inf]).objective == 18.5


def test_nothing_to_choose_from() -> None:
    """An empty portfolio is the best of none; it reaches no minimum."""
    empty = select([], np.zeros((2, 0)), [1, 2])
    assert (empty.status, empty.objective) == ("optimal", 0.0)
    short = select([], np.zeros((0, 0)), [], at_least=(np.zeros((1, 0)), [1]))
    assert short.status == "infeasible"


def test_a_result_is_one_line_and_read_only() -> None:
    """It shows what was decided, and nobody changes it by accident."""
    found = select(VALUE, USE, BUDGET)
    line = "Selection(2 of 4 chosen, optimal, objective 18.5, bound 18.5)"
    assert repr(found) == line
    assert found.chosen is not None
    with pytest.raises(ValueError, match="read-only"):
        found.chosen[0] = False
    none = select(VALUE, USE, BUDGET, at_least=([[1, 1, 1, 1]], [5]))
    assert repr(none) == "Selection(no plan, infeasible)"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": [1, np.nan, 2, 3]}, r"value\[1\] is nan"),
        ({"value": [[1, 2]]}, "value has shape"),
        ({"use": [[1, 2, 3]]}, "use has shape"),
        ({"use": [[1, 2, -3, 4], [0, 0, 0, 0]]}, r"use\[0, 2\] is -3.0"),
        ({"budget": [1]}, "budget has shape"),
        ({"budget": [4, -1]}, r"budget\[1\] is -1.0"),
        ({"budget": [4, np.nan]}, r"budget\[1\] is nan"),
        ({"at_least": ([[1, 2]], [1])}, r"at_least\[0\] has shape"),
        ({"at_least": ([[1, 2, 3, 4]], [1, 2])}, r"at_least\[1\] has shape"),
        ({"exclusive": [[0, 1], [2, 9]]}, r"exclusive\[1\]\[1\] is 9"),
        ({"exclusive": [[0, 0]]}, r"exclusive\[0\]\[1\] is 0; it must stand there"),
        ({"exclusive": [[True, False]]}, r"exclusive\[0\] has shape \(2,\)"),
        ({"requires": [[0, 4]]}, r"requires\[0, 1\] is 4"),
        ({"requires": [[0, 0.5]]}, r"requires\[0, 1\] is 0.5"),
        ({"sense": "mx"}, "sense is 'mx'"),
        ({"backend": "hihgs"}, "backend is 'hihgs'"),
        ({"gap": -1}, "gap is -1"),
        ({"time_limit": -1}, "time_limit is -1"),
    ],
)  # fmt: skip
def test_wrong_arguments(changes: dict[str, Any], message: str) -> None:
    """Each is refused by argument, index and value."""
    arguments = {"value": VALUE, "use": USE, "budget": BUDGET} | changes
    with pytest.raises(ValueError, match=message):
        select(**arguments)


def test_an_overrun_budget_is_no_plan() -> None:
    """What a solver's tolerance lets pass is refused, whichever side it is on."""
    one = np.zeros(1, dtype=np.int64)
    row = matrix_of(one, one, 1.0, (1, 1))
    arrays = columns(np.ones(1)).with_rows(row, np.zeros(1), np.array([0.999999]))
    answer = Answer("optimal", np.ones(1), 1.0, 0.0, "highs")
    with pytest.raises(AnswerRejected, match="breaks a limit by 1e-06"):
        kept(arrays, answer)

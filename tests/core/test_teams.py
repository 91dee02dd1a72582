"""Teams for cases that compete for the same people, against every plan there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.cover import cover
from matcher.core.teams import teams

pytestmark = pytest.mark.usefixtures("shared")

VALUE = [[1, 2], [2, 1], [5, -3]]
LEVEL = [[1, 0], [0, 2], [3, 3]]
REQUIRED = [[1, 2], [3, 0]]


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of a small competition: at most eight memberships."""
    n, d = draw(
        st.sampled_from([(0, 1), (1, 2), (2, 2), (3, 2), (4, 2), (2, 3), (3, 1)])
    )
    k = draw(st.integers(0, 2))
    level = st.integers(0, 3)
    grid = lambda of, a, b: np.array(  # noqa: E731
        [draw(st.lists(of, min_size=b, max_size=b)) for _ in range(a)]
    ).reshape(a, b)
    pairs = [(i, j) for i in range(n) for j in range(d)]
    chosen = (
        draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)) if pairs else []
    )
    fixed = draw(st.integers(0, 1))
    least = draw(st.integers(0, 2))
    return {
        "value": grid(st.integers(-4, 12).map(lambda q: q / 4), n, d).astype(float),
        "level": grid(level, n, k),
        "required": grid(level, d, k),
        "total": grid(st.sampled_from([0, 0, 3]), d, k),
        "capacity": grid(st.integers(0, 3), 1, n)[0],
        "effort": draw(st.sampled_from([None, grid(st.integers(0, 2), n, d)])),
        "success": grid(st.sampled_from([0.0, 0.25, 0.5, 1.0]), 1, d)[0],
        "size": (least, draw(st.sampled_from([None, least + 1]))),
        "states": [draw(st.sampled_from("ab")) for _ in range(n)],
        "min_states": grid(st.integers(0, 2), 1, d)[0],
        "fix": np.array(chosen[:fixed]).reshape(-1, 2),
        "forbid": np.array(chosen[fixed:]).reshape(-1, 2),
    }


def holds(given: dict[str, Any], d: int, team: list[int]) -> bool:
    """Whether a team may run a case."""
    levels = given["level"][team]
    best, sums = levels.max(axis=0, initial=0), levels.sum(axis=0)
    least, most = given["size"]
    return bool(
        least <= len(team) <= (len(given["level"]) if most is None else most)
        and len({given["states"][i] for i in team}) >= given["min_states"][d]
        and (best >= given["required"][d]).all()
        and (sums >= given["total"][d]).all()
    )


def best_of_all(given: dict[str, Any]) -> float | None:
    """Expected value of the best plan; an empty team stands for a case not launched."""
    n, d = given["value"].shape
    effort = np.ones((n, d)) if given["effort"] is None else given["effort"]
    found = []
    for bits in itertools.product((0, 1), repeat=n * d):
        x = np.array(bits, dtype=int).reshape(n, d)
        groups = [np.nonzero(x[:, j])[0].tolist() for j in range(d)]
        fits = (
            all(not team or holds(given, j, team) for j, team in enumerate(groups))
            and ((effort * x).sum(axis=1) <= given["capacity"]).all()
            and all(x[i, j] for i, j in given["fix"])
            and not any(x[i, j] for i, j in given["forbid"])
        )
        if fits:
            found.append(float((given["value"] * x * given["success"]).sum()))
    return max(found, default=None)


@settings(max_examples=40, deadline=None)
@given(drawn(), st.sampled_from(("highs", "cpsat", "cbc")))
def test_the_best_of_all_plans(arguments: dict[str, Any], backend: str) -> None:
    """Every solver finds what trying every plan finds; what is launched is covered."""
    best = best_of_all(arguments)
    found = teams(**arguments, backend=backend)
    if best is None:
        assert (found.status, found.launched, found.members) == (
            "infeasible",
            None,
            None,
        )
        return
    assert (found.status, found.objective) == ("optimal", best)
    assert found.gap == pytest.approx(0, abs=1e-6)  # CBC keeps off its own value
    assert found.launched is not None
    assert found.members is not None
    assert found.providers is not None
    for d, launched in enumerate(found.launched):
        team = np.nonzero(found.members[:, d])[0].tolist()
        assert holds(arguments, d, team) if launched else not team
        named = found.providers[d] >= 0
        asked = np.array(arguments["required"][d]) > 0
        assert (named == (asked & launched)).all()
        for k in np.nonzero(named)[0]:
            assert found.providers[d, k] in team


@settings(max_examples=8, deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_what_may_not_matter(arguments: dict[str, Any], random: Any) -> None:
    """More capacity never lowers the value; the order of cases is nothing."""
    arguments |= {"fix": None, "forbid": None}
    base = teams(**arguments).objective
    assert base is not None
    more = teams(**arguments | {"capacity": arguments["capacity"] + 1}).objective
    assert more is not None
    assert more >= base
    order = list(range(arguments["value"].shape[1]))
    random.shuffle(order)
    turned = {
        name: arguments[name][order]
        for name in ("required", "total", "success", "min_states")
    } | {"value": arguments["value"][:, order]}
    if arguments["effort"] is not None:
        turned["effort"] = arguments["effort"][:, order]
    assert teams(**arguments | turned).objective == base


def test_one_case_is_one_team() -> None:
    """A single case that is worth it gets the team that `cover` finds."""
    case = teams(np.array([[3], [1], [-2]]), LEVEL, [[1, 2]])
    team = cover([3, 1, -2], LEVEL, [1, 2])
    assert case.members is not None
    assert team.members is not None
    assert case.members[:, 0].tolist() == team.members.tolist()
    assert case.objective == team.objective


def test_all_or_nothing_and_chances() -> None:
    """Both cases need the third candidate; the chances decide which one gets it."""
    sure = teams(VALUE, LEVEL, REQUIRED, success=[0.5, 0.3])
    assert sure.launched is not None
    assert sure.launched.tolist() == [True, False]
    assert sure.objective == 4
    assert sure.providers is not None
    assert sure.providers.tolist() == [[2, 2], [-1, -1]]
    assert repr(sure) == "Teams(1 of 2 cases launched, optimal, objective 4, bound 4)"
    hopeless = teams(VALUE, LEVEL, [[4, 0], [0, 4]])
    assert hopeless.objective == 0
    assert hopeless.members is not None
    assert not hopeless.members.any()
    forced = teams(VALUE, LEVEL, [[4, 0], [0, 4]], fix=[[0, 1]])
    assert repr(forced) == "Teams(no plan, infeasible)"
    unlimited = teams(VALUE, LEVEL, REQUIRED, capacity=np.inf)
    assert unlimited.objective == 8


def test_no_cases_and_nobody() -> None:
    """Without cases or candidates nothing is launched, and that is the best."""
    assert teams(np.zeros((2, 0)), np.zeros((2, 1)), np.zeros((0, 1))).objective == 0
    nobody = teams(np.zeros((0, 2)), np.zeros((0, 1)), [[1], [0]])
    assert (nobody.status, nobody.objective) == ("optimal", 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": [[1, 2]] * 2}, "value has shape"),
        ({"value": [[1], [2], [3]]}, "value has shape"),
        ({"required": [1, 2]}, "required has shape"),
        ({"level": [[1, 0], [0, -2], [3, 3]]}, r"level\[1, 1\] is -2.0"),
        ({"capacity": [1, -1, 2]}, r"capacity\[1\] is -1.0"),
        ({"capacity": [1, 2]}, "capacity has shape"),
        ({"effort": [[1, 1], [1, np.nan], [1, 1]]}, r"effort\[1, 1\] is nan"),
        ({"success": [0.5, 1.5]}, r"success\[1\] is 1.5"),
        ({"success": 2}, r"success is 2.0"),
        ({"size": (2, [3, 1])}, r"size\[1\]\[1\] is 1; it must be 2 or more"),
        ({"min_states": [1, 2]}, "states is None"),
        ({"fix": [[0, 2]]}, r"fix\[0\] is \(0, 2\)"),
        ({"fix": [[0, 1]], "forbid": [[1, 1], [0, 1]]}, r"forbid holds \(0, 1\)"),
        ({"total": [[1, 2]]}, "total has shape"),
    ],
)  # fmt: skip
def test_wrong_arguments(changes: dict[str, Any], message: str) -> None:
    """Each is refused by argument, index and value."""
    arguments = {"value": VALUE, "level": LEVEL, "required": REQUIRED} | changes
    with pytest.raises(ValueError, match=message):
        teams(**arguments)

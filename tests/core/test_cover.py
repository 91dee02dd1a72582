"""One team that covers what it is asked for, against every team there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.cover import cover

pytestmark = pytest.mark.usefixtures("shared")

VALUE = [3, 1, -2, 4]
LEVEL = [[1, 0], [0, 2], [3, 3], [0, 0]]
REQUIRED = [1, 2]


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of a small search for a team."""
    n, k = draw(st.integers(0, 6)), draw(st.integers(0, 3))
    level = st.integers(0, 3)
    row = lambda of, size: draw(st.lists(of, min_size=size, max_size=size))  # noqa: E731
    least = draw(st.integers(0, 2))
    who = st.integers(0, max(n - 1, 0))
    fix = draw(st.lists(who, unique=True, max_size=1 if n else 0))
    forbid = [i for i in draw(st.lists(who, unique=True, max_size=2)) if i < n]
    return {
        "value": row(st.integers(-8, 16).map(lambda q: q / 4), n),
        "level": np.array([row(level, k) for _ in range(n)]).reshape(n, k),
        "required": row(level, k),
        "total": row(st.sampled_from([0, 0, 2, 5]), k),
        "size": (least, draw(st.sampled_from([None, least + 1, least + 2]))),
        "states": row(st.sampled_from("abc"), n),
        "min_states": draw(st.integers(0, 3)),
        "fix": fix,
        "forbid": [i for i in forbid if i not in fix],
    }


def best_of_all(given: dict[str, Any]) -> float | None:
    """Value of the best team, found by trying every one."""
    n, k = given["level"].shape
    least, most = given["size"]
    found = []
    for taken in itertools.product((False, True), repeat=n):
        team = [i for i in range(n) if taken[i]]
        levels = [[given["level"][i][j] for i in team] for j in range(k)]
        fits = (
            least <= len(team) <= (n if most is None else most)
            and set(given["fix"]) <= set(team)
            and not set(given["forbid"]) & set(team)
            and len({given["states"][i] for i in team}) >= given["min_states"]
            and all(max(levels[j], default=0) >= given["required"][j] for j in range(k))
            and all(sum(levels[j]) >= given["total"][j] for j in range(k))
        )
        if fits:
            found.append(sum(given["value"][i] for i in team))
    return max(found, default=None)


@settings(max_examples=40, deadline=None)
@given(drawn(), st.sampled_from(("highs", "cpsat", "cbc")))
def test_the_best_of_all_teams(arguments: dict[str, Any], backend: str) -> None:
    """Every solver finds what trying every team finds; the named ones provide."""
    best = best_of_all(arguments)
    found = cover(**arguments, backend=backend)
    if best is None:
        assert (found.status, found.members, found.providers) == (
            "infeasible",
            None,
            None,
        )
        return
    assert (found.status, found.objective) == ("optimal", best)
    assert found.gap == pytest.approx(0, abs=1e-6)  # CBC keeps off its own value
    assert found.members is not None
    assert found.providers is not None
    for j, (asked, who) in enumerate(
        zip(arguments["required"], found.providers, strict=True)
    ):
        if asked:
            best_level = arguments["level"][found.members, j].max()
            assert found.members[who]
            assert arguments["level"][who, j] == best_level >= asked
        else:
            assert who == -1


@settings(max_examples=10, deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_what_may_not_matter(arguments: dict[str, Any], random: Any) -> None:
    """One more candidate never lowers the value; the order of candidates is nothing."""
    arguments |= {"fix": None, "forbid": None}
    base = cover(**arguments).objective
    n = len(arguments["value"])
    order = list(range(n))
    random.shuffle(order)
    turned = arguments | {
        "value": [arguments["value"][i] for i in order],
        "level": arguments["level"][order],
        "states": [arguments["states"][i] for i in order],
    }
    assert cover(**turned).objective == base
    k = arguments["level"].shape[1]
    wider = arguments | {
        "value": [*arguments["value"], -1],
        "level": np.vstack([arguments["level"], np.full((1, k), 3)]),
        "states": [*arguments["states"], "d"],
    }
    with_one_more = cover(**wider).objective
    assert base is None or (with_one_more is not None and with_one_more >= base)


def test_a_team_by_hand() -> None:
    """The best, the smallest that covers, and one with somebody who must be in it."""
    free = cover(VALUE, LEVEL, REQUIRED)
    assert free.members is not None
    assert free.members.tolist() == [True, True, False, True]
    assert free.providers is not None
    assert free.providers.tolist() == [0, 1]
    assert repr(free) == "Team(3 of 4 candidates, optimal, objective 8, bound 8)"
    alone = cover(VALUE, LEVEL, REQUIRED, size=(1, 1))
    assert (alone.objective, alone.providers.tolist()) == (-2, [2, 2])  # type: ignore[union-attr]
    mixed = cover(
        VALUE, LEVEL, REQUIRED, size=(2, 2), fix=[0], states=list("aabb"), min_states=2
    )
    assert mixed.objective == 1
    assert cover(VALUE, LEVEL, [0, 0], size=(0, 0)).objective == 0


def test_no_team_and_nobody() -> None:
    """A level nobody has cannot be covered, nor can anything by nobody."""
    assert cover(VALUE, LEVEL, [4, 0]).status == "infeasible"
    assert cover([], np.zeros((0, 1)), [1]).status == "infeasible"
    assert cover([], np.zeros((0, 1)), [0], size=(0, None)).objective == 0
    assert repr(cover(VALUE, LEVEL, [4, 0])) == "Team(no plan, infeasible)"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": [1, 2, 3]}, "value has shape"),
        ({"value": [1, 2, np.inf, 3]}, r"value\[2\] is inf"),
        ({"level": [[1, 0, 0]] * 4}, "level has shape"),
        ({"level": [[1, 0], [0, 2], [3, 0.5], [0, 0]]}, r"level\[2, 1\] is 0.5"),
        ({"level": [[1, 0], [0, 2], [3, np.nan], [0, 0]]}, r"level\[2, 1\] is nan"),
        ({"required": [1, -1]}, r"required\[1\] is -1.0"),
        ({"total": [1]}, "total has shape"),
        ({"size": (3, 2)}, r"size\[1\] is 2; it must be 3 or more"),
        ({"size": 2}, "size is 2; it must be a pair"),
        ({"size": (-1, None)}, r"size\[0\] is -1.0"),
        ({"min_states": 2}, "states is None"),
        ({"states": ["a", "b"]}, "states has shape"),
        ({"states": ["a", "b", None, "c"]}, r"states\[2\] is None"),
        ({"states": np.array(["a", "b", 1, "c"], dtype=object)}, "of several kinds"),
        ({"fix": [4]}, r"fix\[0\] is 4"),
        ({"fix": [1], "forbid": [0, 1]}, r"forbid\[1\] is 1; it must not stand in fix"),
        ({"backend": "gurobi"}, "backend is 'gurobi'"),
    ],
)  # fmt: skip
def test_wrong_arguments(changes: dict[str, Any], message: str) -> None:
    """Each is refused by argument, index and value."""
    arguments = {"value": VALUE, "level": LEVEL, "required": REQUIRED} | changes
    with pytest.raises(ValueError, match=message):
        cover(**arguments)

"""Fair assignments, against sorting every plan by the values of its rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core import assign
from tests.core.assignments import BACKENDS, EASY, Given, Shared, check, drawn

pytestmark = pytest.mark.usefixtures("shared")


@settings(EASY, max_examples=70)
@given(drawn(), st.sampled_from(["max_min", "leximin"]), st.sampled_from(BACKENDS))
def test_fairness(given: Given, objective: str, backend: str) -> None:
    """The worst row first, and row after row, as by sorting every plan."""
    check(given, objective, assign(**given, objective=objective, backend=backend))


@settings(EASY, max_examples=40)
@given(drawn(most=2), st.sampled_from(["auto", "highs", "cbc"]))
def test_the_worst_row_of_many_to_many(given: Given, backend: str) -> None:
    """Where a row's value is a sum, the worst sum comes first."""
    check(given, "max_min", assign(**given, objective="max_min", backend=backend))


@pytest.mark.parametrize("seed", range(7, 15))
def test_leximin_goes_on_behind_the_worst_row(seed: int) -> None:
    """Six rows of different luck, against every order of seats."""
    value = np.random.default_rng(seed).integers(0, 9, (6, 6)).astype(float)
    found = assign(value, per_column=(0, 1), objective="leximin")
    seats = np.array(list(itertools.permutations(range(6))))
    best = max(sorted(value[np.arange(6), seat]) for seat in seats)
    assert sorted(value[np.arange(6), found.choice]) == best
    assert found.worst == best[0]


@pytest.mark.parametrize("patience", range(9))
@pytest.mark.parametrize(
    ("objective", "most"), [("max_min", 1), ("max_min", 2), ("leximin", 1)]
)
def test_fair_plans_out_of_time(
    objective: str, most: int, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan that was reached is told, without a bound; more time is never worse."""
    rng = np.random.default_rng(3)
    given: Given = {
        "value": rng.integers(0, 30, (9, 3)), "use": rng.integers(1, 4, (9, 3)),
        "capacity": 6, "per_row": (1, most), "objective": objective,
    }  # fmt: skip
    best = assign(**given)
    monkeypatch.setattr(Shared, "patience", patience)
    found = assign(**given)
    assert found.status in ("unknown", "feasible", "optimal")
    assert (found.status == "unknown") == (patience == 0)
    if found.status == "optimal":
        assert (found.worst, found.objective) == (best.worst, best.objective)
    elif found.worst is not None:
        assert best.worst is not None
        assert found.worst <= best.worst
        assert found.bound is found.gap is None

"""What a bound proves, once the plan's value is known exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.engine.certify import proven_bound, reconciled, step_of
from matcher.errors import AnswerRejected
from matcher.program.builder import POINT_DECIMALS
from matcher.program.program import Arrays
from matcher.proposal.proposal import Proposal
from tests.tiny import PAID, grant, pay, plan, tiny
from tests.verify.honest import honest

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting

F = Fraction


def priced(*points: float, whole: bool = True) -> Arrays:
    """A program without rows whose columns carry these points, rounded as built."""
    n = len(points)
    none = np.zeros(0)
    return Arrays(
        indptr=np.zeros(1, dtype=np.int64), indices=np.zeros(0, dtype=np.int64),
        data=none, row_lower=none, row_upper=none, lower=np.zeros(n), upper=np.ones(n),
        objective=np.round(np.array(points, dtype=float), POINT_DECIMALS),
        integer=np.full(n, whole),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("points", "step"),
    [
        ((2, 3), F(1)),
        ((0.5, 0.75, 0), F(1, 4)),
        ((0.1, 0.3), F(1, 10)),
        ((-1.5, 4.5), F(3, 2)),
        ((0.08, 0.1), F(1, 50)),
        ((), F(1)),
        ((0, 0), F(1)),
        ((1 / 3,), F(333_333_333, 10**9)),
        ((1, 1e-12), F(1)),
        ((1e-13,), F(1)),
    ],
)
def test_the_step_of_all_values(points: tuple[float, ...], step: Fraction) -> None:
    """Whole decisions with short decimals give values on a lattice of one step."""
    assert step_of(priced(*points)) == step


def test_points_on_money_have_no_step() -> None:
    """A continuous column with points takes any value; without points it does not."""
    assert step_of(priced(1.0, whole=False)) is None
    assert step_of(priced(0.0, whole=False)) == 1


@pytest.mark.parametrize(
    ("bound", "proven"),
    [
        (7.0, F(7)),
        (7.0000001, F(7)),
        (7.24, F(7)),
        (7.4999, F(7)),
        (7.5, F(15, 2)),
        (7.49999999, F(15, 2)),
        (6.9999999, F(7)),
    ],
)
def test_a_bound_less_than_a_step_away_proves_the_plan(
    bound: float, proven: Fraction
) -> None:
    """On a lattice of halves nothing lies between 7 and 7.5.

    A bound a hair below the plan itself is the solver's rounding.
    """
    assert proven_bound(priced(0.5, 1.5), F(7), bound) == proven


def test_large_values_are_no_excuse() -> None:
    """At 23 million points a ten-millionth is 2.3: four steps away is not proven."""
    far, near = 23_000_002.0, 23_000_000.2
    assert proven_bound(priced(0.5), F(23_000_000), far) == F(23_000_002)
    assert proven_bound(priced(0.5), F(23_000_000), near) == F(23_000_000)


def test_a_lattice_too_fine_for_solvers_is_none() -> None:
    """Points of a third give steps of a billionth, which no bound resolves."""
    assert proven_bound(priced(1 / 3), F(7), 7.0000000004) == F(7)


def test_without_a_step_the_bound_is_the_solvers() -> None:
    """No lattice, no rounding down: the claim stands as it is."""
    assert proven_bound(priced(1.0, whole=False), F(7), 7.25) == F(29, 4)
    assert proven_bound(priced(1.0, whole=False), F(7), 6.9999999) == F(7)


def test_a_plan_above_a_bound_is_refused() -> None:
    """A plan that holds and is worth more shows that the solver's bound is wrong."""
    with pytest.raises(AnswerRejected, match=r"no plan brings more than 6.75"):
        proven_bound(priced(1.0), F(7), 6.75)


@pytest.mark.parametrize("bound", [None, np.inf, -np.inf, np.nan])
def test_no_bound_proves_nothing(bound: float | None) -> None:
    """What the solver does not know is not known."""
    assert proven_bound(priced(1.0), F(7), bound) is None


def test_a_loose_bound_is_cut_to_the_lattice() -> None:
    """An early stop is still told on the lattice: 9.9 over halves proves 9.5."""
    assert proven_bound(priced(0.5), F(7), 9.9) == F(19, 2)


def answer(setting: Setting, members: str, bound: int | None) -> Proposal:
    """An answer with one case, of which the grant pays a part, and this bound."""
    paid = plan("D1", members, funding=(pay("A", 10), pay("A", 10, "g")))
    limit = None if bound is None else F(bound)
    return replace(honest(setting, paid, paid=True), bound=limit, status="feasible")


def none(status: str) -> Proposal:
    """An answer without a plan."""
    return Proposal("s", "", status, None, None)


def test_the_bound_on_what_is_needed_holds_for_what_is_fundable(tmp_path: Path) -> None:
    """A fundable plan as good as the needed bound is proven optimal by it."""
    setting = tiny(tmp_path, PAID)
    few, all_ = answer(setting, "AC", 7), answer(setting, "ABC", 12)
    needed, fundable = reconciled(few, all_, setting)
    assert (fundable.bound, fundable.status) == (7, "optimal")
    assert (needed.objective, needed.status) == (7, "optimal")
    (case,) = needed.cases
    assert (case.funding, case.gap) == ((), case.cost)
    assert needed.applications == ()


def test_answers_that_leave_nothing_to_sharpen_stay_as_they_are(tmp_path: Path) -> None:
    """A better needed plan stays, and nothing fundable says nothing."""
    setting = tiny(tmp_path, PAID)
    better, lesser = answer(setting, "ABC", 10), answer(setting, "BC", 6)
    needed, fundable = reconciled(better, lesser, setting)
    assert (needed, fundable.bound) == (better, 6)
    assert reconciled(better, none("unknown"), setting) == (better, none("unknown"))


@pytest.mark.parametrize("lesser", [True, False])
def test_answers_that_contradict_each_other_are_refused(
    tmp_path: Path, lesser: bool
) -> None:
    """More money rules cannot make more possible: one solve lied."""
    setting = tiny(tmp_path, PAID)
    needed = answer(setting, "BC", 6) if lesser else none("infeasible")
    with pytest.raises(AnswerRejected, match="worth more"):
        reconciled(needed, answer(setting, "ABC", 9), setting)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_counts_with_a_chance_is_compared_where_it_is_certain(
    tmp_path: Path, sign: int
) -> None:
    """With a chance of a half 7 points are 3.5 and a loss of 7 is one of 3.5.

    As what is needed both count in full, so that no bound on it is one on the other.
    """
    worth = {"one": sign, "two": 2 * sign, "four": 4 * sign}
    setting = tiny(
        tmp_path, PAID, books={"g": grant(success={"value": 0.5, "source": "S"})},
        objective={"expected": True, "parameters": {
            "cohesion": {"scheme": "worth", "points": worth}}},
    )  # fmt: skip
    paid = answer(setting, "ABC", 12)
    assert paid.objective == F(7, 2) * sign
    open_ = replace(honest(setting, plan("D1", "AB")), bound=F(7) * sign)
    needed, fundable = reconciled(replace(open_, objective=F(-8)), paid, setting)
    assert (needed.objective, needed.status) == (7 * sign, "optimal")
    assert fundable == paid

"""How better plans for many outcomes are found, and what limits them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.program.solution import SolveOptions
from matcher.study.risk import outcomes as o
from matcher.study.risk.ampler import Between
from matcher.study.risk.refine import Found, Search
from matcher.study.risk.relaxed import between
from matcher.study.risk.risk import all_of, risk
from matcher.study.risk.telling import Telling
from matcher.study.risk.twostage import Alone, Measure, TwoStage, two_stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.engine.solving import Workers
    from matcher.proposal.proposal import CasePlan
    from matcher.study.risk.twostage import Decided

OPTIONS = SolveOptions(gap=0.0, time_limit=60.0)


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers that proves its plans best."""
    return Desk(workers, OPTIONS)


def valued(desk: Desk) -> TwoStage:
    """The miniature's applications, with the best plan of every lot in every lot."""
    two = two_stage(desk, o.applications(matcher.load("miniature")))
    for i in range(len(two.lots)):
        plans = two.look(i, 0.0).plans
        assert plans is not None
        two.decided(plans)
    return two


def test_crossed_plans_are_no_worse_than_their_parents(desk: Desk) -> None:
    """Two plans, of 7.4 and 2.5 points, have one of 8.056 between them."""
    two, measure = valued(desk), Measure(Fraction(1, 10), Fraction(0))
    weights, better = all_of(two), set()
    telling = Telling(two, weights, measure)

    def worth(plan: Decided) -> Fraction:
        return measure.worth(weights, plan.values)

    for pair in combinations(two.plans, 2):
        parents = sorted(pair, key=worth, reverse=True)
        lots = telling.apart(parents, worth(parents[0]), ())
        plans = between(two, weights, measure, lots, parents, gap=0.0)
        assert plans is not None
        given = [set(roles(parent.cases)) for parent in parents]
        assert set(roles(plans)) <= given[0] | given[1]
        child = two.decided(plans)
        assert child is not None
        assert worth(child) >= worth(parents[0])
        if worth(child) > worth(parents[0]):
            better.add((*map(worth, parents), worth(child)))
    assert (Fraction(37, 5), Fraction(5, 2), Fraction(1007, 125)) in better


def roles(plans: Sequence[CasePlan]) -> Iterator[tuple[str, str, str]]:
    """Every region of every case with its role."""
    for plan in plans:
        yield plan.case, plan.lead, "lead"
        yield from ((plan.case, name, "member") for name in plan.members)
        yield from ((plan.case, name, "observer") for name in plan.observers)


def test_plans_are_crossed_until_none_is_better(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the two worse plans alone, with no other means of the search."""
    two, measure = valued(desk), Measure(Fraction(1, 10), Fraction(0))
    weights = all_of(two)
    worths = {measure.worth(weights, plan.values): plan for plan in two.plans}
    first, second = worths[Fraction(37, 5)], worths[Fraction(5, 2)]
    two.known, two.solved = {0: first, 1: second}, {}
    monkeypatch.setattr(Search, "_doubtful", lambda _: None)
    monkeypatch.setattr(Search, "_round", lambda _: False)
    found = Found(first, Fraction(37, 5))
    Search(two, weights, measure, found).run()
    assert found.worth == Fraction(1007, 125)


def test_limits_of_single_lots_are_proven_where_they_are_in_the_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look leaves them loose; no program of a few lots is needed."""
    look, asked = TwoStage._effortful, []  # noqa: SLF001

    def loose(self: TwoStage, i: int, gap: float) -> Alone:
        asked.append(gap)
        seen = look(self, i, gap)
        assert seen.bound is not None
        return seen if gap == 0 else replace(seen, bound=seen.bound + 2)

    monkeypatch.setattr(TwoStage, "_effortful", loose)
    wide = Desk(desk.workers, replace(OPTIONS, gap=0.2))
    prospect = o.applications(matcher.load("miniature"))
    study = risk(prospect, wide, events=False)
    assert study.reached
    assert study.found.blocks == ()
    assert 0.0 in asked


def test_what_a_closer_look_may_take_from_a_bound() -> None:
    """Of the looked-at setting and of those it has all the money of, known only."""
    ampler = np.array([[True, True, True], [False, True, False], [False, False, True]])
    ends = Between(ampler)
    weights = {0: Fraction(1, 2), 1: Fraction(1, 4), 2: Fraction(1, 4)}
    ends.learn(0, least=Fraction(6), most=Fraction(10))
    ends.learn(1, least=Fraction(2))
    assert ends.least == [6, 2, None]
    assert ends.hope(0, weights) == Fraction(1, 2) * 4 + Fraction(1, 4) * 4
    assert ends.hope(1, weights) == Fraction(1, 4) * 8
    assert ends.hope(2, weights) == 0
    ends.learn(1, most=Fraction(3))
    assert ends.hope(0, weights) == Fraction(1, 2) * 4

"""Plans close to the best: found in order, each verified, with what is proven."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
import matcher.engine.alternatives as engine
from matcher.engine.alternatives import alternatives
from matcher.engine.margin import Margin, margin
from matcher.errors import AnswerRejected
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.difference import difference, memberships_of
from matcher.proposal.proposal import CasePlan, Proposal
from matcher.verify.verify import verify
from tests.tiny import ONE, PAID, scene, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matcher.engine.question import Question
    from matcher.engine.solving import Task, Workers
    from matcher.engine.stages import Stage
    from matcher.scenario.setting import Setting

ALL = Margin(Fraction(1))
FEW = {"min_partners": 1, "max_partners": 2}
"""So that A, B and C, worth one, two and four points, make six consortia."""


@pytest.fixture(autouse=True)
def shared(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared solvers in the place of new ones."""
    opened = "matcher.engine.desk.open_workers"
    monkeypatch.setattr(opened, lambda _: nullcontext(workers))


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """One case, three regions, at most two members."""
    (case,) = ONE["cases"]
    return tiny(tmp_path, scene(ONE, cases=[{**case, **FEW}]))


@pytest.mark.parametrize("assumption", ["eu-only", "regional-money"])
def test_the_worked_miniature(assumption: str) -> None:
    """The best plans and those next to them are the ones worked out on paper."""
    setting = matcher.load("scenarios/miniature").setting(assumption)
    found = alternatives(setting)
    assert (found.complete, found.proven, found.stop) == (True, True, Stop.FINISHED)
    assert found.best.status == "optimal"
    points = [float(plan.objective or 0) for plan in found.plans]
    if assumption == "eu-only":
        assert points == [2.7, 2.6, 2.6, 2.6]
        assert {"BIR joins D1", "FJO joins D1"} <= set(found.differences)
    else:
        assert points == [11.86, 11.36, 11.36]
        assert found.differences == ("CED joins D1", "CED joins D2")
    assert all(verify(plan, setting).holds for plan in found.plans)


def test_all_plans_in_their_order(setting: Setting) -> None:
    """With everything of interest the list is every plan, the empty one included."""
    found = alternatives(setting, count=20, within=ALL)
    assert [plan.objective for plan in found.plans] == [6, 5, 4, 3, 2, 1, 0]
    assert len({memberships_of(plan) for plan in found.plans}) == 7
    assert (found.complete, found.proven) == (True, True)
    assert [plan.status for plan in found.plans] == ["optimal", *["feasible"] * 6]
    assert {plan.bound for plan in found.plans} == {6}
    assert found.differences[:2] == ("A takes the place of B in D1", "B leaves D1")
    assert found.differences[-1] == "D1 is dropped"


def test_only_so_many_are_looked_for(setting: Setting) -> None:
    """The list ends with the number asked for, and says that there may be more."""
    found = alternatives(setting, count=2, within=ALL)
    assert [plan.objective for plan in found.plans] == [6, 5, 4]
    assert (found.complete, found.proven) == (False, True)


@pytest.mark.parametrize(("within", "points"), [
    ("1 point", [6, 5]), ("0.99 points", [6]), ("50%", [6, 5, 4, 3]), (0, [6]),
])  # fmt: skip
def test_only_plans_within_the_margin(
    setting: Setting, within: str | float, points: list[int]
) -> None:
    """The first plan below the margin ends the list, which is complete then."""
    found = alternatives(setting, within=margin(within))
    assert [plan.objective for plan in found.plans] == points
    assert found.complete


def test_plans_that_nobody_can_pay_are_no_alternatives(tmp_path: Path) -> None:
    """Rules about money hold for the others as for the best."""
    (case,) = PAID["cases"]
    poor = scene(PAID, cases=[{**case, **FEW}], regions={"C": {"own_budget": 100}})
    setting = tiny(tmp_path, poor)
    found = alternatives(setting, count=20, within=ALL)
    members = [frozenset(r for _, r in memberships_of(p)) for p in found.plans]
    assert members == [frozenset("AB"), frozenset()]
    assert found.complete
    assert all(verify(plan, setting).holds for plan in found.plans)


def test_no_plan_no_alternatives(tmp_path: Path) -> None:
    """What is impossible stays so, and that is known."""
    pins = [{"case": "D1", "region": "A", "role": "lead"},
            {"case": "D1", "region": "B", "role": "lead"}]  # fmt: skip
    found = alternatives(tiny(tmp_path, scene(ONE, settings={"pins": pins})))
    assert (found.best.status, found.others) == ("infeasible", ())
    assert (found.complete, found.differences) == (True, ())


def test_nobody_may_be_a_member(tmp_path: Path) -> None:
    """Where the empty plan is the only one, nothing is left to look for."""
    veto = [{"case": "D1", "forbid": True}]
    found = alternatives(tiny(tmp_path, scene(ONE, settings={"pins": veto})))
    assert [plan.objective for plan in found.plans] == [0]
    assert found.complete


def test_out_of_time(setting: Setting) -> None:
    """Without time there is no plan, and nothing is said to be complete."""
    found = alternatives(setting, options=SolveOptions(time_limit=0.0))
    assert (found.best.status, found.complete, found.proven) == (
        "unknown",
        False,
        False,
    )
    assert found.stop is Stop.TIME_LIMIT


def test_interrupted_keeps_what_was_found(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C the plans found so far are the list."""
    turns = changed_answers(monkeypatch)
    turns.append(lambda stage: stage)
    turns.append(lambda stage: replace(
        stage, solution=replace(stage.solution, stop=Stop.INTERRUPTED)
    ))  # fmt: skip
    found = alternatives(setting, within=ALL)
    assert [plan.objective for plan in found.plans] == [6, 5]
    assert (found.complete, found.stop) == (False, Stop.INTERRUPTED)


def test_interrupted_while_ties_are_settled(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan itself was found, so it is kept."""

    def stub(*_: object) -> Stage:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "without_ties", stub)
    found = alternatives(setting, within=ALL, tie_break=True)
    assert [plan.objective for plan in found.plans] == [6]
    assert found.stop is Stop.INTERRUPTED


def test_ties_can_be_settled(tmp_path: Path) -> None:
    """Where the scenario asks for it, leads are the preferred ones, too."""
    settled = scene(ONE, settings={"solve": {"tie_break": True}})
    setting = tiny(tmp_path, settled)
    one, two = (alternatives(setting, count=2, within=ALL, backend=b)
                for b in ("highs", "cpsat"))  # fmt: skip
    assert [p.cases for p in one.plans] == [p.cases for p in two.plans]


def test_the_best_of_what_was_found_comes_first(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a gap a later answer may be the better one; no order is proven then."""
    turns = changed_answers(monkeypatch)
    turns.append(lambda stage: worth(stage, 6, bound=8))
    turns.append(lambda stage: worth(stage, 7, bound=7))
    found = alternatives(setting, count=1, within=ALL)
    assert [plan.objective for plan in found.plans] == [7, 6]
    assert {plan.bound for plan in found.plans} == {8}
    assert not found.proven


def test_a_plan_that_was_ruled_out_is_refused(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A solver that gives the same plan again is not believed."""
    monkeypatch.setattr(engine, "_leaving_out", lambda question, plan: question)
    with pytest.raises(AnswerRejected, match="ruled out"):
        alternatives(setting)


def test_more_than_was_said_possible_is_refused(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later plan above the first one's bound shows that one of the two is wrong."""
    turns = changed_answers(monkeypatch)
    turns.append(lambda stage: stage)
    turns.append(lambda stage: worth(stage, 7, bound=7))
    with pytest.raises(AnswerRejected, match="none brings more than 6"):
        alternatives(setting, within=ALL)


def changed_answers(monkeypatch: pytest.MonkeyPatch) -> list:
    """Changes to the first answers, one each, to be filled in by a test."""
    turns: list = []
    real = engine.answered
    left: Iterator = iter(turns)

    def stub(question: Question, task: Task) -> Stage:
        stage = real(question, task)
        return next(left, lambda stage: stage)(stage)

    monkeypatch.setattr(engine, "answered", stub)
    return turns


def worth(stage: Stage, points: int, *, bound: int) -> Stage:
    """A stage with another value and bound than its plan has."""
    status = "optimal" if bound == points else "feasible"
    proposal = replace(
        stage.proposal, objective=Fraction(points), bound=Fraction(bound), status=status
    )
    return replace(stage, proposal=proposal)


def plan(**cases: str) -> Proposal:
    """A proposal by the members of its cases."""
    made = tuple(CasePlan(c, m[0], tuple(m[1:])) for c, m in sorted(cases.items()))
    return Proposal("s", "", "feasible", Fraction(1), None, cases=made)


@pytest.mark.parametrize(("other", "told"), [
    (plan(D="ABC", E="A"), "the same members"),
    (plan(D="BAC", E="A"), "the same members"),
    (plan(D="ABX", E="A"), "X takes the place of C in D"),
    (plan(D="ABCXY", E="A"), "X and Y join D"),
    (plan(D="A", E="A"), "B and C leave D"),
    (plan(D="AXYZ", E="AB"), "X, Y and Z join D; B and C leave D; B joins E"),
    (plan(D="ABC"), "E is dropped"),
    (plan(), "D and E are dropped"),
    (plan(D="ABC", F="YX"), "E is dropped; F is launched with X and Y"),
])  # fmt: skip
def test_differences_are_told_in_one_sentence(other: Proposal, told: str) -> None:
    """Who enters, who leaves, which case comes or goes."""
    assert difference(plan(D="ABC", E="A"), other) == told


@pytest.mark.parametrize(("written", "floor", "shown"), [
    ("5%", 19, "5%"), ("0.05", 19, "5%"), (0.05, 19, "5%"), (0, 20, "0%"),
    ("0.5 points", Fraction(39, 2), "0.5 points"), ("3points", 17, "3 points"),
    ("1 point", 19, "1 points"), (1, 0, "100%"), ("12.5 %", Fraction(35, 2), "12.5%"),
])  # fmt: skip
def test_margins_are_read_exactly(
    written: str | float, floor: Fraction, shown: str
) -> None:
    """A part of the best plan's points, or points."""
    assert margin(written).floor(Fraction(20)) == floor
    assert str(margin(written)) == shown


def test_a_part_of_a_loss_lies_below_it() -> None:
    """Also a best plan that brings less than nothing has plans below it."""
    assert margin("5%").floor(Fraction(-20)) == -21


@pytest.mark.parametrize(
    "written", ["", "x", "-1%", -0.1, "5", 5, "101%", "nan", float("nan"),
                float("inf"), "1e3", "5 pints"],
)  # fmt: skip
def test_what_is_no_margin_is_refused(written: str | float) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"is (no distance|more than the whole)"):
        margin(written)


def test_python_callers_are_told_of_slips() -> None:
    """Before anything is read."""
    with pytest.raises(ValueError, match="count"):
        matcher.alternatives("nowhere", count=0)
    with pytest.raises(ValueError, match="more than the whole"):
        matcher.alternatives("nowhere", within=5)

"""Waiting for an answer: both plans, their notes, and what is left after Ctrl-C."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

import matcher.engine.waiting as engine
from matcher.engine.fallback import STOPPED, with_fallback, with_nothing_later
from matcher.engine.run import options_of, prepare
from matcher.engine.solving import Clock, Task
from matcher.engine.stages import run_stage
from matcher.engine.waiting import NO_ROOM, TIES_LEFT, UNCONFIRMED
from matcher.formulation.assemble import assemble
from matcher.formulation.fallback import begins_now, paired
from matcher.program.solution import Solution, Status, Stop
from matcher.proposal.proposal import Rejected
from matcher.verify.verify import verify
from tests.tiny import WAIT, cited, grant, tiny
from tests.verify.waiting import paid, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.formulation.fallback import Pair
    from matcher.scenario.setting import Setting
    from tests.conftest import Solve

SHORT = {"h": grant(0.9, success={"value": 0.8, "source": "S"}, envelope=cited(540)),
         "g": grant(0.9, success={"value": 0.5, "source": "S"})}  # fmt: skip
"""Grant h pays one case and g both."""
UNTESTED = "envelope is not tested for g, h: it is unknown"


def pair_of(setting: Setting) -> Pair:
    """Both plans in one program."""
    inst, terms = prepare(replace(setting, wait_for=None))
    f = inst.labels.instruments.index["g"]
    yes, no = (assemble(inst, terms, funding=True, awaited=a) for a in (f, None))
    return paired(yes, no, f, 0.5)


def plain_of(setting: Setting, workers: Workers) -> Stage:
    """The best plan if no answer is awaited."""
    inst, terms = prepare(replace(setting, wait_for=None))
    return run_stage(inst, terms, workers, options_of(setting), Clock(), funding=True)


def stopped(monkeypatch: pytest.MonkeyPatch, stop: Stop, *, bound: float) -> None:
    """Have the solve of both plans end without any plan."""

    def stub(task: Task, worker: object, arrays: object) -> Solution:
        return Solution(
            status=Status.UNKNOWN, stop=stop, x=None, objective=None, bound=bound,
            backend="highs", version="1", native_status="stopped", seconds=0.0,
        )  # fmt: skip

    monkeypatch.setattr(Task, "solved", stub)


def test_both_plans_are_found(tmp_path: Path, solve: Solve) -> None:
    """One case begins at once, the other waits for g and has h left for a no."""
    setting = tiny(tmp_path, WAIT)
    proposal = solve(setting)
    assert (proposal.status, proposal.objective) == ("optimal", Fraction(17, 10))
    assert proposal.bound == proposal.objective
    back, later = proposal.fallback, proposal.with_a_no
    assert back is not None
    assert later is not None
    (waits,) = back.cases
    assert {p.instrument for p in waits.funding} == {"h", "own"}
    (now,) = set(later.cases) & set(proposal.cases)
    assert now.case != waits.case
    assert proposal.notes == (UNTESTED,)
    assert verify(proposal, setting).holds


def test_a_case_may_be_launched_only_after_a_no(tmp_path: Path, solve: Solve) -> None:
    """Both cases rest on g; after its no h pays for one of them."""
    proposal = solve(tiny(tmp_path, WAIT, books=SHORT))
    assert proposal.objective == Fraction(14, 10)
    assert len(proposal.cases) == 2
    assert proposal.fallback is not None
    assert len(proposal.fallback.cases) == 1


def test_reasons_name_the_answer(tmp_path: Path, solve: Solve) -> None:
    """A region that staffs one case: the other one has no room, or comes after a no."""
    limits = {"wait_for": "g", "limits": {"max_cases": 1}}
    proposal = solve(tiny(tmp_path, WAIT, settings=limits))
    (left,) = proposal.rejected
    assert proposal.objective == Fraction(9, 10)
    assert left.case not in proposal.by_case
    assert left.reason


def test_a_case_of_the_plan_for_a_no_alone_says_so(tmp_path: Path) -> None:
    """A case that is launched only after a no is named as such among those left out."""
    plain = tiny(tmp_path, WAIT)
    found = waiting(plain, paid("D2", "h"))
    yes = replace(found, cases=found.cases[:1])
    told = engine.in_place_of(found, yes, ()).rejected
    assert [(c.case, c.reason) for c in told] == [
        ("D2", "launched only if g says no")]  # fmt: skip
    assert yes.fallback is not None
    empty = replace(yes, fallback=replace(yes.fallback, cases=()))
    (left,) = engine.in_place_of(found, empty, ()).rejected
    assert left.reason == NO_ROOM


@pytest.mark.parametrize(("plain", "told"), [
    ("no plan for it alone: it is stopped (cases.csv:3)",
     "no plan for it alone: it is stopped (cases.csv:3)"),
    ("vetoed (scenario.yaml:9): board of May",
     "vetoed (scenario.yaml:9): board of May"),
    ("worth 3 points alone, but launching it costs the plan 1 point",
     "worth 3 points alone, but launching it costs the plan 1 point (in the plan "
     "without waiting)"),
])  # fmt: skip
def test_a_reason_says_it_is_of_another_plan_only_where_that_matters(
    tmp_path: Path, plain: str, told: str
) -> None:
    """What no plan can have is told as without waiting, in one go."""
    found = waiting(tiny(tmp_path, WAIT), paid("D2", "h"))
    yes = replace(found, cases=found.cases[:1])
    assert yes.fallback is not None
    yes = replace(yes, fallback=replace(yes.fallback, cases=()))
    before = replace(yes, rejected=(Rejected("D2", plain),))
    (left,) = engine.in_place_of(before, yes, ()).rejected
    assert left.reason == told


def test_what_is_not_done_is_noted(tmp_path: Path, solve: Solve) -> None:
    """Neither ties are settled nor a second solver asked where an answer is awaited."""
    proposal = solve(tiny(tmp_path, WAIT), tie_break=True, confirm="cpsat")
    assert proposal.notes == (UNTESTED, TIES_LEFT, UNCONFIRMED)
    assert not proposal.confirmed_by


@pytest.mark.parametrize(("stop", "notes"), [
    (Stop.INTERRUPTED, (STOPPED,)), (Stop.TIME_LIMIT, ())])  # fmt: skip
def test_without_a_pair_of_plans_nothing_is_left_for_a_no(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch, stop: Stop,
    notes: tuple[str, ...],
) -> None:  # fmt: skip
    """The plan without a fallback is kept, with the bound of both plans together."""
    setting = tiny(tmp_path, WAIT)
    plain = plain_of(setting, workers)
    _, terms = prepare(replace(setting, wait_for=None))
    stopped(monkeypatch, stop, bound=2.0)
    task = Task(workers, options_of(setting), Clock())
    found, _ = with_fallback(plain, setting, terms, task)
    assert found.fallback is not None
    assert not found.fallback.cases
    assert (found.status, found.objective) == ("feasible", Fraction(16, 10))
    assert (found.bound, found.notes) == (2, notes)
    assert verify(found, setting).holds


def test_ctrl_c_before_and_while_a_fallback_is_sought(
    tmp_path: Path, workers: Workers, solve: Solve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted plan gets no further solve, and one that is found is kept."""
    setting = tiny(tmp_path, WAIT)
    plain = plain_of(setting, workers)
    halted = replace(plain, solution=replace(plain.solution, stop=Stop.INTERRUPTED))
    task = Task(workers, options_of(setting), Clock())
    found, _ = with_fallback(halted, setting, (), task)
    assert (found.bound, found.objective) == (None, Fraction(16, 10))

    def stub(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "with_fallback", stub)
    proposal = solve(setting)
    assert proposal.notes == (UNTESTED, STOPPED)
    assert proposal.objective == Fraction(16, 10)
    assert proposal.fallback is not None


def test_what_goes_on_must_be_a_plan_by_itself(
    tmp_path: Path, workers: Workers
) -> None:
    """Where two cases at least are launched, one that goes on alone is no plan."""
    settings = {"wait_for": "g", "limits": {"min_cases": 2}}
    setting = tiny(tmp_path, WAIT, settings=settings, books=SHORT)
    found = with_nothing_later(plain_of(setting, workers), setting)
    assert (found.status, found.fallback) == ("unknown", None)


def test_no_plan_for_a_no_is_told(tmp_path: Path, solve: Solve) -> None:
    """Two cases must be launched, and h pays only one: nothing is possible."""
    settings = {"wait_for": "g", "limits": {"min_cases": 2}}
    proposal = solve(tiny(tmp_path, WAIT, settings=settings, books=SHORT))
    assert (proposal.status, proposal.fallback) == ("infeasible", None)
    (told,) = proposal.conflict
    assert (told["rule"], told["subject"]) == ("", "g")


def test_without_other_money_nothing_is_left(tmp_path: Path, solve: Solve) -> None:
    """Grant g alone: one case, at 0.5, and nothing after a no."""
    proposal = solve(tiny(tmp_path, WAIT, books={"h": None}))
    assert proposal.objective == Fraction(1, 2)
    assert proposal.fallback is not None
    assert not proposal.fallback.cases
    assert not proposal.fallback.applications


@pytest.mark.parametrize(
    ("chance", "points"), [(0, Fraction(8, 5)), (0.001, Fraction(16_002, 10_000))]
)
def test_the_fainter_the_hope_the_more_the_fallback_counts(
    tmp_path: Path, solve: Solve, chance: float, points: Fraction
) -> None:
    """As the chance of a yes falls the value nears that of h alone: 2 x 0.8."""
    faint = {"g": grant(0.9, application={"max_number": cited(1)},
                        success={"value": chance, "source": "S"})}  # fmt: skip
    assert solve(tiny(tmp_path, WAIT, books=faint)).objective == points


def test_what_begins_at_once_is_the_same_in_both(
    tmp_path: Path, workers: Workers
) -> None:
    """The rows that join the plans hold with D1 in both, and break with it in one."""
    pair = pair_of(tiny(tmp_path, WAIT))
    yes, no = pair.yes.program.arrays, pair.no.program.arrays
    first = yes.num_rows + no.num_rows
    d1 = pair.yes.layout.open[0]
    x = np.zeros(pair.arrays.num_columns)
    x[d1] = 1
    left, right = pair.split(x)
    assert (left[d1], right[d1]) == (1, 0)
    assert begins_now(pair, 0, left).tolist() == [True, False]
    slack = pair.arrays.row_upper - pair.arrays.activity(x)
    assert (slack[first:] < 0).any()
    x[d1 + yes.num_columns] = 1
    slack = pair.arrays.row_upper - pair.arrays.activity(x)
    assert (slack[first:] >= 0).all()
    uses = pair.yes.layout.uses[0]
    assert not pair.arrays.upper[uses + yes.num_columns].any()

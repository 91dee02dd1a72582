"""A second solver is asked for a plan above the bound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.engine.confirm import confirmed
from matcher.engine.run import options_of, prepare
from matcher.engine.stages import Clock, run_stage
from matcher.errors import AnswerRejected
from matcher.program.solution import SolveOptions
from tests.tiny import PAID, PLAIN, cited, club, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from tests.conftest import Solve
    from tests.tiny import Scene

NOBODY = scene(PLAIN, settings={"limits": {"min_cases": 1}}, books={
    "club": club(consortium={"min_states": cited(4)})})  # fmt: skip
"""One case at least, and four states that do not exist."""


def solved(folder: Path, what: Scene, workers: Workers) -> Stage:
    """A stage solved by HiGHS."""
    setting = tiny(folder, what)
    inst, terms = prepare(setting)
    return run_stage(
        inst, terms, workers, options_of(setting), Clock(), funding=setting.has_money
    )


@pytest.mark.parametrize("what", [PLAIN, PAID, NOBODY], ids=["best", "paid", "none"])
def test_a_true_claim_is_confirmed(
    tmp_path: Path, workers: Workers, what: Scene
) -> None:
    """The other solver finds nothing above the optimum, nor a plan where none is."""
    stage = confirmed(solved(tmp_path, what, workers), workers.exact, SolveOptions())
    assert stage.proposal.confirmed_by.startswith("cpsat 9.")


def test_a_false_bound_is_refused(tmp_path: Path, workers: Workers) -> None:
    """A bound below the best plan is contradicted by that plan."""
    stage = solved(tmp_path, PLAIN, workers)
    low = replace(stage.proposal, objective=Fraction(10), bound=Fraction(10))
    with pytest.raises(AnswerRejected, match="worth more than 10, but cpsat found"):
        confirmed(replace(stage, proposal=low), workers.exact, SolveOptions())


def test_a_false_claim_that_nothing_is_possible_is_refused(
    tmp_path: Path, workers: Workers
) -> None:
    """A feasible scenario called infeasible is contradicted by any plan."""
    stage = solved(tmp_path, PLAIN, workers)
    none = replace(stage.proposal, status="infeasible", objective=None, bound=None)
    with pytest.raises(AnswerRejected, match="nothing is possible, but cpsat found"):
        confirmed(replace(stage, proposal=none), workers.exact, SolveOptions())


def test_what_is_not_claimed_is_not_confirmed(tmp_path: Path, workers: Workers) -> None:
    """Without a bound there is nothing to confirm."""
    stage = solved(tmp_path, PLAIN, workers)
    unknown = replace(stage, proposal=replace(stage.proposal, bound=None))
    assert confirmed(unknown, workers.exact, SolveOptions()) is unknown


def test_the_answer_names_who_confirmed_it(tmp_path: Path, solve: Solve) -> None:
    """On request both answers are confirmed, what is needed and what is fundable."""
    proposal = solve(tiny(tmp_path, PAID), confirm="cpsat")
    assert proposal.needed is not None
    for answer in (proposal, proposal.needed):
        assert answer.confirmed_by.startswith("cpsat ")

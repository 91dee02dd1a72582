"""Ties between best plans end the same way whoever solves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from matcher.engine.run import prepare, run
from matcher.engine.stages import Clock, run_stage
from matcher.engine.ties import UNSETTLED, without_ties
from matcher.program.solution import SolveOptions
from matcher.proposal.jsonform import to_json
from tests.tiny import ONE, TRADE, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from matcher.engine.solving import Workers
    from matcher.proposal.proposal import Proposal
    from tests.conftest import Solve

LOOSE = scene(
    TRADE, needs="region,capability,amount,min_level\nB,K,2,1\nC,K,2,1\n",
    assets="region,capability,level,capacity\nA,K,2,2\n",
)  # fmt: skip
"""A's two units may go to B, to C, or one to each: all are worth two points."""


def told(proposal: Proposal) -> dict[str, Any]:
    """The proposal as plain data, without how it was found."""
    data = to_json(proposal)
    for part in (data, data.get("needed", {})):
        part.pop("meta", None)
    return data


def test_the_fewest_members_are_preferred(tmp_path: Path, solve: Solve) -> None:
    """Two regions serve each other as well as three do, so two are named."""
    (plan,) = solve(tiny(tmp_path, LOOSE), tie_break=True).cases
    assert len(plan.members) == 2
    assert plan.observers == ()


@pytest.mark.parametrize("backend", ["cpsat", "cbc"])
def test_every_backend_names_the_same_plan(
    tmp_path: Path, solve: Solve, backend: str
) -> None:
    """Members, lead, exchanges and all else are equal to the last letter."""
    setting = tiny(tmp_path, LOOSE)
    first = solve(setting, tie_break=True)
    assert told(run(setting, backend=backend, tie_break=True)) == told(first)


def test_the_order_of_rows_does_not_matter(tmp_path: Path, solve: Solve) -> None:
    """Regions in any order: one plan."""
    plans = []
    for i, order in enumerate(permutations(ONE["regions"])):
        setting = tiny(tmp_path / str(i) / "s", scene(LOOSE, regions=list(order)))
        plans.append(told(solve(setting, tie_break=True)))
    assert all(plan == plans[0] for plan in plans)


def test_the_scenario_may_ask_for_it(tmp_path: Path, solve: Solve) -> None:
    """A line under `solve` does what the option does; the option has the last word."""
    setting = tiny(tmp_path, scene(LOOSE, settings={"solve": {"tie_break": True}}))
    (plan,) = solve(setting).cases
    assert len(plan.members) == 2


def test_out_of_time_is_told(tmp_path: Path, workers: Workers) -> None:
    """Without time to settle ties the plan stays as it is, with a note."""
    inst, terms = prepare(tiny(tmp_path, LOOSE))
    stage = run_stage(inst, terms, workers, SolveOptions(), Clock(), funding=False)
    late = without_ties(stage, workers, SolveOptions(time_limit=0.0), Clock())
    assert late.proposal.cases == stage.proposal.cases
    assert late.proposal.notes == (UNSETTLED,)


def test_what_is_not_proven_best_keeps_its_ties(
    tmp_path: Path, workers: Workers
) -> None:
    """Only among best plans is one preferred."""
    inst, terms = prepare(tiny(tmp_path, LOOSE))
    stage = run_stage(inst, terms, workers, SolveOptions(), Clock(), funding=False)
    loose = replace(stage, proposal=replace(stage.proposal, bound=Fraction(3)))
    assert without_ties(loose, workers, SolveOptions(), Clock()) is loose

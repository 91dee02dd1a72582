"""What makes programs smaller changes no answer: pooled exchanges, merged layers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

import matcher
from matcher.engine.polish import suited
from matcher.engine.question import ask
from matcher.engine.run import prepare
from matcher.formulation.assemble import assemble
from matcher.formulation.decode import decode, whole_values
from matcher.problem.layers import with_merged_layers
from matcher.program.solution import SolveOptions, Status
from matcher.proposal.proposal import Proposal
from matcher.verify.verify import exact_terms, verify
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.formulation.assemble import Assembly
    from matcher.program.solution import Solution
    from matcher.scenario.setting import Setting

SEEDS = range(2000, 2120)


def drawn(folder: Path, seed: int) -> Setting:
    """A random tiny scenario, most of them with money."""
    write_scenario(folder, seed, money=seed % 4 != 0)
    return matcher.load(folder).setting()


def solved(assembly: Assembly, worker: Worker) -> Solution:
    """The answer to a program in the form that suits the worker."""
    return worker.solve(suited(assembly.program.arrays, worker), SolveOptions())


@pytest.mark.parametrize("seed", SEEDS)
def test_pooled_exchanges_are_worth_what_pairs_are(
    seed: int, tmp_path: Path, highs: Worker
) -> None:
    """Both forms have one optimum, and the pooled plan, split, breaks no rule."""
    setting = drawn(tmp_path, seed)
    inst, terms = prepare(setting)
    pooled = assemble(inst, terms, funding=False)
    found = solved(pooled, highs)
    expected = solved(assemble(inst, terms, funding=False, pairwise=True), highs)
    assert found.status == expected.status
    if found.x is None or expected.objective is None:
        return
    assert found.objective == pytest.approx(expected.objective)
    plans = decode(pooled, whole_values(pooled, found.x))
    draft = Proposal(setting.name, "", "feasible", None, None, cases=plans)
    worth = exact_terms(draft, setting)
    value = sum((term.points for term in worth), Fraction(0))
    proposal = replace(draft, objective=value, terms=worth)
    verdict = verify(proposal, setting, funding=False)
    assert verdict.holds, verdict
    assert float(value) == pytest.approx(found.objective)


@pytest.mark.parametrize("seed", SEEDS)
def test_merged_layers_are_worth_what_single_layers_are(
    seed: int, tmp_path: Path, highs: Worker
) -> None:
    """With continuous money both forms of a question have the same optimum."""
    setting = drawn(tmp_path, seed)
    inst, terms = prepare(setting)
    question = ask(inst, terms, funding=True)
    found, expected = solved(question.asked, highs), solved(question.full, highs)
    if Status.INFEASIBLE in (found.status, expected.status):
        assert found.status == expected.status
    else:
        assert found.objective == pytest.approx(expected.objective)


def test_the_scenarios_exercise_both(tmp_path: Path) -> None:
    """Pooled exchanges, single pairs, layers that merge, and some that years part."""
    pooled = single = merged = alone = 0
    for seed in SEEDS:
        inst, terms = prepare(drawn(tmp_path / str(seed), seed))
        moves = assemble(inst, terms, funding=False).layout.moves
        pooled += bool(len(moves.supply.line))
        single += bool(len(moves.pair))
        small = with_merged_layers(inst)
        merged += small is not inst
        without = replace(inst.money, last_year=np.full_like(inst.money.last_year, -1))
        blind = with_merged_layers(replace(inst, money=without))
        alone += len(small.labels.layers) > len(blind.labels.layers)
    assert min(pooled, single, merged, alone) >= 10

"""Whole cents: thirds of a euro are settled exactly, or the decisions are changed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.engine.polish import in_money_grid, in_whole_cents, settle
from matcher.engine.run import prepare, run
from matcher.formulation.assemble import Assembly, assemble
from matcher.formulation.decode import decode, whole_values
from matcher.program.solution import SolveOptions
from matcher.proposal.proposal import OWN
from tests.tiny import PAID, cited, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.engine.solving import Workers
    from tests.conftest import Solve

EVEN = scene(
    PAID, costs="case,layer,amount\nD1,1,100\n",
    books={"g": None, "club": club(cost_share={"max": cited(0.3334)})},
)  # fmt: skip
"""100 EUR in three shares of at most 33.34 EUR: no share in whole cents is a third."""
PENNY = scene(
    PAID, costs="case,layer,amount\nD1,1,0.01\n",
    books={"g": None, "club": club(cost_share={"min": cited(0.3)})},
)  # fmt: skip
"""One cent, of which every member bears at least three tenths."""


def solved(folder: Path, what: object, worker: Worker) -> tuple[Assembly, np.ndarray]:
    """An assembly and its answer with continuous money."""
    inst, terms = prepare(tiny(folder, what))
    assembly = assemble(inst, terms, funding=True)
    answer = worker.solve(assembly.program.arrays, SolveOptions())
    assert answer.x is not None
    return assembly, whole_values(assembly, answer.x)


def test_thirds_are_settled_in_cents(tmp_path: Path, workers: Workers) -> None:
    """Shares are whole cents, keep every bound, and add up to the cost exactly."""
    assembly, x = solved(tmp_path, EVEN, workers.chosen)
    settled = settle(assembly, x, workers.smooth, workers.exact)
    assert settled is not None
    cols = assembly.layout
    for decided in (cols.open, cols.member, cols.lead):
        assert np.array_equal(settled[decided], x[decided])
    (plan,) = decode(assembly, settled)
    paid = [payment.amount for payment in plan.funding]
    assert len(paid) == 3
    assert sum(paid) == 10_000
    assert max(paid) <= 3334
    assert (plan.cost, plan.gap) == (10_000, 0)


def test_a_plan_that_cannot_be_settled_is_replaced(
    tmp_path: Path, workers: Workers, solve: Solve
) -> None:
    """A cent has no three parts: the exact solver finds the plan that can be paid."""
    assembly, x = solved(tmp_path / "a", PENNY, workers.chosen)
    assert (x[assembly.layout.member[:, 0]] == 1).all()
    assert settle(assembly, x, workers.smooth, workers.exact) is None
    proposal = solve(tiny(tmp_path / "b", PENNY))
    assert (proposal.status, proposal.objective) == ("optimal", 4)
    assert proposal.meta["fundable"]["backend"] == "cpsat"


def test_a_solver_in_whole_numbers_decides_otherwise(tmp_path: Path) -> None:
    """Counted in cents only one region takes part, and that is proven best."""
    proposal = run(tiny(tmp_path, PENNY), backend="cpsat")
    assert (proposal.status, proposal.objective) == ("optimal", 4)
    assert [plan.members for plan in proposal.cases] == [("C",)]
    assert proposal.needed is not None
    assert proposal.needed.objective == 7


@pytest.mark.parametrize("rate", [0.3333, 0.7, 0.01])
def test_grants_at_awkward_rates(tmp_path: Path, solve: Solve, rate: float) -> None:
    """Declared cost stays within the share to the cent, whatever the rate."""
    what = scene(
        PAID, books={"g": grant(rate)}, costs="case,layer,amount\nD1,1,100.01\n"
    )
    (plan,) = solve(tiny(tmp_path, what)).cases
    for region in plan.members:
        mine = [p for p in plan.funding if p.region == region]
        granted = sum(p.amount for p in mine if p.instrument == "g")
        assert granted / Fraction(str(rate)) <= sum(p.amount for p in mine)
    assert sum(p.amount for p in plan.funding) == 10_001


def test_grants_go_before_own_money(tmp_path: Path, solve: Solve) -> None:
    """Where the grant is needed at all, it pays as much as it may: half."""
    (plan,) = solve(tiny(tmp_path, PAID)).cases
    own = sum(p.amount for p in plan.funding if p.instrument == OWN)
    assert own <= 0.51 * plan.cost


def test_whole_cents_change_nothing_but_the_kind(
    tmp_path: Path, workers: Workers
) -> None:
    """The same rows and bounds, every column whole."""
    assembly, _ = solved(tmp_path, EVEN, workers.chosen)
    cents = in_whole_cents(assembly.program.arrays)
    assert cents.integer.all()
    assert cents.data is assembly.program.arrays.data


def test_without_money_there_is_nothing_to_settle(
    tmp_path: Path, workers: Workers
) -> None:
    """A program of whole columns comes back as it is."""
    inst, terms = prepare(tiny(tmp_path, EVEN))
    assembly = assemble(inst, terms, funding=False)
    x = np.zeros(assembly.program.arrays.num_columns)
    assert settle(assembly, x, workers.smooth, workers.exact) is x


@pytest.mark.parametrize(("cost", "grid"), [("1000", 100_000), ("0.01", None)])
def test_the_grid_is_what_all_costs_are_multiples_of(
    tmp_path: Path, cost: str, grid: int | None
) -> None:
    """A case of 1000 EUR is planned in thousands; one of a cent has no grid."""
    what = scene(PAID, costs=f"case,layer,amount\nD1,1,{cost}\n")
    inst, terms = prepare(tiny(tmp_path, what))
    found = in_money_grid(assemble(inst, terms, funding=True).program.arrays)
    assert (found and found[1]) == grid


def test_under_a_time_limit_whole_numbers_still_prove_the_best(tmp_path: Path) -> None:
    """The plan in larger sums is only a start: the answer is proven in cents."""
    options = SolveOptions(time_limit=60.0)
    proposal = run(tiny(tmp_path, PAID), backend="cpsat", options=options)
    assert (proposal.objective, proposal.status) == (7, "optimal")

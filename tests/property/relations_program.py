"""Relations about the program itself: fewer rules, no whole numbers, other solvers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from matcher.engine.run import options_of, prepare
from matcher.formulation.assemble import assemble
from matcher.program.solution import SolveOptions
from matcher.program.units import in_solver_units
from matcher.rules import all_rules
from tests.property.lab import relation, worth

if TYPE_CHECKING:
    from matcher.program.program import Arrays, Program
    from matcher.scenario.setting import Setting
    from tests.property.lab import Trial

NEAR = 1e-6
"""Difference of points between two solvers that compute in doubles; drawn settings
are worth multiples of a thousandth."""
INFEASIBLE = 2
"""Status of `scipy.optimize.milp`."""


def program_of(setting: Setting) -> Program:
    """The program of a setting, with rules on single columns written as rows, too."""
    inst, terms = prepare(setting)
    full = assemble(inst, terms, funding=setting.has_money, every_column=True)
    return full.program


def rules_of(program: Program) -> list[str]:
    """Rules that have rows in a program, sorted."""
    return sorted({block.rule for block in program.rows} & set(all_rules()))


def without_rule(program: Program, rule: str) -> Arrays:
    """The program without the rows of one rule."""
    owners = np.repeat(
        [block.rule for block in program.rows], [block.size for block in program.rows]
    )
    arrays = program.arrays
    free = owners == rule
    return replace(
        arrays,
        row_lower=np.where(free, -np.inf, arrays.row_lower),
        row_upper=np.where(free, np.inf, arrays.row_upper),
    )


def optimum(arrays: Arrays, *, whole: bool = True) -> float:
    """Best value of a program by SciPy, in doubles; minus infinity without a plan.

    With presolve, SciPy's HiGHS was seen to call 5.25 the best where 6.25 is.
    """
    scaled = in_solver_units(arrays)
    shape = scaled.num_rows, scaled.num_columns
    matrix = csr_array((scaled.data, scaled.indices, scaled.indptr), shape=shape)
    answer = milp(
        -scaled.objective,
        constraints=LinearConstraint(matrix, scaled.row_lower, scaled.row_upper),
        bounds=Bounds(scaled.lower, scaled.upper),
        integrality=scaled.integer.astype(int) if whole else None,
        options={"mip_rel_gap": 0, "presolve": False},
    )
    if answer.status == INFEASIBLE:
        return -np.inf
    assert answer.success, answer.message
    return float(scaled.offset - answer.fun)


@relation
def a_rule_less_is_never_worse(trial: Trial) -> bool:
    """Without the rows of any one rule the optimum is no lower; SciPy's HiGHS says so.

    With them it is the optimum of the engine.
    """
    program = program_of(trial.setting)
    before = optimum(program.arrays)
    stated = trial.plan.objective
    assert before == pytest.approx(-np.inf if stated is None else float(stated))
    after = optimum(without_rule(program, trial.one(rules_of(program))))
    assert after >= before - NEAR
    return after > before + NEAR


@relation
def whole_numbers_are_never_better(trial: Trial) -> bool:
    """Without whole numbers the optimum is no lower than the engine's."""
    assume(trial.plan.objective is not None)
    relaxed = optimum(program_of(trial.setting).arrays, whole=False)
    assert relaxed >= float(trial.plan.objective or 0) - NEAR
    return relaxed > float(trial.plan.objective or 0) + NEAR


@relation
def a_constant_only_shifts_the_optimum(trial: Trial) -> bool:
    """A constant added to the objective is added to value and bound, nothing else."""
    assume(trial.plan.objective is not None)
    arrays = in_solver_units(program_of(trial.setting).arrays)
    worker = trial.lab.workers["highs"].chosen
    constant = trial.pick.choice((-7.5, 0.25, 1000.0))
    shifted = worker.solve(replace(arrays, offset=constant), SolveOptions())
    expected = pytest.approx(float(trial.plan.objective or 0) + constant, abs=NEAR)
    assert (shifted.objective, shifted.bound) == (expected, expected)
    return True


@relation
def a_gap_is_kept(trial: Trial) -> bool:
    """A plan found under a gap is worth no more than the best, its bound no less."""
    best = trial.plan.objective
    assume(best is not None)
    gap = trial.pick.choice((0.05, 0.2, 0.5))
    options = replace(options_of(trial.setting), gap=gap)
    backend = trial.one(trial.lab.workers)
    found = trial.lab.solve(trial.setting, backend, options)
    assert found.objective is not None
    assert found.bound is not None
    assert found.objective <= best <= found.bound
    return True


@relation
def the_solver_does_not_matter(trial: Trial) -> bool:
    """Another backend, seed or number of threads gives the same optimum, proven."""
    seed, threads = trial.pick.randrange(2**31), trial.pick.choice((1, 2))
    options = replace(options_of(trial.setting), seed=seed, threads=threads)
    backend = trial.one(trial.lab.workers)
    found = trial.lab.solve(trial.setting, backend, options)
    assert (found.status, worth(found)) == (trial.plan.status, worth(trial.plan))
    return True

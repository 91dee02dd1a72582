"""What a solver's bound proves, once the plan's value is known exactly.

Solvers compute in doubles: a proven optimum comes back with a bound a hair away
from its value. Where every column that carries points takes whole values, all
plans are worth multiples of one step, so a bound less than a step above the
plan's exact value proves the plan optimal, without any tolerance.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.errors import AnswerRejected
from matcher.program.builder import POINT_DECIMALS

if TYPE_CHECKING:
    from matcher.program.program import Arrays
    from matcher.proposal.proposal import Proposal

FINEST: Final = Fraction(1, 10**6)
"""Points; values on a lattice finer than this are not told apart by any solver here,
and count as continuous."""
ROUND_OFF: Final = Fraction(1, 10**7)
"""Relative error granted to a solver's bound: HiGHS, CP-SAT and CBC all work to it."""


def reconciled(needed: Proposal, fundable: Proposal) -> tuple[Proposal, Proposal]:
    """Both answers, each sharpened by what the other one proves.

    Every fundable plan is a plan without rules about money, too: so the bound on
    what is needed holds for what is fundable, and a fundable plan worth more than
    the needed one found takes its place, without its payments.

    Raises
    ------
    AnswerRejected
        When the two answers contradict each other: one of them is wrong.
    """
    if fundable.objective is None:
        return needed, fundable
    beaten = needed.bound is not None and needed.bound < fundable.objective
    if beaten or needed.status == "infeasible":
        raise AnswerRejected(
            "a fundable plan is worth more than the solver says is possible without "
            "any rule about money"
        )
    if needed.objective is None or needed.objective < fundable.objective:
        plans = tuple(replace(p, funding=(), gap=p.cost) for p in fundable.cases)
        needed = _valued(
            replace(needed, cases=plans, terms=fundable.terms),
            fundable.objective, needed.bound,
        )  # fmt: skip
    bounds = [b for b in (needed.bound, fundable.bound) if b is not None]
    return needed, _valued(fundable, fundable.objective, min(bounds, default=None))


def _valued(
    proposal: Proposal, objective: Fraction, bound: Fraction | None
) -> Proposal:
    """The proposal with its value, its bound, and the status they show."""
    status = "optimal" if bound == objective else "feasible"
    return replace(proposal, objective=objective, bound=bound, status=status)


def step_of(arrays: Arrays) -> Fraction | None:
    """Largest step of which every plan's value is a multiple, None without one."""
    priced = np.nonzero(arrays.objective)[0]
    if not len(priced):
        return Fraction(1)
    if not arrays.integer[priced].all():
        return None
    scaled = arrays.objective[priced] * 10**POINT_DECIMALS
    whole = np.rint(scaled)
    step = math.gcd(*(int(v) for v in np.unique(np.abs(whole))))
    return Fraction(step, 10**POINT_DECIMALS)


def proven_bound(
    arrays: Arrays, objective: Fraction, bound: float | None
) -> Fraction | None:
    """Bound that holds for every plan, never below the plan at hand.

    ``objective`` is the plan's exact value, ``bound`` the solver's own claim.
    """
    if bound is None or not math.isfinite(bound):
        return None
    claim = Fraction(bound)
    slack = ROUND_OFF * max(abs(claim), Fraction(1))
    step = step_of(arrays)
    if step and step >= FINEST:
        claim = math.floor((claim + min(slack, step / 2)) / step) * step
    elif claim - objective <= slack:
        return objective
    return max(claim, objective)

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
from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.program.program import Arrays, Floats
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

FINEST: Final = Fraction(1, 10**6)
"""Points; values on a lattice finer than this are not told apart by any solver here,
and count as continuous."""
ON_LATTICE: Final = 1e-3
"""Steps of a billionth of a point; what is farther from one is no decimal."""
MOST_PARTS: Final = 10**7
"""Largest denominator of points: a chance such as 11 of 28 times units of 0.0001."""
LAST_BITS: Final = 8
"""Units of the last bit by which products of chances miss the nearest double."""
ROUND_OFF: Final = Fraction(1, 10**7)
"""Relative error granted to a solver's bound: HiGHS, CP-SAT and CBC all work to it."""
CONTRADICTED: Final = Fraction(1, 10**6)
"""Relative distance by which a plan above a bound shows that the bound is wrong."""


def reconciled(
    needed: Proposal, fundable: Proposal, setting: Setting
) -> tuple[Proposal, Proposal]:
    """Both answers, each sharpened by what the other one proves.

    Every fundable plan is a plan without rules about money, too, where all money is
    certain: one that is worth more there than the needed one found takes its place,
    without its payments. Where points do not count with a chance it is worth the same,
    so that the bound on what is needed holds for what is fundable.

    Raises
    ------
    AnswerRejected
        When the two answers contradict each other: one of them is wrong.
    """
    if fundable.objective is None:
        return needed, fundable
    plans = tuple(replace(p, funding=(), gap=p.cost) for p in fundable.cases)
    plan = replace(needed, cases=plans, applications=())
    plan = _valued(replace(plan, terms=exact_terms(plan, setting)), needed.bound)
    assert plan.objective is not None
    beaten = needed.bound is not None and needed.bound < plan.objective
    if beaten or needed.status == "infeasible":
        raise AnswerRejected(
            "a fundable plan is worth more than the solver says is possible without "
            "any rule about money"
        )
    if needed.objective is None or needed.objective < plan.objective:
        needed = plan
    if setting.objective.expected:
        return needed, fundable
    bounds = [b for b in (needed.bound, fundable.bound) if b is not None]
    return needed, _valued(fundable, min(bounds, default=None))


def _valued(proposal: Proposal, bound: Fraction | None) -> Proposal:
    """The proposal with the value of its terms, its bound, and the status they show."""
    objective = sum((term.points for term in proposal.terms), Fraction(0))
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
    if (np.abs(scaled - whole) > ON_LATTICE).any():
        return _common_part(np.unique(np.abs(arrays.objective[priced])))
    step = math.gcd(*(int(v) for v in np.unique(np.abs(whole))))
    return Fraction(step, 10**POINT_DECIMALS)


def step_of_all(programs: Iterable[Arrays]) -> Fraction | None:
    """Largest step for all of some programs, None where one has none."""
    steps = [step_of(arrays) for arrays in programs]
    known = [step for step in steps if step is not None]
    return _common(known) if len(known) == len(steps) else None


def _common(parts: Sequence[Fraction]) -> Fraction:
    """Largest number of which all of these are multiples."""
    common = math.lcm(*(part.denominator for part in parts))
    whole = (part.numerator * (common // part.denominator) for part in parts)
    return Fraction(math.gcd(*whole), common)


def _common_part(points: Floats) -> Fraction | None:
    """Largest number of which all points are multiples, where chances are no decimals.

    Points are doubles; a fraction stands for one if it is the same double, but for its
    last bits.
    """
    parts = [Fraction(v).limit_denominator(MOST_PARTS) for v in points]
    read = np.array([float(part) for part in parts])
    if (np.abs(read - points) > LAST_BITS * np.spacing(points)).any():
        return None
    return _common(parts)


def proven_bound(
    arrays: Arrays, objective: Fraction, bound: float | None
) -> Fraction | None:
    """Bound that holds for every plan, never below the plan at hand.

    ``objective`` is the plan's exact value, ``bound`` the solver's own claim.

    Raises
    ------
    AnswerRejected
        When the plan is worth more than the solver says is possible.
    """
    if bound is None or not math.isfinite(bound):
        return None
    claim = Fraction(bound)
    slack = ROUND_OFF * max(abs(claim), Fraction(1))
    if objective - claim > CONTRADICTED * max(abs(objective), Fraction(1)):
        raise AnswerRejected(
            f"the solver says that no plan brings more than {bound!r} points, but one "
            f"of {float(objective)!r} holds"
        )
    step = step_of(arrays)
    if step and step >= FINEST:
        claim = math.floor((claim + min(slack, step / 2)) / step) * step
    elif claim - objective <= slack:
        return objective
    return max(claim, objective)

"""What a solver's bound proves, once the plan's value is known exactly.

Solvers compute in doubles: a proven optimum comes back with a bound a hair away
from its value. Where every column that carries points takes whole values, all
plans are worth multiples of one step, so a bound less than a step above the
plan's exact value proves the plan optimal, without any tolerance.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.program.builder import POINT_DECIMALS

if TYPE_CHECKING:
    from matcher.program.program import Arrays

ROUND_OFF: Final = Fraction(1, 10**7)
"""Relative error granted to a solver's bound: HiGHS, CP-SAT and CBC all work to it."""


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
    if claim - objective <= slack:
        return objective
    step = step_of(arrays)
    if step:
        claim = math.floor((claim + min(slack, step / 2)) / step) * step
    return max(claim, objective)

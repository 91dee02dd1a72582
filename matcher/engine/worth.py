"""Ask only for plans of at least some worth: the objective as a row.

Where every column that carries points takes whole values, all plans are worth
multiples of one step (`matcher.engine.certify.step_of`). Counted in steps the row has
whole numbers only, so that "worth as much" and "worth more" are exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.certify import step_of

if TYPE_CHECKING:
    from matcher.program.program import Arrays


def worth_at_least(
    arrays: Arrays, value: Fraction, *, more: bool = False
) -> Arrays | None:
    """The program with a row that asks for ``value``, or for a step more.

    None where plans are not worth multiples of a step.
    """
    step = step_of(arrays)
    if step is None:
        return None
    priced = np.nonzero(arrays.objective)[0]
    whole = np.rint(arrays.objective[priced] / float(step))
    steps = (value - Fraction(arrays.offset)) / step
    least = np.ceil(float(steps)) + (1 if more and steps.denominator == 1 else 0)
    return arrays.with_row(priced, whole, lower=float(least))

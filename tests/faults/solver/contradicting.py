"""HiGHS whose three words on one run do not agree: call, model, answer.

Loaded by a worker in the place of HiGHS. Programs of fewer than seven columns, such as
those of the start-up test, are left alone.
"""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from matcher.backends import highs

NAME, FEATURES, version = highs.NAME, highs.FEATURES, highs.version
KIND = os.environ.get("MATCHER_LIE", "")
_TRUE: Any = highs.highspy


class Odd(_TRUE.Highs):
    """HiGHS that says one thing else."""

    def run(self) -> Any:
        """Return status of the call."""
        said = super().run()
        if KIND in ("kWarning", "kError"):
            return getattr(_TRUE.HighsStatus, KIND)
        return said

    def getModelStatus(self) -> Any:
        """What is said of the model."""
        if KIND in ("kInfeasible", "kUnbounded", "kNotset", "kSolveError"):
            return getattr(_TRUE.HighsModelStatus, KIND)
        return super().getModelStatus()

    def getInfo(self) -> Any:
        """Figures, among them what is said of the answer."""
        info = super().getInfo()
        if KIND in ("0", "1"):
            info.primal_solution_status = int(KIND)
        return info


def solve(arrays, options, report, stopped):
    """Solve with the odd HiGHS, from seven columns on."""
    odd = arrays.num_columns >= 7
    highs.highspy = _ODD if odd else _TRUE
    return highs.solve(arrays, options, report, stopped)


_ODD = SimpleNamespace(**(vars(_TRUE) | {"Highs": Odd}))

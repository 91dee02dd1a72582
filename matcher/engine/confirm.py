"""A second opinion: no plan is worth more than the bound, says another solver too.

The plan itself is checked exactly from the inputs; that nothing better exists is a
solver's word. Another solver, with other code, is asked for a plan worth more than
the bound. That none exists is a claim of two solvers then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.polish import suited
from matcher.engine.solving import believable
from matcher.engine.worth import worth_at_least
from matcher.errors import AnswerRejected
from matcher.program.solution import Status
from matcher.proposal.verdict import show

if TYPE_CHECKING:
    from matcher.backends.client import Worker
    from matcher.engine.stages import Stage
    from matcher.program.solution import SolveOptions


def confirmed(stage: Stage, worker: Worker, options: SolveOptions) -> Stage:
    """The stage, with the solver that confirms its bound, or that nothing is possible.

    A stage that claims neither comes back as it is; so does one that the second solver
    cannot judge within the time limit.

    Raises
    ------
    AnswerRejected
        When the second solver finds a plan that the first one says does not exist.
    SolverFailed
        When the second solver failed to work at all.
    """
    proposal, arrays = stage.proposal, stage.question.asked.program.arrays
    if proposal.status == "infeasible":
        better, claim = arrays, "nothing is possible"
    elif proposal.bound is not None:
        found = worth_at_least(arrays, proposal.bound, more=True)
        if found is None:
            return stage
        better, claim = found, f"no plan is worth more than {show(proposal.bound)}"
    else:
        return stage
    asked = better.with_points(np.zeros(arrays.num_columns))
    answer = worker.solve(suited(asked, worker), options)
    answer = believable(answer).uninterrupted()
    if answer.x is not None:
        raise AnswerRejected(
            f"{stage.solution.backend} says that {claim}, but {answer.backend} "
            "found such a plan; one of the two is wrong"
        )
    if answer.status is not Status.INFEASIBLE:
        return stage
    by = f"{answer.backend} {answer.version}"
    return replace(stage, proposal=replace(proposal, confirmed_by=by))

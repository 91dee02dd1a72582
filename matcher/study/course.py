"""How the solves of a study went: why the last one stopped, and what was reached."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matcher.program.solution import Status, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.engine.stages import Stage
    from matcher.program.solution import Solution
    from matcher.proposal.proposal import Proposal

FOUND: Final = "found"
"""Of a study: it has a plan at least."""
WITHIN_GAP: Final = (Status.OPTIMAL, Status.INFEASIBLE)


@dataclass(slots=True)
class Course:
    """Kept up to date while a study goes on."""

    stop: Stop = Stop.FINISHED
    reached: bool = True
    """Whether every answer so far came within the gap asked for."""

    def heed(self, stage: Stage) -> Stage:
        """Note how a solve went, and hand its answer on."""
        self.note(stage.solution)
        return stage

    def note(self, solution: Solution) -> None:
        """Note how a solve went; what once stopped early is not forgotten."""
        if self.stop is Stop.FINISHED or solution.stop is Stop.INTERRUPTED:
            self.stop = solution.stop
        self.reached = self.reached and solution.status in WITHIN_GAP

    @contextmanager
    def until_interrupted(self) -> Iterator[None]:
        """Ctrl-C between two solves ends the block, and what is known is kept."""
        try:
            yield
        except KeyboardInterrupt:
            self.stop = Stop.INTERRUPTED

    @property
    def halted(self) -> bool:
        """Whether somebody wants the study to end."""
        return self.stop is Stop.INTERRUPTED


def standing(plans: Iterable[Proposal | None]) -> str:
    """`FOUND` with a plan at least, ``infeasible`` where none exists, or ``unknown``.

    What was never asked for (None) says nothing.
    """
    asked = [plan for plan in plans if plan is not None]
    if any(plan.objective is not None for plan in asked):
        return FOUND
    never = bool(asked) and all(p.status == Status.INFEASIBLE for p in asked)
    return str(Status.INFEASIBLE if never else Status.UNKNOWN)

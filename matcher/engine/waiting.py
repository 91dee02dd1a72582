"""The answer where one instrument's answer is awaited, and what is told beside it.

There is a plan without waiting by then. It says why cases are left out and which piece
is missing, and it stays the answer where no plan with a fallback is found in time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matcher.engine.fallback import STOPPED, with_fallback, with_nothing_later
from matcher.engine.rejections import IN_ANY_PLAN
from matcher.program.solution import Stop
from matcher.proposal.proposal import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.engine.solving import Task
    from matcher.engine.stages import Stage
    from matcher.formulation.bind import BoundTerm
    from matcher.program.solution import Solution
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

TIES_LEFT = (
    "ties are not settled where an answer is awaited: another run may name another plan"
)
NO_ROOM = "the best plan with a fallback has no room for it"
PLAIN = " (in the plan without waiting)"
UNAWAITED = (
    "a plan that waits for nothing brings more, as what is asked of several cases "
    "together must hold after a no, too: without wait_for"
)
UNCONFIRMED = "no second solver is asked where an answer is awaited"


def waited_for(
    fundable: Stage, setting: Setting, terms: Sequence[BoundTerm], task: Task
) -> tuple[Proposal, Solution | None]:
    """The plan with a fallback; after Ctrl-C the one in which nothing comes later."""
    try:
        return with_fallback(fundable, setting, terms, task)
    except KeyboardInterrupt:
        planned = with_nothing_later(fundable, setting)
        stopped = replace(fundable.solution, stop=Stop.INTERRUPTED)
        return replace(planned, notes=(STOPPED,)), stopped


def in_place_of(plain: Proposal, planned: Proposal, told: tuple[str, ...]) -> Proposal:
    """A plan with a fallback, with what was found out about the plan without one.

    ``told`` are the notes on the plan with a fallback.
    """
    how = [n for n in plain.notes if n in (TIES_LEFT, UNCONFIRMED, STOPPED)]
    reasons = {left.case: left.reason for left in plain.rejected}
    if planned.objective is None:
        return replace(
            planned, needed=plain.needed, notes=(*told, *how, *planned.notes)
        )
    back = planned.fallback
    later = {plan.case for plan in back.cases} if back else set()
    left_out = sorted({*reasons, *plain.by_case} - planned.by_case.keys())
    better = plain.objective is not None and plain.objective > planned.objective
    worth = [f"{UNAWAITED} {float(plain.objective or 0):.6g} points"] if better else []
    return replace(
        planned,
        needed=plain.needed,
        notes=tuple(dict.fromkeys((*told, *how, *planned.notes, *worth))),
        missing=tuple(piece for piece in plain.missing if piece.case not in later),
        rejected=tuple(
            Rejected(
                case,
                f"launched only if {back.instrument} says no"
                if back and case in later
                else _plain(reasons[case])
                if case in reasons
                else NO_ROOM,
            )
            for case in left_out
        ),
    )


def _plain(reason: str) -> str:
    """A reason found without waiting; said so where waiting may make a difference."""
    return reason if reason.startswith(IN_ANY_PLAN) else f"{reason}{PLAIN}"

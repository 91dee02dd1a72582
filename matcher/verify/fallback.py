"""Judge what is done if the awaited answer is a no."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matcher.proposal.jsonform import same_share
from matcher.proposal.verdict import must

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Fallback, Proposal
    from matcher.proposal.verdict import Finding

NAME = "fallback"


def with_a_no(
    facts: Facts, proposal: Proposal,
    judge: Callable[[Facts, Proposal], list[Finding]] | None,
) -> Iterator[Finding]:  # fmt: skip
    """Findings about the plan for a no: every rule once more, and that it is one.

    ``judge`` is None where no rule about money holds, so that no answer is awaited.
    """
    awaited = facts.setting.wait_for if judge else None
    waits = awaited in facts.setting.instruments
    back, later = proposal.fallback, proposal.with_a_no
    if not waits and back is None:
        return
    yield must(NAME, awaited or "none", waits == (back is not None),
               "a plan for a no goes with an answer that is awaited")  # fmt: skip
    if not waits or judge is None or back is None or later is None:
        return
    yield from _itself(facts, proposal, back)
    for finding in judge(facts, later):
        yield replace(finding, subject=f"{finding.subject} (after a no)")


def _itself(facts: Facts, proposal: Proposal, back: Fallback) -> Iterator[Finding]:
    awaited = facts.setting.wait_for
    yield must(NAME, back.instrument, back.instrument == awaited,
               f"the answer that is awaited is that of {awaited}")  # fmt: skip
    success = facts.setting.instruments[awaited or ""].success
    same = same_share(back.chance, success.share if success else None)
    yield must(NAME, f"{back.instrument} chance", same, "is not that of the rulebook")
    paid = [plan.case for plan in back.cases if awaited in plan.payers]
    yield must(NAME, f"{back.instrument} money", not paid,
               f"it pays in {', '.join(paid)} after its own no")  # fmt: skip

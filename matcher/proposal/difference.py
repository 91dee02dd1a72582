"""How one plan differs from another: who enters, who leaves, which case comes or goes.

Only memberships count: who leads, who serves whom and who pays may differ as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.proposal.proposal import CasePlan, Proposal


def memberships_of(proposal: Proposal) -> frozenset[tuple[str, str]]:
    """Case and region of every member: what makes a plan the same plan or another."""
    return frozenset(
        (plan.case, region) for plan in proposal.cases for region in plan.members
    )


def difference(first: Proposal, other: Proposal) -> str:
    """How the other plan differs from the first, in one sentence."""
    told = [*_cases(first, other), *_members(first, other)]
    return "; ".join(told) or "the same members"


def _cases(first: Proposal, other: Proposal) -> Iterator[str]:
    """Cases that are launched in one of the two plans."""
    gone = [name for name in first.by_case if name not in other.by_case]
    if gone:
        yield f"{_listed(gone)} {'is' if len(gone) == 1 else 'are'} dropped"
    for name, plan in other.by_case.items():
        if name not in first.by_case:
            yield f"{name} is launched with {_listed(plan.members)}"


def _members(first: Proposal, other: Proposal) -> Iterator[str]:
    """Members that enter or leave a case that is launched in both plans."""
    for name, plan in other.by_case.items():
        if name in first.by_case:
            yield from _moved(first.by_case[name], plan)


def _moved(first: CasePlan, other: CasePlan) -> Iterator[str]:
    enter = [r for r in other.members if r not in first.members]
    leave = [r for r in first.members if r not in other.members]
    if len(enter) == len(leave) == 1:
        yield f"{enter[0]} takes the place of {leave[0]} in {other.case}"
        return
    for regions, verb in ((enter, "join"), (leave, "leave")):
        if regions:
            one = "s" if len(regions) == 1 else ""
            yield f"{_listed(regions)} {verb}{one} {other.case}"


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

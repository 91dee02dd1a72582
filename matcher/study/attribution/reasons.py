"""What changes of the inputs bring about, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matcher.proposal.verdict import show
from matcher.study.comparison.aligned import CHANGE, OPEN, TIE
from matcher.study.comparison.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.proposal.proposal import Proposal
    from matcher.study.attribution.attribution import Attribution, Flip, Share
    from matcher.study.attribution.changes import Change

TOLD: Final = 12
"""Differences of a step up to which each is told; `turns` has all."""
UNPROVEN: Final = "not proven: plans worth as much may differ"


def why(flip: Flip, changes: Sequence[Change]) -> str:
    """What brings a difference about, in one sentence."""
    text = flip.difference.text
    if flip.proof == TIE:
        return (
            f"{text} in a plan of equal value only: to choose otherwise costs nothing."
        )
    reason = _reason(flip, changes)
    sure = flip.sure and flip.proof == CHANGE
    return f"{text} {reason}." if sure else f"{text} {reason}; {UNPROVEN}."


def _reason(flip: Flip, changes: Sequence[Change]) -> str:
    told = [change.told for change in changes]
    if len(changes) == 1:
        return f"because {told[0]}"
    alone, needed = flip.alone, flip.necessary
    if len(alone) == 1:
        return f"because {told[alone[0]]}; {_rest(flip, changes)}"
    if alone:
        named = [told[i] for i in alone]
        many = "either" if len(alone) == 2 else "any"
        return f"because {listed(named)}: {many} of these alone would do it"
    named = [told[i] for i in needed]
    if len(needed) > 1 and flip.enough:
        return f"because {listed(named)} together: none alone would do it"
    if needed:
        return (
            f"because {listed(named)}, together with other changes: "
            "none alone would do it"
        )
    return (
        "because of several changes together: none alone would do it, and none is "
        "necessary"
    )


def _rest(flip: Flip, changes: Sequence[Change]) -> str:
    """What the changes do without the one that is enough."""
    only = flip.alone[0]
    others = [change for i, change in enumerate(changes) if i != only]
    if only not in flip.necessary:
        return "but all the others together would do it as well"
    if len(others) == 1:
        return f"{others[0].told} alone would not do it"
    return "all the other changes together would not do it"


def sentences(found: Attribution) -> Iterator[str]:
    """The whole way, what each change accounts for, and what turns whom."""
    yield _whole(found)
    yield from _steps(found)
    if not found.same_points:
        yield (
            f"Points count other things under {found.names[1]} than under "
            f"{found.names[0]}: a difference in points is also one in what is counted."
        )
    yield from _shares(found)
    yield from _turns(found)
    for name in found.awaited:
        yield (
            f"{name} awaits an answer: here plans are decided as if nothing were "
            "awaited."
        )


def _whole(found: Attribution) -> str:
    start, end = found.names
    if not found.changes:
        return f"{start} and {end} state the same: there is nothing to attribute."
    many = len(found.changes)
    ways = f"{many} single change{'s' * (many > 1)} lead{'s' * (many == 1)}"
    way = f"{ways} from {start} to {end}"
    if found.start is None or found.end is None:
        return f"{way}; they were not followed to the end."
    less = found.difference
    if less is None:
        return f"{way}, {_worth(found.start)} to {_worth(found.end)}."
    more = f"{show(abs(less))} {'less' if less < 0 else 'more'}" if less else "as many"
    gap = _gap(found.start, found.end)
    return f"{way}: {_worth(found.start)} to {_worth(found.end)}, {more}.{gap}"


def _worth(plan: Proposal) -> str:
    if plan.objective is None:
        return "no plan" if plan.status == "infeasible" else "no plan found"
    return f"{show(plan.objective)} points"


def _gap(start: Proposal, end: Proposal) -> str:
    """What is proven of the difference between two plans."""
    assert start.objective is not None
    assert end.objective is not None
    if start.bound == start.objective and end.bound == end.objective:
        return ""
    if start.bound is None or end.bound is None:
        return " Nothing is proven of this difference: no bound is known."
    least, most = end.objective - start.bound, end.bound - start.objective
    span = f"{show(least)} to {show(most)}"
    return f" Within the gap, the best plans differ by {span} points."


def _steps(found: Attribution) -> Iterator[str]:
    for step in found.steps:
        before, after = step.before.objective, step.plan.objective
        if before is None or after is None:
            worth = _worth(step.plan)
        elif before == after:
            worth = "as many points as before"
        else:
            word = "more" if after > before else "less"
            worth = f"{show(abs(after - before))} points {word}"
        turned = [d for d, proof in step.judged if proof != TIE]
        whole = {d.case for d in turned if not d.region}
        told = [d.text for d in turned if not d.region or d.case not in whole]
        if len(told) > TOLD:
            roles = len(told) - len(whole)
            told = [*(d.text for d in turned if not d.region), f"{roles} roles change"]
        if told:
            mark = "" if all(p != OPEN for _, p in step.judged) else f" ({UNPROVEN})"
            yield f"Once {step.change.told}, {worth}: {listed(told)}{mark}."
        elif step.judged:
            yield (f"Once {step.change.told}, {worth}: who joins or leaves is a choice "
                   "among plans worth as much.")  # fmt: skip
        elif after is not None and step.before.objective is not None:
            yield f"Once {step.change.told}, {worth}: everybody stays."
        else:
            yield f"Once {step.change.told}, {worth}."


def _shares(found: Attribution) -> Iterator[str]:
    if len(found.changes) < 2 or not found.shares:
        return
    known = [share for share in found.shares if share.part.points is not None]
    if len(known) < len(found.shares):
        yield "Some changes have no plan together: nothing is shared out among them."
        return
    told = "; ".join(map(_share, known))
    if found.orders is None:
        yield f"Points that each change accounts for, over all orders: {told}."
    else:
        yield (
            "Points that each change accounts for, with the standard error over "
            f"{found.orders} orders drawn: {told}."
        )


def _share(share: Share) -> str:
    assert share.part.points is not None
    error = share.part.error
    more = "" if error is None else f" +/- {show(error)}"
    return f"{share.change.text}, {show(share.part.points)}{more}"


def _turns(found: Attribution) -> Iterator[str]:
    """One sentence for each difference; who is in a case tells the case itself."""
    whole = {f.difference.case for f in found.flips if not f.difference.region}
    open_ = []
    for flip in found.flips:
        each = flip.difference
        if flip.proof == TIE or (each.region and each.case in whole):
            continue
        if flip.proof == OPEN:
            open_.append(each.text)
        else:
            yield found.why(flip)
    if open_:
        yield (
            "Not proven to be changes, as plans worth as much may differ; what seems "
            f"to turn them is told in reasons: {listed(open_)}."
        )
    ties = [f.difference.text for f in found.flips if f.proof == TIE]
    if ties:
        yield f"Ties, in which to choose otherwise costs nothing: {listed(ties)}."

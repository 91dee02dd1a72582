"""What two plans have in common, and what not, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.difference import difference
from matcher.proposal.verdict import show
from matcher.study.comparison.aligned import CHANGE, LEAD, OPEN, TIE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Difference, Judged
    from matcher.study.comparison.side_by_side import Sheet


def sentences(sheet: Sheet, as_good: Collection[str]) -> Iterator[str]:
    """One for the reference, then one for each other assumption.

    ``as_good`` are those whose plan is a best one under the reference as well.
    """
    first = next(iter(sheet.proposals))
    for name, plan in sheet.proposals.items():
        if plan.objective is None:
            yield _without_plan(name, plan)
        elif name == first:
            yield f"Under {name} {_worth(plan)}; {_launched(plan)}."
        elif sheet.reference.objective is None:
            yield (
                f"Under {name} {_worth(plan)}; {_launched(plan)}. "
                f"There is no plan under {first} to compare with."
            )
        else:
            told = _compared(sheet, first, name)
            if sheet.judged.get(name) and name in as_good:
                told += f" The whole plan is a best one under {first} as well."
            yield told
    for name, setting in sheet.settings.items():
        if setting.has_money and setting.wait_for in setting.instruments:
            yield (
                f"{name} awaits the answer of {setting.wait_for}: plans are compared "
                "here as if nothing were awaited."
            )


def _without_plan(name: str, plan: Proposal) -> str:
    if plan.status == "infeasible":
        return f"Under {name} no plan meets every rule."
    return f"Under {name} no plan was found in the time there was."


def _worth(plan: Proposal) -> str:
    assert plan.objective is not None
    points = f"{show(plan.objective)} points"
    if plan.bound == plan.objective:
        return f"the best plan brings {points}"
    if plan.bound is None:
        return f"the plan found brings {points}, of which nothing is proven"
    return f"the plan found brings {points}, and none more than {show(plan.bound)}"


def _launched(plan: Proposal) -> str:
    cases = list(plan.by_case)
    if not cases:
        return "no case is launched"
    return f"{listed(cases)} {'is' if len(cases) == 1 else 'are'} launched"


def _compared(sheet: Sheet, first: str, name: str) -> str:
    """How the plan of an assumption is other than that of the reference."""
    plan, judged = sheet.proposals[name], sheet.judged.get(name, ())
    worth = f"Under {name} {_worth(plan)}, {_beside(sheet, first, name)}"
    if not judged:
        return f"{worth}: everybody takes part as under {first}."
    told = [difference(sheet.reference, plan)] * any(
        each.kind != "role changes" for each, _ in judged
    )
    told += list(_leading(judged))
    return f"{worth}: {'; '.join(told)}. {_verdicts(judged, first, name)}"


def _beside(sheet: Sheet, first: str, name: str) -> str:
    """Points against those of the reference, where they count the same things."""
    mine, theirs = sheet.settings[name], sheet.settings[first]
    if not same_points(mine, theirs):
        return f"counted otherwise than under {first}"
    base, worth = sheet.reference.objective, sheet.proposals[name].objective
    assert base is not None
    assert worth is not None
    if base == worth:
        return f"as many as under {first}"
    more = "less" if worth < base else "more"
    return f"{show(abs(worth - base))} {more} than under {first}"


def same_points(one: Setting, other: Setting) -> bool:
    """Whether points of two settings count the same things alike."""
    mine, theirs = one.objective, other.objective
    return (mine.weights, mine.parameters, mine.expected) == (
        theirs.weights, theirs.parameters, theirs.expected
    )  # fmt: skip


def _leading(judged: Judged) -> Iterator[str]:
    """Roles that change although their bearers stay."""
    for each, _ in judged:
        if each.kind != "role changes":
            continue
        if each.after == LEAD:
            yield f"{each.region} leads {each.case}"
        elif each.before != LEAD:
            yield each.text


def _verdicts(judged: Judged, first: str, name: str) -> str:
    """What is proven of the differences."""
    kinds = {label for _, label in judged}
    if kinds == {CHANGE}:
        one = len(judged) == 1
        each = "This is a change: it holds" if one else "All are changes: they hold"
        return f"{each} whichever of the best plans one takes."
    if kinds == {OPEN}:
        return (
            "None of this is proven to be a change: other plans may be worth as much."
        )
    told = []
    ties = _named(judged, TIE)
    if ties:
        what = "Each of these is a tie" if kinds == {TIE} else f"Ties: {listed(ties)}"
        told.append(
            f"{what}: some plan that is worth as much, under {first} or under {name}, "
            "chooses otherwise, and may differ elsewhere."
        )
    left = _named(judged, OPEN)
    if left:
        told.append(f"Not proven to be changes: {listed(left)}.")
    if CHANGE in kinds:
        told.append("The rest are changes.")
    return " ".join(told)


def _named(judged: Judged, label: str) -> list[str]:
    """Differences of a label, without those that follow from one about their case."""
    whole = {each.case for each, said in judged if said == label and not each.region}
    return [
        each.text for each, said in judged
        if said == label and not (each.region and each.case in whole)
        and not _follows(each, judged)
    ]  # fmt: skip


def _follows(each: Difference, judged: Judged) -> bool:
    """Whether who leads instead is told by another one of the differences."""
    return each.kind == "role changes" and each.before == LEAD and any(
        other.case == each.case and other.after == LEAD for other, _ in judged
    )  # fmt: skip


def listed(names: Sequence[str]) -> str:
    """Names in a row, with an *and* before the last."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

"""How a plan stands without direct EU money, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matcher.proposal.verdict import show
from matcher.study.comparison.aligned import OPEN, TIE
from matcher.study.comparison.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from matcher.study.independence.dependence import Gain, Independence

TOLD: Final = 3
"""Changes that are told in sentences; the table has all."""


def sentences(found: Independence) -> Iterator[str]:
    """What is left, which cases, and what would win back most."""
    if found.direct:
        yield from _left(found)
        yield from _cases(found)
        yield from _gains(found)
    else:
        yield (
            f"Under {found.assumption} no instrument in play is direct EU money: "
            "nothing rests on it."
        )
    if found.unsaid:
        yield (
            f"Nothing says who manages {listed(found.unsaid)}: counted as no direct EU "
            "money, and left in play."
        )


def _left(found: Independence) -> Iterator[str]:
    before, after = found.values
    off = listed(found.direct)
    if None in found.plans:
        yield f"Interrupted before the plan without {off} was known."
        return
    if before is None or after is None:
        which = f"with {off}" if before is None else f"without {off}"
        plan = found.plans[0 if before is None else 1]
        none = (
            "there is no plan"
            if plan and plan.status == "infeasible"
            else ("no plan was found")
        )
        yield f"Under {found.assumption} {none} {which}: nothing can be compared."
        return
    yield (
        f"Without direct EU money ({off}) the plan of {found.assumption} brings "
        f"{show(after)} of {show(before)} points."
    )
    if found.index is None:
        yield "No part of it can be told: with direct EU money it is worth nothing."
        return
    least, most = found.index_range
    sure = "" if least == most else f" (proven: {_range(least, most)})"
    yield f"{_percent(found.index)} of the points rest on direct EU money{sure}."
    if found.money_index is not None and found.direct_share is not None:
        yield (
            f"{_percent(found.direct_share)} of the euros granted are direct EU money; "
            + _fewer(found.money_index)
        )


def _fewer(part: Fraction) -> str:
    if not part:
        return "without it, as many are granted."
    word = "fewer" if part > 0 else "more"
    return f"without it, {_percent(abs(part))} {word} are granted."


def _range(least: Fraction | None, most: Fraction | None) -> str:
    if least is None or most is None:
        return "nothing"
    return f"{_percent(least)} to {_percent(most)}"


def _cases(found: Independence) -> Iterator[str]:
    by_status: dict[str, list[str]] = {}
    for each in found.cases:
        mark = ""
        if each.proof in (TIE, OPEN):
            mark = " (a tie)" if each.proof == TIE else " (not proven)"
        by_status.setdefault(each.status, []).append(each.case + mark)
    told = [f"{listed(names)} {'are' if len(names) > 1 else 'is'} {status}"
            for status, names in sorted(by_status.items())]  # fmt: skip
    if told:
        yield f"Of the cases, {listed(told)}."


def _gains(found: Independence) -> Iterator[str]:
    loss = found.loss
    if loss is None:
        return
    if not found.gains:
        if loss == 0:
            yield "No loss was found, so that nothing is there to win back."
        return
    best = [gain for gain in found.gains if gain.won is not None and gain.won > 0]
    if not best:
        yield "No single change of a regional instrument that was tried wins any back."
        return
    for gain in best[:TOLD]:
        yield _gain(found, gain)


def _gain(found: Independence, gain: Gain) -> str:
    assert gain.won is not None
    share = found.share(gain)
    part = "" if share is None or share < 0 else f", {_percent(share)} of the loss"
    sure = "" if gain.at_least == gain.at_most else f" (proven: {_proven(gain)})"
    what = f"{gain.opening.instrument}: if {gain.opening.text}"
    return f"{what}, {show(gain.won)} points are won back{part}{sure}."


def _proven(gain: Gain) -> str:
    if gain.at_least is None or gain.at_most is None:
        return "nothing"
    return f"{show(gain.at_least)} to {show(gain.at_most)}"


def _percent(value: Fraction) -> str:
    return f"{float(100 * value):.3g} %"

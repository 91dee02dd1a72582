"""Earmarks that rule out nothing, told where a proposal misses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.facts import Facts
from matcher.proposal.mixes import earmarked

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.proposal.proposal import Application, Proposal
    from matcher.scenario.paying import Earmark
    from matcher.scenario.setting import Setting


def missed_earmarks(proposal: Proposal, setting: Setting) -> tuple[str, ...]:
    """Soft earmarks that an application misses, and by how much.

    An earmark for types is passed over where no type is stated.
    """
    facts = Facts(setting)
    told = []
    for made in proposal.applications:
        for mark in setting.instruments[made.instrument].earmarks:
            found = earmarked(setting, mark, facts.granted(proposal, made))
            if mark.enforce == "soft" and found is not None:
                told.append(_told(made, mark, *found))
    return tuple(text for text in told if text)


def _told(made: Application, mark: Earmark, counts: Fraction, whole: int) -> str:
    if counts >= whole * mark.min_share.value:
        return ""
    asked, share = mark.min_share.value * 100, counts / whole * 100
    return (
        f"{made.subject}: {_percent(share)} of the grant goes to {mark.group()}, "
        f"{_percent(asked)} is asked for"
    )


def _percent(value: Fraction) -> str:
    return f"{float(round(value, 1)):g}%"

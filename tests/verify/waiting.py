"""Proposals by hand for the tiny setting that awaits an answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.proposal.proposal import Fallback
from tests.tiny import asked_for, pay, plan
from tests.verify.honest import honest, valued

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting


def paid(case: str, instrument: str, own: int = 60) -> CasePlan:
    """A case of A alone, of whose 600 EUR an instrument pays what A does not."""
    money = pay("A", own), pay("A", 600 - own, instrument)
    return plan(case, "A", funding=money)


def waiting(setting: Setting, *later: CasePlan) -> Proposal:
    """D1 begins at once, D2 rests on g, and some cases are launched after its no."""
    yes = honest(setting, paid("D1", "h"), paid("D2", "g"), paid=True)
    made = asked_for((paid("D1", "h"), *later), (), setting.instruments)
    back = Fallback("g", Fraction(1, 2), later, made)
    return valued(setting, replace(yes, fallback=back))

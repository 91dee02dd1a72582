"""Honest proposals by hand: plans with the value and bound that they really have."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.proposal.proposal import Proposal
from matcher.verify.verify import exact_terms, verify
from tests.tiny import TRADE, asked_for, plan, scene, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.proposal.proposal import CasePlan
    from matcher.proposal.verdict import Finding
    from matcher.scenario.setting import Setting

SKILLED = scene(
    TRADE, assets="region,capability,level,capacity\nA,K,2,3\nB,K,1,\n",
    roles="case,capability,kind,min_level\nD1,K,best,1\nD1,K,exchange,\n",
    objective={"weights": {"need_coverage": 1, "role_quality": 0}},
)  # fmt: skip
"""The trade with a role that A or B is named for; naming brings no points."""
GIVEN = plan("D1", "ABC", exchanges=(serve("AC", 2),), roles={"K": "A"})
"""A plan for it: two of its three points, and A named for the role."""


def honest(
    setting: Setting, *plans: CasePlan, paid: bool = False,
    together: Sequence[str] = (),
) -> Proposal:  # fmt: skip
    """A proposal that says of its plans what is true, and calls them optimal.

    Unless ``paid``, nobody pays, and the whole cost is an open gap. Instruments are
    asked for the cases ``together`` by one application.
    """
    if not paid:
        plans = tuple(replace(plan, gap=plan.cost) for plan in plans)
    made = asked_for(plans, together, setting.instruments) if paid else ()
    draft = Proposal(
        setting.name, setting.assumption, "optimal", None, None, cases=plans,
        applications=made,
    )  # fmt: skip
    return valued(setting, draft)


def valued(setting: Setting, proposal: Proposal) -> Proposal:
    """The same proposal with the terms, value and bound of its plans."""
    terms = exact_terms(proposal, setting)
    worth = sum((term.points for term in terms), Fraction(0))
    return replace(proposal, terms=terms, objective=worth, bound=worth)


def broken(
    proposal: Proposal, setting: Setting, *, funding: bool = True
) -> tuple[Finding, ...]:
    """What the verdict finds wrong."""
    return verify(proposal, setting, funding=funding).broken

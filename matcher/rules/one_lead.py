"""A launched case has exactly one lead, who is a member of it.

::

    sum_r lead[r,d] = open[d]

Source: every demonstration topic is led by a region (R56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, must
from matcher.rules._figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "one_lead"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per case; ``lead <= member`` belongs to the structure."""
    cases = np.arange(len(model.cols.open))
    _, case, lead = present(model.cols.lead)
    parts = [(case, lead, 1), (cases, model.cols.open, -1)]
    model.case_rows(NAME, cases, parts, lower=0, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """The lead exists and is not named again as partner or observer."""
    for plan in proposal.cases:
        once = plan.lead not in plan.partners and plan.lead not in plan.observers
        known = plan.lead in facts.setting.regions
        yield must(NAME, plan.case, known and once, f"{plan.lead or 'nobody'} leads")


def sentence(setting: Setting) -> str:
    """The rule in words."""
    return "Every case has exactly one lead region."


def figures(chances: Chances) -> Figure:
    """Regions that may lead."""
    able, everyone = len(chances.leading), len(chances.setting.regions)
    text = f"it needs one lead, {able or 'but none'} of {everyone} regions may lead it"
    return Figure(text, enough=able > 0)

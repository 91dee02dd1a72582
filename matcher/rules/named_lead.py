"""Where a case names the regions that may lead it, no other region leads it.

::

    lead[r,d] = 0   where d names leads and r is none of them

Source: column ``leads`` of the cases table; blank leaves the lead open (R56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, must
from matcher.rules._figures import Figure
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "named_lead"
FUNDING = False


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Leads that a case does not name."""
    out = np.zeros(inst.shape, dtype=bool)
    for d, case in enumerate(inst.setting.cases.values()):
        if case.leads:
            out[:, d] = True
            out[inst.labels.regions.encode(case.leads), d] = False
    return {"lead": out}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look up every lead among those its case names."""
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        if case.leads:
            named = plan.lead in case.leads
            text = f"{plan.lead} leads, but may not"
            yield must(NAME, plan.case, named, text, line(case.at))


def sentence(setting: Setting) -> str:
    """The rule with its regions."""
    parts = [
        f"{case.case} by {' or '.join(case.leads)}"
        for case in setting.cases.values()
        if case.leads
    ]
    return f"Some cases are led by named regions: {', '.join(parts)}." if parts else ""


def figures(chances: Chances) -> Figure | None:
    """Regions that a case names as its lead."""
    case = chances.row
    if not case.leads:
        return None
    return Figure(f"only {' or '.join(case.leads)} may lead it", (line(case.at),))

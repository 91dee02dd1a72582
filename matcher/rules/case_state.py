"""A case that is stopped or done is not launched.

::

    open[d] = 0   where state_d is stopped or done

Source: column ``state`` of the cases table (R109, R110).
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

NAME = "case_state"
FUNDING = False
OVER = ("done", "stopped")


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Cases that are over."""
    return {
        "open": np.array(
            [c.state in OVER for c in inst.setting.cases.values()], dtype=bool
        )
    }


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look up the state of every launched case."""
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        yield must(NAME, plan.case, case.state not in OVER, f"the case is {case.state}",
                   line(case.at))  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule in words."""
    over = [c.case for c in setting.cases.values() if c.state in OVER]
    return f"Cases that are over are not launched: {', '.join(over)}." if over else ""


def figures(chances: Chances) -> Figure | None:
    """A case that is over has no plan."""
    case = chances.row
    if case.state not in OVER:
        return None
    return Figure(f"it is {case.state}", (line(case.at),), enough=False)

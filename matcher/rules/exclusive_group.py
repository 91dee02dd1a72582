"""Of the cases that share an exclusive group at most one is launched.

::

    sum_{d in group} open[d] <= 1

Source: column ``exclusive_group`` of the cases table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, at_most
from matcher.rules._figures import Figure, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "exclusive_group"
FUNDING = False


def rows(model: Model) -> None:
    """Add one coupling row per group."""
    groups = [case.exclusive_group for case in model.inst.setting.cases.values()]
    names = tuple(sorted({group for group in groups if group}))
    cases = np.array([i for i, group in enumerate(groups) if group], dtype=np.int64)
    at = np.array([names.index(group) for group in groups if group], dtype=np.int64)
    index = np.arange(len(names))
    model.coupling_rows(NAME, names, index, [(at, model.cols.open[cases], 1)], upper=1)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count launched cases by group."""
    groups = [facts.setting.cases[plan.case].exclusive_group for plan in proposal.cases]
    for group in sorted({group for group in groups if group}):
        yield at_most(
            NAME, group, groups.count(group), 1, "cases of the group", unit="cases"
        )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    names = sorted(
        {c.exclusive_group for c in setting.cases.values() if c.exclusive_group}
    )
    return (
        f"At most one case of each group is launched: {', '.join(names)}."
        if names
        else ""
    )


def figures(chances: Chances) -> Figure | None:
    """The other cases of the case's group."""
    group = chances.row.exclusive_group
    return limit(chances.setting, group) if group else None


def limit(setting: Setting, group: str) -> Figure:
    """Cases of a group."""
    rows = [c for c in setting.cases.values() if c.exclusive_group == group]
    names = ", ".join(case.case for case in rows)
    text = f"of group {group} ({names}) only one case may be launched"
    return Figure(text, places(case.at for case in rows))

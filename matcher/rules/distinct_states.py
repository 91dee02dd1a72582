"""The members of a launched case come from enough different states.

::

    state[s,d] <= sum_{r in s} member[r,d]
    sum_s state[s,d] >= fewest_d * open[d]

state: the state has a member in the case; fewest: the larger of the case's
``min_states`` and the partnership's minimum. Observers never count (R53, R54).
Source: partnership rulebook (three Member States), cases table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.layout import present
from matcher.proposal.verdict import Finding, at_least
from matcher.rules._figures import Figure, book_line, count, may_join
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "distinct_states"
FUNDING = False


def _floors(setting: Setting) -> np.ndarray:
    book = setting.partnership
    general = book.consortium.min_states if book else None
    least = general.value if general else 1
    return np.array(
        [max(case.min_states or 1, least) for case in setting.cases.values()]
    )


def rows(model: Model) -> None:
    """Add one row per case; the definition of ``state`` belongs to the structure."""
    cols = model.cols
    cases = np.arange(len(cols.open))
    _, case, state = present(cols.state)
    model.case_rows(
        NAME, cases,
        [(case, state, 1), (cases, cols.open, -_floors(model.inst.setting))],
        lower=0,
    )  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the states of the members."""
    book = facts.setting.partnership
    for plan in proposal.cases:
        case = facts.setting.cases[plan.case]
        states = {facts.setting.regions[name].state for name in plan.members}
        if case.min_states:
            yield at_least(NAME, plan.case, len(states), case.min_states, "states",
                           line(case.at), unit="states")  # fmt: skip
        if book and book.consortium.min_states:
            floor = book.consortium.min_states
            yield at_least(NAME, plan.case, len(states), floor.value, "states",
                           cite(book, floor), unit="states")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    if book and book.consortium.min_states:
        floor = book.consortium.min_states
        return (
            f"The members of a case come from at least {floor.value} states "
            f"[{cite(book, floor)}]."
        )
    if any(case.min_states for case in setting.cases.values()):
        return "The members of a case come from as many states as its row asks for."
    return ""


def figures(chances: Chances) -> Figure:
    """States asked for, and those of the regions that may join."""
    setting, case = chances.setting, chances.row
    book = setting.partnership
    least = int(_floors(setting)[chances.case])
    states = sorted({setting.regions[name].state for name in chances.joining})
    enough = len(states) >= least
    named = f": {', '.join(states)}" if not enough and states else ""
    lines = [line(case.at)] if case.min_states == least else []
    if book and book.consortium.min_states and not lines:
        lines = [book_line(setting, book)]
    text = (
        f"it needs members from {count(least, 'state')}, {'' if enough else 'but '}"
        f"{may_join(chances)} lie in {'' if enough else 'only '}{len(states)}{named}"
    )
    return Figure(text, tuple(lines), enough=enough)

"""As many cases are launched as the limits allow and ask for.

::

    min_cases <= sum_d open[d] <= max_cases

Source: ``limits`` of the scenario; ``max_cases`` of the partnership rulebook (R43).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import COUPLING, Subject
from matcher.proposal.verdict import Finding, at_least, at_most
from matcher.rules._shared import cite, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "case_count"
FUNDING = False


def _most(setting: Setting) -> list[int]:
    book = setting.partnership
    rule = book.max_cases if book else None
    return [
        n for n in (setting.max_cases, rule.value if rule else None) if n is not None
    ]


def rows(model: Model) -> None:
    """Add one coupling row per bound."""
    setting, opened = model.inst.setting, model.cols.open
    part = [(np.zeros(len(opened), dtype=np.int64), opened, 1)]
    for bound, subject in (
        ("fewest", setting.min_cases),
        ("most", min(_most(setting), default=None)),
    ):
        if subject is None:
            continue
        label = Subject(((bound,),), (np.zeros(1, dtype=np.int64),))
        side = {"lower": subject} if bound == "fewest" else {"upper": subject}
        model.add.add_rows(NAME, label, part, case=COUPLING, **side)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Count the launched cases."""
    setting, count = facts.setting, len(proposal.cases)
    source = line(setting.places["limits"])
    if setting.min_cases is not None:
        yield at_least(
            NAME, "fewest", count, setting.min_cases, "cases", source, unit="cases"
        )
    if setting.max_cases is not None:
        yield at_most(
            NAME, "most", count, setting.max_cases, "cases", source, unit="cases"
        )
    book = setting.partnership
    if book and book.max_cases:
        yield at_most(NAME, "most", count, book.max_cases.value, "cases",
                      cite(book, book.max_cases), unit="cases")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    parts = [f"at least {setting.min_cases}"] if setting.min_cases else []
    parts += [f"at most {min(_most(setting))}"] if _most(setting) else []
    return f"{' and '.join(parts).capitalize()} cases are launched." if parts else ""

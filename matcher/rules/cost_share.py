"""Each member's share of a case's cost lies between a minimum and a maximum.

::

    min * cost_d * member[r,d] <= sum_l share[r,d,l] <= max * cost_d

cost_d depends on the plan, so the lower bound carries a slack that vanishes for
members. Source: ``cost_share`` of the partnership rulebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.proposal.verdict import Finding, at_least, at_most, euros
from matcher.rules._costs import share_rows
from matcher.rules._figures import Figure, book_line
from matcher.rules._raising import least_cost
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "cost_share"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per member and bound."""
    book = model.inst.setting.partnership
    if book is None:
        return
    region, case, member = model.cols.members
    if book.cost_share.min:
        least = book.cost_share.min.value
        share_rows(model, NAME, least.numerator, least.denominator, region, case,
                   smallest=True, unless=(member,))  # fmt: skip
    if book.cost_share.max:
        most = book.cost_share.max.value
        share_rows(model, NAME, most.numerator, most.denominator, region, case,
                   smallest=False, unless=())  # fmt: skip


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up every member's payments and compare with the case's cost."""
    book = facts.setting.partnership
    if book is None:
        return
    for plan in proposal.cases:
        total = sum(facts.cost(plan).values())
        for name in plan.members:
            borne = sum(p.amount for p in plan.funding if p.region == name)
            if book.cost_share.min:
                bound = book.cost_share.min
                yield at_least(NAME, f"{plan.case} {name}", borne, total * bound.value,
                               "borne", cite(book, bound),
                               unit="cents")  # fmt: skip
            if book.cost_share.max:
                bound = book.cost_share.max
                yield at_most(NAME, f"{plan.case} {name}", borne, total * bound.value,
                              "borne", cite(book, bound),
                              unit="cents")  # fmt: skip


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    book = setting.partnership
    if book is None or not (book.cost_share.min or book.cost_share.max):
        return ""
    low = float(book.cost_share.min.value) if book.cost_share.min else 0
    high = float(book.cost_share.max.value) if book.cost_share.max else 1
    span = f"between {low:.0%} and {high:.0%}"
    return f"Each member bears {span} of a case's cost [{book.id}]."


def figures(chances: Chances) -> Figure | None:
    """What each member bears of the cheapest consortium's cost."""
    book, cost = chances.setting.partnership, least_cost(chances)
    if book is None or not (book.cost_share.min or book.cost_share.max):
        return None
    low, high = book.cost_share.min, book.cost_share.max
    words = [f"at least {euros(int(low.value * cost))}"] if low else []
    words += [f"at most {float(high.value):.0%} of its cost"] if high else []
    text = f"each member bears {' and '.join(words)}"
    return Figure(text, (book_line(chances.setting, book),))

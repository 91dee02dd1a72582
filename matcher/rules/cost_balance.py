"""The members of a launched case bear its whole cost, layer by layer.

::

    sum_r share[r,d,l] = case_cost_dl * open[d]
                       + partner_cost_dl * sum_r member[r,d]
                       + [l is the exchange layer]
                         * sum_{a,n} unit_cost_a * exchange[a,n,d]
    sum_l share[r,d,l] <= most_d * member[r,d]

All amounts in cents. Source: costs table; unit costs of the assets table.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, euros, must
from matcher.rules._costs import cost_entries
from matcher.rules._figures import Figure, may_join, places
from matcher.rules._raising import least_cost, most_grants, own_money

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.setting import Setting

NAME = "cost_balance"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per case and layer, and one link per possible membership."""
    inst, cols = model.inst, model.cols
    labels = inst.labels
    case, layer = np.nonzero(inst.money.most_cost)
    index = np.full(inst.money.most_cost.shape, -1)
    index[case, layer] = np.arange(len(case))
    _, d, line, share = cols.shares
    of_case, of_layer, column, cents = cost_entries(model)
    model.add.add_rows(
        NAME, Subject((labels.cases.ids, labels.layers.ids), (case, layer)),
        [(index[d, line], share, 1), (index[of_case, of_layer], column, -cents)],
        case=case, lower=0, upper=0,
    )  # fmt: skip
    region, case, member = model.cols.members
    position = np.full(cols.member.shape, NONE)
    position[region, case] = np.arange(len(region))
    r, d, _, share = cols.shares
    most = inst.money.most_cost.sum(axis=1)
    links = [
        (position[r, d], share, 1),
        (np.arange(len(region)), member, -most[case]),
    ]
    model.pair_rows(NAME, region, case, links, upper=0)


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what is paid in every layer, and compare with what it costs."""
    for plan in proposal.cases:
        paid: dict[str, int] = defaultdict(int)
        for payment in plan.funding:
            paid[payment.layer] += payment.amount
            subject = f"{payment.instrument} {plan.case} {payment.region}"
            yield must(NAME, f"{subject} layer {payment.layer}", payment.amount >= 0,
                       "a negative amount is paid", what="not negative")  # fmt: skip
        costs = facts.cost(plan)
        for layer in sorted({*paid, *costs}):
            difference = costs[layer] - paid[layer]
            yield must(NAME, f"{plan.case} layer {layer}", difference == 0,
                       f"cost less payments is {euros(difference)}",
                       what="cost is paid")  # fmt: skip
        total = sum(costs.values())
        yield must(
            NAME,
            plan.case,
            plan.cost == total,
            f"cost is stated as {euros(plan.cost)}, but is {euros(total)}",
            what="cost as stated",
        )
        yield must(
            NAME,
            plan.case,
            plan.gap == total - sum(paid.values()),
            "the stated gap is wrong",
            what="gap as stated",
        )


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Once some assets state a unit cost, every asset with capacity must."""
    if not any(asset.unit_cost is not None for asset in setting.assets):
        return
    for asset in setting.assets:
        if asset.unit_cost is None and asset.capacity and asset.region in joining:
            faults.add(
                "UNKNOWN_NEEDED",
                asset.at.at("unit_cost"),
                "the unit cost is unknown, and other assets state theirs",
                "fill in EUR per unit, 0 where it costs its provider nothing",
            )


def untested(setting: Setting) -> str:
    """Without costs nobody pays anything."""
    if not setting.has_money:
        return "no money rule is tested: there is no costs table"
    return ""


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if not setting.has_money:
        return ""
    return "The members of a case bear its whole cost, layer by layer."


def figures(chances: Chances) -> Figure:
    """What the case costs at least, and what its possible members can raise."""
    rows = [cost for cost in chances.setting.costs if cost.case == chances.row.case]
    lines = places(cost.at for cost in rows)
    cost, own = least_cost(chances), own_money(chances)
    text = f"it costs at least {euros(cost)}"
    if own is None:
        return Figure(text, lines)
    grants = most_grants(chances, cost)
    enough = own + grants >= cost
    text = f"{text}, {'' if enough else 'but '}{may_join(chances)}"
    if grants:
        most = f"{euros(own + grants)}, {euros(own)} of it their own"
        return Figure(f"{text} can raise at most {most}", lines, enough=enough)
    text += f" have {euros(own)} of their own, and no instrument pays in it"
    return Figure(text, lines, enough=enough)

"""The cost of cases as a linear expression of the decisions, for the money rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.problem.instance import indices
from matcher.program.layout import NONE

if TYPE_CHECKING:
    from matcher.problem.instance import Ints
    from matcher.program.model import Model


def cost_entries(model: Model) -> tuple[Ints, Ints, Ints, Ints]:
    """Case, layer, column and cents of everything that costs money.

    ``case_cost * open + partner_cost * sum_r member + unit_cost * exchange``,
    the last in the layer that exchanged units are charged to.
    """
    money, cols = model.inst.money, model.cols
    case, layer = np.nonzero(money.case_cost)
    parts = [(case, layer, cols.open[case], money.case_cost[case, layer])]
    case, layer = np.nonzero(money.partner_cost)
    columns = cols.member[:, case]
    region, at = indices(columns != NONE)
    parts.append(
        (
            case[at],
            layer[at],
            columns[region, at],
            money.partner_cost[case[at], layer[at]],
        )
    )
    given = cols.moves.given
    unit = model.inst.exchanges.unit_cost[given.line]
    paid = np.nonzero(unit)[0]
    parts.append((
        given.case[paid], np.full(len(paid), money.exchange_layer),
        given.column[paid], unit[paid],
    ))  # fmt: skip
    case, layer, column, cents = (
        np.concatenate([part[i] for part in parts]).astype(np.int64) for i in range(4)
    )
    return case, layer, column, cents


def share_rows(
    model: Model, rule: str, numerator: int, denominator: int, region: Ints, case: Ints,
    *, smallest: bool, unless: tuple[Ints, ...],
) -> None:  # fmt: skip
    """Rows that bound the share of a case's cost that each (region, case) bears.

    smallest:  ``den * sum_l share >= num * cost_d - slack``
    largest:   ``den * sum_l share <= num * cost_d + slack``

    ``unless`` holds binary columns, one array per condition; the row binds only
    where all of them are 1. The slack is the largest cost the data allow.
    """
    cols, inst = model.cols, model.inst
    most = inst.money.most_cost.sum(axis=1)
    of_case, _, column, cents = cost_entries(model)
    at, entry = np.nonzero(case[:, None] == of_case[None, :])
    sign = 1 if smallest else -1
    slack = (numerator if smallest else denominator) * most[case]
    shares = cols.share[region, case, :]
    row, layer = np.nonzero(shares != NONE)
    parts = [
        (row, shares[row, layer], sign * denominator),
        (at, column[entry], -sign * numerator * cents[entry]),
    ]
    for condition in unless:
        parts.append((np.arange(len(region)), condition, -slack))
    model.pair_rows(rule, region, case, parts, lower=-slack * len(unless))

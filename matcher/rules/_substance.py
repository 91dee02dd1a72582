"""Columns for members that count only in a substantive role, for two rules.

::

    substantive[g,r,d] <= counted[r,d]
    substantive[g,r,d] <= sum_{q of d} provide[q,r] + sum_{a of r, n} exchange[a,n,d]
                          where lead_users_r < floor_g
    sum_{r in categories_g} substantive[g,r,d] >= fewest_g * open[d]

substantive: the member counts for the group; the column is named ``bearing`` where it
must bear a share of the cost, too. lead_users: sum of the region's levels in
capabilities of class ``lead_user``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE, present

if TYPE_CHECKING:
    from matcher.problem.instance import Bools, Instance, Ints
    from matcher.program.model import Model
    from matcher.scenario.parts import RequiredMembers, Substance


def counting_members(
    model: Model, rule: str, column_name: str, group: RequiredMembers, asked: Substance
) -> tuple[Ints, Ints, Ints]:
    """Columns of the members that count for a group, and the rows that tie them.

    Returns the region, the case and the column of each.
    """
    inst, cols = model.inst, model.cols
    region, case, counted = present(cols.counted)
    inside = _fitting(inst, group)[region]
    region, case, counted = region[inside], case[inside], counted[inside]
    names = inst.labels.regions.ids, inst.labels.cases.ids
    kinds = (f"{group.scheme} {'|'.join(group.categories)}",)
    which = np.zeros(len(region), dtype=np.int64)
    counts = model.add.add_columns(
        column_name, Subject((kinds, *names), (which, region, case)), 1, case=case
    )
    at = np.arange(len(region))
    model.pair_rows(rule, region, case, [(at, counts, 1), (at, counted, -1)], upper=0)
    _tie_to_parts(model, rule, asked, region, case, counts)
    cases = np.arange(len(cols.open))
    parts = [(case, counts, 1), (cases, cols.open, -group.min_regions.value)]
    model.case_rows(rule, cases, parts, lower=0)
    return region, case, counts


def _fitting(inst: Instance, group: RequiredMembers) -> Bools:
    """Regions of the categories, shape (R,)."""
    regions = inst.setting.regions.values()
    return np.array([g.category.get(group.scheme) in group.categories for g in regions])


def _tie_to_parts(
    model: Model, rule: str, asked: Substance, region: Ints, case: Ints, counts: Ints
) -> None:
    """Whoever is not lead user enough counts by a role or by units it gives."""
    inst, cols = model.inst, model.cols
    bound = ~_lead_users(inst, asked)[region]
    region, case, counts = region[bound], case[bound], counts[bound]
    row = np.full(cols.counted.shape, NONE)
    row[region, case] = np.arange(len(region))
    named = row[cols.provide_region, inst.role_case[cols.provide_role]]
    given = cols.moves.given
    gives = row[inst.exchanges.asset_region[given.line], given.case]
    parts = [
        (np.arange(len(region)), counts, 1),
        (named[named != NONE], cols.provide[named != NONE], -1),
        (gives[gives != NONE], given.column[gives != NONE], -1),
    ]
    model.pair_rows(rule, region, case, parts, upper=0)


def _lead_users(inst: Instance, asked: Substance) -> Bools:
    """Regions whose levels as lead users reach the floor, shape (R,)."""
    if asked.lead_user_floor is None:
        return np.zeros(len(inst.labels.regions), dtype=bool)
    return inst.lead_user_levels() >= asked.lead_user_floor.value

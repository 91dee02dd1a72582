"""A program in which nobody new joins: the consortia of a plan, kept or dropped.

With R the roles that a plan gives out, for every region r and case d::

    role[r,d] = open[d]     where R gives r that role in d
    role[r,d] = 0           elsewhere
    open[d] = 1             for the cases of the plan, unless they may be dropped

for the roles of member, lead and observer. Who serves whom and who pays stay open. Of
several plans the first line holds for roles that all plans with d give, the second for
those that none gives, the third for cases that all of them launch: what they do not
agree on stays open as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_array, csr_array

from matcher.program.blocks import RowBlock, Subject
from matcher.program.layout import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Bools, Instance, Ints
    from matcher.program.program import Arrays
    from matcher.proposal.proposal import CasePlan

NAME: Final = "kept_roles"
"""Stands in the place of a rule on the rows that keep roles as they are."""


def given(inst: Instance, plans: Iterable[CasePlan]) -> Mapping[str, Bools]:
    """Who has which role in a plan: shape (R, D) for member, lead and observer."""
    labels = inst.labels
    roles = {
        name: np.zeros(labels.pairs, dtype=bool)
        for name in ("member", "lead", "observer")
    }
    for plan in plans:
        d = labels.cases.index[plan.case]
        roles["member"][labels.regions.encode(plan.members), d] = True
        roles["lead"][labels.regions.index[plan.lead], d] = True
        roles["observer"][labels.regions.encode(plan.observers), d] = True
    return roles


def kept(assembly: Assembly, plans: Iterable[CasePlan], *, drop: bool) -> Assembly:
    """The program in which only these consortia may be launched, as they are.

    Parameters
    ----------
    assembly
        Any program of the same regions and cases.
    plans
        The consortia; what else they say is not heeded.
    drop
        Whether a case may be dropped; otherwise all must be launched.
    """
    return crossed(assembly, [plans], drop=drop)


def crossed(
    assembly: Assembly, several: Iterable[Iterable[CasePlan]], *, drop: bool
) -> Assembly:
    """The program in which all that several plans agree on is kept.

    Parameters
    ----------
    assembly, drop
        As in `kept`.
    several
        The consortia of each plan.
    """
    each = [given(assembly.inst, plans) for plans in several]
    launched = np.array([roles["lead"].any(axis=0) for roles in each])
    cols, arrays = assembly.layout, assembly.program.arrays
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    upper[cols.open[~launched.any(axis=0)]] = 0.0
    if not drop:
        lower[cols.open[launched.all(axis=0)]] = 1.0
    regions, at, columns = [], [], []
    for name in each[0]:
        count, look_up = (
            sum(roles[name].astype(int) for roles in each),
            getattr(cols, name),
        )
        upper[look_up[(look_up != NONE) & (count == 0)]] = 0.0
        region, case = np.nonzero((count > 0) & (count == launched.sum(axis=0)))
        regions.append(region)
        at.append(case)
        columns.append(look_up[region, case])
    bounded = replace(arrays, lower=lower, upper=upper)
    return _with_roles(
        replace(assembly, program=replace(assembly.program, arrays=bounded)),
        np.concatenate(regions), np.concatenate(at), np.concatenate(columns),
    )  # fmt: skip


def decided_as(
    arrays: Arrays, now: Assembly, plans: Iterable[CasePlan], which: Bools
) -> Arrays:
    """The program in which some cases are decided as in a plan, others in any way.

    Parameters
    ----------
    arrays
        Any program whose first columns are those of ``now``.
    now
        The program that lays out the decision.
    plans
        The consortia; a case without one is left out.
    which
        The cases that are decided, shape (D,).
    """
    plans = tuple(plans)
    launched = np.zeros(len(which))
    launched[now.inst.labels.cases.encode(plan.case for plan in plans)] = 1.0
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    decided = [(now.layout.open[which], launched[which])]
    for role, wanted in given(now.inst, plans).items():
        look_up = getattr(now.layout, role)
        there = (look_up != NONE) & which
        decided.append((look_up[there], wanted[there].astype(np.float64)))
    for column, value in decided:
        lower[column] = np.maximum(lower[column], value)
        upper[column] = np.minimum(upper[column], value)
    return replace(arrays, lower=lower, upper=upper)


def _with_roles(assembly: Assembly, region: Ints, case: Ints, column: Ints) -> Assembly:
    """Rows by which a role is taken if and only if its case is launched.

    A role that no column stands for cannot be taken, and neither can its case.
    """
    program, labels = assembly.program, assembly.inst.labels
    row, has = np.arange(len(column)), column != NONE
    entries = (
        np.concatenate([np.ones(has.sum()), np.full(len(column), -1.0)]),
        (
            np.concatenate([row[has], row]),
            np.concatenate([column[has], assembly.layout.open[case]]),
        ),
    )
    shape = len(column), program.arrays.num_columns
    zeros = np.zeros(len(column))
    arrays = program.arrays.with_rows(
        csr_array(coo_array(entries, shape=shape)), zeros, zeros
    )
    names = (labels.regions.ids, labels.cases.ids)
    block = RowBlock(NAME, len(column), Subject(names, (region, case)), case)
    rows = (*program.rows, block)
    return replace(assembly, program=replace(program, arrays=arrays, rows=rows))

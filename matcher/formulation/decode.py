"""Read a solution: columns back to decisions, amounts to whole units and cents.

Values of whole columns must be whole within `WHOLE`; anything else is refused,
never rounded into a plan. Money is read in whole cents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.errors import AnswerRejected
from matcher.formulation.split import pairs_moved
from matcher.proposal.proposal import (
    OWN,
    Application,
    CasePlan,
    Exchange,
    Filled,
    Payment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matcher.formulation.assemble import Assembly

WHOLE: Final = 1e-6
"""Largest distance from a whole number that solvers leave by their own tolerance."""


def whole_values(assembly: Assembly, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The answer with every whole column rounded.

    Raises
    ------
    AnswerRejected
        When a whole column is farther than `WHOLE` from a whole number, or lies
        outside its bounds. Money is looked at when it is settled.
    """
    arrays = assembly.program.arrays
    rounded = np.where(arrays.integer, np.rint(x), x)
    decided = np.ones(len(x), dtype=bool)
    decided[assembly.derived] = False
    far = np.nonzero((np.abs(rounded - x) > WHOLE) & decided)[0]
    if len(far):
        label = assembly.program.column_label(int(far[0]))
        raise AnswerRejected(f"{label} is {x[far[0]]!r}, which is no whole number")
    beyond = (rounded < arrays.lower) | (rounded > arrays.upper)
    outside = arrays.integer & decided & beyond
    if outside.any():
        j = int(np.nonzero(outside)[0][0])
        label = assembly.program.column_label(j)
        raise AnswerRejected(
            f"{label} is {x[j]!r}, outside {arrays.lower[j]} to {arrays.upper[j]}"
        )
    return rounded


def decode(assembly: Assembly, x: NDArray[np.float64]) -> tuple[CasePlan, ...]:
    """Plans of the launched cases, sorted by case.

    ``x`` holds whole numbers in every column, cents included.
    """
    inst, cols = assembly.inst, assembly.layout
    on = np.append(x > 0.5, False)  # index -1 (no column) reads as off
    roles, exchanges = _roles(assembly, on), _exchanges(assembly, x)
    payments = _payments(assembly, x)
    plans = []
    regions = inst.labels.regions.ids
    for d in np.nonzero(on[cols.open])[0]:
        lead = [regions[r] for r in np.nonzero(on[cols.lead[:, d]])[0]]
        members = [regions[r] for r in np.nonzero(on[cols.member[:, d]])[0]]
        observers = [regions[r] for r in np.nonzero(on[cols.observer[:, d]])[0]]
        states = sorted({inst.setting.regions[name].state for name in members})
        paid = payments.get(int(d), ())
        plans.append(
            CasePlan(
                case=inst.labels.cases.ids[d],
                lead=lead[0] if lead else "",
                partners=tuple(name for name in members if name not in lead[:1]),
                observers=tuple(observers),
                states=tuple(states),
                roles=tuple(roles.get(int(d), ())),
                exchanges=tuple(exchanges.get(int(d), ())),
                funding=tuple(paid),
                cost=_cost(assembly, x, int(d), len(members)),
                gap=_cost(assembly, x, int(d), len(members))
                - sum(p.amount for p in paid),
            )
        )
    return tuple(plans)


def applications(
    assembly: Assembly, x: NDArray[np.float64], plans: Iterable[CasePlan]
) -> tuple[Application, ...]:
    """What is asked for: the cases that each application brings money to, sorted."""
    books = assembly.inst.setting.instruments
    apps, names = assembly.layout.applications, assembly.inst.labels
    paid: Counter[tuple[str, str]] = Counter()
    for plan in plans:
        for payment in plan.funding:
            paid[payment.instrument, plan.case] += payment.amount
    held: dict[int, list[str]] = defaultdict(list)
    for i in np.nonzero(x[apps.part.column] > 0.5)[0]:
        application, case = int(apps.part.application[i]), int(apps.part.index[i])
        name = names.instruments.ids[apps.instrument[application]]
        if paid[name, names.cases.ids[case]]:
            held[application].append(names.cases.ids[case])
    made = []
    for application, cases in held.items():
        name = names.instruments.ids[apps.instrument[application]]
        success = books[name].success
        made.append(
            Application(name, tuple(sorted(cases)), sum(paid[name, d] for d in cases),
                        success.share if success else None)
        )  # fmt: skip
    return tuple(sorted(made, key=lambda a: (a.instrument, a.cases)))


def _roles(assembly: Assembly, on: NDArray[np.bool_]) -> dict[int, list[Filled]]:
    inst, cols = assembly.inst, assembly.layout
    named: dict[int, list[str]] = defaultdict(list)
    for i in np.nonzero(on[cols.provide])[0]:
        region = inst.labels.regions.ids[cols.provide_region[i]]
        named[int(cols.provide_role[i])].append(region)
    found: dict[int, list[Filled]] = defaultdict(list)
    for role, providers in sorted(named.items()):
        capability = inst.setting.roles[role].capability
        found[int(inst.role_case[role])].append(
            Filled(capability, tuple(sorted(providers)))
        )
    return found


def _exchanges(assembly: Assembly, x: NDArray[np.float64]) -> dict[int, list[Exchange]]:
    inst, cols = assembly.inst, assembly.layout
    found: dict[int, list[Exchange]] = defaultdict(list)
    for a, n, d, units in zip(*pairs_moved(inst, cols.moves, x), strict=True):
        asset, need = inst.asset_rows[a], inst.need_rows[n]
        found[int(d)].append(
            Exchange(asset.region, need.region, need.capability, int(units),
                     asset.actor, need.actor, need.min_level)
        )  # fmt: skip
    return found


def _payments(assembly: Assembly, x: NDArray[np.float64]) -> dict[int, list[Payment]]:
    """What every instrument pays, and what is left to own money."""
    inst, cols = assembly.inst, assembly.layout
    labels = inst.labels
    found: dict[int, list[Payment]] = defaultdict(list)
    if not assembly.funding:
        return found
    cents = np.append(np.rint(x), 0.0).astype(np.int64)
    paid, own = cols.grants, cents[cols.share]
    np.subtract.at(own, (paid.region, paid.case, paid.layer), cents[paid.column])
    for i in np.nonzero(cents[paid.column])[0]:
        found[int(paid.case[i])].append(
            Payment(labels.instruments.ids[paid.instrument[i]],
                    labels.regions.ids[paid.region[i]],
                    labels.layers.ids[paid.layer[i]], int(cents[paid.column[i]]),
                    bool(inst.money.repayable[paid.instrument[i]]))
        )  # fmt: skip
    for region, case, line in zip(*np.nonzero(own), strict=True):
        found[int(case)].append(
            Payment(OWN, labels.regions.ids[region], labels.layers.ids[line],
                    int(own[region, case, line]))
        )  # fmt: skip
    return found


def _cost(assembly: Assembly, x: NDArray[np.float64], d: int, members: int) -> int:
    inst, cols = assembly.inst, assembly.layout
    if not inst.setting.has_money:
        return 0
    fixed = int(
        inst.money.case_cost[d].sum() + inst.money.partner_cost[d].sum() * members
    )
    given = cols.moves.given
    mine = given.case == d
    units = np.rint(x[given.column[mine]]).astype(np.int64)
    return fixed + int(units @ inst.exchanges.unit_cost[given.line[mine]])

"""Expected points: what a case brings, times the chance that everybody pays.

In a case, some set of uncertain instruments pays; the set is a decision of its own,
so that its chance is a number and not a product of decisions::

    sum_j mix[d,j] = open[d]            sum_{j with f} mix[d,j] = uses[f,d]
    sum_j brings[d,j] = (points carried by d) / u
    brings[d,j] <= most_d * mix[d,j]    points = sum_j chance_j * u * brings[d,j]

j: sets of instruments that may pay beside each other; chance_j: the product of their
chances; u is the largest unit of which every amount is a multiple. Points below zero
are booked likewise, by themselves. Source: ``success`` and ``stacking`` of the
rulebooks (R73).

Where the answer of one instrument is awaited and a fallback is planned for a no, this
program is the plan for a yes: whatever does not rest on that instrument happens with a
yes and with a no, and counts here only with the chance of a yes.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.errors import Faults
from matcher.program.blocks import Subject
from matcher.program.builder import POINT_DECIMALS
from matcher.program.layout import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from matcher.problem.instance import Bools, Floats, Instance, Ints
    from matcher.program.model import Model

    Bookings = tuple[Ints, Floats, Ints]

NAME = "expected"
MOST_SETS: Final = 1_000
"""Sets of instruments in one case beyond which a program is hopeless to solve."""


def rows(
    model: Model, carried: Bookings, effort: Bookings, awaited: int | None = None
) -> Ints:
    """Add the points of two accounts; returns columns that follow from all others.

    Parameters
    ----------
    model
        The program under construction.
    carried
        Points that a case brings if it is funded.
    effort
        Points that count whether it is or not.
    awaited
        Index of the instrument for whose no there is a fallback.

    Raises
    ------
    InputError
        When more than `MOST_SETS` sets of instruments may pay in one case.
    """
    derived = [np.zeros(0, dtype=np.int64)]
    if not len(carried[0]) + len(effort[0]):
        return derived[0]
    refuse_too_many(model.inst, model.cols.uses != NONE)
    for d in range(len(model.inst.setting.cases)):
        booked = [
            (column[here], points[here])
            for column, points, case in (carried, effort)
            for here in ((case == d) & (np.round(points, POINT_DECIMALS) != 0),)
        ]
        pays = model.cols.uses[:, d] != NONE
        sets = _sets(model.inst, pays) if any(len(c) for c, _ in booked) else [()]
        happens = _happens(model, sets, awaited)
        if len(sets) == 1:
            for column, points in booked:
                model.add.add_points(column, points * happens[0])
            continue
        mix = _mixes(model, d, sets)
        for (column, points), chance in zip(
            booked, (_chances(model, sets) * happens, happens), strict=True
        ):
            for sign in (1, -1):
                some = points * sign > 0
                if some.any():
                    brought = column[some], np.abs(points[some])
                    derived.append(_brings(model, d, mix, chance * sign, *brought))
    return np.concatenate(derived)


def _happens(
    model: Model, sets: Sequence[tuple[int, ...]], awaited: int | None
) -> Floats:
    """Part of each set's points that counts here and not in the fallback."""
    if awaited is None:
        return np.ones(len(sets))
    yes = _chances(model, [(awaited,)])[0]
    return np.array([1.0 if awaited in one else yes for one in sets])


def uncertain(inst: Instance) -> Bools:
    """Instruments whose money may not come, shape (F,)."""
    books = inst.setting.instruments.values()
    return np.array([b.success is not None and b.success.share < 1 for b in books],
                    dtype=bool)  # fmt: skip


def refuse_too_many(inst: Instance, pays: Bools) -> None:
    """Refuse cases in which too many sets of instruments may pay.

    ``pays``, shape (F, D), says which instrument may pay in which case.

    Raises
    ------
    InputError
        Naming every case in which they are more than `MOST_SETS`.
    """
    faults = Faults()
    for d, case in enumerate(inst.setting.cases.values()):
        if len(_sets(inst, pays[:, d])) > MOST_SETS:
            count = int((uncertain(inst) & pays[:, d]).sum())
            faults.add(
                "TOO_MANY_MIXES", case.at,
                f"{count} uncertain instruments pay in {case.case} in too many "
                "combinations",
                "state in the rulebooks which exclude each other (stacking), or leave "
                "some out",
            )  # fmt: skip
    faults.raise_if_any()


def _sets(inst: Instance, pays: Bools) -> list[tuple[int, ...]]:
    """Sets of uncertain instruments that may pay in a case together, first none.

    Beyond `MOST_SETS` they are not counted on.
    """
    apart = inst.money.excludes
    found: list[tuple[int, ...]] = [()]
    for f in map(int, np.nonzero(uncertain(inst) & pays)[0]):
        found += [(*one, f) for one in found if not apart[list(one), f].any()]
        if len(found) > MOST_SETS:
            break
    return found


def _chances(model: Model, sets: Sequence[tuple[int, ...]]) -> Floats:
    books = list(model.inst.setting.instruments.values())

    def share(f: int) -> Fraction | int:
        success = books[f].success
        return success.share if success else 1

    return np.array([float(prod(map(share, one))) for one in sets])


def _mixes(model: Model, d: int, sets: Sequence[tuple[int, ...]]) -> Ints:
    """One column per set, of which one is chosen where the case is launched."""
    inst, cols, every = model.inst, model.cols, np.arange(len(sets))
    names = inst.labels.instruments.ids
    words = tuple("+".join(names[f] for f in one) or "certain" for one in sets)
    case = np.full(len(sets), d)
    subject = Subject((inst.labels.cases.ids, words), (case, every))
    mix = model.add.add_columns("mix", subject, 1, case=d)
    one = np.array([d])
    model.case_rows(NAME, one, [(0, mix, 1), (0, cols.open[one], -1)], 0, 0)
    pays = np.array([[f in one for one in sets] for f in range(len(names))])
    for f in np.nonzero(pays.any(axis=1))[0]:
        parts = [(0, mix[pays[f]], 1), (0, cols.uses[f, one], -1)]
        model.case_rows(NAME, one, parts, 0, 0)
    return mix


def _brings(
    model: Model, d: int, mix: Ints, chance: Floats, column: Ints, points: Floats
) -> Ints:
    """Columns that hold what the case brings with the set that is chosen."""
    unit, whole = _whole(points)
    upper = model.add.upper_bounds()[column]
    most = float((whole * upper).sum())
    every = np.arange(len(mix))
    labels = model.inst.labels.cases.ids
    names = tuple(str(j + 1) for j in every)
    subject = Subject((labels, names), (np.full(len(mix), d), every))
    brings = model.add.add_columns("brings", subject, most, case=d)
    one = np.array([d])
    model.case_rows(NAME, one, [(0, brings, 1), (0, column, -whole)], 0, 0)
    parts = [(every, brings, 1), (every, mix, -most)]
    model.case_rows(NAME, np.full(len(mix), d), parts, upper=0)
    model.add.add_points(brings, chance * unit, exact=True)
    return brings


def _whole(points: Floats) -> tuple[float, Floats]:
    """Points of one unit, and how many units each amount is: as few as possible."""
    for digits in range(POINT_DECIMALS + 1):
        scaled = points * 10**digits
        if np.allclose(scaled, np.rint(scaled), rtol=0, atol=10.0 ** (digits - 9)):
            break
    units = np.rint(scaled).astype(np.int64)
    common = int(np.gcd.reduce(units))
    return common / 10**digits, units // common

"""Whole cents for money, once the decisions stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.cents import whole_cents, with_fixed
from matcher.program.program import Arrays

if TYPE_CHECKING:
    from matcher.engine.solving import Workers

FREE = np.array([False, True, True, True])
"""One decision, then the money of three members."""
WORTH = np.array([0.0, 1.0, 0.0, 0.0])
DONE = np.array([1.0, 0.0, 0.0, 0.0])


def shared(most: float, *, alike: bool = False) -> Arrays:
    """A decision that costs 100 cents, in three shares up to a limit, or all alike."""
    rows = [[-100.0, 1.0, 1.0, 1.0]]
    if alike:
        rows += [[0.0, 1.0, -1.0, 0.0], [0.0, 0.0, 1.0, -1.0]]
    data = np.array(rows)
    entries = [np.nonzero(row)[0] for row in data]
    return Arrays(
        indptr=np.cumsum([0, *map(len, entries)]), indices=np.concatenate(entries),
        data=np.concatenate([data[i, j] for i, j in enumerate(entries)]),
        row_lower=np.zeros(len(rows)), row_upper=np.zeros(len(rows)),
        lower=np.zeros(4), upper=np.array([1.0, most, most, most]),
        objective=np.zeros(4), integer=~FREE,
    )  # fmt: skip


def test_what_is_worth_more_is_paid_first(workers: Workers) -> None:
    """The first member bears up to its limit, the others what is left, in cents."""
    found = whole_cents(shared(40), WORTH, DONE, FREE, workers.smooth, workers.exact)
    assert found is not None
    assert (found[0], found[1], found[2] + found[3]) == (1, 40, 60)
    assert (found == np.rint(found)).all()


def test_amounts_that_no_cents_can_meet_are_none(workers: Workers) -> None:
    """Shares of 30 cents are too small, and three equal shares are no cents at all."""
    for arrays in (shared(30), shared(100, alike=True)):
        assert (
            whole_cents(arrays, WORTH, DONE, FREE, workers.smooth, workers.exact)
            is None
        )


def test_what_is_decided_becomes_a_limit() -> None:
    """The fixed columns move to the other side; rows without money are left out."""
    money = with_fixed(shared(40), WORTH, DONE, FREE)
    assert (money.num_columns, money.num_rows) == (3, 1)
    assert (money.row_lower[0], money.row_upper[0]) == (100, 100)
    assert money.objective.tolist() == [1, 0, 0]

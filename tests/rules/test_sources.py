"""Which instruments may stand together, and in which order they pay."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.rules import limiting
from matcher.rules._stacking import largest_sets, odd_ring
from matcher.verify.oracle_lp import Inequalities
from tests.rules.bites_sources import HALF, beside, programme, sources
from tests.tiny import LOAN, PAID, book, cited, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve

MOST = 7
"""Instruments of the largest graph drawn at random."""


def ring(size: int) -> list[set[int]]:
    """Everybody is near to the next one and to the one before."""
    return [{(i - 1) % size, (i + 1) % size} for i in range(size)]


def complement(near: list[set[int]]) -> list[set[int]]:
    """Everybody is near to those to whom it was not."""
    everybody = set(range(len(near)))
    return [everybody - {i} - mine for i, mine in enumerate(near)]


def drawn(pick: Random) -> list[set[int]]:
    """A graph drawn at random."""
    size = pick.randint(1, MOST)
    near: list[set[int]] = [set() for _ in range(size)]
    chance = pick.choice((0.3, 0.5, 0.7))
    for i, j in combinations(range(size), 2):
        if pick.random() < chance:
            near[i].add(j)
            near[j].add(i)
    return near


def cliques(near: list[set[int]]) -> list[frozenset[int]]:
    """Every set of which each two are near, by trying all."""
    return [
        frozenset(some)
        for size in range(1, len(near) + 1)
        for some in combinations(range(len(near)), size)
        if all(j in near[i] for i, j in combinations(some, 2))
    ]


def divisible(conflict: list[set[int]], declared: list[int], share: int) -> bool:
    """Whether the share can be cut into parts, each for some without conflict."""
    system = Inequalities()
    parts = {some: system.part() for some in cliques(complement(conflict))}
    system.row(dict.fromkeys(parts.values(), 1), upper=share)
    for i, cents in enumerate(declared):
        system.row({v: 1 for some, v in parts.items() if i in some}, cents, cents)
    return system.solve()


@pytest.mark.parametrize("seed", range(60))
def test_the_largest_sets_are_those_that_nobody_can_join(seed: int) -> None:
    """Found by growing, they are the same as by trying all."""
    pick = Random(seed)
    near = drawn(pick)
    among = {i for i in range(len(near)) if pick.random() < 0.8}
    table = np.array([[j in mine for j in range(len(near))] for mine in near])
    kept = np.array([i in among for i in range(len(near))])
    found = {
        frozenset(np.nonzero(row)[0].tolist()) for row in largest_sets(table, kept)
    }
    every = [some for some in cliques(near) if some <= among] or [frozenset()]
    assert found == {one for one in every if not any(one < two for two in every)}


@pytest.mark.parametrize("size", [5, 7])
def test_a_ring_of_odd_length_is_found(size: int) -> None:
    """With others that share with everybody or with nobody around it, too."""
    near = [*ring(size), set(range(size)), set()]
    for i in range(size):
        near[i].add(size)
    assert sorted(odd_ring(near)) == list(range(size))
    assert odd_ring(complement(near)) == [] or size == 5


def test_other_rings_are_no_obstacle() -> None:
    """Even ones, short ones, and those with a chord."""
    assert not odd_ring(ring(6))
    assert not odd_ring(ring(3))
    chord = ring(5)
    chord[0].add(2)
    chord[2].add(0)
    assert not odd_ring(chord)


@pytest.mark.parametrize("seed", range(60))
def test_without_odd_rings_the_sets_say_all(seed: int) -> None:
    """Where no set declares more than the share, the share can be divided up."""
    pick = Random(seed)
    conflict = drawn(pick)
    if odd_ring(conflict) or odd_ring(complement(conflict)):
        return
    declared = [pick.randint(0, 5) for _ in conflict]
    share = max(sum(declared[i] for i in some) for some in cliques(conflict))
    assert divisible(conflict, declared, share)
    assert share == 0 or not divisible(conflict, declared, share - 1)


def test_with_an_odd_ring_they_do_not() -> None:
    """Five in a ring declare one each, and no two neighbours more than two."""
    assert not divisible(ring(5), [1] * 5, 2)
    assert divisible(ring(5), [2] * 5, 5)


def test_cumulative_pairs_in_a_ring_are_refused(tmp_path: Path) -> None:
    """Each of five allows the next one: the fault names all of them."""
    names = "ghijk"
    books = {
        name: grant(stacking=beside(names[(at + 1) % 5]))
        for at, name in enumerate(names)
    }
    with pytest.raises(InputError) as told:
        prepare(tiny(tmp_path / "ring", scene(PAID, books=books)))
    (fault,) = told.value.faults
    assert fault.code == "ODD_CUMULATION"
    assert all(name in fault.problem for name in names)
    books["i"] = grant(stacking=beside("j", "g"))
    prepare(tiny(tmp_path / "chord", scene(PAID, books=books)))


def test_money_without_price_goes_first(tmp_path: Path, solve: Solve) -> None:
    """Grants, then pledges, then own money; a loan only for what is left."""
    folder = sources(
        1000, {"g": grant(0.5, envelope=cited(400)), LOAN: book("loan", rate=HALF),
               "firms": book("private")},
        regions={r: {"own_budget": 100} for r in "ABC"},
        budgets="instrument,region,amount\nfirms,A,50\nfirms,B,50\nfirms,C,50\n",
    )  # fmt: skip
    setting = tiny(tmp_path, folder)
    (case,) = solve(setting).cases
    paid = Counter[str]()
    for payment in case.funding:
        paid[payment.instrument] += payment.amount
        assert payment.repayable is (payment.instrument == LOAN)
    assert paid == {"g": 400_00, "firms": 150_00, "own": 300_00, LOAN: 150_00}


def test_a_programme_tells_what_may_go_outside(tmp_path: Path) -> None:
    """The limit behind its rows, where there is one."""
    limit = limiting()["out_of_area"].limit
    figure = limit(tiny(tmp_path / "a", programme(900, 1000, 0.15)), "p")
    assert figure is not None
    assert "p has EUR 1,000, of which EUR 150 may go outside" in str(figure)
    free = "instrument,region,amount\np,A,unlimited\n"
    open_ = tiny(tmp_path / "b", scene(programme(900, 0, 0.15), budgets=free))
    assert limit(open_, "p") is None

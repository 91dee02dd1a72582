"""Pooled exchanges are split into pairs that the levels allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.run import prepare
from matcher.formulation.assemble import assemble
from matcher.formulation.decode import decode
from matcher.formulation.split import pairs_moved
from tests.tiny import TRADE, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.formulation.assemble import Assembly

LEVELS = scene(
    TRADE,
    assets="region,capability,level,capacity\nA,K,3,2\nB,K,1,3\n",
    needs="region,capability,amount,min_level\nC,K,3,1\nC,K,2,2\nB,K,1,2\n",
)
"""A serves every need, B only the three units of C that ask for level 1."""


def pooled(folder: Path) -> Assembly:
    """The program of the scene with levels, every exchange pooled."""
    inst, terms = prepare(tiny(folder, LEVELS))
    assembly = assemble(inst, terms, funding=False)
    assert not len(assembly.layout.moves.pair)
    return assembly


def with_units(assembly: Assembly, units: dict[str, int]) -> np.ndarray:
    """An answer in which columns, found by their label, have a value."""
    labels = [
        assembly.program.column_label(j)
        for j in range(assembly.program.arrays.num_columns)
    ]
    x = np.zeros(len(labels))
    for label, value in units.items():
        x[labels.index(label)] = value
    return x


def test_the_highest_levels_are_matched_first(tmp_path: Path) -> None:
    """A's units go to the needs that B cannot serve."""
    assembly = pooled(tmp_path)
    x = with_units(assembly, {
        "supply[A/K,D1]": 2, "supply[B/K,D1]": 3, "serve[C/K/1+,D1]": 3,
        "serve[C/K/2+,D1]": 1, "serve[B/K/2+,D1]": 1,
    })  # fmt: skip
    asset, need, _, units = pairs_moved(assembly.inst, assembly.layout.moves, x)
    ids = assembly.inst.labels
    found = [
        (ids.assets.ids[a], ids.needs.ids[n], int(u))
        for a, n, u in zip(asset, need, units, strict=True)
    ]
    assert found == [
        ("A/K", "B/K/2+", 1), ("A/K", "C/K/2+", 1), ("B/K", "C/K/1+", 3),
    ]  # fmt: skip


def test_one_asset_may_serve_several_needs_and_be_served_once(tmp_path: Path) -> None:
    """A need takes from several assets, an asset gives to several needs."""
    assembly = pooled(tmp_path)
    x = with_units(assembly, {
        "open[D1]": 1, "lead[A,D1]": 1, "member[A,D1]": 1, "member[B,D1]": 1,
        "member[C,D1]": 1, "supply[A/K,D1]": 2, "supply[B/K,D1]": 2,
        "serve[C/K/1+,D1]": 3, "serve[C/K/2+,D1]": 1,
    })  # fmt: skip
    (plan,) = decode(assembly, x)
    found = [(e.provider, e.receiver, e.units, e.min_level) for e in plan.exchanges]
    assert sorted(found) == [("A", "C", 1, 1), ("A", "C", 1, 2), ("B", "C", 2, 1)]


def test_nothing_moves_without_units(tmp_path: Path) -> None:
    """An answer of zeros has no exchange."""
    assembly = pooled(tmp_path)
    x = np.zeros(assembly.program.arrays.num_columns)
    moved = pairs_moved(assembly.inst, assembly.layout.moves, x)
    assert [len(part) for part in moved] == [0, 0, 0, 0]

"""Money in larger units: powers of two, so the program is the same exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.run import prepare
from matcher.formulation.assemble import assemble
from matcher.program.units import UNIT, in_cents, in_solver_units
from tests.tiny import PAID, PLAIN, cited, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.program.program import Arrays

HARD = scene(
    PAID, costs="case,layer,amount\nD1,1,123456789.01\n",
    books={"g": grant(0.35, cost_share={"min": cited(0.07)})},
    regions={r: {"own_budget": "98765432.1"} for r in "ABC"},
)  # fmt: skip


def arrays_of(folder: Path) -> Arrays:
    """A program with awkward amounts."""
    inst, terms = prepare(tiny(folder, HARD))
    return assemble(inst, terms, funding=True).program.arrays


def test_scaling_is_exact_and_undone_exactly(tmp_path: Path) -> None:
    """Every number differs by a power of two only."""
    arrays = arrays_of(tmp_path)
    scaled = in_solver_units(arrays)
    row = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    ratio = scaled.data / arrays.data
    assert np.array_equal(np.exp2(np.rint(np.log2(ratio))), ratio)
    assert np.array_equal(scaled.data / ratio, arrays.data)
    free = ~arrays.integer
    by_row = ratio / np.where(free[arrays.indices], UNIT, 1.0)
    for i in range(arrays.num_rows):  # one factor for all entries of a row
        assert len(set(by_row[row == i])) <= 1
    x = np.where(free, 1_234_567.0, 1.0)
    inner = np.where(free, x / UNIT, x)
    assert np.array_equal(in_cents(arrays, inner), x)


def test_the_same_answers_hold(tmp_path: Path) -> None:
    """Activities and bounds of each row grow alike; points do not change."""
    arrays = arrays_of(tmp_path)
    scaled = in_solver_units(arrays)
    free = ~arrays.integer
    x = np.where(free, np.arange(arrays.num_columns) * 1000.0, 1.0)
    inner = np.where(free, x / UNIT, x)
    factor = np.divide(
        scaled.activity(inner), arrays.activity(x),
        out=np.ones(arrays.num_rows), where=arrays.activity(x) != 0,
    )  # fmt: skip
    some = arrays.activity(x) != 0
    for name in ("row_lower", "row_upper"):
        old, new = getattr(arrays, name)[some], getattr(scaled, name)[some]
        finite = np.isfinite(old)
        assert np.allclose(new[finite], (old * factor[some])[finite], rtol=1e-12)
    assert scaled.objective @ inner == arrays.objective @ x


def test_rows_of_money_come_near_one(tmp_path: Path) -> None:
    """The smallest money entry of each row lies between one and two."""
    scaled = in_solver_units(arrays_of(tmp_path))
    free = ~scaled.integer
    for i in range(scaled.num_rows):
        entries = slice(scaled.indptr[i], scaled.indptr[i + 1])
        money = np.abs(scaled.data[entries][free[scaled.indices[entries]]])
        assert not len(money) or 1 <= money.min() < 2


def test_without_money_nothing_changes(tmp_path: Path) -> None:
    """A program of whole columns is handed on as it is."""
    inst, terms = prepare(tiny(tmp_path, PLAIN))
    arrays = assemble(inst, terms, funding=False).program.arrays
    assert in_solver_units(arrays) is arrays

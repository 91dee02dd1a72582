"""Exact whole-number form: what is scaled, how, and what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from matcher.backends.scaling import CannotScale, scale

INF = np.inf
FREE_LOWER = np.iinfo(np.int64).min
FREE_UPPER = np.iinfo(np.int64).max


def test_whole_rows_stay(program) -> None:
    """A whole row without common divisor is left as it is, free side included."""
    scaled = scale(program([([3, 4, 5], -INF, 10)], [1, 2, 3]))
    assert scaled.data.tolist() == [3, 4, 5]
    assert scaled.row_lower.tolist() == [FREE_LOWER]
    assert scaled.row_upper.tolist() == [10]


def test_decimals_take_the_smallest_power_of_ten(program) -> None:
    """0.29 and 0.1 become 29 and 10; 0.29 times 100 is not quite 29 in floats."""
    scaled = scale(program([([0.29, 0.1], 0.39, INF)], [1, 1]))
    assert scaled.data.tolist() == [29, 10]
    assert scaled.row_lower.tolist() == [39]
    assert scaled.row_upper.tolist() == [FREE_UPPER]


def test_common_divisor_is_taken_out_and_bounds_move_inwards(program) -> None:
    """6x + 9y between 4 and 20 is 2x + 3y between 2 and 6."""
    scaled = scale(program([([6, 9], 4, 20)], [1, 1]))
    assert scaled.data.tolist() == [2, 3]
    assert scaled.row_lower.tolist() == [2]
    assert scaled.row_upper.tolist() == [6]


def test_a_single_negative_coefficient_keeps_its_sign(program) -> None:
    """-0.99x at most 16.02 is -x at most 16, not x at most -17."""
    scaled = scale(program([([-0.99], -INF, 16.02)], [-2]))
    assert scaled.data.tolist() == [-1]
    assert scaled.row_upper.tolist() == [16]
    assert scaled.objective.tolist() == [-1]
    assert scaled.points_per_unit == 2


def test_broken_bounds_of_whole_rows_move_inwards(program) -> None:
    """A bound that is no whole number loses its fraction, not an answer."""
    scaled = scale(
        program([([1, 1], -1.5, 1.5)], [1, 1], lower=[-0.5, -2], upper=[1.5, 2])
    )
    assert (scaled.row_lower.tolist(), scaled.row_upper.tolist()) == ([-1], [1])
    assert (scaled.lower.tolist(), scaled.upper.tolist()) == ([0, -2], [1, 2])


def test_noise_of_the_last_bits_is_forgiven(program) -> None:
    """A sum such as 0.1 + 0.2 counts as 0.3, in coefficients and in bounds."""
    scaled = scale(program([([0.1 + 0.2, 1], -INF, 0.7 + 0.1 + 0.2)], [1, 1]))
    assert scaled.data.tolist() == [3, 10]
    assert scaled.row_upper.tolist() == [10]


def test_division_of_large_bounds_is_exact(program) -> None:
    """1e11 x at most 3e11 - 1 is x at most 2: a float quotient would say 3."""
    scaled = scale(program([([1e11], -INF, 3e11 - 1)], [1], upper=[5]))
    assert scaled.row_upper.tolist() == [2]


def test_bounds_beyond_every_sum_do_not_overflow(program) -> None:
    """A huge finite bound stays beyond all sums when it is scaled up."""
    scaled = scale(program([([0.5, 1], -1e300, 1e19)], [1, 1]))
    assert scaled.row_lower[0] < -(2**58)
    assert scaled.row_upper[0] > 2**58


def test_objective_with_nine_decimals(program) -> None:
    """Points with nine decimals are whole billionths, reduced by their divisor."""
    scaled = scale(program([], [0.000000002, 123.456789012]))
    assert scaled.objective.tolist() == [1, 61728394506]
    assert scaled.points_per_unit == pytest.approx(2e-9, rel=1e-15)


def test_contradictory_bounds_are_noticed(program) -> None:
    """No whole value between the bounds of a row or a column is no answer."""
    assert scale(program([([2, 4], 5, 5)], [1, 1])).contradictory
    assert scale(program([], [1], lower=[0.2], upper=[0.8])).contradictory
    assert not scale(program([([2, 4], 4, 5)], [1, 1])).contradictory


def test_empty_rows_and_programs(program) -> None:
    """Rows without entries and programs without rows or columns are no trouble."""
    assert scale(program([([0, 0], -1, 1)], [1, 1])).row_upper.tolist() == [1]
    assert len(scale(program([], [])).data) == 0


def test_points_that_are_no_decimals_are_rounded_finely(program) -> None:
    """Thirds of points lose next to nothing, however many units a column counts."""
    scaled = scale(program([], [2 / 3, 1 / 7e5], upper=[1, 1e6]))
    kept = scaled.objective * scaled.points_per_unit
    assert kept @ [1, 1e6] == pytest.approx(2 / 3 + 1e6 / 7e5, abs=1e-7)


@pytest.mark.parametrize(
    ("rows", "objective", "extra", "words"),
    [
        ([([1, 1 / 3], 0, 1)], [1, 1], {}, "row 0, column 1"),
        ([([1, 0], 0, 1), ([1e-7, 1], 0, 1)], [1, 1], {}, "row 1, column 0"),
        ([([1e-16, 1], 0, 1)], [1, 1], {}, "row 0, column 0"),
        ([], [1, 1 / 3], {"upper": [1, 1e15]}, "objective of column 1"),
        ([], [1, 1], {"integer": [True, False]}, "column 1 is continuous"),
        ([([1e13, 1], 0, 1)], [1, 1], {"upper": [1e6, 1]}, "sum of row 0"),
        ([([1e19, 1], 0, 1)], [1, 1], {"upper": [0, 1]}, "sum of row 0"),
        ([], [1e9 + 1e-9, 1e12 + 0.1], {"upper": [1, 1e12]}, "objective"),
        ([], [0, 0], {"upper": [1, 1e19]}, "column 1"),
    ],
)
def test_refusals_name_place_and_remedy(program, rows, objective, extra, words) -> None:
    """What has no exact form is refused with its place and what to do."""
    with pytest.raises(CannotScale) as caught:
        scale(program(rows, objective, **extra))
    assert words in str(caught.value)
    assert caught.value.remedy in str(caught.value)


def test_refusal_can_be_pickled() -> None:
    """The error keeps its message on its way between processes."""
    error = CannotScale("row 1", 0.5, "round it")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_every_whole_vector_keeps_its_verdict(program) -> None:
    """On seeded rows, scaled and original rows admit exactly the same vectors."""
    rng = np.random.default_rng(5)
    points = rng.integers(-20, 20, (200, 3))
    for _ in range(100):
        digits = int(rng.integers(0, 5))
        whole = rng.integers(-999, 999, 3) * int(rng.integers(1, 4))
        low, high = np.sort(rng.integers(-9999, 9999, 2))
        unit = 10**digits
        arrays = program(
            [(whole / unit, low / unit, high / unit)], [1, 1, 1], upper=[20] * 3
        )
        scaled = scale(arrays)
        # The truth in integers, where nothing is rounded.
        truth = (points @ whole >= low) & (points @ whole <= high)
        sums = points[:, arrays.indices] @ scaled.data
        verdict = (sums >= scaled.row_lower[0]) & (sums <= scaled.row_upper[0])
        assert (verdict == truth).all()

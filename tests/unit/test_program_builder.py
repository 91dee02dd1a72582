"""Programs: blocks with labels, stacked once, without zeros and empty rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.program.blocks import COUPLING, Subject
from matcher.program.builder import Builder

NAMES = ("A", "B", "C")


def subject(*index: int) -> Subject:
    """Some of A, B, C."""
    return Subject((NAMES,), (np.array(index, dtype=np.int64),))


def three() -> Builder:
    """Three columns x[A], x[B], x[C] from 0 to 9."""
    add = Builder()
    add.add_columns("x", subject(0, 1, 2), 9, case=[0, 1, COUPLING])
    return add


def test_columns_follow_each_other() -> None:
    """Indices go on where the last block ended; bounds and kinds are kept."""
    add = three()
    one = add.add_columns("y", subject(2), [5], case=2, whole=False)
    assert one.tolist() == [3]
    program = add.program()
    assert [program.column_label(j) for j in range(4)] == [
        "x[A]",
        "x[B]",
        "x[C]",
        "y[C]",
    ]
    assert program.arrays.upper.tolist() == [9, 9, 9, 5]
    assert program.arrays.integer.tolist() == [True, True, True, False]
    assert [b.case.tolist() for b in program.columns] == [[0, 1, COUPLING], [2]]


def test_zeros_are_pruned_and_repeats_added() -> None:
    """What cancels out or is zero is no entry."""
    add = three()
    add.add_rows(
        "r", subject(0), [([0, 0, 0, 0], [0, 1, 1, 2], [2, 3, -3, 0]), (0, 0, 1)],
        case=0, upper=4,
    )  # fmt: skip
    arrays = add.program().arrays
    assert (arrays.indices.tolist(), arrays.data.tolist()) == ([0], [3.0])
    assert arrays.indptr.tolist() == [0, 1]


def test_rows_without_entries_are_dropped() -> None:
    """A row that holds by itself is left out, and labels stay with their rows."""
    add = three()
    add.add_rows("r", subject(0, 1, 2), [([0, 2], [0, 2], [1, 1])], case=[0, 1, 2],
                 upper=[1, 0, 3])  # fmt: skip
    program = add.program()
    assert program.arrays.num_rows == 2
    assert [program.row_label(i) for i in range(2)] == ["r[A]", "r[C]"]
    assert program.arrays.row_upper.tolist() == [1, 3]
    assert program.rows[0].case.tolist() == [0, 2]


def test_a_row_without_entries_that_cannot_hold_is_kept() -> None:
    """0 >= 1 is no plan; dropping it would make one up."""
    add = three()
    add.add_rows("r", subject(0, 1), [([], [], [])], case=COUPLING, lower=[0, 1])
    add.add_rows("s", subject(2), [(0, 0, 0)], case=0, upper=-1)
    program = add.program()
    assert [program.row_label(i) for i in range(2)] == ["r[B]", "s[C]"]
    assert program.arrays.num_entries == 0
    assert program.rows[0].case.tolist() == [COUPLING]


def test_nothing_is_a_program() -> None:
    """No rows and no columns are a program all the same."""
    arrays = Builder().program().arrays
    assert (arrays.num_rows, arrays.num_columns, arrays.num_entries) == (0, 0, 0)
    assert arrays.activity(np.zeros(0)).tolist() == []


def test_points_add_up() -> None:
    """Several terms may price one column."""
    add = three()
    add.add_points(np.array([0, 1]), 2)
    add.add_points(np.array([1, 1]), [0.5, 0.25])
    assert add.program().arrays.objective.tolist() == [2, 2.75, 0]


def test_what_is_no_number_is_refused() -> None:
    """A fault of a rule stops before a solver makes something of it."""
    add = three()
    add.add_points(np.array([0]), np.nan)
    with pytest.raises(ValueError, match="objective"):
        add.program()
    add = three()
    add.add_rows("r", subject(0), [(0, 0, np.inf)], case=0, upper=1)
    with pytest.raises(ValueError, match="data"):
        add.program()


def test_labels_out_of_range() -> None:
    """Asking for a row or column that is not there is an error, not a neighbour."""
    program = three().program()
    with pytest.raises(IndexError, match="column 3 of 3"):
        program.column_label(3)
    with pytest.raises(IndexError, match="row 0 of 0"):
        program.row_label(0)


def test_a_subject_has_an_index_for_each_axis() -> None:
    """Names and indices belong together, axis by axis."""
    both = Subject((NAMES, ("D",)), (np.array([1]), np.array([0])))
    assert both.ids(0) == ("B", "D")
    with pytest.raises(ValueError, match="same length"):
        Subject((NAMES,), (np.array([0]), np.array([0])))


def test_equal_programs_have_equal_digests() -> None:
    """The digest follows every number, and nothing else."""
    one, other = three().program().arrays, three().program().arrays
    assert one.digest() == other.digest()
    assert replace(other, offset=1.0).digest() != one.digest()
    with pytest.raises(ValueError, match="read-only"):
        one.upper[0] = 1

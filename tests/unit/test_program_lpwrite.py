"""The text form of a program: for people, and the same for the same program."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.program.blocks import Subject
from matcher.program.builder import Builder
from matcher.program.lpwrite import WIDTH, number, write

if TYPE_CHECKING:
    from matcher.program.program import Program

REGIONS = ("A", "B b")


def example() -> Program:
    """Two yes-or-no columns, a whole one, a continuous one; all shapes of rows."""
    add = Builder()
    both = Subject((REGIONS,), (np.arange(2),))
    one = Subject((("D1",),), (np.zeros(1, dtype=np.int64),))
    member = add.add_columns("member", both, 1, case=0)
    units = add.add_columns("units", one, 3, case=0)
    share = add.add_columns("share", one, 2.5, case=0, whole=False)
    add.add_columns("idle", one, 1, case=0)
    add.add_rows("first", both, [([0, 1], member, 1), ([0, 1], units[[0, 0]], -2)],
                 case=0, upper=0)  # fmt: skip
    add.add_rows("last", one, [(0, share, 1500), (0, member[0], -0.1)], case=0,
                 lower=0, upper=0)  # fmt: skip
    add.add_rows("first", one, [(0, units, 1), (0, member[1], 1)], case=0, lower=1,
                 upper=3)  # fmt: skip
    add.add_rows("last", one, [(0, units, -1)], case=0, lower=-2)
    add.add_points(member, [1, -0.25])
    return add.program()


WHOLE = """\
maximise
  member[A] - 0.25 member[B b]

first
  first[A]: member[A] - 2 units[D1] <= 0
  first[B b]: member[B b] - 2 units[D1] <= 0
  first[D1]: 1 <= member[B b] + units[D1] <= 3

last
  last[D1]: -0.1 member[A] + 1500 share[D1] = 0
  last[D1]: -units[D1] >= -2

bounds
  0 <= share[D1] <= 2.5

whole
  0 <= units[D1] <= 3

yes or no
  member[A] member[B b]
"""
PART = """\
last
  last[D1]: -0.1 member[A] + 1500 share[D1] = 0
  last[D1]: -units[D1] >= -2

bounds
  0 <= share[D1] <= 2.5

whole
  0 <= units[D1] <= 3

yes or no
  member[A]
"""


def test_the_whole_program() -> None:
    """Rows stand by rule, columns by kind; what nobody speaks of is left out."""
    assert write(example()) == WHOLE


def test_the_part_of_a_rule() -> None:
    """Only the rule's rows and the columns they touch, without the points."""
    assert write(example(), rules=["last"]) == PART
    assert write(example(), rules=["unheard"]) == ""


def test_an_offset_is_written() -> None:
    """Points that every plan has are part of the aim."""
    program = example()
    moved = replace(program, arrays=replace(program.arrays, offset=-3.5))
    assert "  member[A] - 0.25 member[B b] - 3.5\n" in write(moved)


def test_an_impossible_row_is_written_as_it_is() -> None:
    """A row without entries shows what it asks of nothing."""
    add = Builder()
    subject = Subject((REGIONS,), (np.zeros(1, dtype=np.int64),))
    add.add_rows("r", subject, [([], [], [])], case=0, lower=1)
    assert write(add.program()) == "maximise\n  0\n\nr\n  r[A]: 0 >= 1\n"


def test_long_rows_break_between_terms() -> None:
    """No line is broken inside a term, nor before the right-hand side's number."""
    add = Builder()
    names = tuple(f"region {i}" for i in range(40))
    many = Subject((names,), (np.arange(40),))
    x = add.add_columns("member", many, 1, case=0)
    add.add_rows("r", Subject((("D",),), (np.zeros(1, dtype=np.int64),)),
                 [(np.zeros(40, dtype=np.int64), x, 2)], case=0, upper=7)  # fmt: skip
    lines = write(add.program(), rules=["r"]).split("yes or no")[0].splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(line.strip() for line in lines[1:]).strip() == (
        "r[D]: " + " + ".join(f"2 member[{name}]" for name in names) + " <= 7"
    )
    assert all(line.strip().startswith(("+", "r[")) for line in lines[1:-2])


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (-3.0, "-3"), (0.1, "0.1"), (1e15, "1000000000000000"), (1 / 3,
     "0.3333333333333333"), (2.0**60, "1152921504606846976"), (np.float64(0.5), "0.5"),
     (1e-9, "1e-09"), (-0.0, "0")],
)  # fmt: skip
def test_numbers_are_the_shortest_exact(value: float, text: str) -> None:
    """Reading the text gives the same double; whole numbers have no point."""
    assert number(value) == text
    assert float(text) == value

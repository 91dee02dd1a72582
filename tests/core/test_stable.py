"""Whether an assignment holds by itself, against the definitions written out."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core import stable

Given = dict[str, Any]


@st.composite
def drawn(draw: st.DrawFn) -> Given:
    """A small assignment with values of everybody, and limits it keeps."""
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    whole = st.integers(-1, 3)
    table = lambda a, b: np.array(  # noqa: E731
        draw(st.lists(whole, min_size=a * b, max_size=a * b)), dtype=float
    ).reshape(a, b)
    choice = np.array(
        draw(st.lists(st.integers(-1, m - 1), min_size=n, max_size=n)), dtype=int
    )
    count = np.bincount(choice[choice >= 0], minlength=m)
    most = count + draw(st.integers(0, 2))
    few = [int(c) if c else int(k) for c, k in zip(count, most, strict=True)]
    least = np.array([draw(st.integers(0, k)) for k in few], dtype=int)
    return {
        "value_rows": table(n, m), "value_columns": table(n, m), "choice": choice,
        "per_column": (least, most), "outside_rows": table(1, n)[0],
        "outside_columns": table(1, m)[0],
        "together": draw(st.sampled_from([None, table(n, n)])),
    }  # fmt: skip


def worth(given: Given, i: int, j: int, fellows: set[int]) -> float:
    """What row i has in column j among others."""
    beside = given["together"]
    extra = 0.0 if beside is None else sum(beside[i, k] for k in fellows - {i})
    return float(given["value_rows"][i, j] + extra)


def now(given: Given, i: int) -> float:
    """What row i has, or would rather have alone."""
    j = given["choice"][i]
    alone = float(given["outside_rows"][i])
    if j < 0:
        return alone
    return max(alone, worth(given, i, j, members(given, j)))


def members(given: Given, j: int) -> set[int]:
    """Rows of column j."""
    return {i for i, at in enumerate(given["choice"]) if at == j}


def blocks(given: Given, i: int, j: int) -> bool:
    """Whether row i and column j would rather pair, by the words of the manual."""
    own, out = members(given, j), given["outside_columns"][j]
    least, most = given["per_column"][0][j], given["per_column"][1][j]
    likes = given["value_columns"][:, j]
    if i in own or most == 0:
        return False
    if len(own) >= most:
        last = min(sorted(own), key=lambda k: likes[k])
        if likes[i] <= likes[last]:
            return False
        own = own - {last}
    elif len(own) + 1 < least:
        return False
    return bool(likes[i] > out and worth(given, i, j, own) > now(given, i))


def group_blocks(given: Given, rows: tuple[int, ...], j: int) -> bool:
    """Whether rows would rather be all of column j, and the column too."""
    own, out = members(given, j), given["outside_columns"][j]
    if not given["per_column"][0][j] <= len(rows) <= given["per_column"][1][j]:
        return False
    if set(rows) <= own:
        return False
    for i in rows:
        gets, has = worth(given, i, j, set(rows)), now(given, i)
        if gets < has or (i not in own and gets == has):
            return False
    likes = given["value_columns"][:, j]
    return bool(sum(likes[i] - out for i in rows) > sum(likes[i] - out for i in own))


@settings(max_examples=150, deadline=None)
@given(drawn())
def test_it_is_the_definition(given: Given) -> None:
    """Who would rather be alone, which pairs and which groups block."""
    found = stable(**given, group_size=3)
    n, m = given["value_rows"].shape
    at = given["choice"]
    pairs = [[i, j] for i in range(n) for j in range(m) if blocks(given, i, j)]
    assert found.pairs.tolist() == pairs
    assert found.rows_alone.tolist() == [
        i for i in range(n)
        if at[i] >= 0
        and worth(given, i, at[i], members(given, at[i])) < given["outside_rows"][i]
    ]  # fmt: skip
    assert found.columns_alone.tolist() == [
        [i, at[i]] for i in range(n)
        if at[i] >= 0
        and given["value_columns"][i, at[i]] < given["outside_columns"][at[i]]
    ]  # fmt: skip
    groups = [
        (j, rows) for j in range(m) for s in (1, 2, 3)
        for rows in combinations(range(n), s) if group_blocks(given, rows, j)
    ]  # fmt: skip
    assert [(g.column, g.rows) for g in found.groups] == groups
    quiet = not (pairs or groups or len(found.rows_alone) or len(found.columns_alone))
    assert found.stable == quiet
    assert repr(found).startswith("Stability(stable" if quiet else "Stability(not")


@settings(max_examples=100, deadline=None)
@given(drawn())
def test_groups_say_nothing_new_where_one_is_enough(given: Given) -> None:
    """Without minima and fellows, no group blocks where nobody alone objects."""
    given["together"] = None
    given["per_column"] = (0, given["per_column"][1])
    assert stable(**given, group_size=3).stable == stable(**given).stable


def test_deferred_acceptance_is_stable() -> None:
    """Rows that ask in turn end where no pair blocks, at any size."""
    rng = np.random.default_rng(3)
    rows, columns = rng.random((30, 12)), rng.random((30, 12))
    seats, asked = 2, np.zeros(30, dtype=int)
    order, choice = np.argsort(-rows, axis=1), np.full(30, -1)
    waiting = list(range(30))
    while waiting:
        i = waiting.pop()
        if asked[i] == 12:
            continue
        j = order[i, asked[i]]
        asked[i] += 1
        choice[i] = j
        there = np.flatnonzero(choice == j)
        if len(there) > seats:
            last = there[np.argmin(columns[there, j])]
            choice[last] = -1
            waiting.append(int(last))
    assert stable(rows, columns, choice, per_column=(0, seats)).stable
    choice[[0, 1]] = choice[[1, 0]]
    assert not stable(rows, columns, choice, per_column=(0, seats)).stable


def test_a_closed_column_opens_for_a_group_only() -> None:
    """Two rows who like a column that needs two are no blocking pair, but a group."""
    given = {"value_rows": [[1.0], [1.0]], "value_columns": [[1.0], [1.0]]}
    found = stable(**given, choice=[-1, -1], per_column=(2, 2), group_size=2)
    assert len(found.pairs) == 0
    (group,) = found.groups
    assert (group.column, group.rows, group.newcomers) == (0, (0, 1), (0, 1))
    assert repr(found) == "Stability(not stable: 1 blocking groups)"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value_rows": [[np.nan]]}, r"value_rows\[0, 0\] is nan"),
        ({"value_columns": [[1, 2]]}, r"value_columns has shape \(1, 2\)"),
        ({"choice": [1]}, r"choice\[0\] is 1; it must be -1 or a column, below 1"),
        ({"choice": [-2]}, r"choice\[0\] is -2.0; it must be -1 or more"),
        ({"choice": [0.5]}, r"choice\[0\] is 0.5; it must be a whole number"),
        ({"choice": [0], "per_column": (0, 0)}, "choice puts 1 rows in column 0"),
        ({"choice": [0], "per_column": (2, 3)}, "none there, or 2 to 3"),
        ({"per_column": (-1, 1)}, r"per_column\[0\] is -1.0; it must be 0 or more"),
        ({"per_column": 1}, r"per_column is 1; it must be a tuple \(least, most\)"),
        ({"outside_rows": np.inf}, "outside_rows is inf; it must be a finite number"),
        ({"outside_columns": [1, 2]}, r"outside_columns has shape \(2,\)"),
        ({"together": [[0, 1]]}, r"together has shape \(1, 2\)"),
        ({"group_size": -1}, "group_size is -1; it must be a whole number from 0"),
    ],
)
def test_refusals_name_the_argument(change: Given, words: str) -> None:
    """What cannot be is told with its place and value."""
    given = {"value_rows": [[1.0]], "value_columns": [[1.0]], "choice": [-1], **change}
    with pytest.raises(ValueError, match=words):
        stable(**given)


def test_too_many_groups_are_refused() -> None:
    """A size that would take minutes is told beforehand."""
    values = np.ones((60, 1))
    with pytest.raises(ValueError, match="group_size is 30, which makes"):
        stable(values, values, [-1] * 60, per_column=(0, 60), group_size=30)

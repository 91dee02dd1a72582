"""The engine's own program in PuLP's objects, row by row.

The arrays are given; only what the library's objects cost is measured.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pulp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matcher.program.program import Arrays

    Terms = Iterable[tuple[pulp.LpVariable, float]]
    Sum = Callable[[Terms], pulp.LpAffineExpression]


def _products(terms: Terms) -> pulp.LpAffineExpression:
    """Sum of products, as PuLP's manual writes it."""
    return pulp.lpSum(c * x for x, c in terms)


def _pairs(terms: Terms) -> pulp.LpAffineExpression:
    """Made from pairs in one go: the quickest way PuLP has."""
    return pulp.LpAffineExpression(list(terms))


SUMS: Final[dict[str, Sum]] = {"products": _products, "pairs": _pairs}


def pulp_problem(arrays: Arrays, total: Sum) -> pulp.LpProblem:
    """The program in PuLP's objects, row by row; a range becomes two rows."""
    problem = pulp.LpProblem("program", pulp.LpMaximize)
    columns = [
        problem.add_variable(f"x{j}", low, high, "Integer" if whole else "Continuous")
        for j, (low, high, whole) in enumerate(
            zip(
                arrays.lower.tolist(),
                arrays.upper.tolist(),
                arrays.integer.tolist(),
                strict=True,
            )
        )
    ]
    points = arrays.objective.tolist()
    problem += total((x, c) for x, c in zip(columns, points, strict=True) if c)
    start, index = arrays.indptr.tolist(), arrays.indices.tolist()
    data = arrays.data.tolist()
    bounds = zip(arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)
    for i, (low, high) in enumerate(bounds):
        entries = range(start[i], start[i + 1])
        row = total((columns[index[e]], data[e]) for e in entries)
        if low == high:
            problem += row == low
            continue
        if not math.isinf(low):
            problem += row >= low
        if not math.isinf(high):
            problem += row <= high
    return problem

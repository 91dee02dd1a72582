"""Assignments that cannot be: what is said of them, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from matcher.core import assign
from matcher.errors import SolverFailed

if TYPE_CHECKING:
    from tests.core.assignments import Given

pytestmark = pytest.mark.usefixtures("shared")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": [[1, np.nan]]}, r"value\[0, 1\] is nan; it must be a finite number"),
        ({"value": [[1, -np.inf]]}, r"value\[0, 1\] is -inf"),
        ({"value": csr_array([[0, np.nan]])}, r"value\[0, 1\] is nan"),
        ({"value": [1, 2]}, r"value has shape \(2,\); it must have shape \(any, any\)"),
        ({"value": [[1], [1, 2]]}, "value has rows of several lengths"),
        ({"use": [[1, 1]]}, "use is given without capacity"),
        ({"use": [[1, -1]], "capacity": 1}, r"use\[0, 1\] is -1.0; it must be 0 or"),
        ({"use": [[1]], "capacity": 1}, r"use has shape \(1, 1\)"),
        ({"use": [1, 1], "capacity": 1}, r"use has shape \(2,\)"),
        ({"use": csr_array([[-2.0, 0]]), "capacity": 1}, r"use\[0, 0\] is -2.0"),
        ({"capacity": [1, -3]}, r"capacity\[1\] is -3.0; it must be 0 or more"),
        ({"capacity": [1, np.nan]}, r"capacity\[1\] is nan"),
        ({"capacity": [1, 1, 1]}, r"capacity has shape \(3,\); it must have shape \(2"),
        ({"per_row": "exact"}, r"per_row is 'exact'; it must be one of .*did you mean"),
        ({"per_row": 2}, r"per_row is 2; it must be 'exactly' or 'at_most', a tuple"),
        ({"per_row": (0, 0.5)}, r"per_row\[1\] is 0.5; it must be a whole number"),
        ({"per_row": (2, 1)}, r"per_row\[0\]\[0\] is 2; it must not exceed per_row\[1"),
        ({"per_column": ([1, np.inf], 2)}, r"per_column\[0\]\[1\] is inf"),
        ({"per_column": "exactly"}, r"per_column is 'exactly'; it must be a tuple"),
        ({"groups": [0.5]}, r"groups\[0\] is 0.5; it must be a whole number"),
        ({"groups": [0, 1]}, r"groups has shape \(2,\); it must have shape \(1\)"),
        (
            {"forbid": [(0, 2)]},
            r"forbid\[0\] is \(0, 2\); it must lie within",
        ),
        ({"forbid": [[True]]}, r"forbid has shape \(1, 1\); it must have shape \(1, 2"),
        ({"fix": [(0, -1)]}, r"fix\[0, 1\] is -1.0; it must be 0 or more"),
        (
            {"fix": [(0, 0)], "forbid": [(0, 0)]},
            r"fix holds \(0, 0\), which is forb",
        ),
        ({"fix": [(0, 0)], "value": csr_array([[0, 1.0]])}, "which is not in value"),
        ({"sense": "most"}, "sense is 'most'; it must be one of 'max', 'min'"),
        ({"objective": "maxmin"}, r'did you mean "max_min"'),
        (
            {"objective": "leximin", "per_row": (1, 2)},
            r"per_row\[1\]\[0\] is 2; it",
        ),
        ({"backend": "gurobi"}, "backend is 'gurobi'; it must be one of 'auto', 'high"),
        ({"gap": -0.1}, "gap is -0.1; it must lie between 0 and 1"),
        ({"gap": np.nan}, "gap is nan"),
        ({"time_limit": -1}, "time_limit is -1; it must be 0 or more seconds"),
    ],
)
def test_refusals_name_the_argument(change: Given, words: str) -> None:
    """What cannot be is told with its place and value."""
    with pytest.raises(ValueError, match=words):
        assign(**{"value": [[1.0, 2.0]], **change})


def test_a_solver_that_cannot_says_so() -> None:
    """Weights without an exact whole form are told to CP-SAT's caller."""
    given: Given = {"use": [[1 / 3], [2 / 7]], "capacity": 0.5, "backend": "cpsat"}
    with pytest.raises(SolverFailed, match="cpsat failed: CP-SAT needs whole numbers"):
        assign(np.ones((2, 1)), **given)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"per_column": (0, 1)}, "rows need 3 pairs, columns have room for 2"),
        ({"per_column": (2, 2)}, "columns need 4 pairs, rows have room for 3"),
        ({"fix": [(0, 0), (0, 1)]}, "row 0 must have 2 pairs and may have 1"),
        (
            {"fix": [(0, 0), (1, 0)], "use": [3, 3, 3], "capacity": 5},
            "fixed pairs use 6 of column 0, which has 5",
        ),
    ],
)
def test_what_is_plainly_impossible_is_said(arguments: Given, reason: str) -> None:
    """No solver is needed to see it."""
    found = assign(np.ones((3, 2)), **arguments)
    assert (found.status, found.reason) == ("infeasible", reason)

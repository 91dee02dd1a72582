"""Array-in, array-out solvers for people with matrices and no scenario.

::

    from matcher.core import assign
    found = assign(value, use=hours, capacity=hours_there_are)
    found.choice, found.objective, found.bound

Rows and columns are whatever a caller means by them. Programs are solved by the same
backends as scenarios are; see ``docs/core.md``.
"""

from __future__ import annotations

from matcher.core.assign import Assignment, assign
from matcher.core.complementarity import complementarity, parts
from matcher.core.cover import Team, cover
from matcher.core.select import Selection, select
from matcher.core.stable import BlockingGroup, Stability, stable
from matcher.core.teams import Teams, teams

__all__ = [
    "Assignment",
    "BlockingGroup",
    "Selection",
    "Stability",
    "Team",
    "Teams",
    "assign",
    "complementarity",
    "cover",
    "parts",
    "select",
    "stable",
    "teams",
]

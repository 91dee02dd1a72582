"""Cases and plans ranked by their points, under one set of weights and another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.verify.verify import exact_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

Key = tuple[str, str]
"""What is ranked, ``case`` or ``plan``, and its name."""
Worths = dict[Key, dict[str, Fraction]]
"""Value of every term, without weights."""
CASE, PLAN = "case", "plan"
FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """A case or a plan whose rank changes."""

    what: str
    name: str
    points_before: Fraction
    points_after: Fraction
    before: int
    after: int
    """Ranks from 1; equal points share a rank."""


def case_values(plan: Proposal, setting: Setting) -> Worths:
    """What each case of a plan is worth by itself, as if it alone were launched."""
    return {
        (CASE, each.case): {
            t.name: t.value
            for t in exact_terms(replace(plan, cases=(each,), fallback=None), setting)
        }
        for each in plan.cases
    }


def plan_values(plans: Sequence[Proposal]) -> Worths:
    """What each plan is worth; they are named by their number, best first."""
    return {
        (PLAN, str(number)): {t.name: t.value for t in plan.terms}
        for number, plan in enumerate(plans, FIRST)
    }


def moves(
    worths: Worths, before: Mapping[str, Fraction], after: Mapping[str, Fraction]
) -> Iterator[Ranked]:
    """What changes its rank between two sets of weights."""
    old, new = _points(worths, before), _points(worths, after)
    for key in worths:
        ranks = _rank(key, old), _rank(key, new)
        if ranks[0] != ranks[1]:
            yield Ranked(*key, old[key], new[key], *ranks)


def _points(worths: Worths, weights: Mapping[str, Fraction]) -> dict[Key, Fraction]:
    return {
        key: sum((weights[name] * v for name, v in values.items()), Fraction(0))
        for key, values in worths.items()
    }


def _rank(key: Key, points: Mapping[Key, Fraction]) -> int:
    """Place among all of its kind."""
    better = (p > points[key] for (what, _), p in points.items() if what == key[0])
    return FIRST + sum(better)

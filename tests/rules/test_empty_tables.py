"""A table of memberships without rows: nobody is one; a missing table says nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
from tests.objectives.scenes import only
from tests.tiny import ONE, cited, club, scene, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.proposal.proposal import Proposal
    from tests.tiny import Scene

NOT_TESTED = "newcomers is not tested: there is no memberships table"
NOT_COUNTED = "onboarding is not counted: there is no memberships table"


def solved(folder: Path, what: Scene, *, known: bool) -> Proposal:
    """The best plan, verified, where nobody is a member yet or nothing is known."""
    write_scene(folder, what)
    if known:
        (folder / "memberships.csv").write_text("partnership,case,region\n", "utf-8")
    scenario = matcher.load(folder)
    proposal = matcher.solve(scenario)
    assert matcher.verify(proposal, scenario).holds
    return proposal


@pytest.mark.parametrize(("least", "launched"), [(3, 1), (4, 0)])
def test_everybody_is_new_where_nobody_is_a_member(
    tmp_path: Path, least: int, launched: int
) -> None:
    """Three regions are three newcomers and no more, and the rule is tested."""
    what = scene(ONE, books={"club": club(min_newcomers=cited(least))})
    told = solved(tmp_path / "a", what, known=True)
    assert len(told.cases) == launched
    assert NOT_TESTED not in told.notes
    for out in told.rejected:
        assert out.reason.endswith("only 3 are new (club.yaml; memberships.csv)")
    silent = solved(tmp_path / "b", what, known=False)
    assert len(silent.cases) == 1
    assert NOT_TESTED in silent.notes


def test_every_member_costs_onboarding_where_nobody_is_one(tmp_path: Path) -> None:
    """Three newcomers at a quarter each; without the table the term counts nothing."""
    what = only(ONE, "onboarding", 1, per_newcomer=0.25)
    what = scene(what, settings={"pins": [
        {"case": "D1", "region": r, "role": "member"} for r in "ABC"]})  # fmt: skip
    for known, worth in ((True, Fraction(-3, 4)), (False, 0)):
        told = solved(tmp_path / str(known), what, known=known)
        (term,) = told.terms
        assert (term.value, NOT_COUNTED in told.notes) == (worth, not known)

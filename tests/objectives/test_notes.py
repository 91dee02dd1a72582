"""Terms that lack what they read say so; each says whether funding decides on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.objectives import all_terms
from matcher.verify.notes import untested
from tests.objectives.scenes import BUILT, KNOWN, TESTED, only
from tests.tiny import PLAIN, tiny, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene

NO_MONEY = "no money rule is tested: there is no costs table"
NO_TABLE = "onboarding is not counted: there is no memberships table"
NO_TESTS = "certification is not counted: no capability is of the class regulatory"
NO_DAYS = "shared_facilities is not counted: no capability is of the class facility"


@pytest.mark.parametrize(
    ("what", "notes"),
    [
        (PLAIN, ()),
        (only(PLAIN, "onboarding", 0, per_newcomer=1), (NO_TABLE,)),
        (only(KNOWN, "onboarding", 1, per_newcomer=1), ()),
        (only(PLAIN, "certification", 1, states=2), (NO_TESTS,)),
        (only(PLAIN, "certification", 1, states=2, capabilities=["K"]), ()),
        (only(TESTED, "certification", 1, states=2), ()),
        (only(TESTED, "shared_facilities", 1, per_unit=1), (NO_DAYS,)),
        (only(PLAIN, "shared_facilities", 1, per_unit=1, capabilities={"K": 1}), ()),
        (only(BUILT, "shared_facilities", 1, per_unit=1), ()),
    ],
)
def test_a_term_without_its_data_is_noted(
    tmp_path: Path, what: Scene, notes: tuple[str, ...]
) -> None:
    """Only terms of the objective are asked, and only what is missing is told."""
    setting = tiny(tmp_path, what)
    assert untested(setting) == (NO_MONEY, *notes)
    assert untested(setting, funding=False) == notes


def test_a_proposal_carries_the_note(tmp_path: Path) -> None:
    """What was not counted stands in the proposal and in its verdict."""
    what = only(PLAIN, "onboarding", 1, per_newcomer=1)
    scenario = matcher.load(write_scene(tmp_path, what))
    proposal = matcher.solve(scenario)
    assert NO_TABLE in proposal.notes
    assert NO_TABLE in matcher.verify(proposal, scenario).untested


def test_effort_is_spent_whether_or_not_a_case_is_funded() -> None:
    """All that is delivered comes only with funding; effort and options do not."""
    spent = {name for name, term in all_terms().items() if not term.CARRIED}
    assert spent == {
        "commitment_risk", "coordination_cost", "onboarding", "option_value",
    }  # fmt: skip

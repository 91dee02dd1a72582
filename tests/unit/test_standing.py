"""Notes on commitments: due for renewal, or without contact for too long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from matcher.proposal.standing import commitments_due
from matcher.report.claims import claims, unproven
from tests.tiny import PLAIN, cited, club, plan, proposed, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve

BOTH = club(renewal_notice=cited(2), intermittent_after=cited(12))
STANDING = scene(
    PLAIN, books={"club": BOTH},
    commitments="""
        region,case,level,expires,last_contact
        A,,3,2025-08-01,2024-06-01
        B,,3,2025-08-02,2024-05-31
        B,D2,3,,
        C,,3,2025-05-31,2025-05-30
    """,
)  # fmt: skip
"""The day of the scenario is 2025-06-01."""
D1, D2 = plan("D1", "ABC"), plan("D2", "AB", observers="C")
RENEW_A = (
    "renewal due: commitment of A to D1, D2: expires 2025-08-01, commitments.csv:2"
)
QUIET = (
    "commitment of B to D1 is intermittent: last contact 2024-05-31, commitments.csv:3",
    "commitment of B to D2 is intermittent: last contact unknown, commitments.csv:4",
    "commitment of C to D1 is intermittent: last contact unknown, no valid row in "
    "commitments",
)


def test_members_of_launched_cases_are_looked_after(tmp_path: Path) -> None:
    """To the day: two months and twelve months later is just in time; observers not."""
    setting = tiny(tmp_path, STANDING)
    notes = commitments_due(proposed(D1, D2), setting)
    assert notes == (RENEW_A, *QUIET)
    assert commitments_due(proposed(), setting) == ()


@pytest.mark.parametrize(
    ("book", "notes"),
    [
        (club(), ()),
        (club(renewal_notice=cited(1)), ()),
        (club(renewal_notice=cited(2)), (RENEW_A,)),
        (club(intermittent_after=cited(12)), QUIET),
        (None, ()),
    ],
)
def test_only_what_the_rulebook_asks_for_is_told(
    tmp_path: Path, book: object, notes: tuple[str, ...]
) -> None:
    """Each number of months stands for itself; without any nothing is told."""
    setting = tiny(tmp_path, STANDING, books={"club": book})
    assert commitments_due(proposed(D1, D2), setting) == notes


@pytest.mark.parametrize(
    ("expires", "months", "due"),
    [
        ("2025-06-01", 0, True), ("2025-06-02", 0, False), ("2025-06-30", 1, True),
        ("2025-07-01", 1, True), ("2025-07-02", 1, False), ("2026-06-01", 12, True),
        ("2026-06-02", 12, False), ("2026-06-02", 999_999, True),
    ],
)  # fmt: skip
def test_months_are_counted_by_the_calendar(
    tmp_path: Path, expires: str, months: int, due: bool
) -> None:
    """A month later is the same day of the next month, at the latest."""
    setting = tiny(
        tmp_path, STANDING, books={"club": club(renewal_notice=cited(months))},
        commitments=f"region,level,expires\nA,3,{expires}\n",
    )  # fmt: skip
    assert bool(commitments_due(proposed(plan("D1", "A")), setting)) is due


def test_without_a_table_that_is_said_once(tmp_path: Path) -> None:
    """Nothing is known of anybody, so one line says so."""
    setting = tiny(tmp_path, STANDING, commitments=None)
    notes = commitments_due(proposed(D1, D2), setting)
    assert notes == ("no commitment is looked after: there is no commitments table",)


def test_proposals_carry_the_notes_and_verify_asks_for_them(
    tmp_path: Path, solve: Solve
) -> None:
    """They stand in the JSON; one that leaves a note out is found out."""
    setting = tiny(tmp_path, STANDING)
    proposal = solve(setting)
    due = commitments_due(proposal, setting)
    assert due
    data = loads(dumps(to_json(proposal)))
    assert set(due) <= set(data["notes"])
    saved = from_json(data)
    assert all(finding.holds for finding in claims(saved, setting))
    assert not any("the note" in text for text in unproven(saved, setting))
    for left_out in due:
        kept = tuple(note for note in saved.notes if note != left_out)
        found = [f for f in claims(replace(saved, notes=kept), setting) if not f.holds]
        assert [f.text for f in found] == ["leave out a commitment to look after"]
    made_up = replace(saved, notes=(*saved.notes, due[0].replace("A", "B")))
    assert any("the note" in text for text in unproven(made_up, setting))

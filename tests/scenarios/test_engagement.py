"""The timber example: each rule on commitment, people and payees decides there."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.proposal.facts import Facts
from matcher.report.reasons import memberships
from matcher.report.tables import result_tables

if TYPE_CHECKING:
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "engagement"
BOOK = "rulebooks/timber-partnership.yaml"
GRANT = "rulebooks/wood-grant.yaml"
AS_WRITTEN = "7.35"

Edit = tuple[str, str, str, str, str]
"""Rule, file, what stands there, what is put there, points of the plan then."""

EDITS: tuple[Edit, ...] = (
    ("commitment", "commitments.csv", "ERN,,3", "ERN,,2", "4.7"),
    ("mandate", "commitments.csv", "2026-01-20,yes", "2026-01-20,", "5.4"),
    ("mandate", "commitments.csv", "2025-12-01,no", "2025-12-01,yes", "8.2"),
    ("co_leads", "commitments.csv", "FEN,,4", "FEN,,3", "5.85"),
    ("co_leads", BOOK, "min_co_leads: {value: 1", "min_co_leads: {value: 2", "7.05"),
    ("stakeholders", "actors.csv", "COVJOIN,COV,sme", "COVJOIN,COV,", "7.05"),
    ("lead_users", "assets.csv", "COV,builders,2", "COV,builders,0", "6.8"),
    ("skill_effort", "staff.csv", "COV,legal,0.3", "COV,legal,0.2", "5.4"),
    ("skill_effort", "staff.csv", "FEN,chemistry,0.2", "FEN,chemistry,0.3", "9"),
    ("newcomers", "memberships.csv", "timber,HOL", "timber,DEL", "5.4"),
    ("state_balance", "regions.csv", "ERN,Ernsted,QC", "ERN,Ernsted,QB", "7.05"),
    ("substantive_mix", BOOK, "floor: {value: 3", "floor: {value: 4", "3.9"),
    ("substantive_share", BOOK, "share: {value: 0.20", "share: {value: 0.40", "6.3"),
    ("aid_cap", BOOK, "[company], value: 0.4", "[company], value: 0.1", "5.4"),
    ("earmark", GRANT, "share: {value: 0.45", "share: {value: 0.7", "7.25"),
    ("state_share", GRANT, "share: {value: 0.6", "share: {value: 0.2", "7"),
    ("state_share", "beneficiaries.csv", "DEL,,sme,0.7", "DEL,,sme,0.1", "7"),
    ("grant_years", "costs.csv", "HALL,1,800000,case,2027",
     "HALL,1,800000,case,2030", "5.4"),
)  # fmt: skip

TOLD: tuple[tuple[str, str, str, str], ...] = (
    ("commitments.csv", "ERN,,3,2026-12-31", "ERN,,3,2026-05-31",
     "renewal due: commitment of ERN"),
    ("commitments.csv", "2025-10-02", "2024-10-02",
     "commitment of FEN to "),
    ("beneficiaries.csv", "DEL,,public,0.3\n", "",
     "caps on aid by type of beneficiary do not hold in full for DEL, GLE, HOL"),
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The shipped example."""
    return matcher.load(FOLDER)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Proposal:
    """Its plan as written."""
    return proven(scenario)


def points(text: str) -> Fraction:
    """A number as printed."""
    return Fraction(Decimal(text))


def proven(scenario: Scenario, assumption: str = "") -> Proposal:
    """The answer under an assumption: optimal and verified."""
    proposal = matcher.solve(scenario, assumption=assumption)
    assert proposal.status == "optimal"
    assert matcher.verify(proposal, scenario).holds
    return proposal


def edited(folder: Path, file: str, old: str, new: str) -> Scenario:
    """A copy with one place changed."""
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return matcher.load(folder)


def test_some_cases_are_launched_and_paid_by_two_instruments(plan: Proposal) -> None:
    """Three cases; a grant and pooled money pay, each at rates by type."""
    assert plan.objective == points(AS_WRITTEN)
    assert {case.case for case in plan.cases} == {"BEAM", "HALL", "PASS"}
    assert {bid.instrument for bid in plan.applications} == {
        "timber-pool",
        "wood-grant",
    }


def test_what_is_left_out_is_told_plainly(plan: Proposal) -> None:
    """One case lacks a skill, the other an official mandate."""
    reasons = {left.case: left.reason for left in plan.rejected}
    assert set(reasons) == {"GLUE", "ROOF"}
    assert "0.1 FTE of chemistry" in reasons["GLUE"]
    assert reasons["ROOF"].startswith(
        "no plan for it alone: it needs one lead, but none of 8 regions may lead it; "
    )
    assert "a lead needs a mandate, which 4 of 8 regions have" in reasons["ROOF"]
    assert "FTE" not in reasons["ROOF"]


def test_members_are_told_what_the_partnership_asks_them_for(
    scenario: Scenario, plan: Proposal
) -> None:
    """Who is named for no role takes part for a reason, too."""
    rows = memberships(Facts(scenario.setting()), plan.by_case["HALL"])
    told = {region: why for _, region, _, why in rows}
    assert told["DEL"].startswith(
        "counts as less_developed, brings lead users (levels 3), is new to the "
        "partnership and is committed enough to lead; funded by "
    )
    assert told["FEN"].startswith("is committed enough to lead; funded by ")
    assert told["COV"].startswith("best Robot joining (level 3); funded by ")


def test_every_rule_named_here_is_tested_on_the_plan(
    scenario: Scenario, plan: Proposal
) -> None:
    """Each has lines in the table of rules, and all of them hold."""
    verdict = matcher.verify(plan, scenario)
    assert {edit[0] for edit in EDITS} <= {found.rule for found in verdict.findings}


def test_what_no_money_heals_is_not_blamed_on_money(tmp_path: Path) -> None:
    """Without lead users enough nobody has a substantive role, whatever it pays."""
    edit = (BOOK, "floor: {value: 3", "floor: {value: 4")
    left = proven(edited(tmp_path / "copy", *edit)).rejected
    reasons = {each.case: each.reason for each in left}
    assert "regions in substantive roles" in reasons["HALL"]
    assert "share of the case's cost" not in reasons["HALL"]


def test_no_two_lines_of_the_table_of_rules_are_alike(
    scenario: Scenario, plan: Proposal
) -> None:
    """Each says what was looked at; a slack has a unit, money is told in EUR."""
    tables = result_tables(plan, scenario.setting())
    rows = list(csv.DictReader(io.StringIO(tables["rules.csv"])))
    alike = Counter(
        (row["rule"], row["subject"], row["what"], row["source"]) for row in rows
    )
    assert set(alike.values()) == {1}
    assert all(bool(row["slack"]) == bool(row["unit"]) for row in rows)
    (found,) = (
        row
        for row in rows
        if (row["rule"], row["subject"]) == ("cost_share", "PASS ASH")
    )
    assert (found["slack"], found["unit"], found["what"]) == (
        "0", "EUR", "borne: EUR 16,000, at least EUR 16,000",
    )  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit[0]}-{edit[1]}")
def test_one_changed_figure_changes_the_plan(edit: Edit, tmp_path: Path) -> None:
    """So the rule decides about the plan as written."""
    _, *change, worth = edit
    assert worth != AS_WRITTEN
    proposal = proven(edited(tmp_path / "copy", *change))
    assert proposal.objective == points(worth)


@pytest.mark.parametrize("change", TOLD, ids=lambda change: change[3])
def test_what_no_rule_decides_is_told(
    change: tuple[str, str, str, str], plan: Proposal, tmp_path: Path
) -> None:
    """Old contacts, commitments that end soon, and types that nobody stated."""
    *what, told = change
    assert not any(note.startswith(told) for note in plan.notes)
    proposal = proven(edited(tmp_path / "copy", *what))
    assert any(note.startswith(told) for note in proposal.notes)


def test_less_reliable_partners_are_worth_less(tmp_path: Path) -> None:
    """Their part in the points is the chance that they stay."""
    copy = edited(tmp_path / "copy", "commitments.csv", "0.7,2024-09", "0.1,2024-09")
    assert proven(copy).objective == points("6.55")


def test_a_missed_soft_earmark_is_told(plan: Proposal) -> None:
    """It rules out nothing."""
    (note,) = (note for note in plan.notes if "is asked for" in note)
    assert note.startswith("wood-grant HALL: ")
    assert note.endswith("of the grant goes to less_developed, 75% is asked for")


def test_waiting_for_the_grant_bundles_two_cases(scenario: Scenario) -> None:
    """One application for both, and pooled money for one of them after a no."""
    proposal = proven(scenario, "grant-first")
    assert proposal.objective == points("7.86")
    bids = {bid.instrument: bid.cases for bid in proposal.applications}
    assert bids["wood-grant"] == ("BEAM", "HALL")
    assert proposal.fallback is not None
    assert [case.case for case in proposal.fallback.cases] == ["BEAM"]


def test_without_bundles_waiting_is_worth_less(tmp_path: Path) -> None:
    """HALL would have to meet the grant's consortium by itself."""
    copy = edited(
        tmp_path / "copy", GRANT, "bundle: {value: true", "bundle: {value: false"
    )
    worth = proven(copy, "grant-first").objective
    assert worth is not None
    assert worth < points("7.86")

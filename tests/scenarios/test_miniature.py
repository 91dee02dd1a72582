"""The worked miniature gives the answers that were worked out on paper."""

from __future__ import annotations

import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import matcher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.load import Scenario

ROOT = Path(__file__).resolve().parents[2]
BACKENDS = ("highs", "cpsat", "cbc")
EU_ONLY = {"D1": "ALD ELM", "D3": "CED DUN FJO"}
REGIONAL = {"D1": "ALD BIR ELM", "D2": "ALD DUN", "D3": "BIR CED"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The shipped miniature."""
    return matcher.load(ROOT / "scenarios" / "miniature")


def points(text: str) -> Fraction:
    """A number as printed."""
    return Fraction(Decimal(text))


def consortia(plans: Iterable[CasePlan]) -> dict[str, str]:
    """Members by case."""
    return {plan.case: " ".join(plan.members) for plan in plans}


def proven(scenario: Scenario, assumption: str, backend: str = "highs") -> Proposal:
    """The answer under an assumption: optimal and verified."""
    proposal = matcher.solve(scenario, assumption=assumption, backend=backend)
    assert proposal.status == "optimal"
    assert matcher.verify(proposal, scenario).holds
    return proposal


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_application_bundles_two_cases(scenario: Scenario, backend: str) -> None:
    """Under the EU grant alone, D1 and D3 share an application: 0.4 x 13 - 2.5."""
    proposal = proven(scenario, "eu-only", backend)
    assert proposal.objective == points("2.7")
    assert consortia(proposal.cases) == EU_ONLY
    (bid,) = proposal.applications
    assert bid.cases == ("D1", "D3")
    assert bid.success == points("0.4")
    assert 2_379_990_00 < bid.grant <= 2_380_000_00  # 70 % of 3.4 million, in cents


@pytest.mark.parametrize("backend", BACKENDS)
def test_regional_money_pays_other_consortia(scenario: Scenario, backend: str) -> None:
    """With aligned regional money Birch replaces Fjord and D2 is launched: 11.86."""
    proposal = proven(scenario, "regional-money", backend)
    assert proposal.objective == points("11.86")
    assert consortia(proposal.cases) == REGIONAL
    assert proposal.needed is not None
    assert proposal.needed.objective == points("18.5")


@pytest.mark.parametrize(
    ("assumption", "expected"),
    [
        ("alder-short", "11.36"),
        ("birch-short", "11.36"),
        ("elm-short", "11.36"),
        ("cedar-short", "9.66"),
        ("grove-letter", "11.86"),
    ],
)
def test_fragility_and_joining(
    scenario: Scenario, assumption: str, expected: str
) -> None:
    """Less money moves the plan as printed; Grove's letter alone moves nothing."""
    proposal = proven(scenario, assumption)
    assert proposal.objective == points(expected)
    plans = consortia(proposal.cases)
    if expected == "11.36":
        assert plans["D2"] == "ALD CED DUN"
    if assumption == "cedar-short":
        assert set(plans) == {"D1", "D2"}
    if assumption == "grove-letter":
        assert plans == REGIONAL


def test_grove_with_a_budget_is_a_reserve(tmp_path: Path) -> None:
    """A letter and 300 000 EUR let Grove take part, and bring no point more."""
    copy = tmp_path / "miniature"
    shutil.copytree(ROOT / "scenarios" / "miniature", copy)
    with (copy / "budgets.csv").open("a", encoding="utf-8") as file:
        file.write("pool,GRO,300000\n")
    scenario = matcher.load(copy)
    assert proven(scenario, "grove-letter").objective == points("11.86")


def test_waiting_pays_only_where_dune_can_staff_two_cases(scenario: Scenario) -> None:
    """Expected cases: 2.32 at once; with two cases in Dune 2.48 by bidding first."""
    assert proven(scenario, "expected-cases").objective == points("2.32")
    one = proven(scenario, "bid-first")
    assert one.objective == points("2.32")
    assert one.fallback is not None
    assert not one.fallback.cases
    two = proven(scenario, "bid-first-two")
    assert two.objective == points("2.48")
    assert two.fallback is not None
    assert [plan.case for plan in two.fallback.cases] == ["D1", "D3"]
    (bid,) = (a for a in two.applications if a.instrument == "eu-grant")
    assert bid.cases == ("D1", "D3")
    later = two.with_a_no
    assert later is not None
    assert {plan.case for plan in later.cases} == {"D1", "D2", "D3"}

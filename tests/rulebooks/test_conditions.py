"""What no rule tests is said, and what no rule knows cannot be used."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from matcher.engine.run import run as solve
from matcher.errors import InputError
from matcher.report.checking import check_text, examine
from matcher.rules import untested
from matcher.scenario.load import load
from matcher.scenario.rulebook import KINDS, PAYABLE
from matcher.verify.verify import verify
from tests.tiny import (
    PAID,
    PLAIN,
    book,
    cited,
    grant,
    scene,
    tiny,
    tiny_scenario,
    write_scene,
)

if TYPE_CHECKING:
    from pathlib import Path

LEAD = {"text": "A company leads.", "source": "S"}
SURE = {"text": "It takes a year.", "source": "S", "confidence": "confirmed"}
FUND = grant(envelope=cited(10**6), conditions=[LEAD, SURE])
SAID = [
    "not tested: g: A company leads. [made for the test (assumption)]",
    "not tested: g: It takes a year. [made for the test (confirmed)]",
]


def refused(folder: Path, **books: Any) -> list[Any]:
    """Faults of a scenario with other instruments."""
    with pytest.raises(InputError) as told:
        load(write_scene(folder, scene(PAID, books={"g": None, **books})))
    return list(told.value.faults)


def test_conditions_are_told_with_source_and_confidence(tmp_path: Path) -> None:
    """One sentence for each, in the order of the rulebook."""
    setting = tiny(tmp_path / "s", PAID, books={"g": FUND})
    assert [text for text in untested(setting) if "g:" in text] == SAID


def test_proposals_and_verdicts_say_what_is_not_tested(tmp_path: Path) -> None:
    """Who reads a proposal, checks it or checks the scenario reads the same."""
    scenario = tiny_scenario(tmp_path / "s", PAID, books={"g": FUND})
    setting = scenario.setting()
    proposal = solve(setting)
    assert [note for note in proposal.notes if "g:" in note] == SAID
    assert set(SAID) <= set(verify(proposal, setting).untested)
    shown = list(check_text(examine(scenario)))
    assert [line.strip() for line in shown if line.strip() in SAID] == SAID


def test_instruments_out_of_play_say_nothing(tmp_path: Path) -> None:
    """An assumption that leaves the instrument out leaves its conditions out."""
    assumptions = {"none": {"instruments": {"only": []}}}
    scenario = tiny_scenario(
        tmp_path / "s", PAID, books={"g": FUND}, settings={"assumptions": assumptions}
    )
    assert set(SAID) <= set(untested(scenario.setting()))
    assert not set(SAID) & set(untested(scenario.setting("none")))


def test_where_money_plays_no_part_no_condition_is_told(tmp_path: Path) -> None:
    """Without costs, or without rules about money, an instrument is not used."""
    paid = tiny(tmp_path / "s", PAID, books={"g": FUND})
    assert not set(SAID) & set(untested(paid, funding=False))
    free = tiny(tmp_path / "t", PLAIN, books={"g": FUND})
    assert untested(free) == ("no money rule is tested: there is no costs table",)
    assert untested(free, funding=False) == ()


def test_rules_without_data_are_told_too(tmp_path: Path) -> None:
    """Both come from one place, rules first."""
    setting = tiny(tmp_path / "s", PAID, books={"g": grant(conditions=[LEAD])})
    assert untested(setting) == (
        "envelope is not tested for g: it is unknown", SAID[0],
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(PAYABLE)))
def test_kinds_without_a_rule_are_refused(tmp_path: Path, kind: str) -> None:
    """The fault stands at the line that lists it, and tells which kinds can pay."""
    (fault,) = refused(tmp_path / "s", f=book(kind))
    assert fault.code == "CANNOT_PAY"
    assert fault.place.file == "scenario.yaml"
    lines = (tmp_path / "s" / "scenario.yaml").read_text("utf-8").splitlines()
    assert "f.yaml" in lines[fault.place.line - 1]
    assert f'"f" is of kind {kind}' in fault.problem
    assert all(payable in fault.remedy for payable in PAYABLE)


@pytest.mark.parametrize("kind", [kind for kind in PAYABLE if kind != "private"])
def test_an_unknown_rate_is_refused(tmp_path: Path, kind: str) -> None:
    """Unknown is never zero: such an instrument would silently never pay."""
    (fault,) = refused(tmp_path / "s", f=book(kind))
    assert fault.code == "UNKNOWN_RATE"
    assert fault.place.file == "scenario.yaml"
    assert "rate" in fault.remedy


def test_a_pledge_needs_no_rate(tmp_path: Path) -> None:
    """It pays what is pledged, whatever part of the cost that is."""
    setting = tiny(tmp_path / "s", PAID, books={"f": book("private")})
    assert setting.instruments["f"].rate == ()


@pytest.mark.parametrize(("kind", "field", "value"), [
    ("pooled", "out_of_area", {"cap": {"value": 0.1, "source": "S"}}),
    ("grant", "associates", {"value": True, "source": "S"}),
    ("loan", "in_kind", {"value": True, "source": "S"}),
])  # fmt: skip
def test_a_field_of_other_kinds_is_refused(
    tmp_path: Path, kind: str, field: str, value: Any
) -> None:
    """What makes sense for some kinds only is a fault elsewhere."""
    rate = [{"value": 0.5, "source": "S"}]
    (fault,) = refused(tmp_path / "s", f=book(kind, rate=rate, **{field: value}))
    assert f"{field} is for kind" in fault.problem


def test_a_shipped_instrument_without_rate_is_refused(tmp_path: Path) -> None:
    """By name, as by path, and together with every other fault."""
    rulebooks = ["eurostars-2024", "nobody"]
    folder = write_scene(tmp_path / "s", scene(PAID, settings={"rulebooks": rulebooks}))
    with pytest.raises(InputError) as told:
        load(folder, today=dt.date(2025, 1, 1))
    codes = [fault.code for fault in told.value.faults]
    assert sorted(codes) == ["UNKNOWN_RATE", "UNKNOWN_RULEBOOK"]


def test_a_condition_cites_a_listed_source(tmp_path: Path) -> None:
    """A key that is not there is a fault at its line."""
    wrong = grant(conditions=[{"text": "A company leads.", "source": "T"}])
    (fault,) = refused(tmp_path / "s", f=wrong)
    assert fault.code == "UNKNOWN_SOURCE"
    lines = (tmp_path / "s" / "f.yaml").read_text("utf-8").splitlines()
    assert '"T"' in lines[fault.place.line - 1]


def test_success_changes_no_plan(tmp_path: Path) -> None:
    """The share of proposals funded is told, and used by no rule."""
    plain = tiny(tmp_path / "s", PAID)
    risky = tiny(tmp_path / "t", PAID, books={
        "g": grant(success={"value": 0.01, "source": "S"}),
    })  # fmt: skip
    assert solve(plain).objective == solve(risky).objective == 7

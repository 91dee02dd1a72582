"""Every rule where it bites: solver, check and sentence agree on what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.proposal.facts import Facts
from matcher.rules import all_rules
from matcher.scenario.load import load
from tests.rules.bites import Bite, Bites, best, plain, points, without
from tests.rules.every import ALL
from tests.tiny import proposed, write_scene

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.proposal.verdict import Finding
    from matcher.scenario.setting import Setting
    from tests.conftest import Solve

EACH = [
    pytest.param(bites.rule, bite, id=f"{bites.rule}: {bite.what}")
    for bites in ALL
    for bite in bites.bites
]
every_bite = pytest.mark.parametrize(("rule", "bite"), EACH)


def read(folder: Path, bite: Bite) -> Setting:
    """The setting of a bite."""
    return load(write_scene(folder, bite.scene)).setting()


def broken(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that do not hold."""
    return [finding for finding in findings if not finding.holds]


@every_bite
def test_the_solver_respects_the_rule(
    tmp_path: Path, solve: Solve, rule: str, bite: Bite
) -> None:
    """The best plan, verified independently, is worth what the rule leaves of it."""
    setting = read(tmp_path, bite)
    proposal = solve(setting)
    expected = points(bite.kept)
    if expected is None:
        assert proposal.status == "infeasible"
        assert rule in {part["rule"] for part in proposal.conflict}
        return
    assert proposal.status == "optimal"
    assert proposal.objective == proposal.bound == expected
    assert not broken(all_rules()[rule].check(Facts(setting), proposal))


@every_bite
def test_without_its_rows_the_plan_would_be_another(
    tmp_path: Path, highs: Worker, rule: str, bite: Bite
) -> None:
    """Without the rule's rows more is possible, and the check finds that plan out.

    Gates written as rows, with every column there, change nothing.
    """
    setting = read(tmp_path, bite)
    assembly = plain(setting)
    assert best(assembly, highs)[0] == pytest.approx(points(bite.kept))
    value, found = best(without(assembly, rule), highs)
    assert value == pytest.approx(points(bite.freed))
    if bite.freed != bite.kept:
        assert broken(all_rules()[rule].check(Facts(setting), found))


@every_bite
def test_the_check_finds_the_broken_plan(tmp_path: Path, rule: str, bite: Bite) -> None:
    """A plan broken by hand is found out at its subject, with the number's source."""
    facts = Facts(read(tmp_path, bite))
    bad = proposed(*bite.bad, together=bite.bad_together)
    found = broken(all_rules()[rule].check(facts, bad))
    texts = [(f.subject, f.text, f.source) for f in found]
    assert any(
        subject == bite.subject and bite.text in text and bite.source in source
        for subject, text, source in texts
    ), texts
    assert {finding.rule for finding in found} == {rule}


@every_bite
def test_the_check_passes_the_good_plan(tmp_path: Path, rule: str, bite: Bite) -> None:
    """A plan by hand that keeps the rule raises no finding."""
    facts = Facts(read(tmp_path, bite))
    good = proposed(*bite.good, together=bite.good_together)
    assert not broken(all_rules()[rule].check(facts, good))


@every_bite
def test_the_sentence_carries_the_number(tmp_path: Path, rule: str, bite: Bite) -> None:
    """The rule in words names the number it is about."""
    sentence = all_rules()[rule].sentence(read(tmp_path, bite))
    assert bite.sentence in sentence
    assert sentence.endswith((".", "]."))


@pytest.mark.parametrize(
    "bites", [b for b in ALL if b.silent is not None], ids=lambda bites: bites.rule
)
def test_a_rule_without_part_says_nothing(tmp_path: Path, bites: Bites) -> None:
    """Where a rule plays no part its sentence is empty, and any plan passes it."""
    setting = load(write_scene(tmp_path, bites.silent)).setting()
    assert all_rules()[bites.rule].sentence(setting) == ""


def test_every_rule_bites() -> None:
    """No rule is left without a scenario in which it decides."""
    assert sorted(bites.rule for bites in ALL) == sorted(all_rules())
    for bites in ALL:
        assert any(bite.kept != bite.freed for bite in bites.bites), bites.rule
        assert all(bite.sentence and bite.subject for bite in bites.bites), bites.rule

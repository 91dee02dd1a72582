"""No tamper goes unnoticed: verdict and oracle agree on every forged proposal.

The verdict judges by the rules' checks, the oracle by its own functions. Whatever is
done to a proposal, the verdict holds exactly where the oracle accepts it: a tamper that
leaves another possible plan with honest figures is no lie.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.verify.oracle import best
from matcher.verify.verify import verify
from tests.architecture.source import ROOT
from tests.property.generator import write_scenario
from tests.verify.answers import as_proposal
from tests.verify.by_oracle import ByOracle
from tests.verify.tampers import TAMPERS, redressed

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from tests.conftest import Solve

SEEDS = range(24)
NIGHTLY_SEEDS = range(24, 300)
TRIES = 12
"""Tampers of each kind that are tried with each drawn proposal, picked at random."""
TRIES_ON_REAL = 40
REAL = [
    ("miniature", ""), ("starter", ""), ("starter", "no-erdf"), ("engagement", ""),
    pytest.param("s3p-industry-2017", "", marks=pytest.mark.slow),
]  # fmt: skip


def disagreements(
    setting: Setting, proposal: Proposal, oracle: ByOracle, *, funding: bool
) -> list[str]:
    """How verdict and oracle differ on a proposal, in words."""
    verdict = verify(proposal, setting, funding=funding)
    accepted = oracle.accepts(proposal, funding=funding)
    if verdict.holds and not accepted:
        return ["the verdict holds, the oracle refuses"]
    if accepted and not verdict.holds:
        return [f"the oracle accepts, but {verdict}"]
    return []


def try_tampers(
    setting: Setting, proposal: Proposal, kind: str, tries: int, *, funding: bool
) -> int:
    """Apply tampers of one kind; how many were refused."""
    oracle, refused = ByOracle(setting), 0
    every = list(TAMPERS[kind](setting, proposal))
    rng = random.Random(f"{kind} {setting.name}")
    for forged in rng.sample(every, min(tries, len(every))):
        for version in (forged, redressed(setting, forged)):
            if version is not None:
                told = disagreements(setting, version, oracle, funding=funding)
                assert not told, (kind, told, version.cases)
                refused += not oracle.accepts(version, funding=funding)
    return refused


def check_drawn(folder: Path, seed: int) -> None:
    """Try every kind of tamper on the best plans of a drawn scenario."""
    write_scenario(folder, seed, money=seed % 4 != 0, small=seed % 2 == 0)
    setting = matcher.load(folder).setting()
    for funding in (False, True):
        answer = best(setting, funding=funding)
        if answer is None:
            continue
        proposal = as_proposal(setting, answer)
        assert verify(proposal, setting, funding=funding).holds
        assert ByOracle(setting).accepts(proposal, funding=funding)
        assert proposal.objective == answer.value
        for kind in TAMPERS:
            try_tampers(setting, proposal, kind, TRIES, funding=funding)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Setting, Proposal]:
    """The first drawn scenario whose best plan every kind of tamper can change."""
    for seed in range(200):
        folder = write_scenario(tmp_path_factory.mktemp("rich"), seed, money=True)
        setting = matcher.load(folder).setting()
        answer = best(setting, funding=True)
        if answer is not None and answer.cases:
            proposal = as_proposal(setting, answer)
            if all(any(True for _ in t(setting, proposal)) for t in TAMPERS.values()):
                return setting, proposal
    raise AssertionError("no drawn scenario has everything")


@pytest.mark.parametrize("kind", TAMPERS)
def test_every_kind_of_tamper_bites(rich: tuple[Setting, Proposal], kind: str) -> None:
    """Each kind makes forgeries that are refused."""
    assert try_tampers(*rich, kind, TRIES, funding=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_tampers_with_drawn_proposals(tmp_path: Path, seed: int) -> None:
    """What the oracle finds holds, and every tamper with it is judged alike."""
    check_drawn(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", NIGHTLY_SEEDS)
def test_tampers_with_many_more(tmp_path: Path, seed: int) -> None:
    """The same on some hundreds of further scenarios, every night."""
    check_drawn(tmp_path, seed)


_ANSWERS: dict[tuple[str, str], tuple[Setting, Proposal]] = {}
"""Real scenarios, solved once for all tampers."""


def answered(solve: Solve, name: str, assumption: str) -> tuple[Setting, Proposal]:
    """A shipped scenario under one assumption, and its proposal."""
    if (name, assumption) not in _ANSWERS:
        setting = matcher.load(ROOT / "scenarios" / name).setting(assumption)
        _ANSWERS[name, assumption] = setting, solve(setting)
    return _ANSWERS[name, assumption]


@pytest.mark.parametrize("kind", TAMPERS)
@pytest.mark.parametrize(("name", "assumption"), REAL)
def test_tampers_with_real_proposals(
    solve: Solve, name: str, assumption: str, kind: str
) -> None:
    """Fundable and needed plan of a shipped scenario, tampered with in every way."""
    setting, proposal = answered(solve, name, assumption)
    assert proposal.needed is not None
    for answer, funding in ((proposal, True), (proposal.needed, False)):
        assert verify(answer, setting, funding=funding).holds
        assert ByOracle(setting).accepts(answer, funding=funding)
        try_tampers(setting, answer, kind, TRIES_ON_REAL, funding=funding)

"""The engine against brute force: three solvers and the oracle agree exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.backends.client import open_worker
from matcher.engine.run import options_of, prepare
from matcher.engine.solving import Workers
from matcher.engine.stages import Clock, run_stage
from matcher.verify.oracle import best
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matcher.scenario.setting import Setting

BACKENDS = ("highs", "cpsat", "cbc")
SEEDS = range(100)
NIGHTLY_SEEDS = range(100, 1100)


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Workers]]:
    """One living worker per backend."""
    opened = {name: open_worker(name) for name in BACKENDS}
    yield [Workers(opened[name], opened["highs"], opened["cpsat"]) for name in BACKENDS]
    for worker in opened.values():
        worker.close()


def _setting(folder: Path, seed: int) -> Setting:
    write_scenario(folder, seed, money=seed % 4 != 0)
    return matcher.load(folder).setting()


def _compare(setting: Setting, workers: list[Workers]) -> None:
    inst, terms = prepare(setting)
    for funding in (False, True) if setting.has_money else (False,):
        expected = best(setting, funding=funding)
        for pair in workers:
            stage = run_stage(
                inst, terms, pair, options_of(setting), Clock(), funding=funding
            )
            found = stage.proposal
            if expected is None:
                assert found.status == "infeasible", (pair.chosen.name, funding)
            else:
                assert found.objective == expected.value, (pair.chosen.name, funding)
                assert found.status == "optimal"
                assert found.bound == expected.value


@pytest.mark.parametrize("seed", SEEDS)
def test_three_solvers_and_brute_force_agree(
    seed: int, tmp_path: Path, workers: list[Workers]
) -> None:
    """Needed and fundable optimum are the oracle's, to the last digit, proven."""
    _compare(_setting(tmp_path, seed), workers)


@pytest.mark.slow
@pytest.mark.parametrize("seed", NIGHTLY_SEEDS)
def test_many_more_agree(seed: int, tmp_path: Path, workers: list[Workers]) -> None:
    """The same on a thousand further scenarios, every night."""
    _compare(_setting(tmp_path, seed), workers)

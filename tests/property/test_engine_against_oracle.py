"""The engine against brute force: three solvers and the oracle agree exactly."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.run import options_of, prepare
from matcher.engine.stages import Clock, run_stage
from matcher.errors import MatcherError
from matcher.verify.oracle import best
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting

SHARD = 50
SEEDS = range(0, 500, SHARD)
NIGHTLY_SEEDS = range(500, 10_500, SHARD)
UNTOLD = 3
"""Settings of a shard that the oracle may give up on, for too many ways to pay."""
PATIENCE = 60.0
"""Seconds for one solve. These programs take milliseconds, so a solver that needs
longer is stuck; it then counts as one that disagrees, and the others go on."""


def optima(setting: Setting) -> dict[bool, Fraction | None]:
    """What the oracle says is needed and, with money, what is fundable."""
    kinds = (False, True) if setting.has_money else (False,)
    answers = {funding: best(setting, funding=funding) for funding in kinds}
    return {
        funding: None if answer is None else answer.value
        for funding, answer in answers.items()
    }


def disagreements(
    setting: Setting, truth: Mapping[bool, Fraction | None],
    backends: Mapping[str, Workers],
) -> Iterator[str]:  # fmt: skip
    """What each solver says of a setting where the oracle says something else."""
    inst, terms = prepare(setting)
    options = replace(options_of(setting), time_limit=PATIENCE)
    for (funding, value), (name, workers) in product(truth.items(), backends.items()):
        status = "infeasible" if value is None else "optimal"
        try:
            stage = run_stage(inst, terms, workers, options, Clock(), funding=funding)
        except MatcherError as error:
            yield f"{name}, funding {funding}: {error!r}"
            continue
        found = stage.proposal
        if (found.status, found.objective, found.bound) != (status, value, value):
            yield f"{name}, funding {funding}: {found!r}, the oracle {value}"


def compare(first: int, folder: Path, backends: Mapping[str, Workers]) -> None:
    """Compare the seeds of one shard and name every one that disagrees."""
    wrong, untold = {}, []
    for seed in range(first, first + SHARD):
        path = write_scenario(folder / str(seed), seed, money=seed % 4 != 0)
        setting = matcher.load(path).setting()
        try:
            truth = optima(setting)
        except ValueError:  # the oracle's own: too much to try
            untold.append(seed)
            continue
        found = list(disagreements(setting, truth, backends))
        if found:
            wrong[seed] = found
    assert not wrong
    assert len(untold) <= UNTOLD


@pytest.mark.parametrize("first", SEEDS)
def test_three_solvers_and_brute_force_agree(
    first: int, tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """Needed and fundable optimum are the oracle's, to the last digit, proven."""
    compare(first, tmp_path, backends)


@pytest.mark.slow
@pytest.mark.parametrize("first", NIGHTLY_SEEDS)
def test_many_more_agree(
    first: int, tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """The same on ten thousand further scenarios, every night, shard by shard."""
    compare(first, tmp_path, backends)

"""Where an answer is awaited: the engine against brute force, and relations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.fallback import with_fallback
from matcher.engine.run import options_of, prepare
from matcher.engine.solving import Clock, Task
from matcher.engine.stages import run_stage
from matcher.proposal.jsonform import from_json, to_json
from matcher.verify.oracle_fallback import best_with_fallback
from tests.property.drawn_applications import awaiting
from tests.property.generator import drawn, write
from tests.property.lab import worth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

SHARD = 10
SEEDS = range(0, 60, SHARD)
NIGHTLY_SEEDS = range(60, 600, SHARD)
CBC = 5
"""CBC answers every so many settings."""
UNTOLD = 3
"""Settings of a shard that the oracle may give up on, for too many pairs of plans."""
PATIENCE = 60.0
"""Seconds for one solve, which takes milliseconds."""


def setting_of(folder: Path, seed: int) -> Setting | None:
    """A drawn setting that awaits an answer; None where it has no instrument."""
    draw = drawn(seed, money=True, small=True)
    return matcher.load(write(folder, draw)).setting() if awaiting(draw) else None


def both(setting: Setting, workers: Workers) -> tuple[Proposal, Proposal]:
    """The best plan without waiting, and the best with a plan for a no."""
    inst, terms = prepare(replace(setting, wait_for=None))
    options = replace(options_of(setting), time_limit=PATIENCE)
    task = Task(workers, options, Clock())
    plain = run_stage(inst, terms, workers, options, task.clock, funding=True)
    if plain.solution.x is None:
        return plain.proposal, plain.proposal
    return plain.proposal, with_fallback(plain, setting, terms, task)[0]


def _asked_together(setting: Setting) -> bool:
    """Whether what a yes brings may be needed for what goes on after a no."""
    bundled = any(book.application.bundles for book in setting.instruments.values())
    pinned = any(not pin.forbid for pin in setting.pins)
    return bool(setting.min_cases) or pinned or bundled


def compare(first: int, folder: Path, backends: Mapping[str, Workers]) -> None:
    """Hold the engine against the oracle on the settings of one shard."""
    wrong, untold = [], []
    for seed in range(first, first + SHARD):
        setting = setting_of(folder / str(seed), seed)
        if setting is None:
            continue
        try:
            value = best_with_fallback(setting)
        except ValueError:  # the oracle's own: too much to try
            untold.append(seed)
            continue
        names = ("highs", "cpsat", "cbc") if seed % CBC == 0 else ("highs", "cpsat")
        for name in names:
            plain, found = both(setting, backends[name])
            status = "infeasible" if value is None else "optimal"
            if (found.status, found.objective, found.bound) != (status, value, value):
                wrong.append((seed, name, found, value))
            if not _asked_together(setting) and worth(found) < worth(plain):
                wrong.append((seed, name, found, plain))
            assert from_json(to_json(found)) == found
    assert not wrong
    assert len(untold) <= UNTOLD


@pytest.mark.parametrize("first", SEEDS)
def test_solvers_and_brute_force_agree(
    first: int, tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """The best pair of plans is the oracle's, and worth no less than one plan.

    It may be worth less where something is asked of several cases together: of all
    launched ones, by a pin, or of an application for several.
    """
    compare(first, tmp_path, backends)


@pytest.mark.slow
@pytest.mark.parametrize("first", NIGHTLY_SEEDS)
def test_many_more_agree(
    first: int, tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """The same on some hundreds of further settings, every night."""
    compare(first, tmp_path, backends)

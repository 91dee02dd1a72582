"""The smallest missing piece against brute force: it does, and a step less does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import matcher
import matcher.engine.missing as engine
from matcher.engine.missing import Search, only
from matcher.verify.oracle import best
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting

SEEDS = range(40)
PATIENCE = 60.0
"""Seconds for one trial, which takes milliseconds."""


def payable(setting: Setting) -> bool:
    """Whether brute force finds any plan."""
    return best(setting, funding=True) is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_are_enough_and_least(
    seed: int, tmp_path: Path, backends: Mapping[str, Workers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """For every case of a drawn setting that cannot be paid by itself."""
    monkeypatch.setattr(engine, "TRIAL_SECONDS", PATIENCE)
    path = write_scenario(tmp_path / "s", seed, money=True, small=True)
    setting = matcher.load(path).setting()
    search = Search(setting, backends["highs"], until=float("inf"))
    for case in setting.cases:
        alone = only(setting, (case,))
        try:
            possible = payable(alone)
            assert search.possible(alone) is possible
            for _, least in () if possible else search.pieces(case, ()):
                told = least.piece.told(least.steps)
                assert payable(least.piece.changed(least.steps)), told
                assert not payable(least.piece.changed(least.steps - 1)), told
                assert least.sure, told
        except ValueError:  # the oracle's own: too much to try
            continue


def test_enough_pieces_are_drawn(
    tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """Euros and conditions come up among the settings drawn."""
    kinds = set()
    for seed in SEEDS:
        path = write_scenario(tmp_path / f"{seed}", seed, money=True, small=True)
        setting = matcher.load(path).setting()
        search = Search(setting, backends["highs"], until=float("inf"))
        for case in setting.cases:
            if search.possible(only(setting, (case,))) is False:
                kinds |= {kind for kind, _ in search.pieces(case, ())}
    assert kinds >= {"money", "condition"}

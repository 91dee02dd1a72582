"""The smallest missing piece against brute force: it does, and a step less does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.missing import Search, only
from matcher.verify.oracle import best
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting

SEEDS = range(40)
STEPS = {"money": 2, "rate": 2, "condition": 1, "commitment": 1}
"""Steps by which a piece may be too large: a euro or a tenth of a point where shares
fall on parts of cents, which the oracle knows no more than the engine does."""


def payable(setting: Setting) -> bool:
    """Whether brute force finds any plan."""
    return best(setting, funding=True) is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_are_enough_and_least(
    seed: int, tmp_path: Path, backends: Mapping[str, Workers]
) -> None:
    """For every case of a drawn setting that cannot be paid by itself."""
    path = write_scenario(tmp_path / "s", seed, money=True, small=True)
    setting = matcher.load(path).setting()
    search = Search(setting, backends["highs"], until=float("inf"))
    for case in setting.cases:
        alone = only(setting, (case,))
        try:
            possible = payable(alone)
            assert search.possible(alone) is possible
            for kind, piece, steps in () if possible else search.pieces(case, ()):
                assert payable(piece.changed(steps)), piece.told(steps)
                less = steps - STEPS[kind]
                assert less <= 0 or not payable(piece.changed(less)), piece.told(steps)
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
                kinds |= {kind for kind, _, _ in search.pieces(case, ())}
    assert kinds >= {"money", "condition"}

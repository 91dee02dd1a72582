"""Expected points where very many instruments could pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.formulation.expected import MOST_SETS
from tests.tiny import PAID, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

MANY = MOST_SETS.bit_length()
"""Instruments of which there are more sets than may be."""


def test_too_many_sets_are_told_before_anything_is_solved(tmp_path: Path) -> None:
    """The fault names the case, and exclusions are a remedy."""
    half = {"value": 0.5, "source": "S"}
    apart = {"groups": ["all"], "excludes": [{"of": ["all"], "source": "S"}]}
    for name, more in (("many", {}), ("apart", {"stacking": apart})):
        books = {f"g{i}": grant(success=half, **more) for i in range(MANY)}
        what = scene(PAID, books={"g": None, **books}, objective={"expected": True})
        setting = tiny(tmp_path / name, what)
        if more:
            prepare(setting)
        else:
            with pytest.raises(InputError, match="TOO_MANY_MIXES"):
                prepare(setting)

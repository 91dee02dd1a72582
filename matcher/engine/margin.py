"""How far below the best plan another one may lie: a part of its points, or points."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_WRITTEN: Final = re.compile(r"(\d{1,9}(?:\.\d{1,12})?)\s*(%|points?)?")
"""A number as one types it; exact, so neither infinite nor absurdly long."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Distance to the best plan within which other plans are of interest."""

    size: Fraction
    """Part of the best plan's points, from 0 to 1, or points from 0."""
    relative: bool = True

    def floor(self, best: Fraction) -> Fraction:
        """Fewest points that a plan may have beside the best one."""
        return best - (self.size * abs(best) if self.relative else self.size)

    def __str__(self) -> str:
        number = f"{float(self.size * 100 if self.relative else self.size):.12g}"
        return f"{number}%" if self.relative else f"{number} points"


def margin(written: str | float) -> Margin:
    """A margin as it is written: ``0.05`` or ``5%`` of the best, or ``0.5 points``.

    Raises
    ------
    ValueError
        For anything else, and for more than all points of the best plan.
    """
    number = not isinstance(written, str) and math.isfinite(written)
    text = f"{written:.12f}" if number else str(written).strip()
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f'"{written}" is no distance such as 5%, 0.05 or "0.5 points"')
    size, unit = Fraction(match[1]), match[2] or ""
    if unit.startswith("point"):
        return Margin(size, relative=False)
    part = size / 100 if unit else size
    if part > 1:
        raise ValueError(
            f'"{written}" is more than the whole: write {match[1]}% for a part of the '
            f'best plan\'s points, or "{match[1]} points"'
        )
    return Margin(part)

"""Ids to indices and back: the one codec of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Axis:
    """Ids along one axis, in the order of the arrays."""

    ids: tuple[str, ...]
    index: dict[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {name: i for i, name in enumerate(self.ids)})

    def __len__(self) -> int:
        return len(self.ids)

    def encode(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Indices of ids.

        Raises
        ------
        KeyError
            For an id that is not on the axis.
        """
        return np.array([self.index[name] for name in names], dtype=np.int64)

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Ids at indices."""
        return [self.ids[int(i)] for i in indices]


@dataclass(frozen=True)
class Labels:
    """Every axis of an instance."""

    regions: Axis
    cases: Axis
    capabilities: Axis
    instruments: Axis
    layers: Axis
    roles: Axis
    """One id per row of the roles table: ``case/capability/kind``."""
    assets: Axis
    """One id per asset row: ``region/capability`` or ``region/capability/actor``."""
    needs: Axis
    """One id per need row, named like assets."""

    @cached_property
    def pairs(self) -> tuple[int, int]:
        """Shape of every region x case array."""
        return len(self.regions), len(self.cases)


def line_ids(parts: Sequence[tuple[str, ...]]) -> Axis:
    """Axis of readable, unique ids made from key parts; blank parts are left out."""
    names: list[str] = []
    seen: set[str] = set()
    for key in parts:
        name = "/".join(part for part in key if part)
        if name in seen:
            name = "/".join(key)
        seen.add(name)
        names.append(name)
    return Axis(tuple(names))

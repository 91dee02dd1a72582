"""Points that count with a chance: collected by case until the chances are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Account:
    """What each unit of some columns is worth if its case is funded."""

    _booked: list[tuple[Ints, Floats, Ints]] = field(default_factory=list)

    def book(self, column: Ints, points: ArrayLike, case: Ints) -> None:
        """Note points per unit of columns, and the case each column lives in."""
        each = np.broadcast_to(np.asarray(points, np.float64), len(column))
        self._booked.append((np.asarray(column), each, np.asarray(case)))

    def booked(self) -> tuple[Ints, Floats, Ints]:
        """Columns, points and cases, shape (E,) each."""
        column, points, case = (
            np.concatenate([entry[i] for entry in self._booked] or [np.zeros(0)])
            for i in range(3)
        )
        return column.astype(np.int64), points, case.astype(np.int64)

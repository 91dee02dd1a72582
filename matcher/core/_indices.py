"""How the numerical core reads a set of things: by index, or by yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.core._arguments import array, places, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from matcher.program.program import Ints


def indices(name: str, found: ArrayLike, size: int) -> Ints:
    """Different indices from 0 to ``size - 1``, shape (p,).

    ``found`` lists them, or is true where a thing belongs to the set, shape (size,).

    Raises
    ------
    ValueError
        Naming the argument, the place and the value.
    """
    raw = array(name, found)
    if raw.dtype == bool:
        if raw.shape != (size,):
            raise ValueError(f"{name} has shape {raw.shape}; it must have ({size},)")
        return np.flatnonzero(raw)
    at = places(name, found, (None,))
    if (at >= size).any():
        i = int((at >= size).argmax())
        raise refuse(name, (i,), int(at[i]), f"be an index below {size}")
    first = np.unique(at, return_index=True)[1]
    if len(first) < len(at):
        i = int(np.setdiff1d(np.arange(len(at)), first)[0])
        raise refuse(name, (i,), int(at[i]), "stand there once only")
    return at

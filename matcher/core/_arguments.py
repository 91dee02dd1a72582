"""How the numerical core reads its arguments: fresh arrays, or an error in plain words.

::

    value = dense("value", value)                     # (n, m) floats, all finite
    level = table("level", level, lower=0)            # the same, sparse or dense: CSR
    budget = spread("budget", budget, m, lower=0)     # a number or (m,) -> (m,) floats
    pairs = places("pairs", pairs, (None, 2))         # indices, fresh integers
    word("sense", sense, ("max", "min"))
    limits(gap, time_limit)

Each refuses with a `ValueError` that names the argument, the index and the value.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse import csr_array, issparse

from matcher.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from matcher.program.program import Floats, Ints

LAST_INDEX: Final = 2.0**53
"""Doubles know whole numbers one by one up to here."""


def refuse(name: str, index: tuple[int, ...], found: object, rule: str) -> ValueError:
    """The error for one value of an argument: ``value[2, 0] is nan; it must ...``."""
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return ValueError(f"{place} is {found}; it must {rule}")


def dense(
    name: str, value: ArrayLike, shape: tuple[int | None, ...] = (None, None), *,
    lower: float | None = None, infinite: bool = False, whole: bool = False,
) -> Floats:  # fmt: skip
    """A fresh float array of a shape, None where any length will do.

    Parameters
    ----------
    lower
        Least value allowed.
    infinite
        Whether +inf may stand for "no limit".
    whole
        Whether only whole numbers may stand there.

    Raises
    ------
    ValueError
        Naming the argument, the index and the value.
    """
    if is_sparse(value):
        raise ValueError(f"{name} is sparse; it must be a dense array")
    found = numbers(name, value)
    _shaped(name, found.shape, shape)
    _judge(name, found, None, lower, infinite, whole)
    return found


def table(
    name: str, value: Any, shape: tuple[int | None, int | None] = (None, None), *,
    lower: float | None = None,
) -> csr_array:  # fmt: skip
    """A matrix as CSR in a fresh copy, sorted, without duplicates, all finite.

    What a dense array holds as zero is absent; explicit zeros of a sparse one stay.

    Raises
    ------
    ValueError
        Naming the argument, the index and the value.
    """
    if not is_sparse(value):
        return csr_array(dense(name, value, shape, lower=lower))
    _shaped(name, value.shape, shape)
    if value.dtype.kind not in "bifu":
        raise ValueError(f"{name} holds {value.dtype}; it must hold real numbers")
    # Doubles before duplicates are added up: sums of small types run over.
    found = csr_array(value.astype(np.float64, copy=False), copy=True)
    found.sum_duplicates()
    _judge(name, found.data, found, lower, infinite=False, whole=False)
    return found


def spread(
    name: str, value: ArrayLike, size: int, *,
    lower: float | None = None, infinite: bool = False, whole: bool = False,
) -> Floats:  # fmt: skip
    """A number for all or one for each, as a fresh array of shape (size,).

    The other parameters and errors are those of `dense`.
    """
    alone = not is_sparse(value) and numbers(name, value).ndim == 0
    shape = () if alone else (size,)
    found = dense(name, value, shape, lower=lower, infinite=infinite, whole=whole)
    return np.broadcast_to(found, size).copy()


def places(name: str, value: ArrayLike, shape: tuple[int | None, ...]) -> Ints:
    """Whole numbers that count rows or columns, from 0; nothing listed is no place.

    Raises
    ------
    ValueError
        Naming the argument, the index and the value.
    """
    if array(name, value).size == 0:
        return np.zeros((0, *(each or 0 for each in shape[1:])), dtype=np.int64)
    found = dense(name, value, shape, lower=0, whole=True)
    beyond = np.argwhere(found > LAST_INDEX)
    if len(beyond):
        place = tuple(beyond[0].tolist())
        raise refuse(name, place, repr(float(found[place])), "be an index")
    return found.astype(np.int64)


def is_sparse(value: object) -> bool:
    """Whether an argument is a sparse matrix or array of scipy."""
    return bool(issparse(value))


def numbers(name: str, value: ArrayLike) -> Floats:
    """A fresh array of floats; their values are not looked at.

    Raises
    ------
    ValueError
        When it is ragged or holds something else than numbers; a masked one is none.
    """
    raw = array(name, value)
    if raw.dtype.kind == "O":
        for index, entry in np.ndenumerate(raw):
            if not isinstance(entry, Real | Decimal):
                rule = "be a real number" if index else "hold real numbers"
                raise refuse(name, index, repr(entry), rule)
    elif raw.dtype.kind not in "bifu":
        raise ValueError(f"{name} holds {raw.dtype}; it must hold real numbers")
    if isinstance(value, np.ma.MaskedArray) and np.any(value.mask):
        place = tuple(int(at) for at in np.argwhere(value.mask)[0])
        raise refuse(name, place, "masked", "be a real number")
    try:
        return np.array(raw, dtype=np.float64)
    except OverflowError as error:
        raise ValueError(f"{name} holds numbers above 1e308") from error


def array(name: str, value: ArrayLike) -> np.ndarray:
    """What is given as an array, of whatever kind.

    Raises
    ------
    ValueError
        When it is ragged.
    """
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} has rows of several lengths") from error


def word(name: str, found: object, known: Sequence[str]) -> None:
    """Refuse a word that means nothing here.

    Raises
    ------
    ValueError
        With the known ones.
    """
    if not (isinstance(found, str) and found in known):
        hint = did_you_mean(found, known) if isinstance(found, str) else ""
        rule = f"be one of {', '.join(map(repr, known))}{hint}"
        raise refuse(name, (), repr(found), rule)


def limits(gap: float, time_limit: float | None) -> None:
    """Refuse a gap or a time limit that means nothing.

    Raises
    ------
    ValueError
        Naming the argument and its value.
    """
    if not isinstance(gap, Real) or not 0 <= gap <= 1:
        raise refuse("gap", (), repr(gap), "lie between 0 and 1")
    if time_limit is None:
        return
    if not isinstance(time_limit, Real) or not 0 <= time_limit < float("inf"):
        raise refuse("time_limit", (), repr(time_limit), "be 0 or more seconds")


def _shaped(
    name: str, found: tuple[int, ...], asked: tuple[int | None, ...]
) -> None:  # fmt: skip
    """Refuse a shape that is not the one asked for."""
    fits = len(found) == len(asked) and all(
        want is None or have == want for have, want in zip(found, asked, strict=True)
    )
    if not fits:
        words = ", ".join("any" if want is None else str(want) for want in asked)
        raise ValueError(f"{name} has shape {found}; it must have shape ({words})")


def _judge(
    name: str, found: Floats, sparse: csr_array | None,
    lower: float | None, infinite: bool, whole: bool,
) -> None:  # fmt: skip
    """Refuse the first value that breaks a rule; `sparse` tells where data stands."""
    finite = np.isfinite(found)
    bad = ~finite & ~(infinite & (found == np.inf))
    rule = "be a finite number"
    if not bad.any() and lower is not None:
        bad, rule = found < lower, f"be {lower:g} or more"
    if not bad.any() and whole:
        bad, rule = finite & (found != np.rint(found)), "be a whole number"
    if not bad.any():
        return
    index = np.unravel_index(int(bad.argmax()), found.shape)
    place = tuple(int(i) for i in index)
    if sparse is not None:
        row = int(np.searchsorted(sparse.indptr, place[0], side="right")) - 1
        place = row, int(sparse.indices[place[0]])
    raise refuse(name, place, repr(float(found[index])), rule)

"""A program as MPS text that reads back to the last bit.

The usual writers print 12 or 13 digits, which is too few for money beside points
with nine decimals. Here every number is written as Python's shortest exact form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.program import Arrays

Floats = NDArray[np.float64]


def column_name(j: int) -> str:
    """Name of column j in the text."""
    return f"C{j}"


def write_minimisation(stream: TextIO, arrays: Arrays) -> None:
    """Write ``minimise -objective . x``, without the constant.

    A row bounded on both sides by different numbers becomes two rows, because the
    RANGES section holds a difference, which a float may not hold exactly. A row
    bounded on neither side is left out.
    """
    # FREE is needed: without it some readers guess fixed columns and misread.
    stream.write("NAME program FREE\nROWS\n N OBJ\n")
    kinds = _row_kinds(arrays)
    for kind, rows, _ in kinds:
        stream.writelines(f" {kind} {kind}{i}\n" for i in np.flatnonzero(rows))
    stream.write("COLUMNS\n")
    stream.writelines(_columns(arrays, kinds))
    stream.write("RHS\n")
    for kind, rows, bounds in kinds:
        stream.writelines(
            f" RHS {kind}{i} {float(bounds[i])!r}\n" for i in np.flatnonzero(rows)
        )
    stream.write("BOUNDS\n")
    stream.writelines(
        f" LO BND {column_name(j)} {lower!r}\n UP BND {column_name(j)} {upper!r}\n"
        for j, (lower, upper) in enumerate(
            zip(arrays.lower.tolist(), arrays.upper.tolist(), strict=True)
        )
    )
    stream.write("ENDATA\n")


_Kinds = list[tuple[str, NDArray[np.bool_], Floats]]


def _row_kinds(arrays: Arrays) -> _Kinds:
    """Letter, rows that have it, and their bounds, for E, G and L."""
    equal = arrays.row_lower == arrays.row_upper
    return [
        ("E", equal, arrays.row_lower),
        ("G", ~equal & np.isfinite(arrays.row_lower), arrays.row_lower),
        ("L", ~equal & np.isfinite(arrays.row_upper), arrays.row_upper),
    ]


def _columns(arrays: Arrays, kinds: _Kinds) -> Iterator[str]:
    """Lines of the COLUMNS section; every column has an objective entry."""
    lines = np.repeat(np.arange(arrays.num_rows), np.diff(arrays.indptr))
    order = np.argsort(arrays.indices, kind="stable")
    rows, data = lines[order].tolist(), arrays.data[order].tolist()
    ends = np.cumsum(np.bincount(arrays.indices, minlength=arrays.num_columns))
    letters = [
        [kind for kind, has, _ in kinds if has[i]] for i in range(arrays.num_rows)
    ]
    start = 0
    within = False
    for j, end in enumerate(ends.tolist()):
        if bool(arrays.integer[j]) is not within:
            within = not within
            yield f" MARK 'MARKER' '{'INTORG' if within else 'INTEND'}'\n"
        name = column_name(j)
        yield f" {name} OBJ {-float(arrays.objective[j])!r}\n"
        for i, value in zip(rows[start:end], data[start:end], strict=True):
            for kind in letters[i]:
                yield f" {name} {kind}{i} {value!r}\n"
        start = end
    if within:
        yield " MARK 'MARKER' 'INTEND'\n"

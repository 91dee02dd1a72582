"""One sparse mixed-integer program as a value: arrays, and labels for people.

::

    maximise    objective . x + offset
    subject to  row_lower <= A x <= row_upper
                lower <= x <= upper,   x[j] whole where integer[j]

`Arrays` is what a solver sees: numbers only. `Program` adds the blocks that say
which decision a column stands for, which rule and subject a row speaks of, and
whether that row lives inside one case or couples several. All arrays are
read-only; a changed program is a new value (`dataclasses.replace`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from matcher.program.blocks import ColumnBlock, RowBlock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Arrays:
    """The numbers of a program, row-wise compressed (CSR); m rows, n columns.

    All values are finite except ``row_lower`` (may be -inf) and ``row_upper``
    (may be +inf). Every column is bounded on both sides.
    """

    indptr: Ints
    """Shape (m + 1,): row i holds entries ``indptr[i]:indptr[i + 1]``."""
    indices: Ints
    """Column of each entry, sorted within a row, no duplicates."""
    data: Floats
    """Coefficient of each entry, never zero."""
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    objective: Floats
    """Points per unit of each column, shape (n,); to be maximised."""
    integer: Bools
    """True where the column takes whole values only, shape (n,)."""
    offset: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def num_rows(self) -> int:
        """Number of rows, m."""
        return len(self.row_lower)

    @property
    def num_columns(self) -> int:
        """Number of columns, n."""
        return len(self.lower)

    @property
    def num_entries(self) -> int:
        """Number of stored coefficients."""
        return len(self.data)

    def assert_finite(self) -> None:
        """Refuse NaN and infinities before any solver sees them.

        Raises
        ------
        ValueError
            Naming the array; it means a fault of this package, not of the user.
        """
        for name in ("data", "lower", "upper", "objective"):
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(
                    f"the program's {name} holds a value that is no number"
                )
        if np.isnan(self.row_lower).any() or np.isnan(self.row_upper).any():
            raise ValueError("the program's row bounds hold a value that is no number")

    def activity(self, x: Floats) -> Floats:
        """``A x``, shape (m,)."""
        row = np.repeat(np.arange(self.num_rows), np.diff(self.indptr))
        products = self.data * x[self.indices]
        sums = np.zeros(self.num_rows)
        np.add.at(sums, row, products)
        return sums

    def matrix(self) -> csr_array:
        """``A`` as a sparse matrix that shares these arrays, shape (m, n)."""
        from scipy.sparse import csr_array

        shape = self.num_rows, self.num_columns
        return csr_array((self.data, self.indices, self.indptr), shape=shape)

    def with_row(
        self, columns: Ints, data: Floats, *, lower: float = -np.inf,
        upper: float = np.inf,
    ) -> Arrays:  # fmt: skip
        """The same numbers with one more row; ``columns`` sorted, ``data`` not zero."""
        return replace(
            self,
            indptr=np.append(self.indptr, self.indptr[-1] + len(columns)),
            indices=np.append(self.indices, columns),
            data=np.append(self.data, data),
            row_lower=np.append(self.row_lower, lower),
            row_upper=np.append(self.row_upper, upper),
        )

    def with_rows(self, matrix: csr_array, lower: Floats, upper: Floats) -> Arrays:
        """The same numbers with more rows, ``matrix`` of shape (k, n)."""
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return replace(
            self,
            indptr=np.append(self.indptr, self.indptr[-1] + matrix.indptr[1:]),
            indices=np.append(self.indices, matrix.indices),
            data=np.append(self.data, matrix.data),
            row_lower=np.append(self.row_lower, lower),
            row_upper=np.append(self.row_upper, upper),
        )

    def with_points(self, points: Floats) -> Arrays:
        """The same rows and columns under another objective, shape (n,)."""
        return replace(self, objective=points, offset=0.0)

    def digest(self) -> str:
        """SHA-256 over all numbers: equal programs have equal digests."""
        sha = hashlib.sha256()
        for name in self.__slots__:
            value = getattr(self, name)
            sha.update(name.encode())
            sha.update(np.ascontiguousarray(value).tobytes())
        return sha.hexdigest()


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """`Arrays` with the blocks that name its rows and columns."""

    arrays: Arrays
    columns: tuple[ColumnBlock, ...]
    rows: tuple[RowBlock, ...]
    """In the order of the rows; together they cover every row exactly once."""

    def column_label(self, j: int) -> str:
        """Readable name of column j, such as ``member[R1,D2]``."""
        for block in self.columns:
            if block.start <= j < block.start + block.size:
                return block.label(j - block.start)
        raise IndexError(f"column {j} of {self.arrays.num_columns}")

    def row_label(self, i: int) -> str:
        """Readable name of row i, such as ``distinct_states[D2]``."""
        start = 0
        for block in self.rows:
            if i < start + block.size:
                return block.label(i - start)
            start += block.size
        raise IndexError(f"row {i} of {self.arrays.num_rows}")

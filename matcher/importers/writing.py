"""Write scenario tables as CSV text: exact, sorted, the same on every platform."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return the CSV text of a table; a column a row leaves out is blank."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(
        buffer, columns, restval="", quoting=csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def plain(value: Fraction | int | None, places: int = 2) -> str:
    """Return a plain decimal of at most ``places`` digits; None is blank."""
    if value is None:
        return ""
    rounded = round(Fraction(value), places)
    # The denominator now divides a power of ten, so the quotient is exact.
    text = f"{Decimal(rounded.numerator) / Decimal(rounded.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_to(value: Fraction, step: int) -> int:
    """Round to a multiple of ``step``; halves go up."""
    return int((value / step + Fraction(1, 2)) // 1) * step

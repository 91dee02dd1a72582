"""Numbers and names as text: exact in files, readable and harmless on screens."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from matcher.proposal.verdict import euros as euros
from matcher.scenario.change import decimal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.scenario.setting import Setting

CENTS: Final = 100
DIGITS: Final = 12
"""Digits kept behind the point, as in ``proposal.json``."""

Cell = str | int | Fraction | None
"""What a table may hold: text is guarded, numbers are exact, None is blank."""

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that spreadsheets run as a formula (the last four are the wide
signs of East Asian keyboards), with any quotes before it: counting those in is what
lets `unguarded` take back exactly one quote."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Kinds of characters that move the cursor, recolour, reverse or cannot be printed."""
_BREAKS: Final = frozenset("\t\n\r\u2028\u2029")


def number_text(value: Fraction | int) -> str:
    """A number as a plain decimal of at most `DIGITS` places."""
    exact = Fraction(value)
    try:
        text = decimal_text(exact)
    except ValueError:
        text = ""
    if not text or len(text.partition(".")[2]) > DIGITS:
        text = decimal_text(Fraction(round(exact * 10**DIGITS), 10**DIGITS))
    return text


def table_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV text of a table, the same on every platform."""
    buffer = io.StringIO(newline="")
    plain = csv.writer(buffer, lineterminator="\n")
    quoted = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(columns)
    for row in rows:
        cells = [_cell(value) for value in row]
        # Where lines end otherwise, a lone return is not quoted, but ends a row.
        writer = quoted if any("\r" in cell for cell in cells) else plain
        writer.writerow(cells)
    return buffer.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else number_text(value)


def guarded(text: str) -> str:
    """Text that no spreadsheet runs: a quote stands before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def table_rows(text: str) -> list[list[str]]:
    """Header and rows of a table that `table_text` wrote, as they were given.

    Raises
    ------
    csv.Error
        When the text is no table.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [[unguarded(cell) for cell in row] for row in reader]


def clean(text: object) -> str:
    """Text in one line without control and direction characters, fit for a terminal."""
    return "".join(
        " " if c in _BREAKS else c
        for c in str(text)
        if c in _BREAKS or unicodedata.category(c) not in _HIDDEN
    )


def points(value: Fraction | None) -> str:
    """Points for people: at most four digits behind the point."""
    if value is None:
        return "unknown"
    scaled = round(value, 4)
    text = f"{Decimal(scaled.numerator) / Decimal(scaled.denominator):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Fraction | None) -> str:
    """A share for people, such as a gap."""
    if value is None:
        return "unknown"
    return "0%" if value == 0 else f"{float(value):.2%}"


def region_name(setting: Setting, region: str) -> str:
    """Code and name of a region, the code alone where they are the same."""
    name = setting.regions[region].name if region in setting.regions else region
    return clean(region if name == region else f"{region} {name}")


def case_name(setting: Setting, case: str) -> str:
    """Code and name of a case."""
    name = setting.cases[case].name if case in setting.cases else case
    return clean(case if name == case else f"{case} {name}")


def capability_name(setting: Setting, capability: str) -> str:
    """Name of a capability, its code where it has none."""
    known = setting.capabilities.get(capability)
    return clean((known.name if known else "") or capability)


def units_text(setting: Setting, capability: str, units: int) -> str:
    """A number of units of a capability: ``25 facility-day of testing``."""
    known = setting.capabilities.get(capability)
    unit = (known.unit if known else "") or ("unit" if units == 1 else "units")
    return clean(f"{units} {unit} of {capability_name(setting, capability)}")

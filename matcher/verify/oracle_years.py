"""Which costs fall due while a grant still runs."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import TYPE_CHECKING

from matcher.verify.oracle_facts import ruled
from matcher.verify.oracle_sources import public

if TYPE_CHECKING:
    from fractions import Fraction

    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting
    from matcher.verify.oracle_ledger import Ledger


def in_force(setting: Setting, book: Instrument) -> bool:
    """True when an instrument holds on some day that is planned for."""
    if setting.horizon is None:
        return True
    first, last = setting.horizon.start, setting.horizon.end
    begin, end = book.valid_from or first, book.valid_to or last
    return max(begin, first) <= min(end, last)


def last_day(setting: Setting, book: Instrument) -> dt.date | None:
    """A day in the month in which the longest project it aids ends; None: unknown."""
    months = ruled(book.duration.max)
    if setting.horizon is None or months is None or not public(book):
        return None
    start = setting.horizon.start
    year, month = start.year, start.month
    for _ in range(months + ruled(book.months_to_contract, 0)):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return dt.date(year, month, 1) - dt.timedelta(days=start.day == 1)


def state_years(ledger: Ledger) -> None:
    """Whichever grants one takes, they find enough cost that falls due in time.

    By Hall's theorem that is all it takes for every euro that is declared to find a
    cost of its own that falls due before its grant ends.
    """
    days = {f: last_day(ledger.setting, b)
            for f, b in ledger.setting.instruments.items()}  # fmt: skip
    ends = {f: day.year for f, day in days.items() if day is not None}
    for case, layers in ledger.layers.items():
        for layer, whole in layers.items():
            here = {
                key: v for key, v in ledger.grants.items()
                if key[2:] == (case, layer) and key[0] in ends
            }  # fmt: skip
            paying = sorted({key[0] for key in here})
            for size in range(1, len(paying) + 1):
                for some in combinations(paying, size):
                    declared: dict[int, Fraction] = {
                        v: 1 / ledger.rate(*key)
                        for key, v in here.items()
                        if key[0] in some
                    }
                    latest = max(ends[f] for f in some)
                    due = ledger.due(case, layer, latest)
                    if due < whole:
                        ledger.system.row(declared, upper=due)

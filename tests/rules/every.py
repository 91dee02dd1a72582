"""The bites of every rule, sorted by rule."""

from __future__ import annotations

from tests.rules.bites_cases import CASES
from tests.rules.bites_consortium import CONSORTIUM
from tests.rules.bites_exchange import EXCHANGE
from tests.rules.bites_instruments import INSTRUMENTS
from tests.rules.bites_money import MONEY

ALL = tuple(
    sorted(
        (*CASES, *CONSORTIUM, *EXCHANGE, *INSTRUMENTS, *MONEY),
        key=lambda bites: bites.rule,
    )
)

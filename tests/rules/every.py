"""The bites of every rule, sorted by rule."""

from __future__ import annotations

from tests.rules.bites_applications import APPLICATIONS
from tests.rules.bites_beneficiaries import BENEFICIARIES
from tests.rules.bites_cases import CASES
from tests.rules.bites_cohesion import COHESION
from tests.rules.bites_consortium import CONSORTIUM
from tests.rules.bites_engagement import ENGAGEMENT
from tests.rules.bites_exchange import EXCHANGE
from tests.rules.bites_instruments import INSTRUMENTS
from tests.rules.bites_money import MONEY
from tests.rules.bites_sources import SOURCES
from tests.rules.bites_years import YEARS

ALL = tuple(
    sorted(
        (
            *APPLICATIONS,
            *BENEFICIARIES,
            *CASES,
            *COHESION,
            *CONSORTIUM,
            *ENGAGEMENT,
            *EXCHANGE,
            *INSTRUMENTS,
            *MONEY,
            *SOURCES,
            *YEARS,
        ),
        key=lambda bites: bites.rule,
    )
)

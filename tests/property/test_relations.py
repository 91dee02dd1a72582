"""Relations between the answers to a drawn setting and to a changed one.

No answer is known beforehand; but more budget cannot be worse, other names cannot
matter, and so on. Each relation is a function of a module ``relations_*``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.property.relations_applications
import tests.property.relations_members
import tests.property.relations_money
import tests.property.relations_program
import tests.property.relations_union
import tests.property.relations_words  # noqa: F401
from tests.property.lab import RELATIONS, Lab, Trial

if TYPE_CHECKING:
    from random import Random

    from tests.property.lab import Relation

OFTEN, SEEDS = 100, 150
"""Trials of each relation with every change, and the seeds they draw from."""
VERY_OFTEN, MANY_SEEDS = 1_000, 10_000
"""The same every night."""
TELLING = 2
"""Trials of a relation, at the least, that could have told that it does not hold."""

ALWAYS: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}
"""Solving takes as long as it takes, and many drawn settings have no plan to change."""


def hold(relation: Relation, lab: Lab, seeds: int, **times: Any) -> None:
    """Try a relation on many drawn settings, and see that trying means something."""
    telling = 0

    @settings(**times, **ALWAYS)
    @given(
        seed=st.integers(0, seeds - 1),
        money=st.just(True) if relation.money else st.booleans(),
        pick=st.randoms(use_true_random=False),
    )
    def holds(seed: int, money: bool, pick: Random) -> None:
        nonlocal telling
        telling += relation.check(Trial(lab, seed, money, pick))

    holds()
    assert telling >= TELLING


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda r: r.name)
def test_relation_holds(relation: Relation, lab: Lab) -> None:
    """Every relation holds on the same drawn settings each time."""
    hold(relation, lab, SEEDS, max_examples=OFTEN, derandomize=True)


@pytest.mark.slow
@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda r: r.name)
def test_relation_holds_on_many_more(relation: Relation, lab: Lab) -> None:
    """Every relation holds on other drawn settings each night."""
    hold(relation, lab, MANY_SEEDS, max_examples=VERY_OFTEN)

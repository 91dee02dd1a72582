"""The drawn settings use every rule and every term, and each of them matters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from matcher.objectives import all_terms
from matcher.rules import all_rules
from tests.property.relations_program import (
    NEAR,
    optimum,
    program_of,
    rules_of,
    without_rule,
)

if TYPE_CHECKING:
    from tests.property.lab import Lab

SETTINGS = 450
IN_PLAY = 10
"""Drawn settings, at the least, in which each rule has rows."""
BINDING = 1
"""Drawn settings, at the least, that are worth more without the rows of the rule."""


def test_every_rule_is_in_play_and_binds(lab: Lab) -> None:
    """No rule could be left out of the program without any drawn setting noticing."""
    in_play: Counter[str] = Counter()
    binding: Counter[str] = Counter()
    for seed in range(SETTINGS):
        program = program_of(lab.setting(seed, money=seed % 4 != 0))
        rules = rules_of(program)
        in_play.update(rules)
        waiting = [rule for rule in rules if binding[rule] < BINDING]
        best = optimum(program.arrays) if waiting else 0.0
        for rule in waiting:
            binding[rule] += optimum(without_rule(program, rule)) > best + NEAR
    assert {rule for rule in all_rules() if in_play[rule] < IN_PLAY} == set()
    assert {rule for rule in all_rules() if binding[rule] < BINDING} == set()


def test_every_term_earns_or_costs_points(lab: Lab) -> None:
    """Each objective term has points, and a weight, in some best plan."""
    seen = {
        term.name
        for seed in range(SETTINGS)
        for term in lab.plan(seed, money=seed % 4 != 0).terms
        if term.points
    }
    assert seen == set(all_terms())

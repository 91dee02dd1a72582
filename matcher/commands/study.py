"""The group `matcher study`: questions that need many solves of one scenario."""

from __future__ import annotations

import click

from matcher.commands.attribution import attribution
from matcher.commands.front import front
from matcher.commands.independence import independence
from matcher.commands.ladder import ladder
from matcher.commands.priorities import priorities
from matcher.commands.risk import risk
from matcher.commands.weights import weights


@click.group("study")
def study() -> None:
    """Study a scenario: money, priorities, weights, and what a plan depends on."""


for _command in (attribution, independence, ladder, front, priorities, risk, weights):
    study.add_command(_command)

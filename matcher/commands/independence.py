"""The command `matcher study independence`: what is left without direct EU money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked


@click.command()
@click.option("--assumption", default="", metavar="NAME",
              help="What holds with and without direct EU money.")  # fmt: skip
@study_command
def independence(asked: Asked, *, assumption: str) -> int:
    """What SCENARIO keeps without direct EU money, and what would win most back."""
    from matcher.study.independence.independence import independence as study

    asked.scenario.setting(assumption)  # a wrong name is told before a solver starts
    with sitting(asked, "independence") as desk:
        found = study(asked.scenario, desk, assumption=assumption)
    return finished(asked, found)

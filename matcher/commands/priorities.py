"""The command `matcher study priorities`: objective terms one before the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.front import read_terms
from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked


@click.command()
@click.option("--assumption", default="", metavar="NAME", help="What holds.")
@click.option(
    "--order",
    type=read_terms,
    required=True,
    metavar="A,B,...",
    help="Terms of the objective, the most important first.",
)
@study_command
def priorities(asked: Asked, *, assumption: str, order: tuple[str, ...]) -> int:
    """The plan for SCENARIO that is best in one term, then in the next, and so on."""
    from matcher.study.goals.priorities import priorities as find

    with sitting(asked, "priorities") as desk:
        found = find(asked.scenario, desk, order, assumption=assumption)
    return finished(asked, found)

"""The command `matcher study weights`: what hangs on the weights of the objective."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked


def _part(text: str) -> Fraction:
    """Reader of a part such as ``20%`` or ``0.2``, above 0 and at most the whole."""
    import re

    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s*(%?)", text.strip())
    part = Fraction(match[1]) / (100 if match[2] else 1) if match else Fraction(0)
    if not 0 < part <= 1:
        raise click.BadParameter(f'"{text}" is no part such as 20% or 0.2')
    return part


@click.command()
@click.option("--assumption", default="", metavar="NAME", help="What holds.")
@click.option(
    "--by",
    type=_part,
    default="20%",
    metavar="P",
    show_default=True,
    help="Part by which each weight is raised and lowered.",
)
@study_command
def weights(asked: Asked, *, assumption: str, by: Fraction) -> int:
    """Whether the best plan for SCENARIO stays the best when a weight changes."""
    from matcher.study.goals.weights import weights as find

    with sitting(asked, "weights") as desk:
        found = find(asked.scenario, desk, assumption=assumption, by=by)
    return finished(asked, found)

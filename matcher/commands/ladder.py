"""The command `matcher study ladder`: ever more money, and plans in which all stay."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked

ALL: Final = "all"


def _steps(text: str) -> tuple[Fraction, ...]:
    """Reader of parts of the money, such as ``0.5,1,2``."""
    import re

    parts = [part.strip().removesuffix("x") for part in text.split(",")]
    if not all(re.fullmatch(r"\d{1,6}(\.\d{1,6})?", part) for part in parts):
        raise click.BadParameter(f'"{text}" are no parts such as 0.5,1,2')
    return tuple(map(Fraction, parts))


@click.command()
@click.option(
    "--assumption",
    default="",
    metavar="NAME",
    help="What holds at every step; its money is 1x.",
)
@click.option(
    "--instruments",
    default=ALL,
    metavar="X,Y",
    show_default=True,
    help="Instruments whose money grows.",
)
@click.option(
    "--steps",
    type=_steps,
    default="0.25,0.5,1,2,4",
    metavar="A,B",
    show_default=True,
    help="Parts of the money.",
)
@click.option(
    "--next/--no-next",
    "following",
    default=True,
    show_default=True,
    help="Solve for 100,000 EUR and half an FTE more, each by itself.",
)
@study_command
def ladder(
    asked: Asked, *, assumption: str, instruments: str, steps: tuple[Fraction, ...],
    following: bool,
) -> int:  # fmt: skip
    """Plans for SCENARIO with ever more money, free and such that members stay."""
    from matcher.study.ladder.ladder import ladder as climb

    names = None if instruments == ALL else tuple(instruments.split(","))
    with sitting(asked, "ladder") as desk:
        found = climb(
            asked.scenario, desk, assumption=assumption, instruments=names,
            steps=steps, following_too=following,
        )  # fmt: skip
    return finished(asked, found)

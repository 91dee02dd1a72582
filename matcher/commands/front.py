"""The command `matcher study front`: two objective terms against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked


def read_terms(text: str) -> tuple[str, ...]:
    """Reader of different terms, such as ``cohesion,scale``."""
    names = tuple(part.strip() for part in text.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise click.BadParameter(f'"{text}" are no different terms such as scope,scale')
    return names


def _two(text: str) -> tuple[str, ...]:
    """Reader of two different terms."""
    names = read_terms(text)
    if len(names) != 2:
        raise click.BadParameter(f'"{text}" are not two terms such as cohesion,scale')
    return names


@click.command()
@click.option("--assumption", default="", metavar="NAME", help="What holds.")
@click.option(
    "--terms",
    type=_two,
    required=True,
    metavar="A,B",
    help="Two terms of the objective, with any weight.",
)
@click.option(
    "--points",
    type=click.IntRange(2, 10_000),
    metavar="N",
    help="Points after which to stop; the first ones lie far apart.",
)
@study_command
def front(
    asked: Asked, *, assumption: str, terms: tuple[str, str], points: int | None
) -> int:
    """Plans for SCENARIO that no other plan beats in both of two terms."""
    from matcher.study.goals.front import front as find

    with sitting(asked, f"front of {terms[0]} and {terms[1]}") as desk:
        found = find(asked.scenario, desk, terms, assumption=assumption, most=points)
    return finished(asked, found)

"""The command that compares plans under several assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command
from matcher.study.regret.recourse import DROP, RECOURSES

if TYPE_CHECKING:
    from matcher.commands.studying import Asked


def _names(text: str) -> tuple[str, ...]:
    """Reader of names with commas between them."""
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise click.BadParameter(f'"{text}" lacks a name beside a comma')
    return names


@click.command()
@study_command
@click.option("--assumptions", type=_names, default=None, metavar="A,B,C",
              help="Which to compare, the reference first; a+b holds both. "
              "Default: all.")  # fmt: skip
@click.option("--recourse", type=click.Choice(RECOURSES), default=DROP,
              show_default=True, help="Whether cases may go under another assumption.",
              )  # fmt: skip
@click.option("--plans-only", is_flag=True,
              help="Leave out the plan of least regret, which takes longest.",
              )  # fmt: skip
def compare(
    asked: Asked, *, assumptions: tuple[str, ...] | None, recourse: str,
    plans_only: bool,
) -> int:  # fmt: skip
    """Compare the plans of SCENARIO under several assumptions, side by side."""
    from matcher.study.comparison.compare import compare as study
    from matcher.study.comparison.compare import resolved

    names = assumptions or ()
    resolved(asked.scenario, names)  # a wrong name is told before a solver is started
    with sitting(asked, "comparing") as desk:
        found = study(
            asked.scenario, desk, names, recourse=recourse, least=not plans_only
        )
    return finished(asked, found)

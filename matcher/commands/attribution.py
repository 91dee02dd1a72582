"""The command `matcher study attribution`: which change makes what difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked

MOST_ORDERS = 10_000


@click.command()
@click.option("--from", "start", default="baseline", metavar="A", show_default=True,
              help="Assumption to start from; a+b holds both.")  # fmt: skip
@click.option("--to", "end", required=True, metavar="B",
              help="Assumption to end with.")  # fmt: skip
@click.option("--orders", type=click.IntRange(2, MOST_ORDERS), default=40,
              metavar="N", show_default=True,
              help="Orders drawn for more than 6 changes.")  # fmt: skip
@study_command
def attribution(asked: Asked, *, start: str, end: str, orders: int) -> int:
    """Which single change of SCENARIO turns whom, and what it accounts for."""
    from matcher.study.attribution.attribution import attribution as attribute
    from matcher.study.attribution.changes import split

    split(asked.scenario, start, end)  # faults are told before a solver is started
    with sitting(asked, "attribution") as desk:
        found = attribute(asked.scenario, desk, end, start=start, orders=orders)
    return finished(asked, found)

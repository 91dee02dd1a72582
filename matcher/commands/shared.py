"""What several commands share: exit codes, options, and how they speak.

Results go to the standard output, everything said along the way to the error
stream. Each function imports what it needs when it runs, so that `--help` answers
at once.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matcher.scenario.load import Scenario

DONE, INTERNAL, USAGE, BAD_INPUT, INFEASIBLE, UNBOUNDED = 0, 1, 2, 3, 4, 5
LIMIT_FOUND, LIMIT_NONE, SOLVER, NOT_VERIFIED, INTERRUPTED = 6, 7, 8, 9, 130
"""Exit codes; `--help` tells what they mean."""


def number(high: float = math.inf) -> Callable[[str], float]:
    """Reader of a number within bounds; unlike plain floats never nan or inf."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and 0 <= number <= high):
            span = "0 or more" if math.isinf(high) else f"0 to {high:g}"
            raise click.BadParameter(f'"{text}" is no number from {span}')
        return number

    return read


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options every command has."""
    as_json = click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document instead."
    )
    debug = click.option(
        "--debug", is_flag=True, expose_value=False, help="Show where an error arose."
    )
    return as_json(debug(command))


def say(text: str) -> None:
    """One line for people, on the error stream, without control characters."""
    from matcher.report.words import clean

    click.echo(clean(text), err=True)


def emit(data: Any) -> None:
    """One JSON document on the standard output."""
    from matcher.proposal.jsonform import dumps

    wide = "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
    click.echo(dumps(data, ascii_only=not wide), nl=False)


def lines(texts: Iterable[str]) -> None:
    """Lines of a result on the standard output."""
    from matcher.report.words import clean

    for text in texts:
        click.echo(clean(text))


def loaded(name: str) -> Scenario:
    """The scenario that a command was given."""
    from matcher.scenario.load import load

    return load(name)


BACKENDS: Final = ("highs", "cpsat", "cbc")

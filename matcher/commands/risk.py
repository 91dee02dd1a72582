"""The command `matcher study risk`: what to decide before the money is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.studying import finished, sitting, study_command

if TYPE_CHECKING:
    from matcher.commands.studying import Asked
    from matcher.study.risk.outcomes import Prospect


def _share(text: str) -> Fraction:
    """Reader of an exact number from 0 to 1."""
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise click.BadParameter(f'"{text}" is no number from 0 to 1')
    return share


def _level(text: str) -> Fraction:
    """Reader of a probability above 0."""
    level = _share(text)
    if not level:
        raise click.BadParameter("a level is above 0")
    return level


def _weights(text: str) -> dict[str, Fraction]:
    """Reader of ``A=0.5,B=0.5``."""
    weights: dict[str, Fraction] = {}
    for part in text.split(","):
        name, sign, number = part.strip().rpartition("=")
        if not sign or not name.strip() or name.strip() in weights:
            raise click.BadParameter(f'"{part}" is no NAME=WEIGHT, or stands twice')
        weights[name.strip()] = _share(number.strip())
    return weights


@click.command()
@click.option("--weights", type=_weights, metavar="A=P,B=P", help="Weigh assumptions.")
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Events with probabilities; without both: applications win or fail.",
)
@click.option(
    "--level",
    type=_level,
    default="0.1",
    metavar="P",
    show_default=True,
    help="Probability of the worst outcomes that are told apart.",
)
@click.option(
    "--risk-aversion",
    type=_share,
    default="0",
    metavar="L",
    show_default=True,
    help="Weight of the mean of the worst outcomes.",
)
@click.option(
    "--samples",
    type=click.IntRange(2, 4096),
    default=256,
    metavar="N",
    show_default=True,
    help="Outcomes to draw where there are too many.",
)
@click.option("--plan-only", is_flag=True, help="Leave out what events are worth.")
@study_command
def risk(
    asked: Asked, *, weights: dict[str, Fraction] | None, outcomes: Path | None,
    level: Fraction, risk_aversion: Fraction, samples: int, plan_only: bool,
) -> int:  # fmt: skip
    """What to decide on in SCENARIO before it is known which money comes."""
    from matcher.study.risk.risk import risk as find

    if weights is not None and outcomes is not None:
        raise click.UsageError("--weights and --outcomes exclude each other")
    prospect = _prospect(asked, weights, outcomes, samples)
    with sitting(asked, "risk") as desk:
        found = find(prospect, desk, level=level, aversion=risk_aversion,
                     events=not plan_only)  # fmt: skip
    return finished(asked, found)


def _prospect(
    asked: Asked, weights: dict[str, Fraction] | None, path: Path | None, samples: int
) -> Prospect:
    """The outcomes that were asked for."""
    from matcher.study.risk import outcomes

    drawn = {"draws": samples, "seed": asked.options.seed}
    if weights is not None:
        return outcomes.weighted(asked.scenario, weights)
    if path is not None:
        return outcomes.from_file(asked.scenario, path, **drawn)
    return outcomes.applications(asked.scenario, **drawn)

"""Commands that look and tell: check, verify, rulebooks, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.shared import (
    DONE,
    NOT_VERIFIED,
    SOLVER,
    common,
    emit,
    lines,
    loaded,
)
from matcher.errors import InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@click.command()
@click.argument("scenario")
@common
def check(scenario: str, as_json: bool) -> int:
    """Show every fault of SCENARIO at once, and what it leaves open.

    SCENARIO may also be a rulebook, or a folder of rulebooks.
    """
    from matcher.report.checking import check_text, examine
    from matcher.scenario.lint import rulebook_files

    if files := rulebook_files(Path(scenario)):
        return _check_rulebooks(files, as_json=as_json)
    checked = examine(loaded(scenario))
    if checked.faults:
        raise InputError(checked.faults)
    if as_json:
        emit(checked.as_dict())
    else:
        lines(check_text(checked))
    return DONE


def _check_rulebooks(files: Iterable[Path], *, as_json: bool) -> int:
    from matcher.report.rulebooks import checked_data, checked_text
    from matcher.scenario.lint import lint

    books = lint(tuple(files))
    if as_json:
        emit(checked_data(books))
    else:
        lines(checked_text(books))
    return DONE


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def verify(folder: Path, as_json: bool) -> int:
    """Check a saved result from its own inputs, without any solver."""
    from matcher.report.checking import judged_data, judged_text
    from matcher.report.judging import judge

    judged = judge(folder)
    if as_json:
        emit(judged_data(judged))
    else:
        lines(judged_text(judged))
    return DONE if judged.holds else NOT_VERIFIED


@click.command()
@click.argument("name", required=False)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Mark what does not hold on that day.")  # fmt: skip
@common
def rulebooks(name: str | None, at: dt.datetime | None, as_json: bool) -> int:
    """List the rulebooks of the library, or tell what rulebook NAME says."""
    from matcher.report.rulebooks import details, entry, show_book, show_list
    from matcher.report.terminal import console
    from matcher.scenario.lint import named, shelf

    day = at.date() if at else None
    if name is not None:
        book = named(name)
        if as_json:
            emit(details(book, day))
        else:
            show_book(book, console(), day)
    elif as_json:
        emit({"rulebooks": [entry(book, day) for book in shelf()]})
    else:
        show_list(shelf(), console(), day)
    return DONE


@click.command()
@common
def doctor(as_json: bool) -> int:
    """Tell what a bug report needs: machine, packages, and whether solvers work."""
    from matcher.report.doctor import doctor_text, examine

    found = examine()
    if as_json:
        emit(found.as_dict())
    else:
        lines(doctor_text(found))
    return DONE if found.healthy else SOLVER

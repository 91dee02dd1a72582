"""What the commands that solve many settings share: options, a desk, and the end."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.commands.shared import (
    BACKENDS,
    DONE,
    INFEASIBLE,
    INTERRUPTED,
    LIMIT_FOUND,
    LIMIT_NONE,
    common,
    emit,
    loaded,
    number,
    say,
)
from matcher.errors import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.engine.desk import Desk
    from matcher.program.solution import SolveOptions
    from matcher.report.studies import Study
    from matcher.scenario.load import Scenario


@dataclass(frozen=True, slots=True)
class Asked:
    """What every study is asked for with."""

    scenario: Scenario
    backend: str
    options: SolveOptions
    folder: Path | None
    as_json: bool


def study_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every study; the command gets them as one `Asked`, first."""
    from functools import wraps

    @wraps(command)
    def run(
        scenario: str, *, backend: str | None, gap: float | None,
        seconds: float | None, seed: int | None, out: Path | None, as_json: bool,
        **own: Any,
    ) -> Any:  # fmt: skip
        asked = _asked(scenario, backend, gap, seconds, seed, out, as_json=as_json)
        return command(asked, **own)

    options = (
        click.argument("scenario"),
        click.option("--backend", type=click.Choice(BACKENDS), help="Solver to use."),
        click.option("--gap", type=number(1.0), metavar="G",
                     help="Relative gap to stop at; 0 proves."),
        click.option("--time", "seconds", type=number(), metavar="S",
                     help="Seconds for each solve."),
        click.option("--seed", type=click.IntRange(0, 2**31 - 1),
                     help="Seed of the solver."),
        click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
                     help="Folder for the study; without it nothing is written."),
    )  # fmt: skip
    wrapped = common(run)
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def _asked(
    name: str, backend: str | None, gap: float | None, seconds: float | None,
    seed: int | None, out: Path | None, *, as_json: bool,
) -> Asked:  # fmt: skip
    from dataclasses import replace

    from matcher.engine.run import options_of

    scenario = loaded(name)
    setting = scenario.setting()
    given: dict[str, Any] = {"gap": gap, "time_limit": seconds, "seed": seed}
    stated = {name: value for name, value in given.items() if value is not None}
    options = replace(options_of(setting), **stated)
    chosen = backend or setting.solve.backend
    return Asked(scenario, chosen, options, out, as_json)


@contextmanager
def sitting(asked: Asked, doing: str) -> Iterator[Desk]:
    """An open desk that shows its progress.

    Raises
    ------
    WriteFailed
        When the folder of the study could not be written to afterwards.
    """
    from matcher.engine.desk import open_desk
    from matcher.report.folder import refuse_foreign
    from matcher.report.progress import Watch
    from matcher.report.studies import STUDY

    if asked.folder is not None:
        refuse_foreign(asked.folder, STUDY)
    title = f"{doing}: {asked.scenario.name} with {asked.backend}"
    with (
        Watch(title) as watch,
        open_desk(asked.backend, asked.options, watch.report) as desk,
    ):
        yield desk


def finished(asked: Asked, study: Study) -> int:
    """Save a study where a folder is asked for, and show it."""
    from matcher.report.folder import claimed, replace_folder
    from matcher.report.studies import STUDY, document, files, show
    from matcher.report.terminal import console

    data, failed = document(study, asked.scenario), None
    if asked.folder is not None:
        texts = files(study, data, asked.scenario, asked.options, asked.backend)
        try:
            with claimed(asked.folder, STUDY):
                replace_folder(asked.folder, texts, STUDY)
            say(f"wrote {asked.folder}")
        except WriteFailed as error:
            failed = error  # the study is shown all the same: it may have cost hours
    if asked.as_json:
        emit(data)
    else:
        show(study, asked.scenario.settings.title, console())
    if failed is not None:
        say(f"matcher: {failed}")
        return failed.exit_code
    return ending(study)


def ending(study: Study) -> int:
    """Exit code that tells how a study came to its end."""
    if study.stop == "interrupted":
        say("matcher: interrupted; the study is as far as it came")
        return INTERRUPTED
    if study.status == "infeasible":
        say("matcher: no plan meets every rule; matcher solve tells which contradict "
            "each other")  # fmt: skip
        return INFEASIBLE
    if study.status == "unknown":
        limit = "the limit was reached before any plan was found; allow more time"
        say(f"matcher: {'no plan was found' if study.reached else limit}")
        return LIMIT_NONE
    if not study.reached:
        say("matcher: a limit was reached before the gap asked for")
        return LIMIT_FOUND
    return DONE

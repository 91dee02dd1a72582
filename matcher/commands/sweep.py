"""The command that solves hundreds of runs, and goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.commands.shared import BACKENDS, common, emit, loaded, number, say


@click.command()
@click.argument("scenario")
@click.option(
    "--grid",
    "grid_file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="YAML file of axes; their product is the runs.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for runs.sqlite and tables; runs in it are not repeated.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Processes; default: one for each core.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Work on a Dask cluster such as tcp://127.0.0.1:8786.",
)
@click.option("--backend", type=click.Choice(BACKENDS), help="Solver to use.")
@click.option(
    "--gap", type=number(1.0), metavar="G", help="Relative gap to stop at; 0 proves."
)
@click.option(
    "--time", "seconds", type=number(), metavar="S", help="Seconds for each solve."
)
@common
def sweep(
    scenario: str, *, grid_file: Path, out: Path, jobs: int | None, dask: str | None,
    backend: str | None, gap: float | None, seconds: float | None, as_json: bool,
) -> int:  # fmt: skip
    """Solve every run of a grid of SCENARIO; started again, it goes on.

    Exit codes are those of solve; a run that fails is a row with its error.
    """
    from matcher.commands.studying import ending
    from matcher.report.studies import document, show
    from matcher.report.sweeps import runner_of, swept
    from matcher.report.terminal import console
    from matcher.study.sweep.grid import read_grid
    from matcher.study.sweep.sweep import Asked

    if dask is not None and jobs is not None:
        raise click.UsageError("--jobs and --dask exclude each other; give one")
    whole = loaded(scenario)
    grid = read_grid(grid_file, whole)
    runner = runner_of(_cores() if jobs is None else jobs, dask)
    asked = Asked(backend, gap, seconds)
    found = swept(whole, grid, out, runner, asked, show=True)
    say(f"wrote {out}")
    if as_json:
        emit(document(found, whole))
    else:
        show(found, whole.settings.title, console())
    return ending(found)


def _cores() -> int:
    """Cores that this process may use."""
    import os

    allowed = getattr(os, "sched_getaffinity", None)  # not known on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1

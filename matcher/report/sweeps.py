"""A sweep and its folder: the store, the tables beside it, progress with time left."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import WriteFailed
from matcher.proposal.jsonform import dumps
from matcher.report.folder import claimed, write_file
from matcher.report.manifest import input_hashes, versions
from matcher.report.progress import Ticker
from matcher.report.studies import document, table_file
from matcher.study.sweep.runners import Cluster, Here, Processes
from matcher.study.sweep.store import FORMAT, STORE, opened
from matcher.study.sweep.summary import memberships_table, runs_table
from matcher.study.sweep.sweep import Asked, sweep

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.load import Scenario
    from matcher.study.sweep.grid import Grid
    from matcher.study.sweep.runners import Runner
    from matcher.study.sweep.store import Store
    from matcher.study.sweep.summary import Sweep
    from matcher.study.sweep.sweep import Reached

SUMMARY: Final = "sweep.json"


def swept(
    scenario: Scenario, grid: Grid, out: Path, runner: Runner, asked: Asked, *,
    show: bool,
) -> Sweep:  # fmt: skip
    """Do what is left of a sweep in its folder, and write tables beside the store.

    Parameters
    ----------
    grid
        Read for this scenario.
    out
        Folder of earlier sweeps, or a new one.
    runner
        Who works on the runs.
    asked
        How every run is solved.
    show
        Whether progress is shown on the error stream.

    Raises
    ------
    WriteFailed
        When another sweep has the folder, it holds something else or another
        scenario of the same name, or the system cannot write there; runs that were
        kept stay.
    SolverFailed
        When the runner cannot work at all.
    """
    with claimed(out, STORE):
        try:
            out.mkdir(exist_ok=True)
        except OSError as error:
            raise WriteFailed(f"{out} could not be made: {error.strerror}") from error
        with opened(out / STORE) as store:
            _refuse_another(scenario, out, store)
            store.note(_facts(scenario, grid))
            watch = _Watch(f"sweep: {scenario.name}, {grid.title}") if show else None
            with watch or nullcontext():
                report = None if watch is None else watch.report
                found = sweep(grid, store, runner, asked, report)
            _write_tables(out, store, found, scenario)
    return found


def runner_of(jobs: int, cluster: str | None) -> Runner:
    """A cluster, several processes, or this one."""
    if cluster is not None:
        return Cluster(cluster)
    return Here() if jobs == 1 else Processes(jobs)


def _refuse_another(scenario: Scenario, out: Path, store: Store) -> None:
    """Refuse a folder with runs of another scenario of the same name.

    Runs go by the name of their scenario, so that a scenario may be moved, or changed
    where it is, and keeps its rows. One with another path and other contents is taken
    for another one: it would write over rows that are not its own.
    """
    before, now = store.noted(_known_as(scenario)), _identity(scenario)
    if before is None or any(before[part] == now[part] for part in now):
        return
    raise WriteFailed(
        f"{out} holds runs of another scenario called {scenario.name}, "
        f"{before['path']}; name another folder"
    )


def _known_as(scenario: Scenario) -> str:
    return f"scenario {scenario.name}"


def _identity(scenario: Scenario) -> dict[str, Any]:
    """Where a scenario is, and what it says."""
    path = (scenario.root / scenario.document.file).resolve()
    return {"path": str(path), "inputs": input_hashes(scenario)}


def _facts(scenario: Scenario, grid: Grid) -> dict[str, Any]:
    """What the runs are made from and with, by name."""
    inputs = {
        f"input {scenario.name}/{name}": digest
        for name, digest in input_hashes(scenario).items()
    }
    return {
        "format": FORMAT,
        "versions": versions(),
        _known_as(scenario): _identity(scenario),
        f"grid {grid.digest}": grid.document.text,
        **inputs,
    }


def _write_tables(out: Path, store: Store, found: Sweep, scenario: Scenario) -> None:
    """The tables of this grid, but for those of every run: they are of all grids."""
    rows = store.rows()
    every = {table.name: table for table in found.tables}
    every |= {t.name: t for t in (runs_table(rows), memberships_table(rows))}
    for table in every.values():
        write_file(out / f"{table.name}.csv", table_file(table))
    write_file(out / SUMMARY, dumps(document(found, scenario)))


class _Watch(Ticker):
    """How far a sweep is, and how long it still takes; told once more at its end."""

    def __init__(self, title: str) -> None:
        super().__init__(title, "every run that is done")
        self._last: Reached | None = None

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._console.print(self.line(), soft_wrap=True)

    def report(self, reached: Reached) -> None:
        """Take note of how far the sweep is."""
        self._last = reached

    def line(self) -> str:
        """The present state in one line."""
        seconds, last = self.seconds, self._last
        if last is None:
            return f"looking at what is to be done, {seconds:.0f} s"
        text = f"{last.before + last.done} of {last.total} runs"
        if last.before:
            text += f", {last.before} of them done before"
        if last.failed:
            text += f", {last.failed} failed"
        text += f", {seconds:.0f} s"
        left = last.total - last.before - last.done
        if left and last.done:
            text += f", about {seconds / last.done * left:.0f} s left"
        return text

"""Propose consortia for interregional demonstration cases, proven and checked.

::

    import matcher
    scenario = matcher.load("scenarios/miniature")
    proposal = matcher.solve(scenario)
    matcher.verify(proposal, scenario).holds

Importing this package imports no solver and no pandas; what is needed is
imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# The room `matcher.verify` is loaded before the function of the same name is
# defined below, so that loading it later cannot replace the function.
import matcher.verify  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from matcher.engine.alternatives import Alternatives
    from matcher.program.solution import Progress, SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.proposal.verdict import Verdict
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.compare import Comparison
    from matcher.study.sweep.summary import Sweep

__version__ = "0.1.0"
__all__ = ["alternatives", "compare", "load", "solve", "sweep", "verify"]


def load(path: str | Path) -> Scenario:
    """Read and check a scenario: a folder, a ``.yaml`` file or a bundled name.

    Raises
    ------
    matcher.errors.InputError
        With every fault found.
    """
    from matcher.scenario.load import load as read

    return read(path)


def solve(
    scenario: Scenario | str | Path,
    *,
    assumption: str = "",
    backend: str | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    seed: int | None = None,
    tie_break: bool | None = None,
    confirm: str | None = None,
    report: Callable[[str, Progress], None] | None = None,
) -> Proposal:
    """Propose consortia for a scenario under one assumption.

    Parameters
    ----------
    scenario
        A loaded scenario, or what `load` takes.
    assumption
        Name of one of the scenario's assumptions; '' for the scenario as written.
    backend
        ``highs``, ``cpsat`` or ``cbc``; None takes what the scenario says.
    gap
        Relative gap at which to stop; 0 asks for a proven optimum.
    time_limit
        Seconds for each solve.
    seed
        Seed of the solver.
    tie_break
        Name the same one of several best plans, whatever the solver; None takes what
        the scenario says.
    confirm
        Second backend that must find no plan above the bound; its name and version
        then stand in ``confirmed_by``.
    report
        Called with the stage's name and its progress.

    Raises
    ------
    ValueError
        For a gap, time limit or seed out of range.
    matcher.errors.MatcherError
        For bad input, a backend that is not there, a failed solver, or an answer
        that does not hold.
    """
    from matcher.engine.run import run

    setting = _loaded(scenario).setting(assumption)
    options = _options(setting, gap, time_limit, seed)
    return run(
        setting, backend=backend, options=options, report=report,
        tie_break=tie_break, confirm=confirm,
    )  # fmt: skip


def alternatives(
    scenario: Scenario | str | Path,
    *,
    assumption: str = "",
    count: int = 5,
    within: float | str = 0.05,
    backend: str | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    seed: int | None = None,
    tie_break: bool | None = None,
    report: Callable[[str, Progress], None] | None = None,
) -> Alternatives:
    """Find the best plan of a scenario and plans close to it, best first.

    Plans are different when some region is a member of some case in one and not in
    the other. The other parameters are those of `solve`.

    Parameters
    ----------
    count
        Most plans beside the best one.
    within
        How far below the best one they may lie: a part of its points, or a text such
        as ``"5%"`` or ``"0.5 points"``.

    Raises
    ------
    ValueError
        For a count, distance, gap, time limit or seed out of range.
    matcher.errors.MatcherError
        For bad input, a backend that is not there, a failed solver, or an answer
        that does not hold.
    """
    from matcher.engine.alternatives import alternatives as find
    from matcher.engine.margin import margin

    if not isinstance(count, int) or count < 1:
        raise ValueError(f"count must be a whole number from 1, not {count!r}")
    distance = margin(within)
    setting = _loaded(scenario).setting(assumption)
    options = _options(setting, gap, time_limit, seed)
    return find(
        setting, count=count, within=distance, backend=backend, options=options,
        tie_break=tie_break, report=report,
    )  # fmt: skip


def compare(
    scenario: Scenario | str | Path,
    assumptions: Sequence[str] = (),
    *,
    recourse: str = "drop",
    least: bool = True,
    backend: str | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    seed: int | None = None,
    report: Callable[[str, Progress], None] | None = None,
) -> Comparison:
    """Solve a scenario under several assumptions and lay the plans side by side.

    The other parameters are those of `solve`.

    Parameters
    ----------
    assumptions
        Their names, the reference first; ``a+b`` for two that hold together. None for
        all there are, after the scenario as written.
    recourse
        What a plan may do when another assumption comes true than its own: ``drop``
        cases, or ``keep`` them all.
    least
        Whether to look for the plan of least regret as well, which takes longest.

    Raises
    ------
    ValueError
        For a recourse, gap, time limit or seed out of range.
    matcher.errors.MatcherError
        For bad input, a backend that is not there, a failed solver, or an answer
        that does not hold.
    """
    from matcher.engine.desk import open_desk
    from matcher.study.comparison.compare import compare as lay_side_by_side
    from matcher.study.comparison.compare import resolved

    read = _loaded(scenario)
    names = [assumptions] if isinstance(assumptions, str) else list(assumptions)
    resolved(read, names)  # a wrong name is told before a solver is started
    setting = read.setting()
    options = _options(setting, gap, time_limit, seed)
    with open_desk(backend or setting.solve.backend, options, report) as desk:
        return lay_side_by_side(read, desk, names, recourse=recourse, least=least)


def sweep(
    scenario: Scenario | str | Path,
    *,
    grid: str | Path,
    out: str | Path,
    jobs: int = 1,
    dask: str | None = None,
    backend: str | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    show: bool = False,
) -> Sweep:
    """Solve every run of a grid, and keep them in ``out``; runs done are not repeated.

    Parameters
    ----------
    grid
        File of axes whose product is the runs.
    out
        Folder with ``runs.sqlite`` and tables; a new one, or one of earlier sweeps.
    jobs
        Processes that work on the runs; 1 is this one.
    dask
        Address of a Dask cluster that works on them instead.
    backend, gap, time_limit
        As in `solve`, for every run; seeds are an axis of the grid.
    show
        Show progress on the error stream.

    Raises
    ------
    ValueError
        For a number of jobs, gap or time limit out of range.
    matcher.errors.MatcherError
        For bad input, a folder that cannot be written, or runners that cannot work.
        A run that fails is a row with its error.
    """
    from pathlib import Path as File

    from matcher.report.sweeps import runner_of, swept
    from matcher.study.sweep.grid import read_grid
    from matcher.study.sweep.sweep import Asked

    if not isinstance(jobs, int) or jobs < 1:
        raise ValueError(f"jobs must be a whole number from 1, not {jobs!r}")
    whole = _loaded(scenario)
    options = _options(whole.setting(), gap, time_limit, None)
    asked = Asked(
        backend, None if gap is None else options.gap,
        None if time_limit is None else options.time_limit,
    )  # fmt: skip
    return swept(
        whole, read_grid(grid, whole), File(out), runner_of(jobs, dask), asked,
        show=show,
    )  # fmt: skip


def _options(
    setting: Setting, gap: float | None, time_limit: float | None, seed: int | None
) -> SolveOptions:
    """The scenario's own options, but for what is stated and means something."""
    from dataclasses import replace

    from matcher.engine.run import options_of

    if gap is not None and not 0 <= gap <= 1:
        raise ValueError(f"gap must lie between 0 and 1, not {gap!r}")
    if time_limit is not None and not 0 <= time_limit < float("inf"):
        raise ValueError(f"time_limit must be 0 or more seconds, not {time_limit!r}")
    if seed is not None and (not isinstance(seed, int) or seed < 0):
        raise ValueError(f"seed must be a whole number from 0, not {seed!r}")
    given: dict[str, Any] = {"gap": gap, "time_limit": time_limit, "seed": seed}
    stated = {name: value for name, value in given.items() if value is not None}
    return replace(options_of(setting), **stated)


def verify(proposal: Proposal, scenario: Scenario | str | Path) -> Verdict:
    """Re-check a proposal from the scenario's inputs, without any solver."""
    from matcher.verify.verify import verify as judge

    return judge(proposal, _loaded(scenario).setting(proposal.assumption))


def _loaded(scenario: Scenario | str | Path) -> Scenario:
    from matcher.scenario.load import Scenario as Loaded

    return scenario if isinstance(scenario, Loaded) else load(scenario)

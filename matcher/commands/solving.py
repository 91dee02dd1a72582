"""Commands that have a solver decide: solve, alternatives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from matcher.commands.shared import (
    BACKENDS,
    DONE,
    INFEASIBLE,
    INTERRUPTED,
    LIMIT_FOUND,
    LIMIT_NONE,
    SOLVER,
    UNBOUNDED,
    common,
    emit,
    loaded,
    number,
    say,
)
from matcher.errors import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matcher.engine.alternatives import Alternatives
    from matcher.engine.margin import Margin
    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

_ENDINGS: Final = {
    INFEASIBLE: "no plan meets every rule; see the rules that contradict each other",
    UNBOUNDED: "plans of any value exist, so a limit is missing in the scenario",
    LIMIT_FOUND: "the limit was reached before the gap asked for",
    LIMIT_NONE: "the limit was reached before any plan was found; allow more time",
    SOLVER: "the solver stopped without an answer",
    INTERRUPTED: "interrupted",
}


def _how(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options on what is solved and how."""
    for option in reversed((
        click.argument("scenario"),
        click.option("--assumption", default="", metavar="A",
                     help="Assumption in force."),
        click.option("--backend", type=click.Choice(BACKENDS), help="Solver to use."),
        click.option("--gap", type=number(1.0), metavar="G",
                     help="Relative gap to stop at; 0 proves."),
        click.option("--time", "seconds", type=number(), metavar="S",
                     help="Seconds for each solve."),
        click.option("--seed", type=click.IntRange(0, 2**31 - 1),
                     help="Seed of the solver."),
        click.option("--tie-break", is_flag=True, default=None,
                     help="Settle ties between best plans."),
    )):  # fmt: skip
        command = option(command)
    return command


def _options(
    setting: Setting, *, gap: float | None, seconds: float | None, seed: int | None
) -> SolveOptions:
    """The scenario's own options, but for what the command line states."""
    from dataclasses import replace

    from matcher.engine.run import options_of

    given: dict[str, Any] = {"gap": gap, "time_limit": seconds, "seed": seed}
    stated = {name: value for name, value in given.items() if value is not None}
    return replace(options_of(setting), **stated)


@click.command()
@_how
@click.option(
    "--confirm", type=click.Choice(BACKENDS), help="Second solver to ask for better."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder for the result; default: results/SCENARIO[-A].")  # fmt: skip
@common
def solve(
    scenario: str, *, assumption: str, backend: str | None, gap: float | None,
    seconds: float | None, seed: int | None, tie_break: bool | None,
    confirm: str | None, out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Propose consortia for SCENARIO; save, verify and show them."""
    from matcher.report.folder import claimed

    read = loaded(scenario)
    setting = read.setting(assumption)
    options = _options(setting, gap=gap, seconds=seconds, seed=seed)
    folder = out or _default_folder(setting)
    chosen = backend or setting.solve.backend
    if confirm == chosen:
        raise click.UsageError(f"--confirm {confirm}: ask another solver than {chosen}")
    with claimed(folder):  # before hours are spent on what cannot be saved
        return _solve(read, setting, chosen, options, folder, as_json=as_json,
                      tie_break=tie_break, confirm=confirm)  # fmt: skip


def _solve(
    scenario: Scenario, setting: Setting, backend: str, options: SolveOptions,
    folder: Path, *, as_json: bool, **extra: Any,
) -> int:  # fmt: skip
    """Solve, save what was found, and show it."""
    from matcher.engine.run import run
    from matcher.report.folder import MANIFEST
    from matcher.report.progress import Watch
    from matcher.report.result import (
        document,
        request,
        result_files,
        worth_keeping,
    )
    from matcher.report.terminal import console, show

    asked = request(scenario, setting, backend=backend, options=options)
    with Watch(f"solving {_named(setting)} with {backend}") as watch:
        proposal = run(
            setting, backend=backend, options=options, report=watch.report, **extra
        )
    code = exit_code(proposal, options.gap)
    data = document(proposal, setting)
    failed = None
    if worth_keeping(proposal, folder):
        failed = _saved(folder, result_files(asked, proposal, data), MANIFEST)
    if as_json:
        emit(data)
    else:
        show(proposal, setting, console())
    if failed is not None:
        say(f"matcher: {failed}")
        return failed.exit_code
    if code != DONE:
        say(f"matcher: {_ENDINGS[code]}")
    return code


STAGES = ("fundable", "needed", "fallback")
"""Solves of a run whose end may be that of the run."""


def _saved(folder: Path, files: Mapping[str, str], mark: str) -> WriteFailed | None:
    """Write a folder; a failure comes back, as what was found is shown all the same.

    It may have cost hours.
    """
    from matcher.report.folder import replace_folder

    try:
        replace_folder(folder, files, mark)
    except WriteFailed as error:
        return error
    say(f"wrote {folder}")
    return None


def exit_code(proposal: Proposal, gap_asked: float) -> int:
    """Exit code that tells how a proposal came to its end."""
    stages = [proposal.meta.get(stage, {}) for stage in STAGES]
    stops = {stage.get("stop") for stage in stages}
    if "interrupted" in stops:
        return INTERRUPTED
    if proposal.status == "optimal":
        return DONE
    if proposal.status == "infeasible":
        return INFEASIBLE
    if proposal.objective is not None:
        gap = proposal.gap
        return DONE if gap is not None and gap <= gap_asked else LIMIT_FOUND
    if "time_limit" in stops:
        return LIMIT_NONE
    told = "unbounded" in str(stages[0].get("native_status", "")).casefold()
    return UNBOUNDED if told else SOLVER


def _margin(text: str) -> Margin:
    """Reader of a distance to the best plan."""
    from matcher.engine.margin import margin

    try:
        return margin(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@_how
@click.option("--count", type=click.IntRange(1, 1000), default=5, metavar="N",
              show_default=True, help="Most plans beside the best one.")  # fmt: skip
@click.option("--within", type=_margin, default="5%", metavar="D", show_default=True,
              help='How far below the best: 5% of it, or "0.5 points".')  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder for the list; without it nothing is written.")  # fmt: skip
@common
def alternatives(
    scenario: str, *, assumption: str, backend: str | None, gap: float | None,
    seconds: float | None, seed: int | None, tie_break: bool | None, count: int,
    within: Margin, out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Find plans for SCENARIO that are close to the best, and how they differ."""
    from contextlib import nullcontext

    from matcher.report.alternatives import LIST
    from matcher.report.folder import claimed

    setting = loaded(scenario).setting(assumption)
    options = _options(setting, gap=gap, seconds=seconds, seed=seed)
    chosen = backend or setting.solve.backend
    with nullcontext() if out is None else claimed(out, LIST):
        return _alternatives(
            setting, chosen, options, out, as_json=as_json, tie_break=tie_break,
            count=count, within=within,
        )  # fmt: skip


def _alternatives(
    setting: Setting, backend: str, options: SolveOptions, folder: Path | None, *,
    as_json: bool, **extra: Any,
) -> int:  # fmt: skip
    """Find the plans, save the list where one is asked for, and show it."""
    from matcher.engine.alternatives import alternatives as find
    from matcher.report.alternatives import LIST, document, files, show
    from matcher.report.progress import Watch
    from matcher.report.terminal import console

    with Watch(f"alternatives for {_named(setting)} with {backend}") as watch:
        found = find(
            setting, backend=backend, options=options, report=watch.report, **extra
        )
    data = document(found, setting)
    failed = None
    if folder is not None and found.best.objective is not None:
        failed = _saved(folder, files(found, data), LIST)
    if as_json:
        emit(data)
    else:
        show(found, setting, console())
    if failed is not None:
        say(f"matcher: {failed}")
        return failed.exit_code
    code = _ending(found, options.gap)
    if code != DONE:
        say(f"matcher: {_LISTED.get(code, _ENDINGS[code])}")
    return code


_LISTED: Final = {
    INFEASIBLE: "no plan meets every rule; matcher solve tells which contradict "
    "each other",
    LIMIT_FOUND: "the limit was reached before the list was complete",
}


def _ending(found: Alternatives, gap_asked: float) -> int:
    """Exit code that tells how a list of plans came to its end."""
    if found.stop == "interrupted":
        return INTERRUPTED
    code = exit_code(found.best, gap_asked)
    stopped = found.stop == "time_limit" and not found.complete
    return LIMIT_FOUND if code == DONE and stopped else code


def _named(setting: Setting) -> str:
    """Scenario and assumption, for people."""
    return setting.name + (f" under {setting.assumption}" * bool(setting.assumption))


def _default_folder(setting: Setting) -> Path:
    """Place of a result that was not given one."""
    words = (setting.name, setting.assumption)
    return Path("results") / "-".join(word for word in words if word)

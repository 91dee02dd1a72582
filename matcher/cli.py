"""The command line: check, solve, verify, init, import, rulebooks, doctor.

Results go to the standard output, everything said along the way to the error
stream. Each command imports what it needs when it runs, so that `--help` answers
at once.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from matcher import __version__
from matcher.errors import InputError, MatcherError, WriteFailed, did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

DONE, INTERNAL, USAGE, BAD_INPUT, INFEASIBLE, UNBOUNDED = 0, 1, 2, 3, 4, 5
LIMIT_FOUND, LIMIT_NONE, SOLVER, NOT_VERIFIED, INTERRUPTED = 6, 7, 8, 9, 130
"""Exit codes; `--help` tells what they mean."""

BACKENDS: Final = ("highs", "cpsat", "cbc")
EPILOG: Final = (
    "Exit codes: 0 done, 1 internal error, 2 usage, 3 bad input, 4 infeasible, "
    "5 unbounded, 6 limit reached with a proposal, 7 limit reached without one, "
    "8 solver or writing failed, 9 verification failed, 130 interrupted."
)


def _number(high: float = math.inf) -> Callable[[str], float]:
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


class Commands(click.Group):
    """The commands, with hints for slips and every error as message and code."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; for an unknown one name the nearest."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            hint = did_you_mean(args[0], self.commands)
            known = ", ".join(self.commands)
            ctx.fail(f'no command "{args[0]}"{hint}; there are {known}')
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and exit with its code."""
        given = args[0] if args else extra.pop("args", None)
        words = list(sys.argv[1:] if given is None else given)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a console may not know every letter
                stream.reconfigure(errors="replace")
        extra |= {"prog_name": "matcher", "standalone_mode": False}
        try:
            code = super().main(words, **extra)
        except Exception as error:
            if "--debug" in words:
                import traceback

                for line in traceback.format_exc().splitlines():
                    _say(line)
            code = _tell(error, as_json="--json" in words)
        sys.exit(code or DONE)


def _tell(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong, in one line or one per fault; return the exit code."""
    code, message = _understood(error)
    faults = error.faults if isinstance(error, InputError) else ()
    for fault in faults:
        _say(str(fault))
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    _say(f"matcher: {message}")
    if as_json:
        told = [fault.as_dict() for fault in faults]
        _emit({"error": message, "exit": code, "faults": told})
    return code


def _understood(error: Exception) -> tuple[int, str]:
    """Exit code and message of an error."""
    if isinstance(error, InputError):
        count = len(error.faults)
        return BAD_INPUT, f"{count} fault{'s' * (count != 1)} in the input"
    if isinstance(error, MatcherError):
        return error.exit_code, str(error)
    if isinstance(error, click.Abort):
        return INTERRUPTED, "interrupted; nothing was saved"
    if isinstance(error, click.ClickException):
        return USAGE, error.format_message()
    from matcher.backends.contract import BackendUnavailable

    if isinstance(error, BackendUnavailable):
        return SOLVER, str(error)
    kind = type(error).__name__
    told = f"internal error: {kind}: {error}; add --debug to see where it happened"
    return INTERNAL, " ".join(told.split())


def _say(text: str) -> None:
    """One line for people, on the error stream, without control characters."""
    from matcher.report.words import clean

    click.echo(clean(text), err=True)


def _emit(data: Any) -> None:
    """One JSON document on the standard output."""
    from matcher.proposal.jsonform import dumps

    wide = "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
    click.echo(dumps(data, ascii_only=not wide), nl=False)


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options every command has."""
    as_json = click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document instead."
    )
    debug = click.option(
        "--debug", is_flag=True, expose_value=False, help="Show where an error arose."
    )
    return as_json(debug(command))


_HELP: Final = {"help_option_names": ["-h", "--help"]}


@click.group(cls=Commands, epilog=EPILOG, context_settings=_HELP)
@click.version_option(__version__, prog_name="matcher")
@click.option("--debug", is_flag=True, expose_value=False, hidden=True)
def main() -> None:
    """Propose consortia for interregional demonstration cases, proven and checked."""


@main.command()
@click.argument("scenario")
@_common
def check(scenario: str, as_json: bool) -> int:
    """Show every fault of SCENARIO at once, and what it leaves open.

    SCENARIO may also be a rulebook, or a folder of rulebooks.
    """
    from matcher.report.checking import check_text, examine
    from matcher.scenario.lint import rulebook_files

    if files := rulebook_files(Path(scenario)):
        return _check_rulebooks(files, as_json=as_json)
    checked = examine(_load(scenario))
    if checked.faults:
        raise InputError(checked.faults)
    if as_json:
        _emit(checked.as_dict())
    else:
        _lines(check_text(checked))
    return DONE


def _check_rulebooks(files: Iterable[Path], *, as_json: bool) -> int:
    from matcher.report.rulebooks import checked_data, checked_text
    from matcher.scenario.lint import lint

    books = lint(tuple(files))
    if as_json:
        _emit(checked_data(books))
    else:
        _lines(checked_text(books))
    return DONE


@main.command()
@click.argument("scenario")
@click.option("--assumption", default="", metavar="A", help="Assumption in force.")
@click.option("--backend", type=click.Choice(BACKENDS), help="Solver to use.")
@click.option(
    "--gap", type=_number(1.0), metavar="G", help="Relative gap to stop at; 0 proves."
)
@click.option(
    "--time", "seconds", type=_number(), metavar="S", help="Seconds for each solve."
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of the solver.")
@click.option(
    "--tie-break", is_flag=True, default=None, help="Settle ties between best plans."
)
@click.option(
    "--confirm", type=click.Choice(BACKENDS), help="Second solver to ask for better."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder for the result; default: results/SCENARIO[-A].")  # fmt: skip
@_common
def solve(
    scenario: str, *, assumption: str, backend: str | None, gap: float | None,
    seconds: float | None, seed: int | None, tie_break: bool | None,
    confirm: str | None, out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Propose consortia for SCENARIO; save, verify and show them."""
    from dataclasses import replace

    from matcher.engine.run import options_of
    from matcher.report.folder import claimed

    loaded = _load(scenario)
    setting = loaded.setting(assumption)
    given: dict[str, Any] = {"gap": gap, "time_limit": seconds, "seed": seed}
    stated = {name: value for name, value in given.items() if value is not None}
    options = replace(options_of(setting), **stated)
    folder = out or _default_folder(setting)
    chosen = backend or setting.solve.backend
    if confirm == chosen:
        raise click.UsageError(f"--confirm {confirm}: ask another solver than {chosen}")
    with claimed(folder):  # before hours are spent on what cannot be saved
        return _solve(loaded, setting, chosen, options, folder, as_json=as_json,
                      tie_break=tie_break, confirm=confirm)  # fmt: skip


def _solve(
    scenario: Scenario, setting: Setting, backend: str, options: SolveOptions,
    folder: Path, *, as_json: bool, **extra: Any,
) -> int:  # fmt: skip
    """Solve, save what was found, and show it."""
    from matcher.engine.run import run
    from matcher.report.folder import replace_folder
    from matcher.report.progress import Watch
    from matcher.report.result import (
        document,
        request,
        result_files,
        worth_keeping,
    )
    from matcher.report.terminal import console, show

    asked = request(scenario, setting, backend=backend, options=options)
    assumed = f" under {setting.assumption}" if setting.assumption else ""
    with Watch(f"solving {setting.name}{assumed} with {backend}") as watch:
        proposal = run(
            setting, backend=backend, options=options, report=watch.report, **extra
        )
    code = exit_code(proposal, options.gap)
    data = document(proposal, setting)
    failed = None
    if worth_keeping(proposal, folder):
        try:
            replace_folder(folder, result_files(asked, proposal, data))
            _say(f"wrote {folder}")
        except WriteFailed as error:
            failed = error  # the plan is shown all the same: it may have cost hours
    if as_json:
        _emit(data)
    else:
        show(proposal, setting, console())
    if failed is not None:
        _say(f"matcher: {failed}")
        return failed.exit_code
    if code != DONE:
        _say(f"matcher: {_ENDINGS[code]}")
    return code


_ENDINGS: Final = {
    INFEASIBLE: "no plan meets every rule; see the rules that contradict each other",
    UNBOUNDED: "plans of any value exist, so a limit is missing in the scenario",
    LIMIT_FOUND: "the limit was reached before the gap asked for",
    LIMIT_NONE: "the limit was reached before any plan was found; allow more time",
    SOLVER: "the solver stopped without an answer",
    INTERRUPTED: "interrupted",
}


def exit_code(proposal: Proposal, gap_asked: float) -> int:
    """Exit code that tells how a proposal came to its end."""
    stages = [proposal.meta.get(stage, {}) for stage in ("fundable", "needed")]
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


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_common
def verify(folder: Path, as_json: bool) -> int:
    """Check a saved result from its own inputs, without any solver."""
    from matcher.report.checking import judged_data, judged_text
    from matcher.report.judging import judge

    judged = judge(folder)
    if as_json:
        _emit(judged_data(judged))
    else:
        _lines(judged_text(judged))
    return DONE if judged.holds else NOT_VERIFIED


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_common
def init(folder: Path, as_json: bool) -> int:
    """Write a small commented scenario to start from into DIR."""
    from matcher.report.starter import write_starter

    written = write_starter(folder)
    if as_json:
        _emit({"folder": str(folder), "files": written})
    else:
        _lines([f"wrote {folder} with {len(written)} files; next:",
                f"  matcher check {folder}", f"  matcher solve {folder}"])  # fmt: skip
    return DONE


@main.command(name="import")
@click.argument("folder", metavar="SCENARIO_DIR", type=click.Path(path_type=Path))
@click.option("--check", "only", is_flag=True, help="Compare only; 3 when different.")
@_common
def import_(folder: Path, only: bool, as_json: bool) -> int:
    """Rebuild the tables of SCENARIO_DIR from the public data in its source folder."""
    from matcher.importers import import_scenario
    from matcher.report.folder import write_file
    from matcher.report.starter import changes, source_of

    tables = import_scenario(source_of(folder))
    changed = changes(folder, tables)
    if not only:
        for name in changed:
            write_file(folder / name, tables[name])
    same = [name for name in tables if name not in changed]
    if as_json:
        _emit({"changed": changed, "same": same, "written": not only})
    else:
        verb = "differs" if only else "written"
        _lines(f"{name}: {verb}, {told}" for name, told in changed.items())
        _lines([f"{len(same)} of {len(tables)} tables are as they were"])
    return BAD_INPUT if only and changed else DONE


@main.command()
@click.argument("name", required=False)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Mark what does not hold on that day.")  # fmt: skip
@_common
def rulebooks(name: str | None, at: dt.datetime | None, as_json: bool) -> int:
    """List the rulebooks of the library, or tell what rulebook NAME says."""
    from matcher.report.rulebooks import details, entry, show_book, show_list
    from matcher.report.terminal import console
    from matcher.scenario.lint import named, shelf

    day = at.date() if at else None
    if name is not None:
        book = named(name)
        if as_json:
            _emit(details(book, day))
        else:
            show_book(book, console(), day)
    elif as_json:
        _emit({"rulebooks": [entry(book, day) for book in shelf()]})
    else:
        show_list(shelf(), console(), day)
    return DONE


@main.command()
@_common
def doctor(as_json: bool) -> int:
    """Tell what a bug report needs: machine, packages, and whether solvers work."""
    from matcher.report.doctor import doctor_text, examine

    found = examine()
    if as_json:
        _emit(found.as_dict())
    else:
        _lines(doctor_text(found))
    return DONE if found.healthy else SOLVER


def _load(name: str) -> Scenario:
    from matcher.scenario.load import load

    return load(name)


def _lines(lines: Iterable[str]) -> None:
    from matcher.report.words import clean

    for line in lines:
        click.echo(clean(line))


def _default_folder(setting: Setting) -> Path:
    """Place of a result that was not given one."""
    words = (setting.name, setting.assumption)
    return Path("results") / "-".join(word for word in words if word)

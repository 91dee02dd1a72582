"""The command line: every command, and how each error becomes a message and a code.

Each command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import click

from matcher import __version__
from matcher.commands.compare import compare
from matcher.commands.looking import check, doctor, rulebooks, verify
from matcher.commands.making import import_, init
from matcher.commands.shared import (
    BAD_INPUT,
    DONE,
    INTERNAL,
    INTERRUPTED,
    SOLVER,
    USAGE,
    emit,
    say,
)
from matcher.commands.solving import alternatives, solve
from matcher.commands.study import study
from matcher.commands.sweep import sweep
from matcher.errors import InputError, MatcherError, did_you_mean

EPILOG: Final = (
    "Exit codes: 0 done, 1 internal error, 2 usage, 3 bad input, 4 infeasible, "
    "5 unbounded, 6 limit reached with a proposal, 7 limit reached without one, "
    "8 solver or writing failed, 9 verification failed, 130 interrupted."
)


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
                    say(line)
            code = _tell(error, as_json="--json" in words)
        sys.exit(code or DONE)


def _tell(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong, in one line or one per fault; return the exit code."""
    code, message = _understood(error)
    faults = error.faults if isinstance(error, InputError) else ()
    for fault in faults:
        say(str(fault))
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    say(f"matcher: {message}")
    if as_json:
        told = [fault.as_dict() for fault in faults]
        emit({"error": message, "exit": code, "faults": told})
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


_HELP: Final = {"help_option_names": ["-h", "--help"]}


@click.group(cls=Commands, epilog=EPILOG, context_settings=_HELP)
@click.version_option(__version__, prog_name="matcher")
@click.option("--debug", is_flag=True, expose_value=False, hidden=True)
def main() -> None:
    """Propose consortia for interregional demonstration cases, proven and checked."""


for _command in (
    check, solve, alternatives, compare, sweep, study, verify, init, import_,
    rulebooks, doctor,
):  # fmt: skip
    main.add_command(_command)

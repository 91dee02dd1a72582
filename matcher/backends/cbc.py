"""CBC, the copy that PuLP brings along, driven through files.

PuLP's own hand-over is not used: it prints 13 digits, reads 8 back, takes the
relaxed values for an answer when there is none, and loses the answer on a stop.
Here the model is exact text (`mps`), the answer is CBC's binary file, SIGINT asks
CBC for its best so far, and what it prints (`cbclog`) tells how far it is.
"""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pulp
from pulp.apis.coin_api import PULP_CBC_CMD

from matcher.backends.answers import failure, outcome
from matcher.backends.cbclog import (
    ABSOLUTE_GAP,
    Ending,
    Terminal,
    answered,
    ending,
    proven_bound,
)
from matcher.backends.contract import BackendUnavailable, Report, Stopped
from matcher.backends.fitness import unfit
from matcher.backends.mps import column_name, write_minimisation
from matcher.program.solution import Solution, SolveOptions, Status, Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.program.program import Arrays

NAME = "cbc"
FEATURES = frozenset({"bound", "progress", "interrupt", "start", "continuous"})

INCREMENT = 1e-9
"""Points by which a new answer must be better than the last one. CBC's own 1e-5
would discard better answers, as objectives carry about nine decimals."""

PRIMAL_TOLERANCE = 1e-7
INTEGER_TOLERANCE = 1e-7
"""Farthest a row may be violated and a whole-valued column be from a whole number:
CBC's own values, fixed by name so that another build cannot change answers."""

PREPROCESS = "off"
PROBING = "off"
"""CBC 2.10.3's probing, which its preprocessing uses too, loses the best answer, or
all answers, of about one in 700 small seeded programs. With both switched off none
of 16 000 came out wrong; a second opinion is worth more than speed here."""

TWO_MIR = "off"
"""These cuts of CBC 2.10.3 lose the best answer of some programs with money too: of 290
orders of the rows of one (`tests/backends/lost_by_cbc.npz`) six came out wrong, none
without them. `3dp-2023` is proven no later."""

GOMORY = "off"
"""So do these: of 60 orders of `tests/backends/lost_by_cbc_gomory.npz` three came out
wrong, none without them."""

POLL_SECONDS = 0.05
"""How often a running CBC is looked at."""

NUDGE_SECONDS = 0.5
"""How often SIGINT is repeated: CBC ignores it before its tree search begins."""

GRACE_SECONDS = 3.0
"""How long CBC may take to write its best answer after the first SIGINT; less than
the 6 seconds for which the parent waits."""

OVERTIME_SECONDS = 2.0
"""CBC checks its limit only between steps; beyond this it is asked by SIGINT."""

_QUOTED = 300
"""Characters of CBC's log that are quoted when it failed."""
_BANNER = re.compile(r"^Version:\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Files:
    """Files of one solve, in a folder that is removed afterwards."""

    model: Path
    start: Path
    binary: Path

    @classmethod
    def within(cls, folder: str) -> _Files:
        """Fixed names within `folder`."""
        names = ("model.mps", "start.txt", "answer.bin")
        return cls(*(Path(folder, name) for name in names))


@cache
def version() -> str:
    """Version of CBC and of the PuLP that brings it."""
    try:
        banner = subprocess.run(
            [PULP_CBC_CMD.pulp_cbc_path, "-quit"],
            capture_output=True,
            text=True,
            timeout=GRACE_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise BackendUnavailable(((NAME, f"CBC cannot be run: {error}"),)) from error
    found = _BANNER.search(banner)
    return f"{found[1] if found else 'unknown'} (PuLP {pulp.__version__})"


def solve(
    arrays: Arrays,
    options: SolveOptions,
    report: Report,
    stopped: Stopped,
) -> Solution:
    """Maximise with CBC."""
    began = time.monotonic()
    fault = unfit(arrays)
    if fault:
        return _failed(f"CBC cannot be trusted with it: {fault}", "refused", began)
    with (
        tempfile.TemporaryDirectory(prefix="matcher-cbc-") as folder,
        Terminal(report, arrays.offset) as terminal,
    ):
        files = _Files.within(folder)
        with files.model.open("w", encoding="ascii") as stream:
            write_minimisation(stream, arrays)
        if options.start is not None:
            _write_start(files.start, options.start)
        asked = _run(files, options, stopped, terminal)
        x, log = _values(files.binary, arrays), terminal.log
    ended = ending(log, arrays)
    status = _status(ended, asked)
    if status[1] is Stop.FAILED:
        told = f"CBC ended without a result; the end of its log: {log[-_QUOTED:]!r}"
        return _failed(told, ended[0], began)
    answer = None
    # Without whole columns, values of a run cut short need not keep the rows.
    whole = status[0] is Status.OPTIMAL or arrays.integer.any()
    if x is not None and answered(log) and whole:
        answer = x, float(arrays.objective @ x) + arrays.offset
    value = None if answer is None else answer[1]
    return outcome(
        status,
        answer,
        bound=proven_bound(
            log, status[0], value, offset=arrays.offset, gap=options.gap
        ),
        seconds=time.monotonic() - began,
        backend=NAME,
        version=version(),
        native=ended[0],
    )


def _failed(message: str, native: str, began: float) -> Solution:
    """Solution of a solve that came to nothing."""
    return failure(
        message,
        backend=NAME,
        version=version(),
        native=native,
        seconds=time.monotonic() - began,
    )


def _command(files: _Files, options: SolveOptions) -> list[str]:
    """CBC's command line; options apply in order, so the answer file comes last.

    The text form of the answer is not asked for: writing it crashes CBC when it
    finds a contradiction before its search, and it holds 8 digits only.
    """
    values: dict[str, float | int | str] = {
        "timeMode": "elapsed",
        "ratio": options.gap,
        "allow": ABSOLUTE_GAP,
        "increment": INCREMENT,
        "primalT": PRIMAL_TOLERANCE,
        "integerT": INTEGER_TOLERANCE,
        "preprocess": PREPROCESS,
        "probing": PROBING,
        "twoMirCuts": TWO_MIR,
        "gomoryCuts": GOMORY,
        # Zero would mean "take the time of day".
        "randomS": options.seed + 1,
        "randomC": options.seed + 1,
    }
    if options.time_limit is not None:
        values["sec"] = max(0.0, options.time_limit)
    if options.threads > 1:
        values["threads"] = options.threads
    if options.start is not None:
        values["mips"] = str(files.start)
    words = [PULP_CBC_CMD.pulp_cbc_path, str(files.model)]
    for name, value in values.items():
        words += [f"-{name}", str(value)]
    return [*words, "-solve", "-saveS", str(files.binary)]


def _write_start(path: Path, start: NDArray[np.float64]) -> None:
    """Write a start vector in the form of CBC's own answer files."""
    with path.open("w", encoding="ascii") as stream:
        stream.write("Stopped on iterations - objective value 0\n")
        stream.writelines(
            f"{j} {column_name(j)} {value!r} 0\n"
            for j, value in enumerate(start.tolist())
        )


def _run(
    files: _Files, options: SolveOptions, stopped: Stopped, terminal: Terminal
) -> Stop:
    """Run CBC to its end; says why it was asked to end, or FINISHED if it was not."""
    began = time.monotonic()
    limit = float("inf")
    if options.time_limit is not None:
        limit = began + options.time_limit + OVERTIME_SECONDS
    asked, asked_at, nudged_at = Stop.FINISHED, 0.0, 0.0
    with subprocess.Popen(
        _command(files, options),
        stdin=subprocess.DEVNULL,
        stdout=terminal.writer,
        stderr=subprocess.STDOUT,
    ) as process:
        terminal.hand_over()
        try:
            while terminal.read(POLL_SECONDS):
                now = time.monotonic()
                if asked is Stop.FINISHED and (stopped() or now > limit):
                    asked = Stop.INTERRUPTED if stopped() else Stop.TIME_LIMIT
                    asked_at = now
                if asked is Stop.FINISHED:
                    continue
                if now > asked_at + GRACE_SECONDS:
                    process.kill()
                elif now > nudged_at + NUDGE_SECONDS:
                    process.send_signal(signal.SIGINT)
                    nudged_at = now
        finally:
            process.kill()
    return asked


def _values(path: Path, arrays: Arrays) -> NDArray[np.float64] | None:
    """Column values from CBC's binary file, None when missing or cut short.

    The file holds two 32-bit counts, the objective, then activities and duals of
    the rows, then values and reduced costs of the columns, all as doubles.
    """
    if not path.exists():
        return None
    content = path.read_bytes()
    if len(content) < 8:
        return None
    rows, columns = np.frombuffer(content, dtype=np.int32, count=2).tolist()
    numbers = np.frombuffer(content, dtype=np.float64, offset=8)
    if columns != arrays.num_columns or len(numbers) != 1 + 2 * (rows + columns):
        return None
    return numbers[1 + 2 * rows : 1 + 2 * rows + columns].copy()


def _status(ended: Ending, asked: Stop) -> tuple[Status, Stop]:
    """Status in the words of this package, for a run that was `asked` to end."""
    _, status, stop = ended
    if asked is Stop.FINISHED or status is Status.OPTIMAL:
        return status, stop
    # A proof that comes out of an interrupted run is not relied upon.
    return Status.FEASIBLE if status is Status.FEASIBLE else Status.UNKNOWN, asked

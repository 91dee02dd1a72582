"""What is measured, in a process of its own: ``python -m benchmarks.child``.

Its arguments are the name of a function below and a JSON object of keywords; its
last line of output is the JSON answer. This needs Linux or macOS: Windows has neither
`resource` nor alarms.
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.laps import Laps, peak_mb
from benchmarks.peers.compare import built, solved
from benchmarks.peers.linear import assigned
from benchmarks.public import instances
from benchmarks.risks import plan_for_outcomes
from benchmarks.sweeps import sweep_against_cold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matcher.program.solution import Progress
    from matcher.proposal.proposal import Proposal

Answer = dict[str, Any]
Heard = tuple[float, str, "Progress"]
"""When it was said, in which stage, and what."""


def inputs(folder: str) -> Answer:
    """From files to a program: load, setting, encode, assemble."""
    laps = Laps()
    import matcher
    from matcher.engine.run import prepare
    from matcher.formulation.assemble import assemble

    importlib.import_module("matcher.scenario.load")  # which `load` would do first
    laps.lap("import")
    scenario = matcher.load(folder)
    laps.lap("load")
    setting = scenario.setting("")
    laps.lap("setting")
    inst, terms = prepare(setting)
    laps.lap("encode")
    assembly = assemble(inst, terms, funding=True)
    laps.lap("assemble")
    return laps.found | _shape(assembly.program.arrays)


def check(folder: str) -> Answer:
    """`matcher check` as it is typed, from the start of the process to its end."""
    laps = Laps()
    command = [sys.executable, "-m", "matcher", "check", folder]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    laps.lap("command")
    if done.returncode:
        sys.exit(done.returncode)  # what is wrong stands on the error stream already
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "command s": laps.found["command s"],
        "command CPU s": used.ru_utime + used.ru_stime,
        "command peak MB": peak_mb(children=True),
    }


def against_pulp(folder: str) -> Answer:
    """The same program by `assemble` and through PuLP's own objects, in turn."""
    import matcher
    from benchmarks.peers.pulp_rows import SUMS, pulp_problem
    from matcher.engine.run import prepare
    from matcher.formulation.assemble import assemble

    inst, terms = prepare(matcher.load(folder).setting(""))
    assemble(inst, terms, funding=True)  # what is read once is read now
    laps = Laps()
    assembly = assemble(inst, terms, funding=True)
    laps.lap("assemble")
    answer = laps.found | _shape(assembly.program.arrays)
    for way, total in SUMS.items():
        problem = pulp_problem(assembly.program.arrays, total)
        laps.lap(f"pulp {way}")
        answer |= laps.found | {
            "pulp rows": problem.numConstraints(),
            "pulp columns": problem.numVariables(),
        }
        for unit in ("", " CPU"):
            ratio = laps.found[f"pulp {way}{unit} s"] / answer[f"assemble{unit} s"]
            answer[f"pulp {way} / assemble{unit}"] = ratio
        del problem
        laps = Laps()  # what is thrown away is not counted
    return answer


def solve(
    folder: str,
    backend: str,
    time_limit: float,
    checkpoints: list[float],
    patience: float,
) -> Answer:
    """A whole run: the engine's own clock, progress at checkpoints, verification.

    After ``patience`` seconds the run hears what Ctrl-C says: keep what you have.
    """
    laps = Laps()
    import matcher

    scenario = matcher.load(folder)
    laps.lap("load")
    heard: list[Heard] = []
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, patience)
    proposal = matcher.solve(
        scenario, backend=backend, time_limit=time_limit,
        report=lambda *said: heard.append((time.perf_counter(), *said)),
    )  # fmt: skip
    signal.setitimer(signal.ITIMER_REAL, 0)
    laps.lap("whole run")
    verdict = matcher.verify(proposal, scenario)
    laps.lap("verify again")
    return (
        laps.found
        | {"solver peak MB": peak_mb(children=True), "holds": int(verdict.holds)}
        | dict(_engine(proposal))
        | dict(_outcome(proposal))
        | dict(_at(checkpoints, heard))
    )


def _shape(arrays: Any) -> Answer:
    return {
        "rows": arrays.num_rows,
        "columns": arrays.num_columns,
        "entries": arrays.num_entries,
    }


def _engine(proposal: Proposal) -> Iterator[tuple[str, float]]:
    """Seconds by phase as the engine booked them."""
    for phase, seconds in proposal.meta["seconds"].items():
        yield f"{phase} s", seconds


def _outcome(proposal: Proposal) -> Iterator[tuple[str, float | None]]:
    stops = {proposal.meta[stage]["stop"] for stage in ("needed", "fundable")}
    yield "interrupted", int("interrupted" in stops)
    yield "proven optimal", int(proposal.status == "optimal")
    yield "cases launched", len(proposal.cases)
    answers = {"needed": proposal.needed, "fundable": proposal}
    for stage, answer in answers.items():
        if answer is not None:
            yield from _figures(f"{stage} final", answer.objective, answer.bound)


def _at(
    checkpoints: list[float], heard: list[Heard]
) -> Iterator[tuple[str, float | None]]:
    """Best value and last bound of each stage before each checkpoint.

    A stage's clock begins with its first solve, whatever it does after that.
    """
    for stage in dict.fromkeys(stage for _, stage, _ in heard):
        mine = [(now, progress) for now, name, progress in heard if name == stage]
        began = mine[0][0] - mine[0][1].seconds
        for seconds in checkpoints:
            before = [p for now, p in mine if now - began <= seconds]
            values = [p.incumbent for p in before if p.incumbent is not None]
            bounds = [p.bound for p in before if p.bound is not None]
            yield from _figures(
                f"{stage} {seconds:g} s",
                max(values, default=None),
                bounds[-1] if bounds else None,
            )


def _figures(when: str, value: Any, bound: Any) -> Iterator[tuple[str, float | None]]:
    # Adding zero makes a solver's -0 a plain one.
    value = None if value is None else float(value) + 0.0
    bound = None if bound is None else float(bound) + 0.0
    yield f"{when} value", value
    yield f"{when} bound", bound
    if value and bound is not None:
        yield f"{when} gap %", 100 * (bound - value) / abs(value)


MEASURED: dict[str, Callable[..., Answer]] = {
    "inputs": inputs, "check": check, "against_pulp": against_pulp, "solve": solve,
    "sweep_against_cold": sweep_against_cold, "plan_for_outcomes": plan_for_outcomes,
    "instances": instances, "solved": solved, "built": built, "assigned": assigned,
}  # fmt: skip

if __name__ == "__main__":
    answer = MEASURED[sys.argv[1]](**json.loads(sys.argv[2]))
    sys.stdout.write("\n" + json.dumps(answer) + "\n")

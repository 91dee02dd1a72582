"""One peer, or the engine, on the model of `scope`: time, memory, value and bound."""

from __future__ import annotations

import importlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.laps import Laps, peak_mb
from benchmarks.peers import PEERS
from benchmarks.peers.scope import narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.peers.found import Found

Answer = dict[str, Any]


def solved(
    folder: str, peer: str, time_limit: float, threads: int, marks: list[float],
    patience: float,
) -> Answer:  # fmt: skip
    """From tables to an answer by one peer; '' stands for the engine.

    Marks are seconds since reading began. After ``patience`` seconds the engine hears
    what Ctrl-C says.
    """
    with tempfile.TemporaryDirectory(prefix="matcher-peers-") as place:
        scenario = narrowed(Path(folder), Path(place) / "scenario", threads)
        laps = Laps()
        if not peer:
            module: Any = importlib.import_module("benchmarks.peers.engine")
            laps.lap("import")
            began = time.perf_counter()
            found = module.solve(scenario, time_limit, patience)
            laps.lap("whole run")
        else:
            from benchmarks.peers.tables import read

            module = importlib.import_module(f"benchmarks.peers.{PEERS[peer][0]}")
            laps.lap("import")
            began = time.perf_counter()
            tables = read(scenario)
            laps.lap("read")
            model = module.build(tables)
            laps.lap("build")
            found = module.solve(model, time_limit, threads)
            laps.lap("solve")
            laps.found["whole run s"] = time.perf_counter() - began
    return (
        laps.found
        | {f"{phase} s": seconds for phase, seconds in found.booked.items()}
        | {"peak MB": peak_mb(), "solver peak MB": peak_mb(children=True)}
        | dict(_figures("final", found.value, found.bound))
        | {"first plan s": _first(found, began)}
        | dict(_over_time(found, began, [m for m in marks if m <= time_limit]))
    )


def built(folder: str, peer: str) -> Answer:
    """The engine's assembly and a peer's build of the same model, in turn.

    Both begin from tables that have been read. Each is made twice, and the second one
    is timed: what is loaded at first use is loaded then.
    """
    import matcher
    from benchmarks.peers.tables import read
    from matcher.engine.run import prepare
    from matcher.formulation.assemble import assemble

    module = importlib.import_module(f"benchmarks.peers.{PEERS[peer][0]}")
    with tempfile.TemporaryDirectory(prefix="matcher-peers-") as place:
        scenario = narrowed(Path(folder), Path(place) / "scenario", 1)
        setting = matcher.load(scenario).setting("")
        tables = read(scenario)
    assemble(*prepare(setting), funding=True)
    module.build(tables)
    laps = Laps()
    inst, terms = prepare(setting)
    laps.lap("encode")
    arrays = assemble(inst, terms, funding=True).program.arrays
    laps.lap("assemble")
    model = module.build(tables)
    laps.lap("build")
    answer = laps.found | {
        "rows": arrays.num_rows, "columns": arrays.num_columns,
        "entries": arrays.num_entries,
    }  # fmt: skip
    for unit in ("", " CPU"):
        assembled = answer[f"assemble{unit} s"]
        built_in = answer[f"build{unit} s"]
        answer[f"build / assemble{unit}"] = built_in / assembled
        answer[f"build / encode and assemble{unit}"] = built_in / (
            answer[f"encode{unit} s"] + assembled
        )
    del model
    return answer


def _first(found: Found, began: float) -> float | None:
    """Seconds until a plan with points; doing nothing is no plan here."""
    with_points = [s.at for s in found.steps if s.value is not None and s.value > 0]
    return min(with_points) - began if with_points else None


def _over_time(
    found: Found, began: float, marks: list[float]
) -> Iterator[tuple[str, float | None]]:
    """Best value and lowest bound so far at every mark."""
    for seconds in marks:
        before = [step for step in found.steps if step.at - began <= seconds]
        values = [step.value for step in before if step.value is not None]
        bounds = [step.bound for step in before if step.bound is not None]
        yield from _figures(
            f"{seconds:g} s", max(values, default=None), min(bounds, default=None)
        )


def _figures(
    when: str, value: float | None, bound: float | None
) -> Iterator[tuple[str, float | None]]:
    # Adding zero makes a solver's -0 a plain one.
    value = None if value is None else value + 0.0
    bound = None if bound is None else bound + 0.0
    yield f"{when} value", value
    yield f"{when} bound", bound
    gap = None
    if value and bound is not None:
        # Solvers stop a hair on the wrong side of each other.
        gap = 100 * max(bound - value, 0.0) / abs(value)
    elif value == bound == 0:
        gap = 0.0
    yield f"{when} gap %", gap

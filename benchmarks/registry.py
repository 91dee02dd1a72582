"""Every measurement by name: what it measures, how often, and what is hoped for.

Two axes choose among them. Size is how large the scenario is; severity is how long
one is willing to wait: `smoke` shows in seconds that everything runs, `quick` takes
minutes, `full` hours. A severity includes those before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from benchmarks.drawn import FAMILIES
from benchmarks.peers import LINEAR, PEERS
from benchmarks.sizes import REGIMES, SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEVERITIES: Final = ("smoke", "quick", "full")
BACKENDS: Final = ("highs", "cpsat", "cbc")

CHECKPOINTS: Final = (60.0, 100.0, 120.0)
"""Seconds of a solver's own clock at which value and bound are looked at."""
MARKS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0)
"""Seconds since tables began to be read, where peers are compared."""
THREADS: Final = 2
"""Of every solver, where peers are compared."""
LINEAR_SIZES: Final = {"XS": 200, "S": 500, "M": 1000, "L": 2000}
"""Rows and columns of plain assignments."""
OVERTIME_FACTOR: Final = 1.5
OVERTIME_SECONDS: Final = 60.0
"""A stage may outlast its limit by this much before it is interrupted: solvers look
at the clock only between steps. The same goes for what follows the two stages."""
GRACE_SECONDS: Final = 600.0
"""A measurement that goes on this much longer than foreseen hangs, and is ended."""


@dataclass(frozen=True, eq=False, slots=True)
class Benchmark:
    """One measurement on scenarios of one size and regime."""

    family: str
    size: str
    severity: str
    measures: str
    goal: str
    function: str
    """Name among `child.MEASURED`."""
    regime: str = "balanced"
    repeats: int = 3
    """Fresh processes, one after the other; medians are told."""
    options: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    """Tells apart what differs in options only."""
    needs: tuple[str, ...] = ()
    """Packages of the extra `benchmark` without which it is skipped."""
    seeded: bool = False
    """It gets the seed instead of a scenario, and draws by itself."""

    @property
    def name(self) -> str:
        """Family, size, regime and label, joined by hyphens."""
        words = (self.family, self.size, self.regime, self.label)
        return "-".join(word for word in words if word)

    @property
    def timeout(self) -> float:
        """Seconds after which it is ended."""
        return float(self.options.get("patience", 0.0)) + GRACE_SECONDS


def _everywhere() -> Iterable[Benchmark]:
    """What takes seconds, on every size."""
    for size in SIZES:
        severity, few = ("smoke", 2) if size == "XS" else ("quick", 5)
        yield Benchmark(
            "inputs", size, severity, "load, setting, encode and assemble, in a fresh "
            "process", "XL assembled in 0.05 s", "inputs", repeats=few,
        )  # fmt: skip
        yield Benchmark(
            "check", size, severity, "the command `matcher check`, start to end",
            "XL below 3 s and 1000 MB", "check", repeats=few,
        )  # fmt: skip
        yield Benchmark(
            "pulp", size, severity, "assembly against PuLP's objects, the same rows",
            "XL: sums of products take PuLP 100 times as long", "against_pulp",
            repeats=few,
        )  # fmt: skip


def _runs() -> Iterable[Benchmark]:
    """Whole runs to proven optimality."""
    for size, severity in (("XS", "smoke"), ("S", "quick")):
        for regime in REGIMES if size == "S" else ("balanced",):
            for backend in ("highs", "cpsat") if size == "S" else ("highs",):
                yield Benchmark(
                    "run", size, severity, "a whole run, phase by phase",
                    "S proven optimal below 2 s", "solve", regime=regime,
                    label=backend, repeats=1 if size == "XS" else 3,
                    options=_limit(600.0, backend),
                )  # fmt: skip


def _handed() -> Iterable[Benchmark]:
    """Large programs on their way to a solver that gets next to no time."""
    for size in ("M", "L", "XL"):
        yield Benchmark(
            "short", size, "full", "a whole run whose solver gets one second: what "
            "goes into everything else", "XL hand-over below 1 s", "solve",
            label="highs", options=_limit(1.0, "highs"),
        )  # fmt: skip


def _gaps() -> Iterable[Benchmark]:
    """Value, bound and gap over time."""
    goals = {"M": "4 % at 60 s", "L": "7 % at 100 s", "XL": "8 % at 120 s"}
    for size, goal in goals.items():
        for regime in REGIMES if size == "M" else ("balanced",):
            for backend in BACKENDS:
                yield Benchmark(
                    "gap", size, "full", "value, bound and gap after 60, 100, 120 s "
                    "of each stage", goal, "solve", regime=regime, label=backend,
                    repeats=1, options=_limit(CHECKPOINTS[-1], backend),
                )  # fmt: skip


def _sweeps() -> Iterable[Benchmark]:
    """A sweep against single runs of the same assumptions, in turn."""
    bundled = {"bundled": "miniature"}
    for size, severity, label, count, repeats, more in (
        ("XS", "smoke", "few", 2, 1, {"gap": 0.0}),
        ("XS", "quick", "miniature", 50, 3, {"gap": 0.0, **bundled}),
        ("XS", "quick", "", 50, 3, {"gap": 0.0}),
        ("S", "full", "", 50, 3, {"gap": 0.1}),
    ):
        yield Benchmark(
            "sweep", size, severity, "assumptions in one sweep by one process, against "
            "the same as commands and by one `matcher.solve` after the other",
            "at most 0.2 of the commands and 0.5 of the solves", "sweep_against_cold",
            label=label, repeats=repeats,
            options={"count": count, "patience": 50 * GRACE_SECONDS, **more},
        )  # fmt: skip


def _risks() -> Iterable[Benchmark]:
    """Plans for many outcomes of bundled scenarios."""
    for severity, bundled, gap in (
        ("smoke", "miniature", 0.0), ("full", "3dp-2023", 0.01),
    ):  # fmt: skip
        yield Benchmark(
            "risk", "XS", severity, "a plan decided before the outcome is known, to a "
            "proven gap", "3dp-2023: 64 outcomes to 1 % in minutes",
            "plan_for_outcomes", label=bundled, repeats=1,
            options={"bundled": bundled, "gap": gap, "time_limit": 120.0,
                     "patience": 3600.0},
        )  # fmt: skip


def _public() -> Iterable[Benchmark]:
    """Problems of public families, drawn and written in their public formats."""
    for family in FAMILIES:
        for size, severity in (("XS", "smoke"), ("S", "quick"), ("M", "full")):
            yield Benchmark(
                family, size, severity, "the numerical core on problems in a public "
                "format, 60 s each", "XS and S proven optimal", "instances", repeats=1,
                options={"family": family, "backend": "auto", "gap": 0.0,
                         "time_limit": 60.0, "patience": 7200.0},
            )  # fmt: skip


def _peers() -> Iterable[Benchmark]:
    """The same model by the engine and by peers: whole runs, and building alone."""
    for size, severity, seconds, few in (
        ("XS", "smoke", 10.0, 1), ("S", "quick", 60.0, 3), ("M", "full", 120.0, 1),
    ):  # fmt: skip
        for peer, (_, needs) in {"": ("", ()), **PEERS}.items():
            yield Benchmark(
                "peers", size, severity, "tables to answer, with direct grants only, "
                "two threads", "M: gap of 4 % at 60 s; the best peer is behind",
                "solved", label=peer or "engine", repeats=few, needs=needs,
                options={"peer": peer, "time_limit": seconds, "threads": THREADS,
                         "marks": MARKS, "patience": 2 * seconds + OVERTIME_SECONDS},
            )  # fmt: skip
    for size in SIZES:
        for peer, (_, needs) in PEERS.items():
            severity = {"XS": "smoke", "S": "quick"}.get(size, "full")
            yield Benchmark(
                "builds", size, severity, "assembly against a peer's model from the "
                "same tables, in turn", "XL: PuLP takes 100 times as long, linopy 80",
                "built", label=peer, repeats=1 if size == "XS" else 5, needs=needs,
                options={"peer": peer},
            )  # fmt: skip
    for size, n in LINEAR_SIZES.items():
        for label, share in (("dense", 1.0), ("sparse", 0.05)):
            for peer, (_, needs) in LINEAR.items():
                yield Benchmark(
                    "linear", size, "smoke" if size == "XS" else "quick",
                    f"{n} rows to {n} columns, {label}, by the core and by a peer, in "
                    "turn", "as fast as the peer", "assigned", seeded=True,
                    label=f"{label}-{peer}", repeats=1 if size == "XS" else 3,
                    needs=needs, options={"peer": peer, "n": n, "share": share},
                )  # fmt: skip


def _limit(seconds: float, backend: str) -> Mapping[str, Any]:
    kept = [mark for mark in CHECKPOINTS if mark <= seconds]
    patience = 2 * (seconds * OVERTIME_FACTOR + OVERTIME_SECONDS)
    return {
        "backend": backend,
        "time_limit": seconds,
        "checkpoints": kept,
        "patience": patience,
    }


BENCHMARKS: Final = {
    one.name: one
    for make in (
        _everywhere,
        _runs,
        _handed,
        _gaps,
        _sweeps,
        _risks,
        _public,
        _peers,
    )
    for one in make()
}


def chosen(
    names: Iterable[str] = (), *, severity: str | None = None, sizes: Iterable[str] = ()
) -> tuple[Benchmark, ...]:
    """Benchmarks of given names or families, up to a severity, of given sizes.

    Raises
    ------
    KeyError
        With the name that stands for nothing.
    """
    wanted, of_size = tuple(names), tuple(sizes)
    for name in wanted:
        if not any(name in (one.name, one.family) for one in BENCHMARKS.values()):
            raise KeyError(name)
    allowed = SEVERITIES[: SEVERITIES.index(severity) + 1] if severity else SEVERITIES
    return tuple(
        one for one in BENCHMARKS.values()
        if (not wanted or one.name in wanted or one.family in wanted)
        and one.severity in allowed
        and (not of_size or one.size in of_size)
    )  # fmt: skip


def for_files(families: Iterable[str]) -> tuple[Benchmark, ...]:
    """Benchmarks that solve files of others instead of drawn ones.

    Raises
    ------
    KeyError
        With the name that is no family with a public format.
    """
    for family in families:
        if family not in FAMILIES:
            raise KeyError(family)
    return tuple(
        replace(one, size="", regime="", label="files", goal="none")
        for one in _public()
        if one.size == "XS" and one.family in set(families)
    )

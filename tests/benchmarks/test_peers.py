"""Peers are given the same model as the engine, and answer it alike."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from benchmarks import results, runner
from benchmarks.__main__ import main
from benchmarks.generate import write_scenario
from benchmarks.machine import ROOT
from benchmarks.peers import LINEAR, PEERS, highslog
from benchmarks.peers.linear import assigned, costs
from benchmarks.peers.scope import narrowed
from benchmarks.peers.tables import read
from benchmarks.registry import BENCHMARKS

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.results import Row

OPTIONS: dict[str, Any] = {
    "time_limit": 30.0, "threads": 2, "marks": [30.0], "patience": 300.0
}  # fmt: skip
POINTS = 134.5
"""Of the best plan of the tiny scenario within the scope; 397.5 with more own money."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of size XS in which own money, grants, levels, roles and stock decide.

    Without any one of these limits its best plan has other points.
    """
    return write_scenario(tmp_path_factory.mktemp("tiny"), "XS", "scarce", 1)


def installed(peer: str, table: dict[str, Any]) -> None:
    """Skip where a package of the peer is missing."""
    for package in table[peer][1]:
        pytest.importorskip(package, reason=f"{package} comes with extra benchmark")


@pytest.mark.parametrize("peer", ["", *PEERS])
def test_all_find_the_same_optimum(peer: str, tiny: Path) -> None:
    """The engine and every peer prove the same value, in a process of their own.

    CP-SAT and HiGHS cannot be loaded into one process.
    """
    if peer:
        installed(peer, PEERS)
    program = (
        "import json, sys; from benchmarks.peers.compare import solved;"
        "print(json.dumps(solved(**json.loads(sys.argv[1]))))"
    )
    words = json.dumps({"folder": str(tiny), "peer": peer, **OPTIONS})
    done = subprocess.run(
        [sys.executable, "-c", program, words], cwd=ROOT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["final value"] == pytest.approx(POINTS, abs=1e-6)
    assert answer["final bound"] == pytest.approx(POINTS, abs=1e-6)
    assert answer["30 s value"] == pytest.approx(POINTS, abs=1e-6)
    assert answer["build s"] > 0
    assert answer["peak MB"] > 10
    assert answer["first plan s"] > 0


def test_the_scope_holds_direct_grants_only(tmp_path: Path) -> None:
    """Pooled funds, programmes and budgets are gone; the rest stands as it was."""
    whole = write_scenario(tmp_path / "whole", "S", "balanced", 1)
    part = narrowed(whole, tmp_path / "part", 2)
    assert not (part / "budgets.csv").exists()
    assert {path.stem for path in (part / "rulebooks").iterdir()} == {
        "partnership", "direct-1"
    }  # fmt: skip
    assert (part / "needs.csv").read_bytes() == (whole / "needs.csv").read_bytes()
    assert "threads: 2" in (part / "scenario.yaml").read_text("utf-8")


def test_the_tables_say_what_the_engine_reads(tmp_path: Path) -> None:
    """Pairs, leads, amounts and fits are those of the engine's own columns."""
    import matcher
    from matcher.engine.run import prepare
    from matcher.formulation.assemble import assemble

    whole = write_scenario(tmp_path / "whole", "S", "balanced", 1)
    part = narrowed(whole, tmp_path / "part", 1)
    tables = read(part)
    inst, terms = prepare(matcher.load(part).setting(""))
    program = assemble(inst, terms, funding=True).program
    sizes = {block.name: block.size for block in program.columns}
    assert len(tables.members) == sizes["member"]
    assert len(tables.leads) == sizes["lead"]
    assert len(tables.observers) == sizes["observer"]
    assert len(tables.usable) == sizes["uses"]
    # The engine leaves out what nobody in the case could take.
    assert len(tables.supplies) >= sizes["supply"]
    assert len(tables.services) >= sizes["serve"]


@pytest.mark.parametrize("peer", LINEAR)
@pytest.mark.parametrize("share", [1.0, 0.1])
def test_plain_assignments_cost_the_same(peer: str, share: float) -> None:
    """The core and the peer agree on the total, or no figures come out."""
    installed(peer, LINEAR)
    answer = assigned(1, peer, 30, share)
    assert answer["core total"] == answer["peer total"] > 0
    assert answer["core / peer"] > 0


def test_drawn_costs_follow_the_seed() -> None:
    """The same seed draws the same costs, another seed others."""
    assert (costs(1, 20, 1.0) == costs(1, 20, 1.0)).all()
    assert (costs(1, 20, 1.0) != costs(2, 20, 1.0)).any()
    assert costs(1, 20, 0.1).nnz < 100  # type: ignore[union-attr]


def test_a_peer_that_is_not_there_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is skipped, the row names the package, and the command succeeds."""
    name = "peers-XS-balanced-linopy-highs"
    one = dataclasses.replace(BENCHMARKS[name], needs=("no_such_peer",))
    monkeypatch.setitem(BENCHMARKS, name, one)
    out = tmp_path / "results.csv"
    done = CliRunner().invoke(main, ["run", name, "--out", str(out)])
    assert done.exit_code == 0, done.output
    (row,) = results.read(out)
    assert (row.metric, row.median) == (runner.SKIPPED, None)
    assert row.note == "not installed: no_such_peer"


def test_every_peer_is_a_file() -> None:
    """Names in the registry stand for files, and need what the extra installs."""
    extra = (ROOT / "pyproject.toml").read_text("utf-8")
    for file, needs in (*PEERS.values(), *LINEAR.values()):
        assert importlib.util.find_spec(f"benchmarks.peers.{file}")
        for package in needs:
            assert f'"{package}>=' in extra


def test_the_log_of_highs_is_read() -> None:
    """Plans and bounds come with their time; what is not known stays open."""
    log = (
        " J       0       0         0   0.00%   inf             -0                 "
        "Large        0      0      0         0     0.0s\n"
        "         0       0         0   0.00%   434.58          397.5              "
        "1.86%      467     35     83       236     0.3s\n"
        "  Primal bound      397.5\n  Dual bound        404.25\n  Timing   0.50\n"
    )
    first, second = highslog.steps(log, 10.5, 1.0)
    assert (first.at, first.value, first.bound) == (10.0, 0.0, None)
    assert (second.at, second.value, second.bound) == (10.3, 397.5, 434.58)
    assert highslog.final(log, -1.0) == (-397.5, -404.25)
    assert highslog.final("", 1.0) == (None, None)


def _row(name: str, metric: str, median: float | None) -> Row:
    return results.Row(
        run="now", benchmark=f"peers-XS-balanced-{name}", size="XS", regime="balanced",
        seed=1, metric=metric, median=median, lowest=median, highest=median,
        repeats=1, goal="none", commit="", source="", machine="", system="",
        python="", packages="",
    )  # fmt: skip


def test_peers_are_drawn(tmp_path: Path) -> None:
    """The plot names every peer, and the same rows give the same file."""
    pytest.importorskip("matplotlib", reason="matplotlib comes with extra benchmark")
    out = tmp_path / "results.csv"
    results.append(out, [_row("a", "1 s value", 1.0), _row("b", "1 s bound", 2.0)])
    drawn = []
    for _ in range(2):
        done = CliRunner().invoke(main, ["plot", str(out)])
        assert done.exit_code == 0, done.output
        drawn.append(out.with_suffix(".svg").read_bytes())
    assert drawn[0] == drawn[1]


def test_nothing_is_drawn_of_something_else(tmp_path: Path) -> None:
    """Results without peers are no plot, and the message says so."""
    pytest.importorskip("matplotlib", reason="matplotlib comes with extra benchmark")
    out = tmp_path / "results.csv"
    results.append(out, [_row("a", "build s", 1.0)])
    done = CliRunner().invoke(main, ["plot", str(out)])
    assert done.exit_code == 2
    assert "no rows of the family peers" in done.output

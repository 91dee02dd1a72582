"""The benchmarks run, and what they write can be read; figures are not judged here."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import results
from benchmarks.__main__ import main
from benchmarks.child import MEASURED
from benchmarks.machine import commit, source_digest
from benchmarks.peers.pulp_rows import SUMS, pulp_problem
from benchmarks.registry import BENCHMARKS, SEVERITIES, chosen
from benchmarks.sizes import REGIMES, SIZES
from matcher.program.program import Arrays

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of results of everything of severity smoke."""
    out = tmp_path_factory.mktemp("benchmarks") / "results.csv"
    done = CliRunner().invoke(main, ["run", "--severity", "smoke", "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


def test_smoke_measures_every_phase(smoke: Path) -> None:
    """Each phase of the way has its seconds, and memory where it is asked for."""
    rows = {(row.benchmark, row.metric): row for row in results.read(smoke)}
    for benchmark, metrics in (
        ("inputs-XS-balanced", ("load", "setting", "encode", "assemble")),
        ("check-XS-balanced", ("command",)),
        ("pulp-XS-balanced", ("assemble", "pulp products", "pulp pairs")),
        ("run-XS-balanced-highs", ("load", "whole run", "verify again")),
    ):
        for metric in metrics:
            assert rows[benchmark, f"{metric} s"].median > 0  # type: ignore[operator]
            assert rows[benchmark, f"{metric} peak MB"].median > 10  # type: ignore[operator]
    for phase in ("encode", "assemble", "solve", "hand-over", "settle", "decode"):
        assert rows["run-XS-balanced-highs", f"{phase} s"].repeats == 1
    assert rows["run-XS-balanced-highs", "solver peak MB"].median > 10  # type: ignore[operator]
    assert rows["run-XS-balanced-highs", "holds"].median == 1
    for other in ("commands", "cold"):
        assert rows["sweep-XS-balanced-few", f"sweep / {other}"].median > 0  # type: ignore[operator]
    assert rows["run-XS-balanced-highs", "proven optimal"].median == 1


def test_rows_say_where_they_were_made(smoke: Path) -> None:
    """Machine, versions and state of the source stand in every row."""
    for row in results.read(smoke):
        assert row.seed == 1
        assert row.goal
        assert "numpy " in row.packages
        assert "cores" in row.machine
        assert len(row.source) == 12
        assert row.lowest is None or row.lowest <= row.median <= row.highest  # type: ignore[operator]


def test_lines_of_json_say_the_same(smoke: Path) -> None:
    """The two files of results agree, figure by figure."""
    lines = smoke.with_suffix(".jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["median"] for line in lines] == [
        row.median for row in results.read(smoke)
    ]


def test_the_report_shows_every_figure(smoke: Path, tmp_path: Path) -> None:
    """Tables for the terminal and for Markdown hold all benchmarks and metrics."""
    page = tmp_path / "page.md"
    done = CliRunner().invoke(main, ["report", str(smoke), "--out", str(page)])
    assert done.exit_code == 0, done.output
    text = page.read_text("utf-8")
    for row in results.read(smoke):
        assert f"## {row.benchmark}, seed 1" in text
        problem, _, figure = row.metric.rpartition(": ")
        assert f"| {problem or figure} |" in text
        assert f"| {figure} |" in text
    assert "inputs-XS-balanced" in done.output


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """No report is made up from other tables; the message names the file."""
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    done = CliRunner().invoke(main, ["report", str(other)])
    assert done.exit_code == 2
    assert "other.csv, line 1" in done.output
    assert not other.with_suffix(".md").exists()


def test_a_failure_is_a_row_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a measured process said last is kept; the other results stay."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('no way')\n", "utf-8")
    out = tmp_path / "results.csv"
    words = ["run", "check", "--size", "XS", "--out", str(out)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    (row,) = results.read(out)
    assert (row.metric, row.median, row.repeats) == ("failed", None, 0)
    assert "no way" in row.note


@pytest.mark.parametrize(
    "words",
    [["run", "nothing"], ["run", "gap", "--size", "XS"], ["run", "--seed", "x"]],
)
def test_what_is_not_there_cannot_be_run(words: list[str], tmp_path: Path) -> None:
    """A wrong name, an empty choice and a wrong seed are slips of the command line."""
    out = tmp_path / "results.csv"
    done = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert done.exit_code == 2
    assert not out.exists()


def test_severities_include_those_before() -> None:
    """Each severity adds to the one before, and the last one holds everything."""
    sets = [set(chosen(severity=name)) for name in SEVERITIES]
    assert sets[0] < sets[1] < sets[2] == set(BENCHMARKS.values())


def test_the_registry_names_what_exists() -> None:
    """Every entry has a name of its own, a size, a regime, a function and a goal."""
    for name, one in BENCHMARKS.items():
        assert one.name == name
        assert one.size in SIZES
        assert one.regime in REGIMES
        assert one.function in MEASURED
        assert one.measures
        assert one.goal


@pytest.mark.parametrize("way", SUMS)
def test_pulp_gets_the_same_program(way: str) -> None:
    """Rows, ranges, bounds and points arrive; the best value is the one by hand."""
    inf = math.inf
    arrays = Arrays(
        indptr=np.array([0, 2, 4, 6]), indices=np.array([0, 1, 0, 1, 0, 1]),
        data=np.array([1.0, 1.0, 1.0, -1.0, 2.0, 1.0]),
        row_lower=np.array([-inf, -1.0, 5.0]), row_upper=np.array([4.5, 1.0, 5.0]),
        lower=np.zeros(2), upper=np.array([3.0, 3.0]),
        objective=np.array([3.0, 2.0]), integer=np.array([True, True]),
    )  # fmt: skip
    problem = pulp_problem(arrays, SUMS[way])
    # One row below, two for the range, one for the equation.
    assert problem.numConstraints() == 4
    assert problem.numVariables() == 2
    x, y = problem.variables()
    assert (x.upBound, y.upBound, x.cat) == (3, 3, "Integer")
    # 2x + y = 5, |x - y| <= 1, x + y <= 4.5, whole: only x = 2, y = 1.
    x.varValue, y.varValue = 2, 1
    assert problem.valid()
    assert problem.objective.value() == 8
    x.varValue, y.varValue = 1, 3
    assert not problem.valid()


def test_the_commit_is_read_without_git(tmp_path: Path) -> None:
    """A branch, a packed branch and a bare commit are all understood."""
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    assert commit(tmp_path) == ""
    (git / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (git / "packed-refs").write_text("# pack\nabc refs/heads/main\n", "utf-8")
    assert commit(tmp_path) == "abc"
    (git / "refs" / "heads" / "main").write_text("def\n", "utf-8")
    assert commit(tmp_path) == "def"
    (git / "HEAD").write_text("123\n", "utf-8")
    assert commit(tmp_path) == "123"


def test_the_source_digest_sees_every_change(tmp_path: Path) -> None:
    """A changed line and a moved file are told apart."""
    (tmp_path / "a.py").write_text("1", "utf-8")
    first = source_digest(tmp_path)
    (tmp_path / "a.py").write_text("2", "utf-8")
    second = source_digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, source_digest(tmp_path)}) == 3

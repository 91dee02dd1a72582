"""A sweep: what is equal, what is kept of each run, and what is told."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.program.solution import Stop
from matcher.proposal.jsonform import points as told
from matcher.study.sweep import runners
from matcher.study.sweep.answers import FAILED, FAULTY, Answer, key_of
from matcher.study.sweep.grid import read_grid
from matcher.study.sweep.runners import Here, Processes
from matcher.study.sweep.store import STORE
from matcher.study.sweep.sweep import Asked
from tests.scenarios.conftest import ROOT, call, document, run
from tests.study.grids import (
    DISTINCT,
    RUNS,
    SMALL,
    content,
    grid_file,
    swept,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_settings_have_equal_keys() -> None:
    """The way to a setting plays no part; figures, seed and gap do."""
    scenario = matcher.load("miniature")
    asked = Asked()

    def key(assumption: str, how: Asked = asked, seed: int | None = None) -> str:
        setting = scenario.setting(assumption)
        return key_of(setting, *how.of(setting, seed))

    assert key("") == key("baseline") == key("", seed=0)
    assert key("eu-only+expected-cases") == key("expected-cases+eu-only")
    assert len({key(n) for n in ("", *scenario.assumptions[:8])}) == 9
    assert key("") != key("", seed=1)
    assert key("") != key("", Asked(gap=0.1))
    assert key("") != key("", Asked(time_limit=1.0))
    assert key("") != key("", Asked(backend="cbc"))


def test_runs_are_those_of_single_solves(small: Path, whole: Path) -> None:
    """Points, consortia and money are those that each setting brings alone."""
    rows = swept(small, whole).rows
    assert len(rows) == RUNS
    for row in rows:
        if row.labels["pool"] != "1x" or row.labels["objective"] != "baseline":
            continue
        if row.labels["money"] == "poor":
            continue
        alone = matcher.solve("miniature", assumption=row.labels["money"])
        answer = row.answer
        assert answer is not None
        assert answer.needed == alone.needed.objective  # type: ignore[union-attr]
        assert (answer.points, answer.bound) == (alone.objective, alone.bound)
        paid = sum(p.amount for case in alone.cases for p in case.funding)
        assert sum(cents for _, cents in answer.money) == paid
        assert sum(value * weight for _, value, weight in answer.terms) == answer.points


def test_equal_settings_share_an_answer(small: Path, tmp_path: Path) -> None:
    """Every run has its row; what is equal is solved once."""
    done = swept(small, tmp_path / "out")
    assert len({row.run for row in done.rows}) == RUNS
    assert len(content(tmp_path / "out")["answers"]) == DISTINCT


def test_a_second_sweep_does_nothing(
    small: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that are done are neither solved nor written again."""
    before = content(whole)
    monkeypatch.setattr(runners, "work", None)
    again = swept(small, whole)
    assert (again.before, len(again.rows)) == (RUNS, RUNS)
    assert content(whole) == before


def test_another_grid_adds_rows(whole: Path, tmp_path: Path) -> None:
    """Rows of a former grid stay; runs that are known already are not solved."""
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    former = content(out)
    text = "format: 1\naxes:\n  money: [baseline, regional-money]\n  seed: [0]\n"
    done = swept(grid_file(tmp_path, text), out)
    after = content(out)
    assert set(former["runs"]) < set(after["runs"])
    assert len(after["runs"]) == RUNS + 2
    assert len(after["answers"]) == DISTINCT + 1  # the baseline is known
    assert len(done.rows) == 2
    with (out / "runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == RUNS + 2
    assert {row["seed"] for row in rows} == {"", "0"}


def test_changed_inputs_replace_the_answers(tmp_path: Path) -> None:
    """A run is done for the inputs as they are, and has one row all the same."""
    folder = tmp_path / "mini"
    shutil.copytree(ROOT / "scenarios" / "miniature", folder)
    path = grid_file(
        tmp_path, "format: 1\naxes:\n  money: [baseline, regional-money]\n"
    )
    first = matcher.sweep(folder, grid=path, out=tmp_path / "out")
    budgets = folder / "budgets.csv"
    budgets.write_text(budgets.read_text("utf-8").replace("600000", "100000"), "utf-8")
    second = matcher.sweep(folder, grid=path, out=tmp_path / "out")
    assert [row.run for row in first.rows] == [row.run for row in second.rows]
    assert second.before == 0
    assert len(content(tmp_path / "out")["runs"]) == 2
    old, new = (
        [row.answer.points for row in of.rows if row.answer] for of in (first, second)
    )
    assert all(after < before for before, after in zip(old, new, strict=True))  # type: ignore[operator]


def test_what_fails_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faulty, failed and impossible runs end nothing; the first two are tried again."""
    text = """
format: 1
axes:
  least: {set: limits.min_cases, values: [0, 3]}
  most: {set: limits.max_cases, values: [1, 3]}
  staff: {set: regions.ALD.max_cases, values: [0, 2]}
"""
    path, out = grid_file(tmp_path, text), tmp_path / "out"
    real = runners.answered

    def failing(task: Any, *rest: Any) -> Answer:
        if task.run.labels == {"least": "0", "most": "1", "staff": "2"}:
            raise matcher.errors.SolverFailed("it broke")
        return real(task, *rest)

    monkeypatch.setattr(runners, "answered", failing)
    done = swept(path, out)
    found = {tuple(row.labels.values()): row for row in done.rows}
    assert len(found) == 8
    assert found["3", "1", "0"].status == FAULTY
    assert "min_cases" in found["3", "1", "0"].error
    assert (found["0", "1", "2"].status, found["0", "1", "2"].error) == (
        FAILED, "it broke",
    )  # fmt: skip
    impossible = found["3", "3", "0"]
    assert impossible.status == "infeasible"
    assert impossible.answer is not None
    assert impossible.answer.points is None
    assert "impossible" not in str(done.plain())
    assert done.failed == 3
    assert any("without an answer" in sentence for sentence in done.sentences)

    monkeypatch.setattr(runners, "answered", real)
    again = swept(path, out)
    assert again.before == 5
    assert {row.status for row in again.rows} == {FAULTY, "infeasible", "optimal"}
    assert len(content(out)["runs"]) == 8


def test_the_command_and_its_files(small: Path, tmp_path: Path) -> None:
    """One document for programs, tables for people, one file for everything."""
    out = tmp_path / "out"
    words = ("sweep", "miniature", "--grid", small, "--out", out, "--jobs", 1)
    ended = run(*words, "--json")
    assert ended.returncode == 0, ended.stderr
    data = document(ended.stdout)
    assert (data["study"], data["runs"], data["failed"]) == ("sweep", RUNS, 0)
    assert data["statuses"] == {"optimal": RUNS}
    assert len(data["tables"]["runs"]) == RUNS
    assert f"{RUNS} of {RUNS} runs" in ended.stderr
    assert document((out / "sweep.json").read_text("utf-8")) == data
    assert {path.name for path in out.iterdir()} == {
        STORE, "runs.csv", "memberships.csv", "by_value.csv", "extremes.csv",
        "members.csv", "sweep.json",
    }  # fmt: skip
    shown = call(*words)
    assert shown.exit_code == 0
    for part in ("Points by value", "eu-only", "launched", "12 of them were before"):
        assert part in shown.stdout
    assert "about" not in shown.stderr


def test_the_summary_counts_right(small: Path, whole: Path) -> None:
    """By value, best, worst and members, each as counted from the rows."""
    done = swept(small, whole)
    values = {tuple(row[:3]): row[3:] for row in done.by_value.rows}
    mine = sorted(
        row.answer.points
        for row in done.rows
        if row.labels["money"] == "eu-only"
        and row.labels["objective"] == "baseline"
        and row.answer is not None
        and row.answer.points is not None
    )
    assert values["money", "eu-only", "baseline"] == (
        2, 2, 0, mine[0], Fraction(mine[0] + mine[1]) / 2, mine[1],
    )  # fmt: skip
    launched = done.members.rows[0]
    assert launched[0] == "launched"
    for region, *counts in done.members.rows[1:]:
        for case, number in zip(done.members.columns[1:], counts, strict=True):
            assert number == sum(
                any(
                    one.case == case and region in (one.lead, *one.partners)
                    for one in row.answer.consortia
                )
                for row in done.rows
                if row.answer is not None
            )
    by_points = {row[4]: row for row in done.extremes.rows if row[0] == 1}
    assert by_points
    assert len(done.runs.frame) == RUNS
    assert set(done.memberships.frame["role"]) <= {"lead", "partner", "observer"}


def test_the_view_has_a_column_for_each_axis(whole: Path) -> None:
    """SQLite alone answers a question about axes and points."""
    with sqlite3.connect(whole / STORE) as file:
        found = dict(
            file.execute(
                "SELECT money, max(points) FROM results WHERE objective = 'baseline' "
                "AND pool = '1x' GROUP BY money"
            )
        )
        meta = dict(file.execute("SELECT key, value FROM meta"))
    file.close()
    assert found["baseline"] == pytest.approx(11.86)
    assert found["eu-only"] == pytest.approx(2.7)
    assert json.loads(meta["versions"])["matcher"] == matcher.__version__
    assert any(key.startswith("grid ") for key in meta)
    assert any(key.startswith("input miniature/") for key in meta)


def test_a_large_program_begins_from_the_plan_as_written(
    small: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the size asks for it, a plan is found first; the answers are as good."""
    import matcher.study.sweep.answers as answers
    import matcher.study.sweep.sweep as study

    monkeypatch.setattr(answers, "LARGE", 0)
    monkeypatch.setattr(study, "LARGE", 0)
    begun = []
    real = answers.start_of

    def start(*given: Any) -> Any:
        begun.append(real(*given))
        return begun[-1]

    monkeypatch.setattr(answers, "start_of", start)
    text = SMALL.replace("[baseline, eu-only,", "[regional-money, eu-only,")
    done = swept(grid_file(tmp_path, text), tmp_path / "out")
    assert begun[0] is None  # the plan as written itself
    assert all(x is not None for x in begun[1:])
    bests = {told(row.answer.points) for row in done.rows if row.answer is not None}
    assert told(Fraction(1186, 100)) in bests
    assert {row.status for row in done.rows} == {"optimal"}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program counts as large."""
    import matcher.study.sweep.answers as answers
    import matcher.study.sweep.sweep as study

    monkeypatch.setattr(answers, "LARGE", 0)
    monkeypatch.setattr(study, "LARGE", 0)


@pytest.mark.usefixtures("large")
def test_another_beginning_has_another_key(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun otherwise is asked anew; what began from the same is done."""
    real, out = runners.answered, tmp_path / "out"

    def failing(task: Any, *rest: Any) -> Answer:
        if not task.run.steps:
            raise matcher.errors.SolverFailed("it broke")
        return real(task, *rest)

    monkeypatch.setattr(runners, "answered", failing)
    first = {row.labels["money"]: row for row in swept(few, out).rows}
    monkeypatch.setattr(runners, "answered", real)
    again = swept(few, out)
    assert again.before == 1  # the scenario as written begins from nothing
    for row in again.rows:
        before = first[row.labels["money"]]
        assert row.run == before.run
        assert row.answer is not None
        assert before.answer is not None
        same = row.labels["money"] == "baseline"
        assert (row.answer.key == before.answer.key) is same
    monkeypatch.setattr(runners, "work", None)
    assert swept(few, out).before == 4


@pytest.mark.usefixtures("large")
def test_ctrl_c_before_the_beginning_is_known(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is done then, and the sweep goes on later."""
    real = runners.answered

    def pressed(*_: Any) -> Answer:
        raise KeyboardInterrupt

    monkeypatch.setattr(runners, "answered", pressed)
    ended = swept(few, tmp_path / "out")
    assert (ended.stop, ended.rows) == (Stop.INTERRUPTED, ())
    monkeypatch.setattr(runners, "answered", real)
    assert len(swept(few, tmp_path / "out").rows) == 4


def test_here_is_a_runner() -> None:
    """No tasks, no outcomes, no worker."""
    grid = read_grid(
        ROOT / "scenarios" / "miniature" / "grid.yaml", matcher.load("miniature")
    )
    assert list(Here().outcomes(grid, [])) == []
    assert list(Processes(2).outcomes(grid, [])) == []

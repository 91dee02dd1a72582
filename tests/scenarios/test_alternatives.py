"""`matcher alternatives` as people and programs call it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
import matcher.engine.alternatives as engine
from matcher.program.solution import Stop
from matcher.proposal.jsonform import from_json
from matcher.report.words import table_rows
from tests.scenarios.conftest import call, document, run

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from matcher.engine.alternatives import Alternatives

EU = ("alternatives", "miniature", "--assumption", "eu-only")


def test_the_list_is_shown_and_saved(tmp_path: Path) -> None:
    """A page of plain text for eighty columns, a table and a document."""
    out = tmp_path / "list"
    ended = run(*EU, "--out", out, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "\x1b" not in ended.stdout
    for part in ("rank", "the best plan", "BIR joins D1", "FJO joins D1", "Proven"):
        assert part in ended.stdout
    assert "No other plan lies within 5% of the best" in ended.stdout
    assert {path.name for path in out.iterdir()} == {
        "alternatives.csv", "alternatives.json",
    }  # fmt: skip
    head, *rows = table_rows((out / "alternatives.csv").read_text("utf-8"))
    assert head == ["rank", "points", "difference", "differs", "consortia"]
    assert [row[:3] for row in rows[:2]] == [["1", "2.7", "0"], ["2", "2.6", "-0.1"]]
    assert rows[0][4].startswith("D1: ")


def test_the_document_holds_every_plan(tmp_path: Path) -> None:
    """Each plan of it is a proposal that verifies by itself."""
    out = tmp_path / "list"
    told = call(*EU, "--out", out, "--json", "--count", 2)
    assert told.exit_code == 0
    data = document(told.stdout)
    assert data == document((out / "alternatives.json").read_text("utf-8"))
    assert (data["complete"], data["order_proven"], data["within"]) == (
        False, True, "5%",
    )  # fmt: skip
    assert [plan["rank"] for plan in data["plans"]] == [1, 2, 3]
    assert [plan["difference"] for plan in data["plans"]] == [0, -0.1, -0.1]
    for plan in data["plans"]:
        assert "seconds" not in plan["proposal"]["meta"]["fundable"]
        assert matcher.verify(from_json(plan["proposal"]), "miniature").holds


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    """The list is shown only."""
    ended = run(*EU, "--within", "0.05 points", cwd=tmp_path)
    assert ended.returncode == 0
    assert "2.6" not in ended.stdout
    assert not list(tmp_path.iterdir())


def test_lists_and_results_do_not_replace_each_other(
    tmp_path: Path, result: Path
) -> None:
    """A list replaces an earlier list only, a result an earlier result only."""
    out = tmp_path / "list"
    assert call(*EU, "--count", 1, "--out", out).exit_code == 0
    first = (out / "alternatives.json").read_bytes()
    refused = call("solve", "miniature", "--out", out)
    assert (refused.exit_code, "manifest.json" in refused.stderr) == (8, True)
    assert (out / "alternatives.json").read_bytes() == first
    assert call(*EU, "--out", out).exit_code == 0
    assert (out / "alternatives.json").read_bytes() != first
    refused = call(*EU, "--out", result)
    assert (refused.exit_code, "alternatives.json" in refused.stderr) == (8, True)
    assert call("verify", result).exit_code == 0


def test_nothing_possible_and_no_time(miniature: Path, tmp_path: Path) -> None:
    """Codes 4 and 7, nothing is written, and one document all the same."""
    out = tmp_path / "list"
    told = call("alternatives", miniature, "--time", 0, "--out", out, "--json")
    assert told.exit_code == 7
    assert document(told.stdout)["plans"] == []
    with (miniature / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write("pins: [{case: D1, region: ALD, role: lead}, "
                   "{case: D1, region: BIR, role: lead}]\n")  # fmt: skip
    told = call("alternatives", miniature, "--out", out)
    assert told.exit_code == 4
    assert "infeasible: no plan" in told.stdout
    assert "matcher solve tells which" in told.stderr
    assert not out.exists()


@pytest.mark.parametrize(("stop", "code"), [("time_limit", 6), ("interrupted", 130)])
def test_a_stopped_search_keeps_its_plans(
    stop: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is shown and written; both tell that more may lie there."""
    real = engine.alternatives

    def stub(*words: Any, **named: Any) -> Alternatives:
        return replace(real(*words, **named), complete=False, stop=Stop(stop))

    monkeypatch.setattr(engine, "alternatives", stub)
    out = tmp_path / "list"
    told = call(*EU, "--count", 1, "--out", out)
    assert told.exit_code == code
    assert "ask for more time" in told.stdout
    assert (out / "alternatives.csv").is_file()


def test_an_order_that_is_not_proven_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a gap, a better plan may be missing."""
    real = engine.alternatives

    def stub(*words: Any, **named: Any) -> Alternatives:
        return replace(real(*words, **named), proven=False)

    monkeypatch.setattr(engine, "alternatives", stub)
    assert "Not proven" in call(*EU, "--count", 1).stdout


def test_plans_that_do_not_hold_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be written is verified as it would be read."""
    real = engine.alternatives

    def stub(*words: Any, **named: Any) -> Alternatives:
        found = real(*words, **named)
        better = (found.best.objective or 0) + Fraction(1)
        return replace(found, best=replace(found.best, objective=better, bound=better))

    monkeypatch.setattr(engine, "alternatives", stub)
    told = call(*EU, "--count", 1)
    assert told.exit_code == 9
    assert "does not hold" in told.stderr


def test_a_full_disk_does_not_cost_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be saved is shown all the same."""
    out = tmp_path / "list"
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr("matcher.report.folder.swap", refusing)
    told = call(*EU, "--count", 1, "--out", out)
    assert told.exit_code == 8
    assert "the best plan" in told.stdout


def refusing(*_: object) -> None:
    """A system without room."""
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "words", [("--count", 0), ("--within", "5"), ("--within", "much")]
)
def test_slips_are_wrong_use(words: tuple[object, ...]) -> None:
    """Code 2, before anything is read."""
    assert call("alternatives", "nowhere", *words).exit_code == 2

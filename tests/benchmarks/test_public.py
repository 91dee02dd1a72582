"""Public formats are read as they are meant, and their problems are solved."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import results
from benchmarks.__main__ import main
from benchmarks.drawn import FAMILIES, write_problems
from benchmarks.machine import ROOT
from benchmarks.public import instances
from benchmarks.readers import READERS, BadFile, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN = ROOT / "benchmarks" / "instances"
LIMITS: dict[str, Any] = {
    "backend": "auto", "gap": 0.0, "time_limit": 60.0, "patience": 60.0
}  # fmt: skip
PB = (OWN / "own.pb").read_text("utf-8")


def own(family: str) -> Iterator[tuple[Path, Instance]]:
    """Every problem of a family that comes with the checkout."""
    for path in sorted(OWN.glob(FAMILIES[family].pattern)):
        for one in READERS[family](path):
            yield path, one


def test_the_families_are_the_same_everywhere() -> None:
    """Whatever can be drawn can be read, and the other way round."""
    assert list(READERS) == list(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_own_problems_are_worth_what_is_said(family: str) -> None:
    """The best known value of each own problem is the best of all choices."""
    found = list(own(family))
    assert found
    for _, one in found:
        tried = _assigned if family == "assignment" else _chosen
        assert one.best == tried(**one.arrays)


def _chosen(value: Any, use: Any, budget: Any) -> float:
    """Best value of all choices within the budgets."""
    choices = [np.array(x) for x in itertools.product((0, 1), repeat=len(value))]
    return max(float(value @ x) for x in choices if (use @ x <= budget).all())


def _assigned(value: Any, use: Any, capacity: Any, sense: str) -> float:
    """Best value of all assignments within the capacities."""
    jobs, agents = value.shape
    every = np.arange(jobs)
    found = []
    for agent in itertools.product(range(agents), repeat=jobs):
        taken = np.bincount(agent, weights=use[every, agent], minlength=agents)
        if (taken <= capacity).all():
            found.append(float(value[every, agent].sum()))
    return max(found) if sense == "max" else min(found)


def test_own_files_are_solved(tmp_path: Path) -> None:
    """The command solves a folder of files, and tells the best known values."""
    out = tmp_path / "results.csv"
    words = ["run", "--files", str(OWN), "--out", str(out)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    told = {row.metric: row.median for row in results.read(out)}
    problems = [one.name for family in FAMILIES for _, one in own(family)]
    assert len(problems) == 7
    for name in problems:
        assert told[f"{name}: value"] == told[f"{name}: known best"]
        assert told[f"{name}: bound"] == told[f"{name}: value"]
        assert told[f"{name}: gap %"] == 0
        assert told[f"{name}: s"] > 0  # type: ignore[operator]
        assert name in done.output
    page = CliRunner().invoke(main, ["report", str(out)])
    assert page.exit_code == 0
    heads = "| Problem | value | bound | gap % | s | known best |"
    assert heads in out.with_suffix(".md").read_text("utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_drawn_problems_are_read_and_solved(family: str, tmp_path: Path) -> None:
    """The smallest drawn file of each family: the same every time, proven optimal."""
    path = write_problems(tmp_path, family, "XS", 1)
    text = path.read_bytes()
    assert path.match(FAMILIES[family].pattern)
    assert write_problems(tmp_path, family, "XS", 1).read_bytes() == text
    told = instances(str(path), family, **LIMITS)
    gaps = [number for metric, number in told.items() if metric.endswith("gap %")]
    assert gaps == [0.0] * FAMILIES[family].shapes["XS"].problems
    assert write_problems(tmp_path, family, "XS", 2).read_bytes() != text


def test_shapes_of_what_is_read() -> None:
    """Agents become columns, budgets and rows become rows of use."""
    (gap,) = READERS["assignment"](OWN / "gap-own.txt")
    assert gap.arrays["value"].tolist() == [[6, 5], [4, 7], [9, 3]]
    assert gap.arrays["use"].tolist() == [[2, 3], [3, 2], [4, 2]]
    assert gap.arrays["sense"] == "max"
    (least,) = READERS["assignment"](OWN / "gapd-own.txt")
    assert least.arrays["sense"] == "min"
    first, second = READERS["knapsack"](OWN / "mknap-own.txt")
    assert (first.name, first.best) == ("mknap-own/1", 18)
    assert first.arrays["use"].tolist() == [[5, 4, 1, 4], [1, 0, 2, 3]]
    assert second.arrays["budget"].tolist() == [4]
    (pack,) = READERS["packing"](OWN / "pb-own.dat")
    rows = [[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 1, 1]]
    assert pack.arrays["use"].toarray().tolist() == rows
    (votes,) = READERS["budgeting"](OWN / "own.pb")
    assert votes.arrays["value"].tolist() == [3, 2, 2, 2]
    (points,) = READERS["budgeting"](OWN / "points.pb")
    assert points.arrays["value"].tolist() == [6, 9, 5]


def test_ordinal_votes_count_by_their_score(tmp_path: Path) -> None:
    """The file states the score; without it there is nothing to go by."""
    path = tmp_path / "a.pb"
    ordinal = PB.replace("approval", "ordinal")
    scored = ordinal.replace("cost;name", "cost;score")
    for name, score in (('"Benches; and trees"', "7"), ("Lights", "5"),
                        ("Paths", "4"), ("Well", "2")):  # fmt: skip
        scored = scored.replace(name, score)
    path.write_text(scored, "utf-8")
    (one,) = READERS["budgeting"](path)
    assert one.arrays["value"].tolist() == [7, 5, 4, 2]
    path.write_text(ordinal, "utf-8")
    with pytest.raises(BadFile, match=r"a\.pb:14: score is ''"):
        READERS["budgeting"](path)


@pytest.mark.parametrize(
    ("family", "text", "message"),
    [
        ("assignment", "1\n2 3\n6 4\n", r":3: the file ends after 2 of 6 numbers"),
        ("assignment", "", r":1: the file ends after 0 of 1 numbers"),
        ("assignment", "1\n1 1\n2\n3\n4\n5\n", r":6: '5' stands after the last"),
        ("assignment", "1\n0 1\n", r":2: the number of agents is 0"),
        ("knapsack", "1\n2 1 0\n1 x\n", r":3: value is 'x', not a number"),
        ("knapsack", "1\n2 1 0\n1 nan\n", r":3: value is 'nan', not a number"),
        ("knapsack", "1.5\n", r":1: the number of problems is 1.5"),
        ("packing", "1 2\n3 4\n1\n3\n", r":4: a column of row 1 is 3.* 1 to 2"),
        ("packing", "1 2\n3 4\n2\n1 1\n", r":4: row 1 names a column twice"),
        ("budgeting", "", r":1: there is no table META"),
        ("budgeting", "PROJECT\n", r":1: the file does not begin with META"),
        ("budgeting", "META\nkey;text\n", r":2: META has no column value"),
        ("budgeting", PB.replace("budget;100\n", ""), r":1: META has no budget"),
        ("budgeting", PB.replace("budget;100", "budget;a"), r":9: budget is 'a'"),
        ("budgeting", PB.replace("votes;5", "votes;6"), r":8: num_votes is 6, and"),
        ("budgeting", PB.replace("approval", "choose"), r":10: vote_type is 'choose'"),
        ("budgeting", PB.replace("C;40;Paths", "C;40"), r":16: 2 cells under 3 col"),
        ("budgeting", PB.replace("D;30", "C;30"), r":17: project C stands here again"),
        ("budgeting", PB.replace("52;A", "52;E"), r":21: there is no project 'E'"),
        ("budgeting", PB.replace("approval", "scoring"), r":20: 0 points for 2 proj"),
        ("budgeting", PB.partition("VOTES")[0], r":17: there is no table VOTES"),
        ("budgeting", PB.replace("D;30", "D;-30"), r":17: cost is -30, less than 0"),
        ("budgeting", PB.replace("budget;100", "budget;-1"), r":9: budget is -1, less"),
        ("budgeting", PB.replace("52;A", "52;A,A"), r":21: a project stands here twi"),
        ("budgeting", PB.replace("cost;name", "cost;cost"), r":13: PROJECTS has the"),
        ("assignment", "1\n1 1\n2\n-3\n4\n", r":4: resource is -3, less than 0"),
        ("knapsack", "1\n1 1 0\n2\n3\n-4\n", r":5: budget is -4, less than 0"),
        ("knapsack", "1\n1 1 0\n2_0\n3\n4\n", r":3: value is '2_0', not a number"),
    ],
)
def test_malformed_files(family: str, text: str, message: str, tmp_path: Path) -> None:
    """File, line and what is wrong; nothing is guessed."""
    path = tmp_path / "bad.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(BadFile, match=r"bad\.txt" + message):
        READERS[family](path)


def test_no_text_and_bad_best_values(tmp_path: Path) -> None:
    """A file of bytes, and a table of best values that is none."""
    path = tmp_path / "gap1.txt"
    path.write_bytes(b"\xff\xfe1")
    with pytest.raises(BadFile, match=r"gap1\.txt:1: this is no text"):
        READERS["assignment"](path)
    path.write_text((OWN / "gap-own.txt").read_text("utf-8"), "utf-8")
    (tmp_path / "best.csv").write_text("instance,value\ngap1,many\n", "utf-8")
    with pytest.raises(BadFile, match=r"best\.csv:2: value is 'many'"):
        READERS["assignment"](path)
    (tmp_path / "best.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match=r"best\.csv:1: this is no text"):
        READERS["assignment"](path)
    (tmp_path / "best.csv").write_bytes(b"\xef\xbb\xbfinstance,value\r\n gap1 , 9\r\n")
    assert READERS["assignment"](path)[0].best == 9
    (tmp_path / "best.csv").write_text("instance,value\ngap1,9\ngap1,8\n", "utf-8")
    with pytest.raises(BadFile, match=r"best\.csv:3: gap1 stands here again"):
        READERS["assignment"](path)
    (tmp_path / "best.csv").write_text("name,best\n", "utf-8")
    with pytest.raises(BadFile, match=r"best\.csv:1: the columns must be"):
        READERS["assignment"](path)


def test_one_bad_file_leaves_the_others(tmp_path: Path) -> None:
    """It becomes a row that says where it is wrong, and an exit code."""
    (tmp_path / "gap1.txt").write_text("1\n2 x\n", "utf-8")
    (tmp_path / "gap2.txt").write_text(
        (OWN / "gap-own.txt").read_text("utf-8"), "utf-8"
    )
    out = tmp_path / "results.csv"
    words = ["run", "assignment", "--files", str(tmp_path), "--out", str(out)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    rows = results.read(out)
    place = f"{tmp_path / 'gap1.txt'}:2"
    assert rows[0].note == f"{place}: the number of jobs is 'x', not a number"
    assert {row.metric: row.median for row in rows}["gap2: value"] == 16


@pytest.mark.parametrize("content", [b"\xff\xfe", b'"', None])
def test_files_that_are_no_results(content: bytes | None, tmp_path: Path) -> None:
    """What cannot be read is named, in words and not as a trace."""
    path = tmp_path / "results.csv"
    results.append(path, [])
    path.write_bytes(path.read_bytes() + b'"' if content is None else content)
    done = CliRunner().invoke(main, ["report", str(path)])
    assert done.exit_code == 2
    assert f"{path}, line" in done.output.replace("\n", "")


@pytest.mark.parametrize("name", ["file/results.csv", "results.jsonl"])
def test_nothing_is_measured_for_nowhere(name: str, tmp_path: Path) -> None:
    """A place that cannot be written is refused before the work, not after it."""
    (tmp_path / "file").write_text("", "utf-8")
    out = str(tmp_path / name)
    done = CliRunner().invoke(main, ["run", "--files", str(OWN), "--out", out])
    assert done.exit_code == 2
    assert "seed" not in done.output
    results.append(tmp_path / "results.csv", [])
    words = ["report", str(tmp_path / "results.csv"), "--out", f"{tmp_path}/file/x.md"]
    assert CliRunner().invoke(main, words).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["inputs", "--files", str(OWN)],
        ["packing", "--files", "{}"],
        ["--files", "{}"],
        ["packing", "--files", str(OWN), "--size", "XS"],
    ],
)
def test_files_that_are_not_there(words: list[str], tmp_path: Path) -> None:
    """A family without a public format, and folders without files, are slips."""
    asked = ["run", *(word.format(tmp_path) for word in words)]
    done = CliRunner().invoke(main, [*asked, "--out", str(tmp_path / "r.csv")])
    assert done.exit_code == 2
    assert not (tmp_path / "r.csv").exists()

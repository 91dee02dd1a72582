"""`matcher check` on rulebooks alone: every fault at once, at its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.scenario.lint import rulebook_files
from tests.scenarios.conftest import ROOT, call, document, run

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
format: 1
id: fund
kind: grant
name: Fund
confidence: assumption
sources: {s: a page}
"""
"""Six lines; the faults below stand from line 7 on."""
RATE = "rate: [{value: 0.5, source: s}]\n"
GOOD = HEAD + RATE

FAULTS = [
    ("rate: [{value: 0.5, source: t}]\n", "7:29", "UNKNOWN_SOURCE"),
    (RATE + "conditions: [{text: A., source: t}]\n", "8:33", "UNKNOWN_SOURCE"),
    (RATE + "conditions: [{text: A.}]\n", "8:14", "MISSING_KEY"),
    (RATE + "grants: {}\n", "8:1", "UNKNOWN_KEY"),
    (RATE + "envelope: {value: 1.5x, source: s}\n", "8:19", "BAD_VALUE"),
    (RATE + "envelope: {value: 1}\n", "8:11", "MISSING_KEY"),
    (RATE + "grant: {min: {value: 9, source: s}, max: {value: 8, source: s}}\n",
     "8:8", "BAD_VALUE"),
    (RATE + "valid_from: 2025-01-02\nvalid_to: 2025-01-01\n", "1:1", "BAD_VALUE"),
    (RATE + "consortium: {min_regions: {value: 5, source: s}, "
     "max_partners: {value: 4, source: s}}\n", "8:27", "OUT_OF_ORDER"),
    (RATE + "trl: {start: {min: {value: 7, source: s}}, "
     "end: {max: {value: 6, source: s}}}\n", "8:20", "OUT_OF_ORDER"),
    ("rate: [{value: 0.5, source: s}, {scheme: c, category: k, value: 1, source: s}]\n",
     "7:33", "UNREACHED_RATE"),
    ("rate: [{beneficiary: [sme, rto], value: 0.5, source: s}, "
     "{beneficiary: [rto], layers: [1], value: 1, source: s}]\n",
     "7:58", "UNREACHED_RATE"),
    ("rate: [{layers: [1, 2], value: 0.5, source: s}, "
     "{layers: [2], scheme: c, category: k, value: 1, source: s}]\n",
     "7:49", "UNREACHED_RATE"),
    (RATE + "success: {submitted: 3, funded: 4, source: s}\n", "8:10", "BAD_VALUE"),
    (RATE + "success: {submitted: 3, source: s}\n", "8:10", "BAD_VALUE"),
    (RATE + "success: {value: 0.5, submitted: 3, funded: 1, source: s}\n", "8:10",
     "BAD_VALUE"),
    (RATE + "success: {source: s}\n", "8:10", "BAD_VALUE"),
    (RATE + "success: {submitted: 0, funded: 0, source: s}\n", "8:10", "BAD_VALUE"),
]  # fmt: skip


def fund(folder: Path, text: str, name: str = "fund") -> Path:
    """A file with a rulebook."""
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("lines", "at", "code"), FAULTS)
def test_each_slip_is_told_at_its_place(
    tmp_path: Path, lines: str, at: str, code: str
) -> None:
    """One slip, one fault, with line and column; nothing else is said."""
    path = fund(tmp_path, HEAD + lines)
    told = call("check", path, "--json")
    assert told.exit_code == 3
    faults = document(told.stdout)["faults"]
    if code == "UNKNOWN_SOURCE" and "rate: [{value: 0.5, source: t}]" in lines:
        faults = [fault for fault in faults if fault["code"] != "UNUSED_SOURCE"]
    assert [fault["code"] for fault in faults] == [code]
    assert f"{faults[0]['line']}:{faults[0]['column']}" == at
    assert faults[0]["file"] == str(path)
    assert faults[0]["remedy"]


def test_a_sound_rulebook_is_said_to_be_so(tmp_path: Path) -> None:
    """Done, with what it holds by confidence, in words and as JSON."""
    more = "grant: {max: {value: 9, source: s, confidence: confirmed}}\n"
    path = fund(tmp_path, GOOD + more)
    told = call("check", path)
    assert told.exit_code == 0
    assert "1 rulebook: no faults" in told.stdout
    assert "fund (grant): 1 assumption, 1 confirmed" in told.stdout
    assert document(call("check", path, "--json").stdout) == {
        "rulebooks": [
            {
                "id": "fund",
                "kind": "grant",
                "confidence": {"assumption": 1, "confirmed": 1},
            }
        ]
    }


def test_a_missing_confidence_is_a_fault(tmp_path: Path) -> None:
    """Whoever writes a rulebook says how sure it is."""
    path = fund(tmp_path, GOOD.replace("confidence: assumption\n", ""))
    told = call("check", path)
    assert told.exit_code == 3
    assert 'key "confidence" is missing' in told.stderr


def test_sources_are_used_and_told(tmp_path: Path) -> None:
    """A source that nothing cites, or that says nothing, is told at its key."""
    listed = "sources: {s: a page, t: another, u: ' '}"
    path = fund(tmp_path, GOOD.replace("sources: {s: a page}", listed))
    told = call("check", path)
    assert told.exit_code == 3
    assert f'{path}:6:22: nothing cites the source "t"' in told.stderr
    assert 'the source "u" is not told' in told.stderr
    assert "[UNUSED_SOURCE]" in told.stderr
    assert "[BLANK_SOURCE]" in told.stderr


def test_a_source_may_be_called_source(tmp_path: Path) -> None:
    """Keys of `sources` are free; none of them is taken for a citation."""
    text = GOOD.replace("sources: {s: a page}", "sources: {source: a page}")
    path = fund(tmp_path, text.replace("source: s}", "source: source}"))
    assert call("check", path).exit_code == 0


def test_a_folder_is_checked_as_a_whole(tmp_path: Path) -> None:
    """Faults of all files come at once: names, doubles, and what is no YAML."""
    fund(tmp_path, GOOD)
    fund(tmp_path, GOOD, "other")
    fund(tmp_path, "kind: grant\nrate: [", "broken")
    fund(tmp_path, "title: no rulebook\n", "stray")
    told = call("check", tmp_path, "--json")
    assert told.exit_code == 3
    codes = {
        (fault["file"].rpartition("/")[2], fault["code"])
        for fault in document(told.stdout)["faults"]
    }
    assert codes >= {
        ("broken.yaml", "BAD_YAML"),
        ("other.yaml", "WRONG_NAME"),
        ("other.yaml", "DUPLICATE_RULEBOOK"),
    }
    assert any(name == "stray.yaml" for name, _ in codes)
    assert not any(name == "fund.yaml" for name, _ in codes)


def test_scenarios_are_still_scenarios(tmp_path: Path) -> None:
    """A folder with settings is a scenario, one without rulebooks is nothing."""
    assert rulebook_files(ROOT / "scenarios" / "miniature") == ()
    assert rulebook_files(ROOT / "scenarios" / "miniature" / "scenario.yaml") == ()
    assert len(rulebook_files(ROOT / "scenarios" / "miniature" / "rulebooks")) == 5
    fund(tmp_path, "title: no rulebook\n", "stray")
    assert rulebook_files(tmp_path) == ()
    told = call("check", tmp_path)
    assert told.exit_code == 3
    assert "NO_SCENARIO" in told.stderr
    assert "7 rows" in call("check", "miniature").stdout


@pytest.mark.parametrize(
    "folder",
    sorted((ROOT / "scenarios").glob("*/rulebooks")),
    ids=lambda p: p.parent.name,
)
def test_rulebooks_of_shipped_scenarios_pass(folder: Path) -> None:
    """They are called as they are named, and say no more than they cite."""
    told = call("check", folder)
    assert told.exit_code == 0, told.stderr


def test_the_shipped_rulebooks_pass_for_real() -> None:
    """The command of the guide, in a process of its own."""
    ended = run("check", "models/rulebooks", cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    assert "rulebooks: no faults" in ended.stdout
    assert "i3-strand1-2025 (grant)" in ended.stdout

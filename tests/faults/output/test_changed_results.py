"""No change to a saved result goes unnoticed, whether by accident or on purpose."""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from matcher.report.judging import judge
from matcher.scenario.load import load
from tests.faults.output.forging import (
    MANIFEST,
    PROPOSAL,
    at,
    changed,
    content,
    document,
    forge,
    leaves,
    other,
    seal,
)
from tests.scenarios.conftest import call
from tests.scenarios.conftest import document as only_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FLIPS = 8
"""Bytes flipped per file: hashes know no better and no worse places."""
FREE = (("meta",), ("needed", "meta"))
"""What the run tells of itself; `verify` says that it cannot show it."""
TOLD = {
    ("confirmed_by",): "a second solver confirmed",
    ("needed", "confirmed_by"): "a second solver confirmed",
    ("notes",): "the note",
    ("needed", "notes"): "the note",
    ("rejected_cases", "*", "reason"): "why these cases are not launched",
    ("missing", "*", "text"): "could be paid with",
}
"""What may be forged, and the words of the verdict that name it as not verified."""


def shape(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """A path with every position in a list alike."""
    return tuple("*" if isinstance(step, int) else step for step in path)


def test_an_untouched_result_holds(result: Path) -> None:
    """What follows shows something only if nothing else is noticed."""
    told = call("verify", result)
    assert told.exit_code == 0, told.output
    assert "not verified: that no plan brings more than" in told.stdout
    assert "not verified: why these cases are not launched: " in told.stdout
    assert 'scenario "starter", assumption half-pool' in told.stdout
    unverified = only_document(call("verify", result, "--json").stdout)["unverified"]
    assert len(unverified) == told.stdout.count("not verified: ")


def test_a_flipped_byte_in_any_file_is_noticed(result: Path) -> None:
    """Code 9, and the file's name, wherever the byte stands."""
    draw = random.Random(7)
    names = content(result)
    assert {PROPOSAL, MANIFEST, "inputs/scenario.yaml", "rules.csv"} <= set(names)
    missed = []
    for name in names:
        path = result / name
        good = path.read_bytes()
        places = {0, len(good) - 1, *(draw.randrange(len(good)) for _ in range(FLIPS))}
        for place in sorted(places):
            byte = bytes([good[place] ^ 1 << draw.randrange(8)])
            path.write_bytes(good[:place] + byte + good[place + 1 :])
            judged = judge(result)
            if judged.holds or name not in str(judged.damaged):
                missed.append((name, place))
        path.write_bytes(good)
    assert not missed
    assert judge(result).holds


@pytest.mark.parametrize(
    "change", [lambda b: b + b"\n", lambda b: b[:-1], lambda _: b""]
)
def test_longer_shorter_and_empty_files_are_noticed(
    result: Path, change: Callable[[bytes], bytes]
) -> None:
    """The same for what a full disk or an editor leaves."""
    for name in content(result):
        path = result / name
        good = path.read_bytes()
        path.write_bytes(change(good))
        assert not judge(result).holds, name
        path.write_bytes(good)


def test_whoever_forges_everything_is_found_by_computing_again(result: Path) -> None:
    """Every value of the proposal, changed together with tables, verdict and hashes.

    What still holds is what no check of the inputs can show, and is told as such.
    """
    data, setting = document(result), load(result / "inputs").setting()
    forge(result, data, setting)
    assert judge(result).holds, "forging nothing must change nothing"
    kinds = {shape(path): path for path in leaves(data) if path[0] != "verdict"}
    assert len(kinds) > 60
    for kind, path in kinds.items():
        value = at(data, path)
        # A note that stands there already, said twice, would say nothing new.
        forged = [*value, "x"] if kind[-1] == "notes" else other(value)
        forge(result, changed(data, path, forged), setting)
        judged = judge(result)
        if kind in TOLD:
            assert TOLD[kind] in str(judged.unverified), path
        elif kind[:1] not in FREE and kind[:2] not in FREE:
            assert not judged.holds, path


def test_a_rule_that_is_not_tested_is_told(tmp_path: Path) -> None:
    """The note of it can neither be left out nor be taken for one of the run."""
    out = tmp_path / "out"
    assert call("solve", "miniature", "--out", out).exit_code == 0
    data = document(out)
    assert data["notes"]
    assert "the note" not in str(judge(out).unverified)
    forge(out, {**data, "notes": []})
    assert [f.subject for f in judge(out).verdict.broken] == ["notes"]


@pytest.mark.parametrize("key", ["objective", "conflict", "unheard_of"])
def test_a_proposal_has_the_keys_it_has(result: Path, key: str) -> None:
    """Neither a key more nor a key less."""
    data = document(result)
    if key in data:
        del data[key]
    else:
        data[key] = "x"
    forge(result, data)
    assert not judge(result).holds


def test_a_conflict_needs_a_proposal_without_plan(result: Path) -> None:
    """Rules that contradict each other and a plan that meets them cannot both be."""
    data = document(result)
    data["conflict"] = [{"rule": "", "subject": "", "sentence": "no", "lines": ""}]
    forge(result, data)
    broken = judge(result).verdict.broken
    assert [(f.rule, f.subject) for f in broken] == [("document", "conflict")]


def test_a_key_that_stands_twice_is_noticed(result: Path) -> None:
    """One reader would take the first value, another one the second."""
    path = result / PROPOSAL
    text = path.read_text("utf-8")
    path.write_text(text.replace('"status"', '"status": "x",\n  "status"', 1), "utf-8")
    seal(result)
    assert PROPOSAL in dict(judge(result).damaged)


MANIFEST_CHANGES: dict[str, Any] = {
    "scenario": "other", "title": "other", "assumption": None, "status": "feasible",
    "objective": 1, "bound": 1e9, "gap": 0.5, "format": 2, "solver": "0",
    "native_status": "x", "stop": "x", "program": "x", "rulebooks": {}, "inputs": {},
    "versions": [],
}  # fmt: skip


@pytest.mark.parametrize("key", MANIFEST_CHANGES)
def test_a_manifest_repeats_what_the_rest_says(result: Path, key: str) -> None:
    """Sealed anew, it still has to agree with the proposal and the inputs."""
    seal(result, lambda told: told.update({key: MANIFEST_CHANGES[key]}))
    judged = judge(result)
    assert not judged.holds
    assert "manifest" in f"{judged.verdict!r}{judged.damaged}"


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "a\0b", ""])
def test_a_manifest_names_no_file_outside(result: Path, name: str) -> None:
    """Nothing outside of the folder is opened."""
    (result.parent / "secret.txt").write_text("x")

    def add(told: Any) -> None:
        told["files"][name] = "0"

    seal(result, add)
    assert "outside" in dict(judge(result).damaged)[MANIFEST]


def test_files_that_nobody_listed(result: Path) -> None:
    """Among the inputs they might be read; elsewhere they are no part of the result."""
    (result / "notes.txt").write_text("mine")
    judged = judge(result)
    assert judged.holds
    assert "notes.txt" in str(judged.unverified)
    (result / "inputs" / "verdicts2.csv").write_text("x\n")
    assert "inputs/verdicts2.csv" in dict(judge(result).damaged)


def test_a_table_that_the_manifest_forgets_is_missed(result: Path) -> None:
    """A table can neither be taken away nor be left out of the list."""
    (result / "funding.csv").unlink()
    seal(result)
    judged = judge(result)
    assert {"funding.csv", MANIFEST} <= set(dict(judged.damaged))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(result: Path) -> None:
    """Reading it would never end."""
    (result / "cases.csv").unlink()
    os.mkfifo(result / "cases.csv")
    assert "not a file" in dict(judge(result).damaged)["cases.csv"]


def test_words_of_another_version_are_told(result: Path) -> None:
    """A reader knows why explanations may differ."""
    seal(result, lambda told: told["versions"].update(matcher="0.0.1"))
    judged = judge(result)
    assert judged.holds
    assert "matcher 0.0.1 wrote them" in str(judged.unverified)


def test_a_hostile_status_steers_no_terminal(result: Path) -> None:
    """What a forged file says is shown without control characters."""
    data = document(result)
    data["status"] = "\x1b[2J\u202eoptimal\x9b31m"
    forge(result, data)
    for words in ((), ("--json",)):
        told = call("verify", result, *words)
        assert told.exit_code == 9
        assert not set("\x1b\x9b\u202e") & set(told.output)
    assert json.loads(told.stdout)["status"] == data["status"]


def test_a_damaged_objective_is_told_as_damage(result: Path) -> None:
    """A parameter that no term takes is a fault of the folder, not of the command."""
    path = next((result / "inputs").glob("**/objective*.yaml"))
    path.write_text(path.read_text("utf-8").replace("scheme:", "schem:"), "utf-8")
    judged = judge(result)
    assert not judged.holds
    assert "objective" in str(judged.damaged)

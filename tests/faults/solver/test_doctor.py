"""What a bug report tells, on a healthy machine and on a broken one."""

from __future__ import annotations

import importlib.metadata
import json

import pytest

from matcher import __version__, library
from matcher.backends.contract import BACKENDS
from tests.scenarios.conftest import call, run


def test_healthy_machine() -> None:
    """A real process starts every solver and prints one JSON document."""
    ended = run("doctor", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["healthy"]
    assert told["machine"]["matcher"] == __version__
    assert told["machine"]["cpus"] >= told["machine"]["cpus usable"] >= 1
    assert told["packages"]["highspy"] == importlib.metadata.version("highspy")
    assert "pytest" not in told["packages"]
    assert [tried["backend"] for tried in told["backends"]] == list(BACKENDS)
    for tried in told["backends"]:
        assert tried["fault"] is None
        assert tried["tested"] >= 9
        assert tried["version"]
    assert told["places"]["models"].startswith(str(library.root() / "models"))
    assert "miniature" in told["places"]["scenarios"]


def test_text_tells_the_same() -> None:
    """Without `--json` the same is said in lines."""
    told = call("doctor")
    assert told.exit_code == 0
    for word in (__version__, "highspy", "memory GiB", "13 of 13", "backend cbc"):
        assert word in told.stdout
    assert "cannot be used" not in told.stdout


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ("low bound", 'fails the start-up test "knapsack"'),
        ("crash", "it crashed on an invalid memory access"),
        ("garbage", "its messages are garbled"),
    ],
)
def test_broken_solver(lie: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that fails at its start is named with its fault; others are tried."""
    monkeypatch.setitem(BACKENDS, "highs", "tests.faults.solver.liars")
    monkeypatch.setenv("MATCHER_LIE", lie)
    monkeypatch.setenv("MATCHER_LIE_FROM", "0")
    told = call("doctor", "--json")
    assert told.exit_code == 8
    found = json.loads(told.stdout)
    assert not found["healthy"]
    first, *others = found["backends"]
    assert words in first["fault"]
    assert first["version"] is None
    assert [other["fault"] for other in others] == [None, None]
    text = call("doctor")
    assert text.exit_code == 8
    assert "backend highs   cannot be used" in text.stdout
    assert "use --backend cpsat or cbc" in text.stdout


def test_nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no solver library is installed, every backend says so."""
    for name in BACKENDS:
        monkeypatch.setitem(BACKENDS, name, f"matcher.backends.no_{name}")
    told = call("doctor")
    assert told.exit_code == 8
    assert told.stdout.count("cannot be imported") == len(BACKENDS)
    assert "no solver works here" in told.stdout

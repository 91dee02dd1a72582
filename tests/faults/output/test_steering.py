"""Names that are markup or control sequences do nothing to whoever reads them."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from matcher.backends.contract import BackendUnavailable
from matcher.engine import run as engine
from matcher.errors import AnswerRejected, SolverFailed, WriteFailed
from matcher.report.words import clean
from tests.faults.output.forging import document, forge
from tests.scenarios.conftest import ROOT, call
from tests.scenarios.conftest import run as command
from tests.tiny import PAID, scene, write_scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTROL = (
    "\x1b[2J", "\x1b]0;owned\x07", "\x1b]8;;http://example.org\x07link\x1b]8;;\x07",
    "\x9b31m", "\x08\x08\x08", "\x00", "\x7f", "\u202egnp.exe", "\u2066x\u2069",
    "\u2028line", "\u200bzero", "\ud83d",
)  # fmt: skip
MARKUP = ("[red]", "[/red]", "[link=http://example.org]", "[blink]x[/]", ":skull:",
          "<b>", "{0}", "%s", "\\[bold]")  # fmt: skip
HARMLESS = frozenset("\n")


def steering(text: str) -> set[str]:
    """Characters in a text that steer a terminal or turn its direction."""
    return {
        c
        for c in text
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and c not in HARMLESS
    }


@pytest.mark.parametrize("payload", CONTROL)
def test_nothing_that_steers_is_left(payload: str) -> None:
    """Letters stay, one line stays one line."""
    shown = clean(f"a{payload}b\nc")
    assert not steering(shown)
    assert "\n" not in shown
    assert shown.startswith("a")
    assert shown.endswith("b c")


def marked(folder: Path) -> Path:
    """A scenario with markup in everything that has a name."""
    names = iter(MARKUP)
    what = scene(
        PAID,
        regions=[
            {"region": code, "name": next(names), "state": "<i>", "own_budget": "300",
             "category.worth": worth}
            for code, worth in ((":skull:", "one"), ("{1}", "two"), ("%d", "four"))
        ],
        cases=[{"case": "<D>", "name": next(names)}, {"case": "%D", "name": "[/x]"}],
        costs=[{"case": "<D>", "layer": "1", "amount": "1000"}],
        settings={"title": " ".join(MARKUP), "pins": [
            {"case": "<D>", "region": ":skull:", "role": "lead", "reason": next(names)},
            {"case": "%D", "forbid": True, "reason": " ".join(MARKUP)},
        ], "assumptions": {"a": {"describe": "[/]", "set": {}}}},
    )  # fmt: skip
    return write_scene(folder, what)


def test_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    """By real commands: check, solve, verify, and an error about the same names."""
    scenario, out = marked(tmp_path / "[red]s"), tmp_path / "[bold]out"
    checked = command("check", scenario)
    assert checked.returncode == 0, checked.stderr
    assert "a: [/]" in checked.stdout
    solved = command("solve", scenario, "--assumption", "a", "--out", out)
    assert solved.returncode == 0, solved.stderr
    page = " ".join(solved.stdout.split())
    assert " ".join(MARKUP) in page
    for part in ("<D> [blink]x[/]", "<i>: :skull: [red]", "{1} [/red]"):
        assert part in page
    assert "solving [red]s under a with highs" in solved.stderr
    assert f"wrote {out}" in solved.stderr
    assert command("verify", out).returncode == 0
    wrong = command("solve", scenario, "--assumption", "[bold]")
    assert wrong.returncode == 3
    assert 'no assumption "[bold]"' in wrong.stderr


def on_terminal(*words: object) -> tuple[int, str]:
    """Code and all that a real command shows on a terminal, both streams."""
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "matcher", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        stdin=slave, stdout=slave, stderr=slave, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    return process.wait(timeout=300), shown.decode("utf-8", "replace")


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX systems")
def test_a_real_terminal_gets_markup_as_text(tmp_path: Path) -> None:
    """There colours are on, and still only those of the page itself."""
    scenario, out = marked(tmp_path / "[red]s"), tmp_path / "out"
    code, shown = on_terminal("solve", scenario, "--out", out)
    assert code == 0, shown
    assert "\x1b[1m" in shown, "the page itself is in bold"
    for part in ("[link=http://example.org]", "[blink]x[/]", ":skull:", "[red]s"):
        assert part in shown
    for sequence in ("\x1b[5m", "\x1b[31m", "\x1b]8", "\U0001f480"):
        assert sequence not in shown


def poisoned(folder: Path, payload: str) -> Path:
    """A scenario with a payload wherever text may stand."""
    what = scene(
        PAID,
        cases=[{"case": "D1", "name": f"n{payload}n"}],
        settings={"title": f"t{payload}t", "description": payload, "pins": [
            {"case": "D1", "region": "A", "role": "lead", "reason": f"r{payload}r"}
        ], "assumptions": {f"a{payload}a": {"describe": f"d{payload}d"}}},
    )  # fmt: skip
    book = {**what["books"]["g"], "name": payload, "note": payload}
    return write_scene(folder, scene(what, books={"g": book}))


@pytest.mark.parametrize("payload", ["\x1b]0;owned\x07", "\x9b31m", "\u202egnp.exe"])
def test_control_characters_are_refused_or_shown_inert(
    tmp_path: Path, payload: str
) -> None:
    """Whatever a scenario holds and however a command ends, nothing steers."""
    scenario, out = poisoned(tmp_path / f"s{payload}s", payload), tmp_path / "out"
    (scenario / f"x{payload}.csv").write_text("stray\n")
    for words in (
        ("check", scenario),
        ("check", scenario, "--json"),
        ("solve", scenario, "--out", out),
        ("solve", scenario, "--assumption", f"{payload}", "--out", out),
        ("solve", scenario, "--out", out, "--json"),
        ("solve", f"no{payload}where"),
        (f"so{payload}lve", "x"),
        ("solve", "x", f"--o{payload}ut"),
        ("solve", "x", "--gap", payload),
        ("verify", out),
        ("verify", tmp_path / f"v{payload}v"),
        ("import", scenario),
    ):
        told = call(*words)
        assert told.output
        assert told.exit_code != 1, told.output
        assert not steering(told.output), words


@pytest.mark.parametrize("payload", ["\x1b[2J", "\x9b31m", "\u202ex", "[red]"])
@pytest.mark.parametrize(
    "kind",
    [SolverFailed, AnswerRejected, WriteFailed, RuntimeError,
     lambda text: BackendUnavailable((("highs", text),))],
)  # fmt: skip
def test_errors_steer_nothing(
    monkeypatch: pytest.MonkeyPatch, payload: str, kind: Callable[[str], Exception],
    tmp_path: Path,
) -> None:  # fmt: skip
    """Words of a solver or of the system reach people as plain text, traces too."""

    def stub(*_: object, **__: object) -> None:
        raise kind(f"a{payload}b")

    monkeypatch.setattr(engine, "run", stub)
    for more in ((), ("--json",), ("--debug",)):
        told = call("solve", "starter", "--out", tmp_path / "out", *more)
        assert told.exit_code
        assert not steering(told.output)
        assert (clean(payload) in told.stderr) or payload == "\x9b31m"


def test_a_forged_result_steers_nothing(result: Path) -> None:
    """Every text of a proposal may hold a payload; `verify` shows it inert."""
    data = document(result)
    payload = "\x1b]0;owned\x07\u202e"
    for key in ("scenario", "assumption"):
        data[key] = data["needed"][key] = payload
    data["notes"] = [payload]
    data["cases"][0]["partners"][0] = payload
    data["rejected_cases"] = [{"case": payload, "reason": payload}]
    forge(result, data)
    for more in ((), ("--json",)):
        told = call("verify", result, *more)
        assert told.exit_code == 9
        assert not steering(told.output)

"""The set-up script, without any network or installation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the three files that decide what is installed."""
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text(name, "utf-8")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def environment(checkout: Path) -> dict[str, str]:
    """State of a finished environment, which is there as far as the script can see."""
    bootstrap.interpreter().parent.mkdir(parents=True)
    bootstrap.interpreter().touch()
    state = {"home": bootstrap.home(), "run": bootstrap.digest("run")}
    bootstrap.write_state(state)
    assert checkout.is_dir()
    return state


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the costly steps that were taken, none of them for real."""
    taken: list[str] = []
    monkeypatch.setattr(bootstrap, "make_environment", lambda: taken.append("make"))
    monkeypatch.setattr(bootstrap, "install", lambda purpose: taken.append(purpose))
    return taken


def test_interpreter_path_on_both_families_of_systems(checkout: Path) -> None:
    """Windows keeps the interpreter elsewhere."""
    assert bootstrap.interpreter(windows=True) == checkout / ".venv/Scripts/python.exe"
    assert bootstrap.interpreter(windows=False) == checkout / ".venv/bin/python"


def test_digest_follows_contents_not_dates(checkout: Path) -> None:
    """Touching a file installs nothing; changing the right one does."""
    run, test = bootstrap.digest("run"), bootstrap.digest("test")
    os.utime(checkout / "pyproject.toml", (0, 0))
    assert (bootstrap.digest("run"), bootstrap.digest("test")) == (run, test)
    (checkout / "requirements-dev.lock").write_text("changed", "utf-8")
    assert bootstrap.digest("run") == run
    assert bootstrap.digest("test") != test


@pytest.mark.usefixtures("environment")
def test_a_finished_environment_is_left_alone(
    steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run installs nothing and says nothing."""
    bootstrap.ensure("run")
    assert steps == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("environment")
def test_tests_add_their_packages_once(
    steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The development packages go into the same environment, with one line why."""
    bootstrap.ensure("test")
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "the test packages are missing" in output.err
    bootstrap.ensure("test")
    bootstrap.ensure("run")
    assert steps == ["test"]


@pytest.mark.usefixtures("environment")
def test_a_changed_lock_is_installed_in_place(checkout: Path, steps: list[str]) -> None:
    """A working environment is brought up to date, not made again."""
    (checkout / "requirements.lock").write_text("changed", "utf-8")
    assert "changed" in bootstrap.reason_to_install("run", bootstrap.read_state())
    bootstrap.ensure("run")
    assert steps == ["run"]


@pytest.mark.parametrize("failing", ["make_environment", "install"])
def test_an_interrupted_installation_is_made_again(
    checkout: Path,
    steps: list[str],
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
) -> None:
    """Whenever the first run was cut short, the second one starts from nothing."""

    def interrupt(*_arguments: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, failing, interrupt)
        (checkout / ".venv").mkdir()
        with pytest.raises(KeyboardInterrupt):
            bootstrap.ensure("run")
    bootstrap.interpreter().parent.mkdir(parents=True)
    if failing == "install":
        bootstrap.interpreter().touch()
        state = bootstrap.read_state()
        assert "did not finish" in bootstrap.reason_to_install("run", state)
    steps.clear()
    bootstrap.ensure("run")
    assert steps == ["make", "run"]
    assert "unfinished" not in bootstrap.read_state()


def test_a_moved_checkout_gets_its_own_environment(
    environment: dict[str, str], steps: list[str]
) -> None:
    """A copied environment would still run the code of the place it came from."""
    bootstrap.write_state({**environment, "home": "/elsewhere on Python 3.11"})
    bootstrap.ensure("run")
    assert steps == ["make", "run"]


@pytest.mark.usefixtures("checkout")
def test_a_foreign_environment_is_adopted(steps: list[str]) -> None:
    """An environment made by hand is filled, never thrown away."""
    bootstrap.interpreter().parent.mkdir(parents=True)
    bootstrap.interpreter().touch()
    bootstrap.ensure("run")
    assert steps == ["run"]


@pytest.mark.usefixtures("environment")
def test_a_damaged_state_counts_as_none() -> None:
    """Half a state file stops nobody."""
    (bootstrap.VENV / "bootstrap.json").write_text('{"home": ', "utf-8")
    assert bootstrap.read_state() == {}


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_fix(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Systems that package these parts apart get the one command that helps."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(bootstrap, "find_spec", lambda name: name != missing or None)
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        bootstrap.make_environment()


def test_an_environment_is_made_from_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there before is gone, and the new one is not yet trusted."""
    leftover = checkout / ".venv" / "leftover"
    leftover.parent.mkdir()
    leftover.touch()
    # Without pip, which takes seconds to unpack and is not what is shown here.
    monkeypatch.setattr(shutil, "which", lambda _name: "/tools/uv")
    monkeypatch.setattr(bootstrap, "find_spec", lambda name: name == "venv" or None)
    bootstrap.make_environment()
    assert bootstrap.interpreter().exists()
    assert not leftover.exists()
    assert not list(checkout.glob(".venv.old*"))
    assert "unfinished" in bootstrap.read_state()


@pytest.mark.usefixtures("checkout")
def test_pip_is_tried_after_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """A uv that reaches no index does not stop a pip that does."""
    tried: list[str] = []

    def call(command: list[str], **_options: object) -> int:
        tried.append(Path(command[0]).name)
        return int(command[0] == "/tools/uv")

    monkeypatch.setattr(shutil, "which", lambda _name: "/tools/uv")
    monkeypatch.setattr(subprocess, "call", call)
    bootstrap.install("run")
    python = bootstrap.interpreter().name
    assert tried == ["uv", python, python]


@pytest.mark.usefixtures("checkout")
def test_a_lock_that_cannot_be_installed_names_the_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reader learns which file, what to check, and what to do next."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(subprocess, "call", lambda *_args, **_options: 1)
    with pytest.raises(SystemExit, match=r"requirements\.lock .* check the connection"):
        bootstrap.install("run")


@pytest.mark.parametrize(
    ("arguments", "purpose", "command"),
    [
        (["solve", "x", "-h"], "run", ["-P", "-m", "matcher", "solve", "x", "-h"]),
        (["test", "-k", "word"], "test", ["-m", "pytest", "-k", "word"]),
        ([], "run", ["-P", "-m", "matcher"]),
    ],
)
def test_arguments_are_handed_on(
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    purpose: str,
    command: list[str],
) -> None:
    """`test` means the tests; everything else is for matcher."""
    ensured: list[str] = []
    handed: list[list[str]] = []

    def hand_over(command: list[str]) -> None:
        handed.append(command)
        raise SystemExit(0)

    monkeypatch.chdir(checkout)
    monkeypatch.setattr(bootstrap, "ensure", ensured.append)
    monkeypatch.setattr(bootstrap, "hand_over", hand_over)
    with pytest.raises(SystemExit):
        bootstrap.main(arguments)
    assert ensured == [purpose]
    assert handed == [[str(bootstrap.interpreter()), *command]]


def test_exit_code_is_passed_through() -> None:
    """The script ends as the command it runs ends."""
    code = "import sys, bootstrap; bootstrap.hand_over(sys.argv[1:])"
    command = [sys.executable, "-c", "raise SystemExit(7)"]
    run = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=Path(bootstrap.__file__).parent,
        check=False,
    )
    assert run.returncode == 7


def test_an_old_python_is_told_what_to_do() -> None:
    """An unsupported Python ends with the fix and without a traceback."""
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); "
        f"runpy.run_path({bootstrap.__file__!r}, run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("matcher needs Python 3.11 or newer")
    assert run.stderr.count("\n") == 1


def test_the_state_is_plain_json(environment: dict[str, str]) -> None:
    """Whoever wonders what is installed can read it."""
    text = (bootstrap.VENV / "bootstrap.json").read_text("utf-8")
    assert json.loads(text) == environment

"""Run matcher from a fresh checkout with nothing but Python.

    python3 bootstrap.py solve scenarios/3dp-2023 --out results/3dp
    python3 bootstrap.py test

The first run makes `.venv` beside this file and installs the pinned packages;
later runs start at once. Every argument goes to `matcher`, except the word `test`,
which adds the development packages and runs pytest with the remaining arguments;
without any, all tests run on all processors.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}
# Every processor takes a share; a file stays together, for its tests share solvers.
ALL_TESTS = ["--numprocesses", "auto", "--dist", "loadfile"]

# Checked first, and in words that an older Python can still read.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"matcher needs Python 3.11 or newer and this is Python {sys.version_info[0]}."
        f"{sys.version_info[1]}: install a newer one, then run the same command with "
        "it (python3.11 bootstrap.py ...)."
    )


def interpreter(windows: bool = os.name == "nt") -> Path:
    """Where the environment keeps its Python."""
    return VENV / ("Scripts/python.exe" if windows else "bin/python")


def home() -> str:
    """What an environment is tied to: it can neither move nor change its Python."""
    return f"{ROOT} on Python {sys.version_info[0]}.{sys.version_info[1]}"


def digest(purpose: str) -> str:
    """Hash of the contents that decide what is installed, whatever their dates."""
    contents = [ROOT / "pyproject.toml", ROOT / LOCKS[purpose]]
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in contents)).hexdigest()


def read_state() -> dict[str, str]:
    """What earlier runs noted: `home`, and a digest per purpose once installed."""
    try:
        return dict(json.loads((VENV / "bootstrap.json").read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def write_state(state: dict[str, str]) -> None:
    """Note the state in one step, so that a crash leaves the old or the new one."""
    draft = VENV / "bootstrap.json.new"
    draft.write_text(json.dumps(state), "utf-8")
    draft.replace(VENV / "bootstrap.json")


def reason_to_install(purpose: str, state: dict[str, str]) -> str:
    """Why something must be installed, in words for the reader; empty if nothing."""
    if not interpreter().exists():
        return "there is no environment yet"
    if "unfinished" in state:
        return "an earlier installation did not finish"
    if state.get("home", home()) != home():
        return "it was made for " + state["home"]
    if state.get(purpose) != digest(purpose):
        changed = f"pyproject.toml or {LOCKS[purpose]} changed"
        return changed if purpose in state else f"the {purpose} packages are missing"
    return ""


def make_environment() -> None:
    """Replace whatever is at `.venv` by an empty environment marked unfinished."""
    # uv brings its own installer, so only pip has to be made by ensurepip.
    needed = ["venv"] if shutil.which("uv") else ["venv", "ensurepip"]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        sys.exit(
            f"This Python cannot make virtual environments ({missing[0]} is missing): "
            "install that part (Debian, Ubuntu: sudo apt install python3-venv), "
            "then run the same command again."
        )
    if VENV.exists():
        # Renamed first: a removal that is cut short must not pass for an environment.
        old = VENV.with_name(f".venv.old-{os.getpid()}")
        VENV.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    VENV.mkdir()
    write_state({"home": home(), "unfinished": "yes"})
    pip = [] if find_spec("ensurepip") else ["--without-pip"]
    if subprocess.call(
        [sys.executable, "-m", "venv", *pip, str(VENV)], stdout=sys.stderr
    ):
        sys.exit(f"The environment {VENV} could not be made (reason above).")


def install(purpose: str) -> None:
    """Install the locked packages and this checkout, with uv where it is at hand."""
    python, lock = str(interpreter()), str(ROOT / LOCKS[purpose])
    checkout = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    tools = [pip]
    uv = shutil.which("uv")
    if uv:
        tools.insert(0, [uv, "pip", "install", "--quiet", "--python", python])
    # The second tool is tried because uv does not read the index pip is set up with.
    for tool in tools:
        steps = [[*tool, "--require-hashes", "-r", lock], [*tool, *checkout]]
        if all(subprocess.call(step, stdout=sys.stderr) == 0 for step in steps):
            return
    sys.exit(
        f"The packages of {LOCKS[purpose]} could not be installed (reason above): "
        "check the connection to the Python package index, then run the same command "
        "again."
    )


def ensure(purpose: str) -> None:
    """Bring `.venv` to what the files of the checkout ask for."""
    state = read_state()
    reason = reason_to_install(purpose, state)
    if not reason:
        return
    print(f"bootstrap: installing packages into {VENV}: {reason}", file=sys.stderr)
    intact = interpreter().exists() and state.get("home", home()) == home()
    if not intact or "unfinished" in state:
        make_environment()
        state = {}
    write_state({**state, "home": home(), "unfinished": "yes"})
    install(purpose)
    # The development packages include the others.
    done = ["run", "test"] if purpose == "test" else ["run"]
    write_state({**state, "home": home(), **{each: digest(each) for each in done}})


def hand_over(command: list[str]) -> NoReturn:
    """Become the command: its exit code and its signals are the user's own."""
    if os.name != "nt":
        os.execv(command[0], command)
    # Windows cannot replace a process: wait, and leave Ctrl-C to the command.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call(command))


def main(arguments: list[str]) -> NoReturn:
    """Install what is missing, then run matcher or the tests."""
    testing = arguments[:1] == ["test"]
    ensure("test" if testing else "run")
    python = str(interpreter())
    if testing:
        os.chdir(ROOT)  # the tests are those of this checkout, wherever one stands
        hand_over([python, "-m", "pytest", *(arguments[1:] or ALL_TESTS)])
    # -P: a file of the user's folder must not pass for one of our packages.
    hand_over([python, "-P", "-m", "matcher", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
